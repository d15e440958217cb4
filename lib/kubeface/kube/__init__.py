"""The only speaker to an API server: connect, look, apply, wait, kubectl.

The client library is imported on the first request, so that `import kubeface` stays fast.
"""

from typing import TYPE_CHECKING

from kubeface.kube.apply import apply, delete, diff
from kubeface.kube.client import Cluster
from kubeface.kube.kubectl import find_kubectl, kubectl, kustomize
from kubeface.kube.wait import wait, wait_all, wait_terminated
from kubeface.model.change import Change
from kubeface.model.manifests import in_kind_order, load_manifests
from kubeface.model.objects import Fields, KubeObject
from kubeface.old_names import moved

__all__ = [
    "Change",
    "Cluster",
    "Fields",
    "KubeObject",
    "apply",
    "delete",
    "diff",
    "find_kubectl",
    "in_kind_order",
    "kubectl",
    "kustomize",
    "load_manifests",
    "wait",
    "wait_all",
    "wait_terminated",
]

if not TYPE_CHECKING:
    __getattr__ = moved(
        __name__,
        {
            "load": "kubeface.load_manifests",
            "render": "kubeface.kube.kustomize",
            "wait_ended": "kubeface.kube.wait_terminated",
        },
    )
