"""A browser, and the pipeline with its photos done, deployed for these tests when it was not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import chromium
from playwright.sync_api import BrowserContext, Page

from kubeface import Cluster, Pipeline

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test in this folder carries the marks `browser` and `cluster`."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.cluster)


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


@pytest.fixture(scope="session")
def window() -> Iterator[BrowserContext]:
    """One browser for the session."""
    with chromium() as window:
        yield window


@pytest.fixture
def page(window: BrowserContext, pipeline: Pipeline) -> Iterator[Page]:
    """The frontend's first page, opened through a NodePort; a failing request of the page fails the test."""
    page = window.new_page()
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.on(
        "response", lambda answer: failed.append(f"{answer.status} {answer.url}") if not answer.ok else None
    )
    page.goto(f"http://{pipeline.address}:30801/", wait_until="networkidle")
    yield page
    page.close()
    assert failed == []
