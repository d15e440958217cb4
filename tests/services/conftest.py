"""Fixtures of the services' tests: a real MariaDB and a real queue for the session, clean for each test."""

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
IMAGES = ROOT / "images"
# A service's package lies in images/<name>/, as it does in its image.
SERVICES = ("common", "receiver", "frontend", "image-processor", "face-recognition", "redeemer")
sys.path[:0] = [str(HERE), *(str(IMAGES / name) for name in SERVICES)]

from real_queue import Nsqd, Nsqlookupd  # noqa: E402
from real_servers import Mariadb, own_folder  # noqa: E402

if TYPE_CHECKING:
    from face_recognition_service.models import ModelPool


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder carries the mark `services`."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.services)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Mariadb]:
    """A MariaDB with the database `kube`. A test that stops it starts it again."""
    with own_folder("mariadb", None) as folder:
        folder.chmod(0o755)
        server = Mariadb(folder).start()
        yield server
        assert server.stop() == 0


@pytest.fixture
def database(mariadb: Mariadb) -> Mariadb:
    """The session's MariaDB, with the tables as they were after its first start."""
    mariadb.clear()
    return mariadb


@pytest.fixture(scope="session")
def nsqlookupd() -> Iterator[Nsqlookupd]:
    """An nsqlookupd for the session."""
    server = Nsqlookupd().start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def nsqd(nsqlookupd: Nsqlookupd) -> Iterator[Nsqd]:
    """An nsqd, registered with nsqlookupd. A test that stops it starts it again."""
    with own_folder("nsqd") as folder:
        server = Nsqd(folder, nsqlookupd).start()
        yield server
        assert server.stop() == 0


@pytest.fixture
def queue(nsqd: Nsqd) -> Nsqd:
    """The session's nsqd, without any topic; its nsqlookupd is `queue.lookup`."""
    nsqd.clear()
    return nsqd


@pytest.fixture(scope="module")
def library() -> ModuleType:
    """The face_recognition library."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
        import face_recognition
    return face_recognition


@pytest.fixture(scope="module")
def models() -> "Iterator[ModelPool]":
    """dlib's models, for one call at a time; loaded for those who ask for them."""
    from face_recognition_service.models import ModelPool

    pool = ModelPool(1)
    yield pool
    pool.close()
