"""An object of the API, to look at: attributes spelled as in its YAML."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from kubeface import old_names
from kubeface.errors import BadInput
from kubeface.model.pods import readiness

#: An object as the API sends it.
Raw = Mapping[str, Any]


class Fields:
    """A read-only view of a mapping; what the API left out reads as None.

    >>> Fields({"spec": {"replicas": 3}}).spec.replicas
    3
    >>> Fields({}).spec is None
    True
    """

    __slots__ = ("_raw",)

    def __init__(self, raw: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_raw", raw)

    @property
    def raw(self) -> dict[str, Any]:
        """The mapping itself, as the API sent it. Changing it changes nothing in the cluster."""
        raw: dict[str, Any] = self._raw
        return raw

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _look(self._raw.get(name))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"{name} is read-only here; change the object in the cluster with patch or apply"
        )

    def __getitem__(self, key: str) -> Any:
        return _look(self._raw[key])

    def __contains__(self, key: object) -> bool:
        return key in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    def __eq__(self, other: object) -> bool:
        return bool(self._raw == (other._raw if isinstance(other, Fields) else other))

    def __hash__(self) -> int:
        return hash(_fixed(self._raw))

    def __repr__(self) -> str:
        return yaml.safe_dump(self._raw, sort_keys=False).rstrip()


def _fixed(value: Any) -> Any:
    """A value that can be hashed, and is the same for what is equal."""
    if isinstance(value, Mapping):
        return frozenset((key, _fixed(item)) for key, item in value.items())
    if isinstance(value, list):
        return tuple(map(_fixed, value))
    return value


def _look(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Fields(value)
    if isinstance(value, list):
        return [_look(item) for item in value]
    return value


def raw_of(thing: object) -> Raw:
    """The mapping of an object, be it a KubeObject or a mapping already.

    Raises:
        BadInput: it is neither.

    >>> raw_of(KubeObject({"kind": "Pod"})), raw_of({"kind": "Pod"})
    ({'kind': 'Pod'}, {'kind': 'Pod'})
    """
    raw = thing.raw if isinstance(thing, Fields) else thing
    if not isinstance(raw, Mapping):
        raise BadInput(f"{thing!r} is no object of the API")
    return raw


class KubeObject(Fields):
    """One object of the API, with short names for its most used fields."""

    __slots__ = ()

    @property
    def kind(self) -> str:
        """Its kind: `Pod`."""
        return str(self._raw.get("kind", ""))

    @property
    def name(self) -> str:
        """Its name, unique for its kind and namespace."""
        return str(self._meta.get("name", ""))

    @property
    def namespace(self) -> str | None:
        """Its namespace; None for what belongs to the whole cluster, such as a node."""
        return self._meta.get("namespace")

    @property
    def ref(self) -> str:
        """Kind and name in one word: `deployment/receiver`."""
        return f"{self.kind.lower()}/{self.name}"

    @property
    def labels(self) -> dict[str, str]:
        """Its labels; a copy."""
        return dict(self._meta.get("labels") or {})

    @property
    def annotations(self) -> dict[str, str]:
        """Its annotations; a copy."""
        return dict(self._meta.get("annotations") or {})

    @property
    def node(self) -> str | None:
        """The node a Pod runs on; None while it has none."""
        return (self._raw.get("spec") or {}).get("nodeName")

    @property
    def ready(self) -> int:
        """How many are ready: Pods of a workload, containers of a Pod."""
        status = self._raw.get("status") or {}
        if self.kind == "Pod":
            return readiness(self._raw)[0]
        return int(status.get("numberReady" if self.kind == "DaemonSet" else "readyReplicas") or 0)

    @property
    def desired(self) -> int:
        """How many should be ready: Pods of a workload, containers of a Pod."""
        spec, status = self._raw.get("spec") or {}, self._raw.get("status") or {}
        if self.kind == "Pod":
            return readiness(self._raw)[1]
        if self.kind == "DaemonSet":
            return int(status.get("desiredNumberScheduled") or 0)
        replicas = spec.get("replicas")
        return 1 if replicas is None else int(replicas)  # specified: what the API server makes of nothing

    @property
    def is_ready(self) -> bool:
        """Whether its condition Ready is true: of a Pod, of a node."""
        return self.is_true("Ready")

    @property
    def is_terminating(self) -> bool:
        """Whether it is being deleted: it is still there, and will not stay."""
        return bool(self._meta.get("deletionTimestamp"))

    @property
    def wanted(self) -> int:
        """The word of the version before for `desired`."""
        old_names.warn("KubeObject.wanted", "KubeObject.desired")
        return self.desired

    @property
    def is_ending(self) -> bool:
        """The word of the version before for `is_terminating`."""
        old_names.warn("KubeObject.is_ending", "KubeObject.is_terminating")
        return self.is_terminating

    def condition(self, type_: str) -> Fields | None:
        """The condition of that type, with `status`, `reason` and `message`; None when it has none."""
        conditions = (self._raw.get("status") or {}).get("conditions") or []
        return next((Fields(c) for c in conditions if c.get("type") == type_), None)

    def is_true(self, type_: str) -> bool:
        """Whether the condition of that type is there and true."""
        condition = self.condition(type_)
        return condition is not None and condition.status == "True"

    @property
    def yaml(self) -> str:
        """The object as YAML, without managedFields, as `kubectl get -o yaml` prints it."""
        meta = {key: value for key, value in self._meta.items() if key != "managedFields"}
        return yaml.safe_dump({**self._raw, "metadata": meta}, sort_keys=False)

    @property
    def _meta(self) -> dict[str, Any]:
        return self._raw.get("metadata") or {}

    def __repr__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"
