"""Requests to an API server, their answers and refusals; the only importer of the client library.

The official client's dynamic client does the speaking. Its discovery is not used: it asks for every
group of the API and keeps the answer in a file that all users of a machine share.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kubeface.errors import ApiError, BadInput, NotReady
from kubeface.kube import proxies
from kubeface.kube.kubeconfig import joined, merged

ANSWER_S = 30.0  # chosen: a request that has no answer by then will not get one
CONNECT_S = 5.0  # chosen: the server is on this machine or near
# Chosen: an API server sends a bookmark every minute, if nothing else (specified, `bookmarkFrequency` in its
# watch cache); a watch that is silent for longer has lost its connection, or its API server hangs.
IDLE_S = 90.0
SHORTEST_S = 0.1  # chosen: a watch whose time is just up ends then; the client refuses a timeout of 0
UNAUTHORIZED = 401  # specified: it does not know who asks
QUOTED_LETTERS = 120  # chosen: a name or a label is shorter, an object is not
MESSAGE_LETTERS = 1500  # chosen: a screen


class ConnectionFailed(NotReady):
    """No API server answers at that address."""


class NotFound(ApiError):
    """The API server does not know such an object."""


class Expired(ApiError):
    """The API server no longer remembers that resourceVersion: list again."""


class Forbidden(ApiError):
    """This user may not do that; or the API server's rules (quota, admission) forbid it for everybody."""


class Unavailable(ApiError):
    """The API server is starting, stopping or overloaded: try again in a moment."""


class TooManyRequests(Unavailable):
    """Not now: too many requests, or an eviction that a PodDisruptionBudget does not allow yet."""


class Conflict(ApiError):
    """Other field managers own fields of an apply; `owners` maps each field's path to its manager."""

    def __init__(self, what: str, *, owners: Mapping[str, str]) -> None:
        self.owners = dict(owners)
        told = (f"{field} is set by {manager}" for field, manager in self.owners.items())
        super().__init__(
            what, seen="\n".join(told), try_next="leave these fields out, or take them: force=True"
        )


class Transport:
    """Requests to one API server as one user; connects on the first one."""

    def __init__(self, api: Any) -> None:
        self._api = api

    @property
    def address(self) -> str:
        """Where the API server is: `https://10.0.0.1:6443`."""
        return str(self._api.configuration.host)

    def json(self, method: str, path: str, *, what: str, **options: Any) -> dict[str, Any]:
        """The API server's JSON answer to one request.

        Args:
            method: `get`, `post`, `patch`, `put` or `delete`.
            path: As in `/api/v1/namespaces/face/pods`.
            what: The request in words, for the error: "list pods".
            options: As the client library's dynamic client takes them.

        Raises:
            ApiError: the server said no; NotFound and Expired are two of its ways.
            ConnectionFailed: nobody is there.
        """
        answer: dict[str, Any] = json.loads(self._body(method, path, what=what, **options))
        return answer

    def text(self, path: str, *, what: str, **query: object) -> str:
        """The answer to a GET as text, such as a log."""
        body = self._body("get", path, what=what, query_params=list(query.items()))
        return body.decode("utf-8", errors="replace")

    def events(self, path: str, *, what: str, timeout_s: float, **options: Any) -> Iterator[dict[str, Any]]:
        """The events of a watch, bookmarks among them.

        Ends after `timeout_s`, when the server closes it, or when nothing has come for `IDLE_S`.
        """
        stream = self._ask(
            "get",
            path,
            what=what,
            watch=True,
            timeout_seconds=max(1, round(timeout_s)),
            allow_watch_bookmarks=True,
            _request_timeout=(CONNECT_S, max(SHORTEST_S, min(timeout_s, IDLE_S))),
            **options,
        )
        for event in _decoded(stream):
            if event["type"] == "ERROR":
                raise _refused(event["object"].get("code"), event["object"], what)
            yield event

    def _body(self, method: str, path: str, *, what: str, **options: Any) -> bytes:
        """A whole response body; the connection may fail in the middle of it."""
        from urllib3.exceptions import HTTPError

        try:
            body: bytes = self._ask(method, path, what=what, **options).data
        except HTTPError as silence:
            raise self._connection_failed(what, silence) from silence
        return body

    def _ask(self, method: str, path: str, *, what: str, **options: Any) -> Any:
        from kubernetes.client.exceptions import ApiException
        from urllib3.exceptions import HTTPError

        options.setdefault("_request_timeout", (CONNECT_S, ANSWER_S))
        try:
            return self._api.request(method, path, serialize=False, **options)
        except ApiException as refusal:
            raise _refused(refusal.status, _answer(refusal), what) from refusal
        except HTTPError as silence:
            raise self._connection_failed(what, silence) from silence

    def _connection_failed(self, what: str, silence: Exception) -> ConnectionFailed:
        why = _WHERE.sub("", str(getattr(silence, "reason", None) or silence))
        return ConnectionFailed(
            f"could not {what}: no answer from {self.address}", seen=why, try_next="kubeface status"
        )


