"""What is in the queue, as every nsqd tells through the API server."""

from typing import Any

from kubeface.kube import Cluster
from kubeface.pipeline.deploy import NAMESPACE

PODS = {"app.kubernetes.io/name": "nsqd"}
PORT = 4151
TOPIC = "images"


def numbers(cluster: Cluster) -> dict[str, int]:
    """How many messages wait for a consumer, and how many one has in hand; of all nsqds together.

    Raises:
        ApiError: an nsqd cannot be asked.
    """
    found = {"waiting": 0, "in hand": 0}
    for pod in cluster.list("pods", labels=PODS, namespace=NAMESPACE):
        for topic in _topics(cluster, pod.name):
            channels = topic["channels"] or []  # none before its first consumer
            found["waiting"] += topic["depth"] + sum(one["depth"] + one["deferred_count"] for one in channels)
            found["in hand"] += sum(one["in_flight_count"] for one in channels)
    return found


def _topics(cluster: Cluster, pod: str) -> list[dict[str, Any]]:
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}:{PORT}/proxy/stats"
    query = [("format", "json"), ("topic", TOPIC)]
    told = cluster.transport.json("get", path, what=f"ask pod/{pod} for its messages", query_params=query)
    topics: list[dict[str, Any]] = told["topics"] or []  # none before its first message
    return topics
