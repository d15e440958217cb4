"""HTTP and DNS clients, on this machine and in a Pod: they ask until they are answered."""

from collections.abc import Callable
from urllib.parse import urlsplit

from kubeface.errors import CommandFailed, NotReady
from kubeface.kube import Cluster
from kubeface.kube.kubectl import run
from kubeface.pipeline import http
from kubeface.util.waiting import wait_until

PACE_S = 0.5  # chosen: nobody tells when a node's rules for a Service have changed; it takes about a second
ANSWER_S = 60.0  # chosen: an exec and one request, on a machine with other things to do
NO_SUCH_NAME = 2  # specified: getent's exit code for a name that resolves to nothing

#: Run in the Pod: a connection of its own for each request, an answer a line, or why there is none.
_GET = """
import sys, urllib.request
try:
    for _ in range(int(sys.argv[2])):
        print(urllib.request.urlopen(sys.argv[1], timeout=3).read().decode().strip())
except OSError as error:
    sys.exit(f"no answer: {getattr(error, 'reason', error)}")
"""


class PodClient:
    """A client in a Pod: what names and Services look like from there, asked by `kubectl exec`.

    Args:
        cluster: Where the Pod is.
        ref: The Pod, or a workload for one of its Pods: `pod/client`, `deployment/image-processor`. Its image
            has Python.
        namespace: Where, if not in the cluster's own namespace.

    Raises:
        NotReady: by every call: no answer in time; what was seen last is in `seen`.
        CommandFailed: by every call: there is no such Pod, or nothing can be run in it.

    >>> def who_answers(cluster: Cluster) -> set[str]:
    ...     client = PodClient(cluster, "deployment/image-processor")
    ...     assert client.addresses("nsqd", least=1)
    ...     print(client.get("http://nsqd:4151/ping", timeout_s=30))
    ...     return set(client.answers("http://nsqd:4151/info", times=60))
    """

    def __init__(self, cluster: Cluster, ref: str, *, namespace: str | None = None) -> None:
        self._cluster = cluster
        self._exec = ["exec", ref, "--namespace", namespace or cluster.namespace, "--"]

    def addresses(self, name: str, *, least: int = 0, timeout_s: float = 60) -> list[str]:
        """The addresses that a name resolves to, in order; as soon as there are at least so many.

        Args:
            name: As a program in the Pod would say it: `mysql`, `mysql.face`.
            least: How many to wait for.
            timeout_s: How long, in seconds.

        Raises:
            NotReady: there are fewer when the time is up.
        """
        found: list[str] = []

        def are_enough() -> bool:
            found[:] = self._look_up(name)
            return len(found) >= least

        what = f"{name} resolved to fewer than {least} addresses"
        seen = lambda: ", ".join(found) or "none"  # noqa: E731
        wait_until(are_enough, what=what, timeout_s=timeout_s, every_s=PACE_S, evidence=seen)
        return found

    def get(self, url: str, *, until: Callable[[str], bool] = bool, timeout_s: float = 60) -> str:
        """The answer to a GET of a URL; asked again while there is none, or not the expected one.

        Args:
            url: `http://receiver.face:8000/`.
            until: Whether an answer is the expected one; without it, any text is.
            timeout_s: How long to ask, in seconds.

        Raises:
            NotReady: there is none in time; what was seen last is in `seen`.
        """
        return _asked(lambda: "\n".join(self.answers(url)), url, until, timeout_s)

    def answers(self, url: str, times: int = 1) -> list[str]:
        """The answers to that many GETs of a URL, each over a connection of its own; a line each.

        Args:
            url: `http://nsqd:4151/info`.
            times: How many.

        Raises:
            NotReady: one of them is not answered.
        """
        try:
            told = self._run("python3", "-c", _GET, url, str(times))
        except CommandFailed as silence:
            seen = [line for line in silence.seen.splitlines() if line.startswith("no answer: ")]
            raise NotReady(f"no answer from {url}", seen="\n".join(seen) or silence.seen) from silence
        return told.splitlines()

    def _look_up(self, name: str) -> list[str]:
        try:
            told = self._run("getent", "ahostsv4", name)
        except CommandFailed as nothing:
            if f"exit code {NO_SUCH_NAME}" in nothing.seen:
                return []
            raise
        return sorted({line.split()[0] for line in told.splitlines()})

    def _run(self, *command: str) -> str:
        return run([*self._exec, *command], cluster=self._cluster, timeout_s=ANSWER_S)


def http_get(url: str, *, until: Callable[[str], bool] = bool, timeout_s: float = 60) -> str:
    """The answer to a GET of a URL; asked again while there is none, or not the expected one.

    From this machine, and without the environment's proxies: nodes are near.

    Args:
        url: `http://10.89.0.2:30801/`.
        until: Whether an answer is the expected one; without it, any text is.
        timeout_s: How long to ask, in seconds; 0 to ask once.

    Raises:
        NotReady: there is none in time; what was seen last is in `seen`.
        ApiError: the server says no: an answer of 4xx, or 500.

    >>> http_get("http://127.0.0.1:1/", timeout_s=0)
    Traceback (most recent call last):
    kubeface.errors.NotReady: http://127.0.0.1:1/ did not answer as expected after 0 s
    ...
    """
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _asked(
        lambda: http.get(str(parts.hostname), parts.port or 80, path).decode(), url, until, timeout_s
    )


def _asked(ask: Callable[[], str], url: str, until: Callable[[str], bool], timeout_s: float) -> str:
    """The first expected answer."""
    answer = seen = ""

    def is_expected() -> bool:
        nonlocal answer, seen
        try:
            answer = ask()
        except NotReady as silence:
            seen = silence.seen
            return False
        seen = f"the answer was: {answer}"
        return until(answer)

    what = f"{url} did not answer as expected"
    wait_until(is_expected, what=what, timeout_s=timeout_s, every_s=PACE_S, evidence=lambda: seen)
    return answer
