"""Links between objects: owners and what they own, Services and the Pods behind them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from kubeface.model.conditions import endpoint_is_ready
from kubeface.model.objects import KubeObject, Raw
from kubeface.model.pods import readiness, status_word
from kubeface.model.workloads import WORKLOADS, rollout_of
from kubeface.views.columns import at, space_of
from kubeface.views.looks import ENDED, NOT_READY, READY, STATELESS, Look, look_of
from kubeface.views.names import full_name, short_name

Key = tuple[str, str, str]  # namespace, kind, name
#: More siblings than this that look the same are drawn as one, with their number. Chosen: a screen's height.
ALIKE = 8
SERVICE_NAME = "kubernetes.io/service-name"


@dataclass(eq=False)
class Item:
    """One object, or several that look the same, with what hangs below it."""

    kind: str
    name: str
    look: Look
    words: str
    key: Key
    alike: list[Key] = field(default_factory=list)  # the others that it stands for
    below: list["Item"] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Its name, with the number of those that look the same."""
        return f"{self.name} ×{len(self.alike) + 1}" if self.alike else self.name

    @property
    def order(self) -> tuple[str, ...]:
        """What it is sorted by: what one sees, and the full name last."""
        return (self.key[0], self.kind, self.name, self.look.word, self.words, self.key[2])


@dataclass(frozen=True)
class Links:
    """The trees of owners and the trees of Services, both ending in Pods."""

    owners: list[Item]
    services: list[Item]


def links(objects: Iterable[Raw], *, exact: bool = False, history: bool = False) -> Links:
    """The trees of owners and of Services that objects form.

    Args:
        objects: Of any kinds.
        exact: Full names, each Pod by itself, and the nodes that Pods are on.
        history: Also ReplicaSets that want no Pod any more.
    """
    by_key = {key_of(one): one for one in objects if history or not is_past(one)}
    items = {key: _item(one, exact) for key, one in by_key.items()}
    roots = []
    for key, one in by_key.items():
        if one.get("kind") in ("Service", "EndpointSlice"):
            continue
        owner = owner_of(one)
        if owner in items:
            items[owner].below.append(items[key])
        else:
            roots.append(items[key])
    services = _services(by_key, items)
    whole = [_tidy(root, exact=exact) for root in sorted(roots, key=lambda item: item.order)]
    return Links(whole, [_tidy(one, exact=exact) for one in services])


def key_of(one: Raw) -> Key:
    """An object's key: namespace, kind and name."""
    return space_of(one), str(one.get("kind", "")), full_name(one)


def owner_of(one: Raw) -> Key | None:
    """The key of an object's controller; None if it has none."""
    owners = (one.get("metadata") or {}).get("ownerReferences") or []
    controllers = [owner for owner in owners if owner.get("controller")]
    return (space_of(one), controllers[0]["kind"], controllers[0]["name"]) if controllers else None


def _services(by_key: dict[Key, Raw], items: dict[Key, Item]) -> list[Item]:
    for key, one in by_key.items():
        if key[1] == "EndpointSlice":
            items[key].below = [_endpoint(key[0], endpoint, items) for endpoint in one.get("endpoints") or []]
            service = ((one.get("metadata") or {}).get("labels") or {}).get(SERVICE_NAME, "")
            if (key[0], "Service", service) in items:
                items[key[0], "Service", service].below.append(items[key])
    found = [items[key] for key in by_key if key[1] == "Service"]
    return sorted(found, key=lambda item: item.order)


def _endpoint(namespace: str, endpoint: Raw, items: dict[Key, Item]) -> Item:
    """The leaf of a Service's tree: an endpoint, and whether it gets requests."""
    target = endpoint.get("targetRef") or {}
    key = (namespace, str(target.get("kind", "address")), str(target.get("name", "")))
    is_ready = endpoint_is_ready(endpoint)
    look, words = (READY, "gets requests") if is_ready else (NOT_READY, "gets none: not ready")
    name = items[key].name if key in items else key[2] or "outside the cluster"
    return Item(key[1], name, look, words, key)


def _tidy(item: Item, *, exact: bool) -> Item:
    """Sorted, and with one item for many that look the same."""
    item.below = [_tidy(one, exact=exact) for one in sorted(item.below, key=lambda one: one.order)]
    if not exact:
        item.below = _grouped(item.below)
    return item


def _grouped(items: list[Item]) -> list[Item]:
    groups: dict[tuple[str, str, str], list[Item]] = {}
    for one in items:
        groups.setdefault((one.kind, one.name, one.words), []).append(one)
    kept = []
    for group in groups.values():
        if len(group) > ALIKE and not any(one.below for one in group):
            group[0].alike = [one.key for one in group[1:]]
            group = group[:1]
        kept += group
    return sorted(kept, key=lambda one: one.order)


def is_past(one: Raw) -> bool:
    """Whether an object is a ReplicaSet of an earlier template: it wants no Pod, and has none."""
    if one.get("kind") != "ReplicaSet":
        return False
    rollout = rollout_of(KubeObject(one))
    return not rollout.desired and not rollout.total


def _item(one: Raw, exact: bool) -> Item:
    look, words = _state(one, exact)
    name = full_name(one) if exact else short_name(one)
    return Item(str(one.get("kind", "")), name, look, words, key_of(one))


def _state(one: Raw, exact: bool) -> tuple[Look, str]:
    kind = one.get("kind")
    if kind == "Pod":
        ready, wanted = readiness(one)
        node = f" on {at('spec.nodeName', 'no node yet')(one)}" if exact else ""
        return look_of(one), f"{status_word(one)} {ready}/{wanted}{node}"
    if kind in WORKLOADS:
        workload = KubeObject(one)
        return _of_pods(workload.ready, workload.desired)
    if kind == "Job":
        done, wanted = int(str(at("status.succeeded", 0)(one))), int(str(at("spec.completions", 1)(one)))
        return (ENDED if done >= wanted else NOT_READY), f"{done} of {wanted} completed"
    if kind == "EndpointSlice":
        ends = one.get("endpoints") or []
        return _of_pods(sum(map(endpoint_is_ready, ends)), len(ends))
    ports = [f"{port.get('name', '')} {port['port']}".strip() for port in _ports(one)]
    return STATELESS, ", ".join(ports)


def _ports(one: Raw) -> list[Raw]:
    return ((one.get("spec") or {}).get("ports") or []) if one.get("kind") == "Service" else []


def _of_pods(ready: int, wanted: int) -> tuple[Look, str]:
    if not wanted and not ready:
        return STATELESS, "none wanted"
    return (READY if ready >= wanted else NOT_READY), f"{ready} of {wanted} ready"
