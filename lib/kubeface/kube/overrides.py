"""Overrides for another cluster: its own registry and StorageClass in place of the course's.

The manifests name the course's registry and its StorageClass `shared`. What is sent to a cluster for which
others are saved names those instead; on the course's own cluster, nothing is changed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from kubeface import places
from kubeface.errors import BadInput
from kubeface.util import files

#: In the image names of every manifest; local.spec makes its nodes know it.
REGISTRY = "registry.kubeface.internal"
#: The StorageClass of volumes that Pods on several nodes mount.
SHARED = "shared"


@dataclass(frozen=True)
class ClusterOverrides:
    """Registry and StorageClass that a cluster uses in place of the course's; none by default.

    Args:
        registry: Where its nodes pull: HOST:PORT, maybe with a path, and `http://` in front if it has no TLS;
            empty when they have the images under the course's own names.
        shared_class: The StorageClass that serves in place of `shared`; empty when there is a `shared`.
        one_node: Whether the shared volume stays on one node (ReadWriteOnce), with all Pods that mount it.
    """

    registry: str = ""
    shared_class: str = ""
    one_node: bool = False

    def rewrite(self, body: Any) -> Any:
        """A copy of an object, or of a part of it, with the overrides applied.

        >>> one = {"image": "registry.kubeface.internal/receiver:v1.0"}
        >>> ClusterOverrides(registry="ghcr.example/me").rewrite(one)
        {'image': 'ghcr.example/me/receiver:v1.0'}
        >>> one = {"accessModes": ["ReadWriteMany"], "storageClassName": "shared"}
        >>> ClusterOverrides(shared_class="standard", one_node=True).rewrite(one)
        {'accessModes': ['ReadWriteOnce'], 'storageClassName': 'standard'}
        """
        if isinstance(body, str):
            return self.rewrite_text(body) if body.startswith(f"{REGISTRY}/") else body
        if isinstance(body, list):
            return [self.rewrite(one) for one in body]
        if isinstance(body, Mapping):
            return {key: self.rewrite(value) for key, value in body.items()} | self._claim(body)
        return body

    def rewrite_text(self, text: str) -> str:
        """A text, such as an argument of kubectl, with the registry replaced in image names."""
        name = self.registry.rpartition("://")[2].rstrip("/")
        return text.replace(f"{REGISTRY}/", f"{name}/") if name else text

    def _claim(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The overrides for a claim's spec, if that is what `body` is."""
        if body.get("storageClassName") != SHARED:
            return {}
        changed: dict[str, Any] = {"storageClassName": self.shared_class} if self.shared_class else {}
        return changed | ({"accessModes": ["ReadWriteOnce"]} if self.one_node else {})


NO_OVERRIDES = ClusterOverrides()


def load_overrides(context: str) -> ClusterOverrides:
    """The overrides saved for the cluster of a context; `NO_OVERRIDES` if there are none.

    Raises:
        BadInput: the file that they are saved in is not readable.
    """
    saved = _saved().get(context)
    return ClusterOverrides(**saved) if saved else NO_OVERRIDES


def save_overrides(context: str, overrides: ClusterOverrides) -> None:
    """Save the overrides for the cluster of a context: every later connection to it uses them."""
    _write(_path(), {**_saved(), context: asdict(overrides)})


def delete_overrides(context: str) -> None:
    """Delete the overrides saved for a context, if there are any."""
    saved = _saved()
    if saved.pop(context, None) is not None:
        _write(_path(), saved)


def _path() -> Path:
    return places.kubeconfig().with_name("other-clusters.yaml")


def _saved() -> dict[str, dict[str, Any]]:
    path = _path()
    if not path.exists():
        return {}
    try:
        saved = yaml.safe_load(path.read_text()) or {}
        for one in saved.values():
            ClusterOverrides(**one)
    except (yaml.YAMLError, AttributeError, TypeError) as cause:
        raise BadInput(
            f"{path} is not readable", seen=str(cause), try_next="remove it, then kubeface up --context NAME"
        ) from cause
    return dict(saved)


def _write(path: Path, saved: dict[str, dict[str, Any]]) -> None:
    if saved:
        files.write(path, yaml.safe_dump(saved, sort_keys=True), mode=0o644)
    else:
        path.unlink(missing_ok=True)
