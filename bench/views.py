"""How soon a notebook has its names and its first view, and what a live view costs."""

import contextlib
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from bench import servers
from bench.benchmark import Benchmark
from kubeface import places
from kubeface.util.waiting import wait_until

if TYPE_CHECKING:
    from kubeface.kube import Cluster
    from kubeface.views.view import View

ROUNDS = 9  # chosen, for the medians
FEW, MANY, NODES = 50, 1000, 10  # specified: the Pods in view
UPDATES = 25
IDLE_S, QUIET_S = 30.0, 5.0  # chosen: how long to look, and how long nothing may change before
READY_S = 600
_IMPORT = "import kubeface"
_FIRST_VIEW = """
import sys, time
from kubeface import Cluster
cluster = Cluster.connect(sys.argv[1])
start = time.perf_counter()
from kubeface import nodes
assert nodes(cluster)._repr_html_().count("<li") >= int(sys.argv[2])
print(time.perf_counter() - start)
"""


def import_s() -> float:
    """The time for `import kubeface` in a new Python, without the time for the Python."""
    with_it, without = [], []
    for _ in range(ROUNDS):
        with_it.append(_program_s(_IMPORT))
        without.append(_program_s("pass"))
    return statistics.median(with_it) - statistics.median(without)


def first_view_s() -> float:
    """The time for the first view of 50 Pods of a real API server, the imports included."""
    with servers.api_server() as cluster:
        _make_pods(cluster, FEW)
        command = [sys.executable, "-c", _FIRST_VIEW, str(cluster.kubeconfig), str(FEW)]
        took = [
            float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            for _ in range(ROUNDS)
        ]
    return statistics.median(took)


def live_update_ms() -> float:
    """The time from the API server's answer to a change until the frame with it has been drawn."""
    from kubeface.views.tables import table

    with servers.api_server() as cluster, _watched(cluster, ["pods"], table) as page:
        _make_pods(cluster, FEW)
        page.until(f"pod-{FEW - 1}")
        took_ms = []
        for number in range(UPDATES):
            name = f"update-{number}"
            cluster.create(_pod(name, "node-0"))
            start = time.perf_counter()
            page.until(name)
            took_ms.append((page.at - start) * 1000)
    return statistics.median(took_ms)


def live_idle_percent() -> float:
    """Processor time of this process, which keeps 1,000 Pods in view, while nothing changes."""
    from kubeface.views.nodes import nodes

    with servers.api_server() as cluster, _kwok(cluster) as kwok:
        _make_pods(cluster, MANY)
        wait_until(
            lambda: _running(cluster) == MANY,
            what="not all Pods run",
            timeout_s=READY_S,
            pid=kwok,
            evidence=lambda: f"{_running(cluster)} do",
            every_s=1,
        )
        with _watched(cluster, ["nodes", "pods"], nodes) as page:
            page.until(f"pod-{MANY - 1}")
            page.until_quiet(QUIET_S)
            start, used = time.monotonic(), time.process_time()
            time.sleep(IDLE_S)
            percent = (time.process_time() - used) / (time.monotonic() - start) * 100
            cluster.create(_pod("late", "node-0"))
            page.until("late")  # it was live all the time
    return percent


class _Page:
    """Where the frames come to: each is drawn as a notebook's cell draws it."""

    def __init__(self) -> None:
        self.at = 0.0
        self._html = ""
        self._new = threading.Condition()

    def show(self, view: "View", note: str) -> None:
        """A frame."""
        html = view._repr_html_()
        with self._new:
            self._html, self.at = html, time.perf_counter()
            self._new.notify_all()

    def leave(self, view: "View") -> None:
        """The last frame."""
        self.show(view, "")

    def until(self, words: str) -> None:
        """Returns when a frame has these words."""
        with self._new:
            if not self._new.wait_for(lambda: words in self._html, READY_S):
                raise TimeoutError(f"no frame showed {words}")

    def until_quiet(self, seconds: float) -> None:
        """Returns when there has been no new frame for so long."""
        with self._new:
            while self._new.wait(seconds):
                pass


@contextlib.contextmanager
def _watched(cluster: "Cluster", kinds: list[str], draw: Any) -> Iterator[_Page]:
    """A live view in a thread of its own."""
    from kubeface.views.live import follow
    from kubeface.views.watches import Watches

    page, is_over = _Page(), threading.Event()
    watches = Watches(cluster, kinds, labels=None, namespace=None)
    options: Any = {"until": lambda objects: is_over.is_set(), "timeout_s": 2 * READY_S}
    thread = threading.Thread(target=lambda: follow(watches, draw, page, **options), daemon=True)
    thread.start()
    try:
        yield page
    finally:
        is_over.set()
        cluster.create(_pod("over", "node-0"))  # whoever waits for a change looks up now
        thread.join(READY_S)


@contextlib.contextmanager
def _kwok(cluster: "Cluster") -> Iterator[int]:
    """The process id of a KWOK beside the API server; it is compiled first, where it is not there."""
    from kubeface.local import simulated
    from kubeface.local.toolchain import build

    tools = build(places.cache(), say=partial(print, file=sys.stderr), only=["kwok"])
    with cluster.kubeconfig.with_name("kwok.log").open("wb") as log:
        kwok = subprocess.Popen(simulated.command(tools, cluster.kubeconfig), stdout=log, stderr=log)
    try:
        yield kwok.pid
    finally:
        kwok.kill()
        kwok.wait()


def _make_pods(cluster: "Cluster", count: int) -> None:
    """So many Pods, each on one of ten nodes; there is no scheduler."""
    from kubeface.local import simulated

    for number in range(NODES):
        cluster.create(simulated.node(f"node-{number}"))
    for number in range(count):
        cluster.create(_pod(f"pod-{number}", f"node-{number % NODES}"))


def _pod(name: str, on: str) -> dict[str, Any]:
    container = {"name": "main", "image": "none", "resources": {"requests": {"cpu": "10m"}}}
    spec = {"nodeName": on, "containers": [container]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default"},
        "spec": spec,
    }


def _running(cluster: "Cluster") -> int:
    return sum(pod.is_ready for pod in cluster.list("pods", namespace="default"))


def _program_s(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


BENCHMARKS = [
    Benchmark(
        name="import_s",
        unit="s",
        goal="<= 0.5",
        how=f"`import kubeface` in a new Python, less a new Python without it; medians of {ROUNDS} in turns",
        measure=import_s,
    ),
    Benchmark(
        name="first_view_s",
        unit="s",
        goal="<= 0.3",
        how=f"nodes(cluster) with {FEW} Pods of a real API server, to its HTML, in a new Python that has its "
        f"cluster: asking and the import of the view included; median of {ROUNDS}",
        measure=first_view_s,
    ),
    Benchmark(
        name="live_update_ms",
        unit="ms",
        goal="<= 200",
        how="from the API server's answer to a new Pod until the HTML of the frame with it, in a table of "
        f"{FEW} and more; each is made when the one before is seen and so waits longest; median of {UPDATES}",
        measure=live_update_ms,
    ),
    Benchmark(
        name="live_idle_percent",
        unit="%",
        goal="<= 10",
        how=f"part of a core that a process takes while nothing changes: {MANY:,} Pods, simulated by KWOK "
        f"on {NODES} nodes, in a live view of nodes, over {IDLE_S:g} s",
        measure=live_idle_percent,
    ),
]
