import asyncio

import httpx
import pytest
from common.request_times import Timed
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def ask(app, path):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://here", verify=False) as client:
        await client.get(path)


def fails(request):
    raise RuntimeError("out of luck")


ROUTES = [Route("/photos/{path:path}", lambda request: PlainTextResponse("a photo")), Route("/fails", fails)]


@pytest.mark.parametrize(
    ("path", "noted"),
    [
        ("/photos/a/b.jpg", ("/photos/{path:path}", 200)),
        ("/fails", ("/fails", 500)),
        ("/nothing/here", ("none", 404)),
    ],
)
def test_each_answer_is_noted_once_by_its_route(path, noted):
    told = []
    app = Starlette(routes=ROUTES)
    app.add_middleware(Timed, record=lambda route, status, seconds: told.append((route, status, seconds)))
    asyncio.run(ask(app, path))
    [(route, status, seconds)] = told
    assert ((route, status), 0 <= seconds < 60) == (noted, True)


def test_what_is_no_request_is_passed_on():
    passed = []

    async def app(scope, receive, send):
        passed.append(scope["type"])

    asyncio.run(Timed(app, record=lambda *_: passed.append("noted"))({"type": "lifespan"}, None, None))
    assert passed == ["lifespan"]
