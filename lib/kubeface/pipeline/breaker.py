"""The circuit breaker of image-processor, as its status page tells through the API server."""

from kubeface.errors import ApiError, NotReady
from kubeface.kube import Cluster
from kubeface.pipeline.deploy import NAMESPACE
from kubeface.util.audience import telling
from kubeface.util.waiting import attempts

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


def wait_for(cluster: Cluster, wanted: str, *, timeout_s: float) -> str:
    """The state, as soon as the breaker is in it.

    Raises:
        NotReady: it is not, in time.
    """
    seen = ""
    with telling(f"the circuit breaker to be {wanted}", timeout_s) as tell:
        for _ in attempts(timeout_s=timeout_s, every_s=LOOK_AGAIN_S):
            try:
                seen = state(cluster)
            except (NotReady, ApiError) as silence:
                seen = silence.what
            if seen == wanted:
                return seen
            tell(seen)
        raise NotReady(f"the circuit breaker was not {wanted} in time", seen=f"last seen: {seen}")


def _runs(pod: dict[str, dict[str, object]]) -> bool:
    return pod["status"].get("phase") == "Running" and not pod["metadata"].get("deletionTimestamp")
