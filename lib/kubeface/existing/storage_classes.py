"""The StorageClasses of an existing cluster: for the database, and for photos shared by all nodes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kubeface.kube import Cluster
from kubeface.kube.overrides import SHARED, ClusterOverrides
from kubeface.kube.rights import may
from kubeface.util.finding import Finding, listed, not_allowed

_DEFAULT = "storageclass.kubernetes.io/is-default-class"
#: Provisioners whose volumes several nodes mount at once, by the documentation of each (ReadWriteMany).
_SHARING = (
    "nfs.csi.k8s.io",
    "efs.csi.aws.com",
    "file.csi.azure.com",
    "filestore.csi.storage.gke.io",
    "cephfs.csi.ceph.com",
    "driver.longhorn.io",
)


@dataclass(frozen=True)
class Class:
    """One StorageClass. `is_sharing`: it is known to make volumes that several nodes mount."""

    name: str
    is_default: bool
    is_sharing: bool


def classes(cluster: Cluster) -> list[Class]:
    """The StorageClasses, by name."""
    return [
        Class(
            one.name,
            is_default=one.annotations.get(_DEFAULT) == "true",
            is_sharing=str(one.provisioner).endswith(_SHARING),  # Ceph's has its cluster's name in front
        )
        for one in cluster.list("storageclasses")
    ]


def choose(cluster: Cluster, asked: ClusterOverrides) -> ClusterOverrides:
    """Complete the overrides by a StorageClass for the photos, where one fits.

    That is `shared` where it is; one that is known to share volumes; on one node, the default.
    """
    if asked.shared_class or not may(cluster, "list", "storageclasses"):
        return asked
    found = sorted(classes(cluster), key=lambda one: not one.is_default)
    default = next((one.name for one in found if one.is_default), "")
    if asked.one_node:
        return replace(asked, shared_class=default)
    if SHARED in (one.name for one in found):
        return asked
    if sharing := next((one.name for one in found if one.is_sharing), ""):
        return replace(asked, shared_class=sharing)
    if default and may(cluster, "list", "nodes") and len(cluster.nodes()) == 1:
        return replace(asked, shared_class=default, one_node=True)
    return asked


def check(cluster: Cluster, who: str, overrides: ClusterOverrides) -> Iterator[Finding]:
    """Check that there are volumes for the database and for the photos."""
    if not may(cluster, "list", "storageclasses"):
        what = "list StorageClasses, so whether the database and the photos get their disks stays open"
        problem = not_allowed(who, what, "`list` on storageclasses")
        yield Finding("StorageClasses", problem, is_warning=True)
        return
    found = classes(cluster)
    yield _default(found)
    yield _shared(found, overrides)


def _default(found: list[Class]) -> Finding:
    subject = "a default StorageClass"
    if any(one.is_default for one in found):
        return Finding(subject)
    names = [one.name for one in found]
    todo = f"mark {listed(names, 'or')} as the default" if names else "install a provisioner of volumes"
    return Finding(
        subject,
        f"No StorageClass is the default, so nobody makes the database's disk: {todo}.",
    )


def _shared(found: list[Class], overrides: ClusterOverrides) -> Finding:
    wanted = overrides.shared_class or SHARED
    if wanted in (one.name for one in found):
        where = "on one node" if overrides.one_node else "for all nodes"
        return Finding(f"StorageClass {wanted} for the photos, {where}")
    subject = "a StorageClass for the photos"
    if overrides.shared_class:
        problem = f"There is no StorageClass {wanted}: name another one for the photos with --shared-class."
        return Finding(subject, problem)
    problem = (
        "No StorageClass is known to share a volume between nodes, as the photos need: name one that does "
        "(ReadWriteMany) with --shared-class NAME, or keep the photos and their Pods on one with --one-node."
    )
    return Finding(subject, problem)
