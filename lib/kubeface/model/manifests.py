"""Manifests as data: load, put in order, edit. No cluster needed."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from kubeface.errors import BadInput, Missing
from kubeface.model import gaps

Manifest = dict[str, Any]

# What others stand on comes first: a namespace before what is in it, a Secret before the Pod that reads it.
_FIRST = (
    "Namespace",
    "CustomResourceDefinition",
    "StorageClass",
    "ResourceQuota",
    "LimitRange",
    "ServiceAccount",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "Secret",
    "ConfigMap",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Service",
)
_LAST = ("APIService", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Ingress")


def parse(text: str, *, source: str = "the text") -> list[Manifest]:
    """The objects of a YAML text, in its order; empty documents are left out.

    Raises:
        BadInput: it is not YAML, or a document in it is no object with kind and name.
    """
    try:
        documents = [one for one in yaml.safe_load_all(text) if one is not None]
    except yaml.YAMLError as cause:
        raise BadInput(f"{source} is not YAML", seen=str(cause)) from cause
    for one in documents:
        if not _is_object(one):
            raise BadInput(f"{source} holds something that is no object: it lacks kind or metadata.name")
    return documents


def load_manifests(path: Path | str) -> list[Manifest]:
    """The objects of a YAML file, or of all `*.yaml` files of a folder and those below, by path.

    A folder's `kustomization.yaml` is left out: it names objects and is none.

    Raises:
        Missing: there is no such file or folder.
        BadInput: a file is not YAML, holds something that is no object, or has a part that is still to be
            written.

    >>> from tempfile import NamedTemporaryFile
    >>> with NamedTemporaryFile("w+", suffix=".yaml") as file:
    ...     _ = file.write("apiVersion: v1\\nkind: Namespace\\nmetadata: {name: face}")
    ...     file.flush()
    ...     load_manifests(file.name)
    [{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': 'face'}}]
    """
    path = Path(path)
    if not path.exists():
        raise Missing(f"there is no manifest at {path}")
    files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    wanted = [file for file in files if file.name != "kustomization.yaml"]
    return [one for file in wanted for one in parse(gaps.complete(file).read_text(), source=str(file))]


def in_kind_order(objects: Iterable[Manifest]) -> list[Manifest]:
    """Objects in apply order: dependencies (namespaces, CRDs, RBAC, config) first, else as given.

    >>> [o["kind"] for o in in_kind_order([{"kind": "Deployment"}, {"kind": "Namespace"}])]
    ['Namespace', 'Deployment']
    """
    return sorted(objects, key=lambda one: _rank(one["kind"]))


def edit(manifest: Manifest, changes: Mapping[str, Any]) -> Manifest:
    """A copy of a manifest with `changes` merged in: mappings deeply, a None removes, else replaced.

    >>> edit({"spec": {"replicas": 1, "paused": True}}, {"spec": {"replicas": 3, "paused": None}})
    {'spec': {'replicas': 3}}
    """
    merged = dict(manifest)
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping):
            merged[key] = edit(merged.get(key) or {}, value)
        else:
            merged[key] = value
    return merged


def _rank(kind: str) -> int:
    if kind in _FIRST:
        return _FIRST.index(kind)
    return len(_FIRST) + (1 if kind in _LAST else 0)


def _is_object(one: object) -> bool:
    return isinstance(one, dict) and bool(one.get("kind")) and bool((one.get("metadata") or {}).get("name"))
