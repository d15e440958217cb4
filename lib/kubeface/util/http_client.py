"""HTTP through httpx: a client for what is near, one for the internet, one error for all that goes wrong."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kubeface.errors import KubefaceError, NotReady

if TYPE_CHECKING:
    import httpx

#: What is asked for comes as it is: digests are of these bytes.
HEADERS = {"Accept-Encoding": "identity", "User-Agent": "kubeface"}
#: No proxy leads back to this machine.
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
#: How much of an unexpected answer is shown.
SHOWN_LETTERS = 200


def near(*, timeout_s: float, trust: ssl.SSLContext | None = None) -> "httpx.Client":
    """A client for this machine and its clusters: no proxy, and a connection of its own for each request.

    Args:
        timeout_s: How long it waits for a connection, and for each part of an answer.
        trust: What the server's certificate is checked against; without one, no https:// is trusted.
    """
    import httpx

    return httpx.Client(
        verify=trust or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        trust_env=False,
        headers=HEADERS,
        limits=httpx.Limits(max_keepalive_connections=0),
        timeout=timeout_s,
    )


def far(*, timeout_s: float) -> "httpx.Client":
    """A client for the internet: the environment's proxies, this machine's certificates, redirects.

    Args:
        timeout_s: How long it waits for a connection, and for each part of an answer.
    """
    import httpx

    return httpx.Client(
        verify=ssl.create_default_context(),
        mounts={f"all://{host}": None for host in LOOPBACK},
        headers=HEADERS,
        follow_redirects=True,
        timeout=timeout_s,
    )


@contextmanager
def failing_as(what: str, *, kind: type[KubefaceError] = NotReady, try_next: str = "") -> Iterator[None]:
    """Raise `kind` for whatever goes wrong with a request: no connection, no HTTP, half an answer.

    Args:
        what: The failure as a sentence, such as "No registry answers at 127.0.0.1:5000."

    >>> with failing_as("Nobody answers."), near(timeout_s=1) as client:
    ...     client.get("http://127.0.0.1:1")
    Traceback (most recent call last):
    kubeface.errors.NotReady: Nobody answers.
    [Errno 111] Connection refused
    """
    import httpx

    try:
        yield
    except httpx.HTTPStatusError as refusal:
        answer = refusal.response
        raise kind(what, seen=f"{answer.status_code} {answer.reason_phrase}", try_next=try_next) from refusal
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        OSError,  # no certificate, no room for what comes
        ValueError,  # a proxy that is none
        ImportError,  # a proxy that speaks SOCKS
    ) as error:
        raise kind(what, seen=str(error) or type(error).__name__, try_next=try_next) from error


def json_of(answer: "httpx.Response") -> Any:
    """What an answer says in JSON.

    Raises:
        NotReady: it is no JSON: somebody else answers, such as a proxy with a page of its own.
    """
    try:
        return answer.json()
    except ValueError as error:
        seen = answer.text[:SHOWN_LETTERS]
        raise NotReady(f"no JSON came from {answer.url}", seen=seen) from error
