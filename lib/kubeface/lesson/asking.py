"""Ask a server by HTTP until it answers, from this machine or from inside a Pod; look a name up in a Pod."""

from collections.abc import Callable
from threading import Event
from urllib.parse import urlsplit

from kubeface.errors import CommandFailed, NotReady
from kubeface.kube import Cluster
from kubeface.kube.kubectl import run
from kubeface.kube.wait import Deadline
from kubeface.pipeline import http

PACE_S = 0.5  # chosen: nobody tells when a node's rules for a Service have changed; it takes about a second
ANSWER_S = 60.0  # chosen: an exec and one request, on a machine with other things to do
NO_SUCH_NAME = 2  # specified: getent's exit code for a name that stands for nothing

#: Run in the Pod: a connection of its own for each request, an answer a line, or why there is none.
_GET = """
import sys, urllib.request
try:
    for _ in range(int(sys.argv[2])):
        print(urllib.request.urlopen(sys.argv[1], timeout=3).read().decode().strip())
except OSError as error:
    sys.exit(f"no answer: {getattr(error, 'reason', error)}")
"""


class Inside:
    """What a Pod sees of the cluster's names and Services, asked by `kubectl exec`.

    Args:
        cluster: Where the Pod is.
        who: The Pod, or whose: `pod/client`, `deployment/image-processor`. Its image has Python.
        namespace: Where, if not in the cluster's own namespace.
    """

    def __init__(self, cluster: Cluster, who: str, *, namespace: str | None = None) -> None:
        self._cluster = cluster
        self._exec = ["exec", who, "--namespace", namespace or cluster.namespace, "--"]

    def addresses(self, name: str, *, least: int = 0, timeout_s: float = 60) -> list[str]:
        """The addresses that a name stands for, in order; as soon as there are at least so many.

        Raises:
            NotReady: there are fewer when the time is up.
        """
        deadline = Deadline.after(timeout_s)
        while True:
            found = self._look_up(name)
            if len(found) >= least:
                return found
            if not deadline.left_s:
                raise NotReady(f"{name} stood for {len(found)} addresses after {timeout_s:g} s")
            Event().wait(min(PACE_S, deadline.left_s))

    def get(self, url: str, *, until: Callable[[str], bool] = bool, timeout_s: float = 60) -> str:
        """The answer to a GET of a URL; asked again while there is none, or not the one that is wanted.

        Raises:
            NotReady: there is none in time; what was seen last is in `seen`.
        """
        return _again(lambda: "\n".join(self.answers(url)), url, until, timeout_s)

    def answers(self, url: str, times: int = 1) -> list[str]:
        """What that many requests are answered, each over a connection of its own; a line each.

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


def get(url: str, *, until: Callable[[str], bool] = bool, timeout_s: float = 60) -> str:
    """The answer to a GET of a URL from this machine; asked again while there is none, or not the wanted one.

    Raises:
        NotReady: there is none in time; what was seen last is in `seen`.
        ApiError: the server says no.
    """
    parts = urlsplit(url)
    path = parts.path or "/"
    return _again(
        lambda: http.get(str(parts.hostname), parts.port or 80, path).decode(), url, until, timeout_s
    )


def _again(ask: Callable[[], str], url: str, until: Callable[[str], bool], timeout_s: float) -> str:
    deadline = Deadline.after(timeout_s)
    while True:
        try:
            said = ask()
            seen = f"the answer was: {said}"
            if until(said):
                return said
        except NotReady as silence:
            seen = silence.seen
        if not deadline.left_s:
            raise NotReady(f"{url} did not answer as wanted within {timeout_s:g} s", seen=seen)
        Event().wait(min(PACE_S, deadline.left_s))
