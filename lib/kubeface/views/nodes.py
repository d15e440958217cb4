"""Nodes with their Pods as boxes: capacity, requests, and how each Pod is."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape
from typing import Any, Unpack

from kubeface.model.objects import KubeObject, Raw, raw_of
from kubeface.model.pods import readiness, status_word, total_requested
from kubeface.model.quantities import amount
from kubeface.views.looks import bar, legend, look_of
from kubeface.views.names import full_name, name_of
from kubeface.views.source import Watch, drawn
from kubeface.views.view import View

MILLI, MEBI = Decimal("0.001"), Decimal(2**20)


class Nodes(View):
    """A picture of nodes and the Pods on them; Pods without a node have a box of their own."""

    def __init__(self, nodes: Iterable[Raw], pods: Iterable[Raw], *, exact: bool = False) -> None:
        self._nodes = sorted(nodes, key=name_of)
        self._name = full_name if exact else name_of
        self._on: dict[str, list[Raw]] = {}
        for pod in sorted(pods, key=lambda pod: (self._name(pod), status_word(pod))):
            self._on.setdefault((pod.get("spec") or {}).get("nodeName") or "", []).append(pod)

    def __repr__(self) -> str:
        blocks = [self._node_text(node) for node in self._nodes]
        if "" in self._on:
            blocks.append("\n".join(["no node yet", *map(self._pod_text, self._on[""])]))
        return "\n".join(blocks) or "(no nodes)"

    def _repr_html_(self) -> str:
        boxes = [self._node_html(node) for node in self._nodes]
        if "" in self._on:
            boxes.append(self._box("no node yet", "", self._on[""], border="2px dashed"))
        flex = "display:flex;flex-wrap:wrap;gap:12px;align-items:stretch"
        return (
            f'<div style="{flex}">{"".join(boxes) or "(no nodes)"}</div>'
            f'<p style="margin:6px 0"><small>{legend()}</small></p>'
        )

    def _node_text(self, node: Raw) -> str:
        pods = self._on.get(full_name(node), [])
        head = f"{name_of(node)} {_state(node)}"
        return "\n".join([head, *(f"  {line}" for line in _use(node, pods)), *map(self._pod_text, pods)])

    def _pod_text(self, pod: Raw) -> str:
        ready, wanted = readiness(pod)
        return f"  {look_of(pod).sign} {self._name(pod)}  {status_word(pod)} {ready}/{wanted}"

    def _node_html(self, node: Raw) -> str:
        pods = self._on.get(full_name(node), [])
        lines, style = "\n".join(_use(node, pods)), "margin:4px 0;font-size:85%;background:transparent"
        use = f'<pre style="{style};color:inherit">{escape(lines)}</pre>'
        border = "2px solid" if KubeObject(node).is_ready else "2px dashed"
        return self._box(f"{name_of(node)} — {_state(node)}", use, pods, border=border)

    def _box(self, title: str, use: str, pods: Sequence[Raw], *, border: str) -> str:
        style = f"border:{border};border-radius:8px;padding:8px 12px;min-width:230px"
        items = (
            "".join(map(self._pod_html, pods)) or "<li style='list-style:none'><small>no Pods</small></li>"
        )
        listed = f'<ul style="margin:4px 0;padding:0">{items}</ul>'
        return f'<section style="{style}"><strong>{escape(title)}</strong>{use}{listed}</section>'

    def _pod_html(self, pod: Raw) -> str:
        look, (ready, wanted) = look_of(pod), readiness(pod)
        style = (
            f"list-style:none;border:{look.border};border-radius:6px;"
            f"padding:3px 8px;margin:4px 0;background:{look.tint}"
        )
        said = f"{status_word(pod)}, {ready} of {wanted} ready"
        return (
            f'<li style="{style}"><span aria-hidden="true">{look.sign}</span> '
            f"<strong>{escape(self._name(pod))}</strong><br><small>{escape(said)}</small></li>"
        )


def nodes(source: Any, pods: Iterable[Any] = (), *, exact: bool = False, **watch: Unpack[Watch]) -> Nodes:
    """Nodes drawn with the Pods on them.

    Args:
        source: Nodes, as `cluster.list("nodes")` gives them; or a cluster, whose Pods are then drawn too.
        pods: As `cluster.list("pods")` gives them; only these are drawn and counted.
        exact: Show Pods' full names, with the hashes that differ in every run.
        watch: For a cluster only: `live=True` and more, see `kubeface.views.source.Watch`.

    Raises:
        BadInput: a list cannot be watched.
        ApiError: the cluster's API server said no.

    >>> from kubeface.views.canned import NODES, PODS
    >>> nodes(NODES[1:2], [pod for pod in PODS if pod["spec"].get("nodeName") == "node2"])
    node2 Ready
      cpu    ■■□□□□□□□□ 200 of 1000 m
      memory ■□□□□□□□□□ 256 of 2048 MiB
      ● face-recognition  Running 1/1
      ○ frontend  Running 0/1
    """
    given = [raw_of(pod) for pod in pods]

    def draw(found: list[Raw]) -> Nodes:
        of_nodes = [one for one in found if one.get("kind") != "Pod"]
        return Nodes(of_nodes, given + [one for one in found if one.get("kind") == "Pod"], exact=exact)

    return drawn(source, ["nodes", "pods"], draw, watch)


def _state(node: Raw) -> str:
    closed = ", no new Pods" if (node.get("spec") or {}).get("unschedulable") else ""
    return ("Ready" if KubeObject(node).is_ready else "NotReady") + closed


def _use(node: Raw, pods: Sequence[Raw]) -> list[str]:
    """One line each for CPU and memory: what the Pods ask for, of what the node has."""
    capacity = (node.get("status") or {}).get("capacity") or {}

    def used(resource: str, unit: Decimal) -> str:
        asked, has = total_requested(pods, resource) / unit, amount(capacity.get(resource, 0)) / unit
        return f"{bar(float(asked / has) if has else 0)} {asked:.0f} of {has:.0f}"

    return [f"cpu    {used('cpu', MILLI)} m", f"memory {used('memory', MEBI)} MiB"]


if __name__ == "__main__":
    from kubeface.views.canned import NODES, PODS, draw

    draw(nodes(NODES, PODS))
