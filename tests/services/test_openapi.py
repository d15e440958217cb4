"""Whatever is sent to the services over HTTP is answered, and every failure has the promised shape.

schemathesis makes requests of `described`, right ones and wrong ones; the same ones each time.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from common.answers import HEADERS
from described import FRONTEND, RECEIVER, Described
from frontend.server import create_app as create_frontend
from frontend.settings import read_settings as read_frontend_settings
from frontend_served import frontend
from hypothesis import HealthCheck, settings
from real_queue import Nsqd
from real_servers import Mariadb
from receiver.server import create_app as create_receiver
from receiver_served import make_photos, receiving, settings_for

FEW = settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
ANSWER_S = 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photos folder with a photo."""
    photos = tmp_path_factory.mktemp("photos")
    make_photos(photos, 1)
    return photos


@pytest.fixture(scope="module")
def receiver(mariadb: Mariadb, nsqd: Nsqd, folder: Path) -> Iterator[httpx.Client]:
    """A receiver v1.1."""
    mariadb.clear()
    nsqd.clear()
    with receiving(mariadb, nsqd, folder) as client:
        yield client


@pytest.fixture(scope="module")
def pages(mariadb: Mariadb, folder: Path) -> Iterator[httpx.Client]:
    """A frontend."""
    with frontend(mariadb, folder) as client:
        yield client


receiver_api = schemathesis.openapi.from_dict(RECEIVER)
frontend_api = schemathesis.openapi.from_dict(FRONTEND)


@receiver_api.parametrize()
@FEW
def test_the_receiver_answers(case: Any, receiver: httpx.Client) -> None:
    answers_as_promised(case, receiver)


@frontend_api.parametrize()
@FEW
def test_the_frontend_answers(case: Any, pages: httpx.Client) -> None:
    answers_as_promised(case, pages)


def answers_as_promised(case: Any, client: httpx.Client) -> None:
    answer = case.call(base_url=str(client.base_url), timeout=ANSWER_S, allow_redirects=False)
    assert answer.status_code < 500, answer.text
    assert not 300 <= answer.status_code < 400, answer.headers
    assert {name.lower() for name in HEADERS} - {name.lower() for name in answer.headers} == set()
    (kind,) = answer.headers.get("content-type", [""])
    if answer.status_code >= 400 and case.method != "HEAD":
        assert kind.startswith(("application/json", "text/html")), kind
        if kind.startswith("application/json"):
            assert set(json.loads(answer.text)) == {"error", "try"}


def test_every_route_is_described(database: Mariadb, queue: Nsqd, folder: Path) -> None:
    there = settings_for(database, queue, folder, VERSION="v1.1")
    env = {**database.env_for("frontend"), "PHOTOS_DIR": str(folder)}
    assert routes(create_receiver(there)) == set(RECEIVER["paths"])
    assert routes(create_frontend(read_frontend_settings(env))) == set(FRONTEND["paths"])


def routes(app: Any) -> set[str]:
    return {route.path.replace(":path", "") for route in app.routes}


def test_what_is_described_is_openapi() -> None:
    described: list[Described] = [RECEIVER, FRONTEND]
    assert [schemathesis.openapi.from_dict(one).specification.version for one in described] == ["3.1.0"] * 2
