"""What the tests of images share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from workshop import CATALOG, GREETER, Workshop, small_base

from kubeface.images.storage import Storage
from kubeface.linux import mounts


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    """A catalog with one image that has a folder, and with the cluster's pause image."""
    shop = Workshop(tmp_path / "source", tmp_path / "cache")
    shop.write("images/catalog.yaml", CATALOG)
    shop.write("images/greeter/words/hello", "hello")
    shop.write("images/greeter/Dockerfile", GREETER)
    small_base(shop.cache)
    yield shop
    mounts.unmount(shop.cache)  # a build that failed may leave its layers mounted
    shutil.rmtree(Storage(shop.cache).run_folder, ignore_errors=True)
