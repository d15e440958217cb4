"""What a ServiceAccount may do, as the API server judges it with all the groups that it is in."""

from kubeface.kube import Cluster

_REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"


def may(cluster: Cluster, account: str, verb: str, what: str = "pods", *, name: str = "") -> bool:
    """Whether a ServiceAccount of the cluster's namespace may do that there.

    Args:
        cluster: Where to ask.
        account: Its name.
        verb: `get`, `delete`, `deletecollection`, `create` …
        what: The resource, maybe with a part of it: `pods/eviction`.
        name: One object of that kind; without one, any.
    """
    resource, _, part = what.partition("/")
    space = cluster.namespace
    groups = ["system:serviceaccounts", f"system:serviceaccounts:{space}", "system:authenticated"]
    attributes = {"namespace": space, "verb": verb, "resource": resource, "subresource": part, "name": name}
    spec = {
        "user": f"system:serviceaccount:{space}:{account}",
        "groups": groups,
        "resourceAttributes": attributes,
    }
    asked = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    said = f"ask whether {account} may {verb} {what}"
    answer = cluster.transport.json("post", _REVIEWS, what=said, body=asked)
    return bool(answer["status"].get("allowed"))


#: Whatever ends a Pod by the API: one by one, all at once, and as a drain does it.
ENDING_PODS = (("delete", "pods"), ("deletecollection", "pods"), ("create", "pods/eviction"))


def ending(cluster: Cluster, account: str) -> str:
    """In which way a ServiceAccount may delete Pods of the namespace, as a sentence; empty when in none."""
    names = ["", *(pod.name for pod in cluster.list("pods"))]
    for verb, what in ENDING_PODS:
        for name in names:
            if may(cluster, account, verb, what, name=name):
                told = {"delete": "delete", "deletecollection": "delete all", "create": "evict"}[verb]
                return f"{account} may {told} Pods" + (f": {name}" if name else "")
    return ""
