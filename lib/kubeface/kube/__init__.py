"""The only speaker to an API server: connect, look, apply, wait, kubectl.

The client library is imported on the first request, so that `import kubeface` stays fast.
"""

from kubeface.kube.apply import apply, delete, diff
from kubeface.kube.client import Cluster
from kubeface.kube.kubectl import find_kubectl, kubectl, render
from kubeface.kube.prune import Prune
from kubeface.kube.wait import wait, wait_all, wait_ended
from kubeface.model.change import Change
from kubeface.model.manifests import in_kind_order, load
from kubeface.model.objects import Fields, KubeObject

__all__ = [
    "Change",
    "Cluster",
    "Fields",
    "KubeObject",
    "Prune",
    "apply",
    "delete",
    "diff",
    "find_kubectl",
    "in_kind_order",
    "kubectl",
    "load",
    "render",
    "wait",
    "wait_all",
    "wait_ended",
]
