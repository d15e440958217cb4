"""What is in the queue, as every nsqd tells through the API server."""

from threading import Event
from typing import Any

from kubeface.errors import ApiRefused, NotReady
from kubeface.kube import Cluster
from kubeface.kube.wait import Deadline
from kubeface.pipeline.deploy import NAMESPACE

PODS = {"app.kubernetes.io/name": "nsqd"}
PORT = 4151
TOPIC = "images"
LOOK_AGAIN_S = 0.25  # chosen: an nsqd has no stream to tell of it


def numbers(cluster: Cluster) -> dict[str, int]:
    """How many messages wait for a consumer, and how many one has in hand; of all nsqds together.

    Raises:
        ApiRefused: an nsqd cannot be asked.
    """
    found = {"waiting": 0, "in hand": 0}
    for pod in cluster.list("pods", labels=PODS, namespace=NAMESPACE):
        for topic in _topics(cluster, pod.name):
            channels = topic["channels"] or []  # none before its first consumer
            found["waiting"] += topic["depth"] + sum(one["depth"] + one["deferred_count"] for one in channels)
            found["in hand"] += sum(one["in_flight_count"] for one in channels)
    return found


def wait_until_empty(cluster: Cluster, deadline: Deadline) -> None:
    """Comes back when every message is finished.

    Raises:
        NotReady: one is not, in time.
    """
    while True:
        try:
            found = numbers(cluster)
            seen = ", ".join(f"{count} {how}" for how, count in found.items())
            if not any(found.values()):
                return
        except ApiRefused as silence:
            seen = silence.what
        if not deadline.left_s:
            raise NotReady("the queue was not empty in time", seen=seen)
        Event().wait(min(LOOK_AGAIN_S, deadline.left_s))


def _topics(cluster: Cluster, pod: str) -> list[dict[str, Any]]:
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}:{PORT}/proxy/stats"
    query = [("format", "json"), ("topic", TOPIC)]
    told = cluster.transport.json("get", path, what=f"ask pod/{pod} for its messages", query_params=query)
    topics: list[dict[str, Any]] = told["topics"] or []  # none before its first message
    return topics
