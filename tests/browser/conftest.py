"""A browser; the pipeline on a cluster with its photos done; a gallery of drawn photos without a cluster."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
IMAGES = ROOT / "images"
sys.path[:0] = [str(HERE.parent / "services"), str(IMAGES / "common"), str(IMAGES / "frontend")]

from chromium import PATIENCE_MS, chromium, failures, faultless_page  # noqa: E402
from frontend.core import MAX_LIMIT  # noqa: E402
from gallery import LIVE, Gallery, gallery  # noqa: E402
from playwright.sync_api import BrowserContext, Page, expect  # noqa: E402
from real_servers import Mariadb, own_folder  # noqa: E402

from kubeface import Cluster, Pipeline, places  # noqa: E402

expect.set_options(timeout=PATIENCE_MS)
#: Variables of this run: by CI and PYTEST a notebook sees that nobody is at the keyboard.
NOT_A_PERSONS = ("CI", "JUPYTER", "MAKE", "PYTEST", "XDG")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder carries the mark `browser`, and what it needs: `cluster`, or `services`."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            needs = "cluster" if "course" in getattr(item, "fixturenames", ()) else "services"
            item.add_marker(needs)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Mariadb]:
    """A MariaDB with the database `kube`."""
    with own_folder("mariadb") as folder:
        folder.chmod(0o755)
        server = Mariadb(folder).start()
        yield server
        assert server.stop() == 0


@pytest.fixture
def shown(mariadb: Mariadb, tmp_path: Path) -> Iterator[Gallery]:
    """A frontend without photos."""
    mariadb.clear()
    with gallery(mariadb, tmp_path / "photos") as shown:
        yield shown


@pytest.fixture
def reader(window: BrowserContext) -> Iterator[Page]:
    """An empty page of the browser, for a gallery; what a script of the page complains of fails the test."""
    with faultless_page(window) as page:
        yield page


@pytest.fixture(scope="session")
def pipeline(course: Path) -> Iterator[Pipeline]:
    """The face pipeline with every photo of the course answered; afterwards it is as it was found."""
    cluster = Cluster.connect(course, namespace="face")
    was_there = cluster.find("namespace/face") is not None
    pipeline = Pipeline(cluster)
    pipeline.deploy()
    pipeline.wait_until_done(pipeline.post_all(pipeline.load_photos()).values(), timeout_s=180)
    yield pipeline
    if not was_there:
        pipeline.delete()


@pytest.fixture(scope="module")
def window() -> Iterator[BrowserContext]:
    """One browser for a file: while it is open, an event loop runs in this thread, which others need."""
    with chromium() as window:
        yield window


@pytest.fixture
def page(window: BrowserContext, pipeline: Pipeline) -> Iterator[Page]:
    """The frontend with every photo on one page, also those of other tests, opened through a NodePort.

    A failing request of the page fails the test.
    """
    page = window.new_page()
    failed = failures(page)
    page.goto(f"http://{pipeline.address}:30801/?limit={MAX_LIMIT}")
    expect(page.locator("#connection")).to_have_text(LIVE)
    yield page
    page.close()
    assert failed == []


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's files as they are now, in a folder with a space in its name."""
    folder = tmp_path_factory.mktemp("fresh") / "a folder"
    told = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(told, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    identity = ("-c", "user.name=anna", "-c", "user.email=anna@example.org")
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        [*identity, "commit", "--quiet", "--message", "Fresh"],
    ):
        subprocess.run(["git", "-C", folder, *words], check=True)
    return folder


@pytest.fixture(scope="module")
def person(course: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of somebody who is new here, with a home of their own; the cluster is the tests'."""
    home = tmp_path_factory.mktemp("people") / "home of anna"
    home.mkdir()
    uv = subprocess.run([_uv(), "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()
    other = {
        "HOME": str(home),
        "KUBEFACE_CACHE": str(places.cache()),
        "UV_CACHE_DIR": uv,
        "SHELL": "/bin/bash",
    }
    other |= {"KUBEFACE_CLUSTER": course.stem, "KUBEFACE_KUBECONFIG": str(course), "BROWSER": "true"}
    left = {name: value for name, value in os.environ.items() if not name.startswith(NOT_A_PERSONS)}
    return left | other


def _uv() -> str:
    return shutil.which("uv") or str(places.cache() / "uv" / "bin" / "uv")
