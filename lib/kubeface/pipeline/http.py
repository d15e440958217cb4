"""HTTP to a service of the pipeline, without the environment's proxies: it is on this machine or near."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kubeface.errors import ApiError, KubefaceError, NotReady
from kubeface.util import http_client

if TYPE_CHECKING:
    import httpx

ANSWER_S = 10.0  # chosen: the services answer in milliseconds; a node under load takes longer
_NOT_NOW = (502, 503, 504)  # specified: asking again later may help


class NoSuchPath(ApiError):
    """The service has nothing at that path (404)."""


def get_json(host: str, port: int, path: str, *, within_s: float = ANSWER_S) -> Any:
    """The JSON answer to a GET.

    Raises:
        ApiError: the service said no, in its own words.
        NotReady: it does not answer, says that it cannot now (503), or what answers is not the service.
    """
    return http_client.json_of(_ask("GET", host, port, path, within_s=within_s))


def get(host: str, port: int, path: str, *, within_s: float = ANSWER_S) -> bytes:
    """The answer to a GET; raises as `get_json`."""
    return _ask("GET", host, port, path, within_s=within_s).content


def post_json(host: str, port: int, path: str, body: Mapping[str, Any], *, within_s: float = ANSWER_S) -> Any:
    """The JSON answer to a POST of a JSON body; raises as `get_json`."""
    return http_client.json_of(_ask("POST", host, port, path, body, within_s=within_s))


def post_bytes(host: str, port: int, path: str, body: bytes, *, within_s: float = ANSWER_S) -> Any:
    """The JSON answer to a POST of bytes as they are; raises as `get_json`."""
    return http_client.json_of(_ask("POST", host, port, path, content=body, within_s=within_s))


def url_of(host: str, port: int, path: str) -> "httpx.URL":
    """The URL of a path of a service."""
    import httpx

    return httpx.URL(scheme="http", host=host, port=port, raw_path=path.encode())


def refusal(answer: "httpx.Response") -> KubefaceError:
    """The error that an answer of 400 or more means, with the service's own words."""
    status = answer.status_code
    kind = NoSuchPath if status == 404 else NotReady if status in _NOT_NOW else ApiError
    what = f"{answer.request.method} {answer.url} was answered {status}"
    try:
        words: dict[str, str] = answer.json()
        return kind(what, seen=words["error"], try_next=words.get("try", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return kind(what, seen=answer.text[:500])


def quoted(path: str) -> str:
    """A file's path as part of a URL."""
    return quote(path, safe="/")


def _ask(
    method: str,
    host: str,
    port: int,
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    content: bytes | None = None,
    within_s: float,
) -> "httpx.Response":
    with http_client.failing_as(f"no answer from http://{host}:{port}{path}"):
        url = url_of(host, port, path)
        answer = _client().request(method, url, json=body, content=content, timeout=within_s)
    if answer.is_error:
        raise refusal(answer)
    return answer


@cache
def _client() -> "httpx.Client":
    return http_client.near(timeout_s=ANSWER_S)
