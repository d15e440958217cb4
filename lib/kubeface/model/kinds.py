"""What a kind is called and where the API server serves it.

The kinds of the course stand in a table, so that nothing has to be asked for them; the rest is
discovered by `Cluster`.
"""

from dataclasses import dataclass
from urllib.parse import quote

from kubeface.errors import BadInput


@dataclass(frozen=True)
class Kind:
    """One kind of object, and the path to it."""

    api_version: str
    name: str
    plural: str
    namespaced: bool = True
    short: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """Everything a person may call it, in lower case: `pod`, `pods`, `po`."""
        return frozenset({self.name.lower(), self.plural, *self.short})

    def means(self, word: str, api_version: str | None = None) -> bool:
        """Whether a person's word means this kind (of that version, if one is given)."""
        return word.lower() in self.words and api_version in (None, self.api_version)

    def path(self, name: str | None = None, namespace: str | None = None) -> str:
        """The URL path of one object, or of the collection when there is no name."""
        root = "/api" if "/" not in self.api_version else "/apis"
        within = f"/namespaces/{_quoted(namespace)}" if self.namespaced and namespace else ""
        return f"{root}/{self.api_version}{within}/{self.plural}" + (f"/{_quoted(name)}" if name else "")


def _quoted(name: str) -> str:
    """A person's word as one part of a path: it leads to nothing else."""
    return quote(name, safe=":")


KINDS = (
    Kind("v1", "Namespace", "namespaces", namespaced=False, short=("ns",)),
    Kind("v1", "Node", "nodes", namespaced=False, short=("no",)),
    Kind("v1", "Pod", "pods", short=("po",)),
    Kind("v1", "Service", "services", short=("svc",)),
    Kind("v1", "ConfigMap", "configmaps", short=("cm",)),
    Kind("v1", "Secret", "secrets"),
    Kind("v1", "ServiceAccount", "serviceaccounts", short=("sa",)),
    Kind("v1", "PersistentVolumeClaim", "persistentvolumeclaims", short=("pvc",)),
    Kind("v1", "PersistentVolume", "persistentvolumes", namespaced=False, short=("pv",)),
    Kind("v1", "Event", "events", short=("ev",)),
    Kind("v1", "ResourceQuota", "resourcequotas", short=("quota",)),
    Kind("v1", "LimitRange", "limitranges", short=("limits",)),
    Kind("apps/v1", "Deployment", "deployments", short=("deploy",)),
    Kind("apps/v1", "ReplicaSet", "replicasets", short=("rs",)),
    Kind("apps/v1", "DaemonSet", "daemonsets", short=("ds",)),
    Kind("apps/v1", "StatefulSet", "statefulsets", short=("sts",)),
    Kind("batch/v1", "Job", "jobs"),
    Kind("batch/v1", "CronJob", "cronjobs", short=("cj",)),
    Kind("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", short=("hpa",)),
    Kind("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", short=("pdb",)),
    Kind("networking.k8s.io/v1", "Ingress", "ingresses", short=("ing",)),
    Kind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", short=("netpol",)),
    Kind("discovery.k8s.io/v1", "EndpointSlice", "endpointslices"),
    Kind("storage.k8s.io/v1", "StorageClass", "storageclasses", namespaced=False, short=("sc",)),
    Kind("rbac.authorization.k8s.io/v1", "Role", "roles"),
    Kind("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings"),
    Kind("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", namespaced=False),
    Kind("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings", namespaced=False),
    Kind("coordination.k8s.io/v1", "Lease", "leases"),
    Kind("apiregistration.k8s.io/v1", "APIService", "apiservices", namespaced=False),
    Kind(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
        namespaced=False,
        short=("crd",),
    ),
)

_BY_WORD = {word: kind for kind in KINDS for word in kind.words}


def known(word: str, api_version: str | None = None) -> Kind | None:
    """The kind of the table that is called `word` (of that version, if one is given), or None."""
    kind = _BY_WORD.get(word.lower())
    return kind if kind and kind.means(word, api_version) else None


def split_ref(ref: str) -> tuple[str, str]:
    """The kind's word and the name of a ref.

    >>> split_ref("deployment/receiver")
    ('deployment', 'receiver')
    """
    word, slash, name = ref.partition("/") if isinstance(ref, str) else ("", "", "")
    if not (word and slash and name) or "/" in name:
        raise BadInput(f"{ref!r} is not a ref", try_next='a kind, a slash, a name: "deployment/receiver"')
    return word, name