def open_transport(
    kubeconfig: Path | Sequence[Path], context: str | None
) -> tuple[Transport, dict[str, Any]]:
    """A transport to the cluster of a kubeconfig's context, and that context's entry.

    Args:
        kubeconfig: The file; or several, merged as kubectl merges them.
        context: One of its contexts; without one, its current context.

    Raises:
        Missing: there is no such file.
        BadInput: it is not a kubeconfig, has no such context, or something that it names is not there.
    """
    files = (kubeconfig,) if isinstance(kubeconfig, Path) else kubeconfig
    alone = merged(files).alone(context)
    from kubernetes import config as untyped_config
    from kubernetes.dynamic import DynamicClient as UntypedClient

    config: Any = untyped_config
    dynamic_client: Any = UntypedClient

    try:
        client = config.new_client_from_config_dict(alone, persist_config=False)
    except config.ConfigException as cause:
        raise BadInput(f"{joined(files)} is not a usable kubeconfig", seen=str(cause)) from cause
    [entry] = alone["contexts"]
    proxies.bypass_proxy(client, entry["context"])
    return Transport(dynamic_client(client, discoverer=_NoDiscovery)), entry


class _NoDiscovery:
    """A discoverer that does nothing, where the client library's would list the whole API first."""

    def __init__(self, client: Any, cache_file: str | None) -> None:
        pass


def _decoded(stream: Any) -> Iterator[dict[str, Any]]:
    from urllib3.exceptions import HTTPError

    rest = b""
    try:
        for chunk in stream.stream(amt=None, decode_content=False):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from map(json.loads, filter(None, lines))
    except HTTPError:
        return  # silence until the time was up, or the server went away: the caller lists again
    finally:
        stream.close()  # not given back to the pool: the rest of the stream is unread


def _answer(refusal: Any) -> Mapping[str, Any]:
    """The Status object that came with a refusal; if it is none, one that has its words."""
    try:
        said = json.loads(refusal.body)
        return said if "message" in said else {"message": str(refusal.body)}
    except (TypeError, ValueError):
        return {"message": str(refusal.body or refusal.reason or "")}


def _refused(code: int | None, answer: Mapping[str, Any], what: str) -> ApiError:
    owners = _owners(answer)
    if owners:
        fields = "one field" if len(owners) == 1 else f"{len(owners)} fields"
        return Conflict(f"could not {what}: somebody else has set {fields} of it", owners=owners)
    family = _FAMILIES.get(code or 0, ApiError)
    seen, advice = in_short(str(answer.get("message", ""))), ""
    if code == UNAUTHORIZED:
        seen = f"{seen}: it does not accept, or no longer, who the kubeconfig says you are"
        advice = "sign in again, as for kubectl; for the course's own cluster: kubeface up"
    return family(f"could not {what}: the API server answered {code}", seen=seen, try_next=advice)


def in_short(message: str) -> str:
    """A refusal's reason first, and what it quotes cut off: the API server may quote the whole object.

    >>> print(in_short('it is invalid: Invalid value: "' + 400 * "x" + '": expected a number'))
    expected a number
    it is invalid: Invalid value: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
    """
    quoted = [one for one in _QUOTED.finditer(message) if len(one[0]) > QUOTED_LETTERS]
    if quoted:
        reason = message[quoted[-1].end() :].strip(" :")
        head = _QUOTED.sub(_cut_off, message[: quoted[-1].end()]).strip()
        message = "\n".join(filter(None, (reason, head)))
    half = MESSAGE_LETTERS // 2
    return message if len(message) <= MESSAGE_LETTERS else f"{message[:half]} … {message[-half:]}"


def _cut_off(quoted: re.Match[str]) -> str:
    text = quoted[0]
    return text if len(text) <= QUOTED_LETTERS else f'{text[: QUOTED_LETTERS // 3]}…"'


_FAMILIES: Mapping[int, type[ApiError]] = {
    403: Forbidden,
    404: NotFound,
    410: Expired,
    429: TooManyRequests,
    503: Unavailable,
    504: Unavailable,
}
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WHERE = re.compile(r"^(<[^>]*>|\w+\([^)]*\)): ")  # urllib3 begins with the connection
_MANAGER = re.compile(r'conflict with "(?P<manager>.*?)"(?: with subresource "(?P<part>\w+)")?')


def _owners(answer: Mapping[str, Any]) -> dict[str, str]:
    """Field → its manager, out of the causes of a refused apply."""
    causes = (answer.get("details") or {}).get("causes") or []
    owners = {}
    for cause in causes:
        found = _MANAGER.search(cause.get("message", ""))
        if cause.get("reason") == "FieldManagerConflict" and found:
            part = f", through {found['part']}" if found["part"] else ""
            owners[cause["field"].removeprefix(".")] = found["manager"] + part
    return owners
