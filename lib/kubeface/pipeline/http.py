"""HTTP to a service of the pipeline, without the environment's proxies: it is on this machine or near."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote

from kubeface.errors import ApiError, KubefaceError, NotReady

ANSWER_S = 10.0  # chosen: the services answer in milliseconds; a node under load takes longer
_NOT_NOW = (502, 503, 504)  # specified: asking again later may help


class NoSuchPath(ApiError):
    """The service has nothing at that path (404)."""


def get_json(host: str, port: int, path: str, *, within_s: float = ANSWER_S) -> Any:
    """The JSON answer to a GET.

    Raises:
        ApiError: the service said no, in its own words.
        NotReady: it does not answer, or says that it cannot now (503).
    """
    return json.loads(_ask("GET", host, port, path, within_s=within_s))


def get(host: str, port: int, path: str, *, within_s: float = ANSWER_S) -> bytes:
    """The answer to a GET; raises as `get_json`."""
    return _ask("GET", host, port, path, within_s=within_s)


def post_json(host: str, port: int, path: str, body: Mapping[str, Any], *, within_s: float = ANSWER_S) -> Any:
    """The JSON answer to a POST of a JSON body; raises as `get_json`."""
    return json.loads(_ask("POST", host, port, path, json.dumps(body).encode(), within_s=within_s))


def _ask(
    method: str, host: str, port: int, path: str, body: bytes | None = None, *, within_s: float = ANSWER_S
) -> bytes:
    connection = HTTPConnection(host, port, timeout=within_s)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        with connection.getresponse() as answer:
            said = answer.read()
    except (OSError, HTTPException) as silence:
        raise NotReady(f"no answer from http://{host}:{port}{path}", seen=str(silence)) from silence
    finally:
        connection.close()
    if answer.status >= 400:
        raise refusal(
            f"{method} http://{host}:{port}{path} was answered {answer.status}", answer.status, said
        )
    return said


def refusal(what: str, status: int, said: bytes) -> KubefaceError:
    """The error that an answer of 400 or more means, with the service's own words."""
    kind = NoSuchPath if status == 404 else NotReady if status in _NOT_NOW else ApiError
    try:
        words: dict[str, str] = json.loads(said)
        return kind(what, seen=words["error"], try_next=words.get("try", ""))
    except (ValueError, KeyError, TypeError):
        return kind(what, seen=said[:500].decode("utf-8", errors="replace"))


def quoted(path: str) -> str:
    """A file's path as part of a URL."""
    return quote(path, safe="/")
