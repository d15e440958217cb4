"""What another cluster has in place of the course's own registry and shared storage.

The manifests name the course's registry and its StorageClass `shared`. What is sent to a cluster that was
told to have others names those instead; on the course's own cluster, nothing is changed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from kubeface import places
from kubeface.errors import BadInput

#: In the image names of every manifest; local.spec makes its nodes know it.
REGISTRY = "registry.kubeface.internal"
#: The StorageClass of volumes that Pods on several nodes mount.
SHARED = "shared"


@dataclass(frozen=True)
class StandIns:
    """What stands in on one cluster; nothing by default.

    Args:
        registry: Where its nodes pull: HOST:PORT, maybe with a path, and `http://` in front if it has no TLS;
            empty when they have the images under the course's own names.
        shared_class: The StorageClass that serves in place of `shared`; empty when there is a `shared`.
        one_node: Whether the shared volume stays on one node (ReadWriteOnce), with all Pods that mount it.
    """

    registry: str = ""
    shared_class: str = ""
    one_node: bool = False

    def fit(self, body: Any) -> Any:
        """A copy of an object, or of a part of it, with what stands in.

        >>> StandIns(registry="ghcr.example/me").fit({"image": "registry.kubeface.internal/receiver:v1.0"})
        {'image': 'ghcr.example/me/receiver:v1.0'}
        >>> one = {"accessModes": ["ReadWriteMany"], "storageClassName": "shared"}
        >>> StandIns(shared_class="standard", one_node=True).fit(one)
        {'accessModes': ['ReadWriteOnce'], 'storageClassName': 'standard'}
        """
        if isinstance(body, str):
            return self.fit_text(body) if body.startswith(f"{REGISTRY}/") else body
        if isinstance(body, list):
            return [self.fit(one) for one in body]
        if isinstance(body, Mapping):
            return {key: self.fit(value) for key, value in body.items()} | self._claim(body)
        return body

    def fit_text(self, text: str) -> str:
        """A text, such as an argument of kubectl, with the images' names as this cluster has them."""
        name = self.registry.rpartition("://")[2].rstrip("/")
        return text.replace(f"{REGISTRY}/", f"{name}/") if name else text

    def _claim(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What changes in a claim's spec, if that is what `body` is."""
        if body.get("storageClassName") != SHARED:
            return {}
        changed: dict[str, Any] = {"storageClassName": self.shared_class} if self.shared_class else {}
        return changed | ({"accessModes": ["ReadWriteOnce"]} if self.one_node else {})


NOTHING = StandIns()


def noted(context: str) -> StandIns:
    """What stands in on the cluster of a context, as it was noted.

    Raises:
        BadInput: the file with the notes is not one of ours.
    """
    told = _notes().get(context)
    return StandIns(**told) if told else NOTHING


def note(context: str, stand_ins: StandIns) -> None:
    """Note what stands in on the cluster of a context, for all who connect to it later."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, {**_notes(), context: asdict(stand_ins)})


def forget(context: str) -> None:
    """Forget the note on a context; fine when there is none."""
    notes = _notes()
    if notes.pop(context, None) is not None:
        _write(_path(), notes)


def _path() -> Path:
    return places.kubeconfig().with_name("other-clusters.yaml")


def _notes() -> dict[str, dict[str, Any]]:
    path = _path()
    if not path.exists():
        return {}
    try:
        notes = yaml.safe_load(path.read_text()) or {}
        for one in notes.values():
            StandIns(**one)
    except (yaml.YAMLError, AttributeError, TypeError) as cause:
        raise BadInput(
            f"{path} is not readable", seen=str(cause), try_next="remove it, then kubeface up --context NAME"
        ) from cause
    return dict(notes)


def _write(path: Path, notes: dict[str, dict[str, Any]]) -> None:
    """In one step: a reader sees the old notes or the new ones."""
    if not notes:
        path.unlink(missing_ok=True)
        return
    half = path.with_suffix(".new")
    half.write_text(yaml.safe_dump(notes, sort_keys=True))
    half.replace(path)
