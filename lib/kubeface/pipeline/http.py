"""HTTP to a service of the pipeline, without the environment's proxies: it is on this machine or near."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote

from kubeface.errors import ApiRefused, NotReady

ANSWER_S = 10.0  # chosen: the services answer in milliseconds; a node under load takes longer


def get_json(host: str, port: int, path: str) -> Any:
    """The JSON answer to a GET.

    Raises:
        ApiRefused: the service said no, in its own words.
        NotReady: it does not answer.
    """
    return json.loads(get(host, port, path))


def get(host: str, port: int, path: str) -> bytes:
    """The answer to a GET; raises as `get_json`."""
    return _ask("GET", host, port, path)


def post_json(host: str, port: int, path: str, body: Mapping[str, Any]) -> Any:
    """The JSON answer to a POST of a JSON body; raises as `get_json`."""
    return json.loads(_ask("POST", host, port, path, json.dumps(body).encode()))


def _ask(method: str, host: str, port: int, path: str, body: bytes | None = None) -> bytes:
    connection = HTTPConnection(host, port, timeout=ANSWER_S)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        said = answer.read()
    except (OSError, HTTPException) as silence:
        raise NotReady(f"no answer from http://{host}:{port}{path}", seen=str(silence)) from silence
    finally:
        connection.close()
    if answer.status >= 400:
        raise _refused(f"{method} http://{host}:{port}{path} was answered {answer.status}", said)
    return said


def _refused(what: str, said: bytes) -> ApiRefused:
    try:
        words: dict[str, str] = json.loads(said)
        return ApiRefused(what, seen=words["error"], try_next=words.get("try", ""))
    except (ValueError, KeyError, TypeError):
        return ApiRefused(what, seen=said[:500].decode("utf-8", errors="replace"))


def quoted(path: str) -> str:
    """A file's path as part of a URL."""
    return quote(path, safe="/")
