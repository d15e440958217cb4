"""Learn Kubernetes by running a real face-recognition pipeline.

    from kubeface import Lesson, kubectl, nodes, table, wait

The names are imported on first use, so that `import kubeface` and the command line start at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kubeface.drills import drill as drill
    from kubeface.errors import KubefaceError as KubefaceError
    from kubeface.errors import NotReady as NotReady
    from kubeface.exam import Exam as Exam
    from kubeface.exercises import Lesson as Lesson
    from kubeface.exercises import catch_up as catch_up
    from kubeface.exercises import check as check
    from kubeface.exercises import hint as hint
    from kubeface.exercises import predict as predict
    from kubeface.exercises import solution as solution
    from kubeface.images import Images as Images
    from kubeface.kube.apply import apply as apply
    from kubeface.kube.apply import diff as diff
    from kubeface.kube.client import Cluster as Cluster
    from kubeface.kube.forward import port_forward as port_forward
    from kubeface.kube.kubectl import kubectl as kubectl
    from kubeface.kube.kubectl import kustomize as kustomize
    from kubeface.kube.stopping import StoppableCluster as StoppableCluster
    from kubeface.kube.wait import wait as wait
    from kubeface.kube.wait import wait_terminated as wait_terminated
    from kubeface.lesson.changes import changes as changes
    from kubeface.lesson.clients import PodClient as PodClient
    from kubeface.lesson.clients import http_get as http_get
    from kubeface.model.manifests import load_manifests as load_manifests
    from kubeface.pipeline import Pipeline as Pipeline
    from kubeface.util.waiting import wait_until as wait_until
    from kubeface.views.gallery import gallery as gallery
    from kubeface.views.logs import logs as logs
    from kubeface.views.nodes import nodes as nodes
    from kubeface.views.plot import plot as plot
    from kubeface.views.rollout import rollout as rollout
    from kubeface.views.tables import Table as Table
    from kubeface.views.tables import table as table
    from kubeface.views.timeline import timeline as timeline
    from kubeface.views.topology import topology as topology
    from kubeface.views.yaml import show_yaml as show_yaml

#: Public name → the module that has it.
_HOMES = {
    "Cluster": "kubeface.kube.client",
    "Exam": "kubeface.exam",
    "Images": "kubeface.images",
    "KubefaceError": "kubeface.errors",
    "Lesson": "kubeface.exercises",
    "NotReady": "kubeface.errors",
    "Pipeline": "kubeface.pipeline",
    "PodClient": "kubeface.lesson.clients",
    "StoppableCluster": "kubeface.kube.stopping",
    "Table": "kubeface.views.tables",
    "apply": "kubeface.kube.apply",
    "catch_up": "kubeface.exercises",
    "changes": "kubeface.lesson.changes",
    "check": "kubeface.exercises",
    "diff": "kubeface.kube.apply",
    "drill": "kubeface.drills",
    "gallery": "kubeface.views.gallery",
    "hint": "kubeface.exercises",
    "http_get": "kubeface.lesson.clients",
    "kubectl": "kubeface.kube.kubectl",
    "kustomize": "kubeface.kube.kubectl",
    "load_manifests": "kubeface.model.manifests",
    "logs": "kubeface.views.logs",
    "nodes": "kubeface.views.nodes",
    "plot": "kubeface.views.plot",
    "port_forward": "kubeface.kube.forward",
    "predict": "kubeface.exercises",
    "rollout": "kubeface.views.rollout",
    "show_yaml": "kubeface.views.yaml",
    "solution": "kubeface.exercises",
    "table": "kubeface.views.tables",
    "timeline": "kubeface.views.timeline",
    "topology": "kubeface.views.topology",
    "wait": "kubeface.kube.wait",
    "wait_terminated": "kubeface.kube.wait",
    "wait_until": "kubeface.util.waiting",
}
#: Old name → new name.
_OLD = {"load": "load_manifests", "yaml": "show_yaml"}
__all__ = list(_HOMES)

if not TYPE_CHECKING:  # a type checker knows the names above, and that there are no others

    def __getattr__(name: str) -> Any:
        if name in _OLD:
            from kubeface.old_names import warn

            warn(f"kubeface.{name}", f"kubeface.{_OLD[name]}")
            name = _OLD[name]
        if name not in _HOMES:
            raise AttributeError(f"module 'kubeface' has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)
