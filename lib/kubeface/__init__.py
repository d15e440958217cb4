"""Learn Kubernetes by running a real face-recognition pipeline.

    from kubeface import Cluster, nodes, table, kubectl, Pipeline, gallery

The names are imported on first use, so that `import kubeface` and the command line start at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubeface.errors import KubefaceError as KubefaceError
    from kubeface.kube import Cluster as Cluster
    from kubeface.kube import load as load
    from kubeface.kube.apply import apply as apply
    from kubeface.kube.kubectl import kubectl as kubectl
    from kubeface.kube.wait import wait as wait
    from kubeface.pipeline import Pipeline as Pipeline
    from kubeface.views.gallery import gallery as gallery
    from kubeface.views.nodes import nodes as nodes
    from kubeface.views.tables import table as table

#: Public name → the module that has it.
_HOMES = {
    "Cluster": "kubeface.kube",
    "KubefaceError": "kubeface.errors",
    "Pipeline": "kubeface.pipeline",
    "apply": "kubeface.kube",
    "gallery": "kubeface.views.gallery",
    "kubectl": "kubeface.kube",
    "load": "kubeface.kube",
    "nodes": "kubeface.views.nodes",
    "table": "kubeface.views.tables",
    "wait": "kubeface.kube",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'kubeface' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
