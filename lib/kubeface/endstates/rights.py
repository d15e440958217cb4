"""What a ServiceAccount may do, as the API server judges it with all the groups that it is in."""

from collections.abc import Iterable
from typing import Any

from kubeface.kube import Cluster
from kubeface.util.waiting import attempts

IN_FORCE_S = 2.0  # chosen: a right is in force some milliseconds after its binding is written
Right = tuple[str, str]
_REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"


def may(cluster: Cluster, account: str, verb: str, what: str = "pods", *, name: str = "") -> bool:
    """Whether a ServiceAccount of the cluster's namespace may do that there.

    Args:
        cluster: Where to ask.
        account: Its name.
        verb: `get`, `delete`, `deletecollection`, `create` …
        what: The resource, maybe with its group, or with a part of it: `deployments.apps`, `pods/eviction`.
        name: One object of that kind; without one, any.
    """
    return bool(_review(cluster, account, verb, what, name).get("allowed"))


def refused(cluster: Cluster, account: str, rights: Iterable[Right], *, name: str = "") -> list[Right]:
    """Which of these rights a ServiceAccount does not have; where something is bound, those are waited for.

    Args:
        cluster: Where to ask.
        account: Its name.
        rights: Each a verb and a resource, as `may` takes them.
        name: One object of that kind; without one, any.
    """
    wanted, missing = list(rights), []
    for _ in attempts(timeout_s=IN_FORCE_S, every_s=0.2):
        missing = [(verb, what) for verb, what in wanted if not may(cluster, account, verb, what, name=name)]
        if not (missing and cluster.list("rolebindings")):
            break
    return missing


def _review(cluster: Cluster, account: str, verb: str, what: str, name: str) -> dict[str, Any]:
    """What the API server answers: whether it is allowed, and for what reason."""
    kind, _, part = what.partition("/")
    resource, _, group = kind.partition(".")
    space = cluster.namespace
    groups = ["system:serviceaccounts", f"system:serviceaccounts:{space}", "system:authenticated"]
    attributes = {"namespace": space, "verb": verb, "group": group, "resource": resource}
    attributes |= {"subresource": part, "name": name}
    spec = {
        "user": f"system:serviceaccount:{space}:{account}",
        "groups": groups,
        "resourceAttributes": attributes,
    }
    asked = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    said = f"ask whether {account} may {verb} {what}"
    return dict(cluster.transport.json("post", _REVIEWS, what=said, body=asked)["status"])


#: Whatever ends a Pod by the API: one by one, all at once, and as a drain does it.
ENDING_PODS = (("delete", "pods"), ("deletecollection", "pods"), ("create", "pods/eviction"))


def ending(cluster: Cluster, account: str) -> str:
    """In which way a ServiceAccount may delete Pods of the namespace, as a sentence; empty when in none."""
    names = ["", *(pod.name for pod in cluster.list("pods"))]
    for verb, what in ENDING_PODS:
        for name in names:
            answer = _review(cluster, account, verb, what, name)
            if answer.get("allowed"):
                told = {"delete": "delete", "deletecollection": "delete all", "create": "evict"}[verb]
                reason = f"; {answer['reason']}" if answer.get("reason") else ""
                return f"{account} may {told} Pods" + (f": {name}" if name else "") + reason
    return ""
