"""Objects of any kind as a table, with the columns a person wants."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

from kubeface.views.plain import Plain, has_condition, name_of, plain, pod_status, readiness

Column = tuple[str, Callable[[Plain], object]]


class Table:
    """Rows under headings.

    Args:
        headings: One a column.
        rows: One value a heading.
    """

    def __init__(self, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        self.headings = list(headings)
        self.rows = [[str(value) for value in row] for row in rows]

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        if not self.rows:
            return "(none)"
        lines = [[heading.upper() for heading in self.headings], *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.headings))]
        return "\n".join(_aligned(line, widths) for line in lines)

    def _repr_html_(self) -> str:
        if not self.rows:
            return "<p>(none)</p>"
        head = "".join(f'<th scope="col" style="text-align:left">{escape(h)}</th>' for h in self.headings)
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def table(objects: Iterable[Any], *, exact: bool = False) -> Table:
    """Objects as a table, sorted by namespace and name.

    Args:
        objects: Of one kind or several; then each has the columns that all kinds have.
        exact: Show Pods' full names, with the hashes that differ in every run.
    """
    found = [plain(one) for one in objects]
    kinds = {str(one.get("kind")) for one in found}
    columns = _columns(kinds, exact)
    if len({_space(one) for one in found}) > 1:
        columns = [("namespace", _space), *columns]
    rows = [[value(one) for _, value in columns] for one in found]
    order = sorted(range(len(rows)), key=lambda i: (_space(found[i]), [str(value) for value in rows[i]]))
    return Table([heading for heading, _ in columns], [rows[i] for i in order])


def _columns(kinds: set[str], exact: bool) -> list[Column]:
    name = ("name", _full_name if exact else name_of)
    if len(kinds) == 1:
        return [name, *_COLUMNS.get(next(iter(kinds)), ())]
    return [("kind", lambda one: one.get("kind", "")), name]


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    return "   ".join(value.ljust(width) for value, width in zip(line, widths, strict=True)).rstrip()


def _cell(value: str) -> str:
    return f'<td style="text-align:left">{escape(value)}</td>'


def _space(one: Plain) -> str:
    return str((one.get("metadata") or {}).get("namespace") or "")


def _full_name(one: Plain) -> str:
    return str((one.get("metadata") or {}).get("name", ""))


def _at(path: str, default: object = "") -> Callable[[Plain], object]:
    def value(one: Plain) -> object:
        here: Any = one
        for key in path.split("."):
            here = here.get(key) if isinstance(here, dict) else None
        return default if here is None else here

    return value


def _of(ready: str, wanted: str) -> Callable[[Plain], str]:
    return lambda one: f"{_at(ready, 0)(one)}/{_at(wanted, 0)(one)}"


def _ready_containers(pod: Plain) -> str:
    ready, wanted = readiness(pod)
    return f"{ready}/{wanted}"


def _node_status(node: Plain) -> str:
    words = ["Ready" if has_condition(node, "Ready") else "NotReady"]
    return ", ".join(words + (["no new Pods"] if node["spec"].get("unschedulable") else []))


def _ports(service: Plain) -> str:
    return ", ".join(_port(port) for port in service["spec"].get("ports") or [])


def _port(port: dict[str, Any]) -> str:
    outside = f" ← {port['nodePort']} on every node" if port.get("nodePort") else ""
    return f"{port.get('name', '')} {port['port']}{outside}".strip()


def _images(workload: Plain) -> str:
    containers = workload["spec"]["template"]["spec"]["containers"]
    return ", ".join(str(c["image"]).rpartition("/")[2] for c in containers)


_COLUMNS: dict[str, tuple[Column, ...]] = {
    "Pod": (("ready", _ready_containers), ("status", pod_status), ("node", _at("spec.nodeName", "none yet"))),
    "Node": (
        ("status", _node_status),
        ("cpu", _at("status.capacity.cpu")),
        ("memory", _at("status.capacity.memory")),
        ("version", _at("status.nodeInfo.kubeletVersion")),
    ),
    "Deployment": (("ready", _of("status.readyReplicas", "spec.replicas")), ("image", _images)),
    "StatefulSet": (("ready", _of("status.readyReplicas", "spec.replicas")), ("image", _images)),
    "ReplicaSet": (("ready", _of("status.readyReplicas", "spec.replicas")), ("image", _images)),
    "DaemonSet": (("ready", _of("status.numberReady", "status.desiredNumberScheduled")), ("image", _images)),
    "Service": (("type", _at("spec.type")), ("ports", _ports)),
    "Namespace": (("status", _at("status.phase")),),
    "PersistentVolumeClaim": (
        ("status", _at("status.phase")),
        ("class", _at("spec.storageClassName")),
        ("size", _at("spec.resources.requests.storage")),
    ),
    "StorageClass": (("provisioner", _at("provisioner")),),
    "Event": (("reason", _at("reason")), ("about", _at("involvedObject.name")), ("message", _at("message"))),
}


if __name__ == "__main__":
    from kubeface.views.canned import NODES, PODS, draw

    draw(table(PODS), table(NODES))
