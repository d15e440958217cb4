"""The circuit breaker of image-processor, as its status page tells through the API server."""

from threading import Event

from kubeface.errors import ApiError, NotReady
from kubeface.kube import Cluster
from kubeface.kube.wait import Deadline
from kubeface.pipeline.deploy import NAMESPACE

PODS = {"app.kubernetes.io/name": "image-processor"}
PORT = 8002
LOOK_AGAIN_S = 0.25  # chosen: the page has no stream


def state(cluster: Cluster) -> str:
    """`closed`, `open` or `half-open`; of several image-processors, the first one's by name.

    Raises:
        NotReady: none runs.
        ApiError: it cannot be asked.
    """
    running = [pod for pod in cluster.list("pods", labels=PODS, namespace=NAMESPACE) if _runs(pod.raw)]
    if not running:
        raise NotReady("no image-processor runs", try_next="kubectl get pods -n face")
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/{running[0].name}:{PORT}/proxy/status"
    return str(cluster.transport.json("get", path, what="ask image-processor how it is")["breaker"]["state"])


def wait_for(cluster: Cluster, wanted: str, deadline: Deadline) -> str:
    """The state, as soon as the breaker is in it.

    Raises:
        NotReady: it is not, in time.
    """
    while True:
        try:
            seen = state(cluster)
        except (NotReady, ApiError) as silence:
            seen = silence.what
        if seen == wanted:
            return seen
        if not deadline.left_s:
            raise NotReady(f"the circuit breaker was not {wanted} in time", seen=f"last seen: {seen}")
        Event().wait(min(LOOK_AGAIN_S, deadline.left_s))


def _runs(pod: dict[str, dict[str, object]]) -> bool:
    return pod["status"].get("phase") == "Running" and not pod["metadata"].get("deletionTimestamp")
