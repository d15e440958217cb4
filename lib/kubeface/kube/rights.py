"""What the user of a connection may do, as the API server judges it."""

from kubeface.kube.client import Cluster

_ACCESS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


def may(cluster: Cluster, verb: str, what: str, *, namespace: str | None = None) -> bool:
    """Whether this user may do that; nothing is done.

    Args:
        cluster: The connection.
        verb: `get`, `list`, `watch`, `create`, `patch`, `delete`.
        what: A kind's word, maybe with a part of it: `pods`, `pods/exec`.
        namespace: Where; without one, everywhere (or, for what belongs to no namespace, at all).

    >>> from kubeface.kube import Cluster
    >>> from kubeface.kube.rights import may
    >>> def shows_nodes(cluster: Cluster) -> bool:
    ...     return may(cluster, "list", "nodes")
    """
    word, _, part = what.partition("/")
    kind = cluster.kind(word)
    group = kind.api_version.rpartition("/")[0]
    asked = {"verb": verb, "group": group, "resource": kind.plural, "subresource": part}
    attributes = asked | ({"namespace": namespace} if namespace else {})
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    answer = cluster.transport.json("post", _ACCESS, what=f"ask who may {verb} {what}", body=body)
    return bool(answer["status"]["allowed"])


def user(cluster: Cluster) -> str:
    """The name under which the API server knows this user."""
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    answer = cluster.transport.json("post", _WHO, what="ask who this is", body=body)
    return str(answer["status"]["userInfo"]["username"])
