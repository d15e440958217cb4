"""Nodes with their Pods as boxes: capacity, requests, and how each Pod is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from kubeface.views.plain import (
    Plain,
    has_condition,
    mebibytes,
    millis,
    name_of,
    plain,
    pod_status,
    readiness,
    requests,
)

BAR = 10  # chosen: cells of a bar


@dataclass(frozen=True)
class Look:
    """How a state is drawn: a sign, a border and a word each tell it; the tint only repeats them."""

    sign: str
    word: str
    border: str
    tint: str


READY = Look("●", "ready", "2px solid", "rgba(46, 160, 67, 0.16)")
NOT_READY = Look("○", "not ready", "2px dashed", "rgba(210, 153, 34, 0.16)")
ENDED = Look("✓", "completed", "2px dotted", "transparent")
FAILED = Look("✕", "failed", "4px double", "rgba(248, 81, 73, 0.16)")


class Nodes:
    """A picture of nodes and the Pods on them; Pods without a node have a box of their own."""

    def __init__(self, nodes: Sequence[Plain], pods: Sequence[Plain]) -> None:
        self._nodes = sorted(nodes, key=name_of)
        self._pods = sorted(pods, key=lambda pod: (name_of(pod), pod_status(pod)))

    def __repr__(self) -> str:
        blocks = [_node_text(node, self._on(name_of(node))) for node in self._nodes]
        homeless = self._homeless()
        if homeless:
            blocks.append("\n".join(["no node yet", *map(_pod_text, homeless)]))
        return "\n".join(blocks) or "(no nodes)"

    def _repr_html_(self) -> str:
        boxes = [_node_html(node, self._on(name_of(node))) for node in self._nodes]
        homeless = self._homeless()
        if homeless:
            boxes.append(_box("no node yet", "", homeless, border="2px dashed"))
        legend = " · ".join(f"{look.sign} {look.word}" for look in (READY, NOT_READY, ENDED, FAILED))
        flex = "display:flex;flex-wrap:wrap;gap:12px;align-items:stretch"
        return (
            f'<div style="{flex}">{"".join(boxes)}</div><p style="margin:6px 0"><small>{legend}</small></p>'
        )

    def _on(self, node: str) -> list[Plain]:
        return [pod for pod in self._pods if (pod.get("spec") or {}).get("nodeName") == node]

    def _homeless(self) -> list[Plain]:
        return [pod for pod in self._pods if not (pod.get("spec") or {}).get("nodeName")]


def nodes(nodes: Iterable[Any], pods: Iterable[Any] = ()) -> Nodes:
    """Nodes drawn with the Pods on them.

    Args:
        nodes: As `cluster.list("nodes")` gives them.
        pods: As `cluster.list("pods")` gives them; only these are drawn and counted.
    """
    return Nodes([plain(one) for one in nodes], [plain(one) for one in pods])


def look_of(pod: Plain) -> Look:
    """How a Pod is drawn."""
    phase = (pod.get("status") or {}).get("phase")
    if phase in ("Succeeded", "Failed"):
        return ENDED if phase == "Succeeded" else FAILED
    if pod_status(pod) in ("CrashLoopBackOff", "ErrImagePull", "ImagePullBackOff", "Error", "OOMKilled"):
        return FAILED
    return READY if has_condition(pod, "Ready") else NOT_READY


def _state(node: Plain) -> str:
    return "Ready" if has_condition(node, "Ready") else "NotReady"


def _use(node: Plain, pods: Sequence[Plain]) -> list[str]:
    """One line each for CPU and memory: what the Pods ask for, of what the node has."""
    asked = [requests(pod) for pod in pods if look_of(pod) is not ENDED]
    capacity = node["status"]["capacity"]
    cpu, cpu_all = sum(a[0] for a in asked), millis(capacity["cpu"])
    memory, memory_all = sum(a[1] for a in asked), mebibytes(capacity["memory"])
    return [
        f"cpu    {_bar(cpu / cpu_all)} {cpu:.0f} of {cpu_all:.0f} m",
        f"memory {_bar(memory / memory_all)} {memory:.0f} of {memory_all:.0f} MiB",
    ]


def _bar(share: float) -> str:
    full = min(BAR, round(share * BAR))
    return "■" * full + "□" * (BAR - full)


def _node_text(node: Plain, pods: Sequence[Plain]) -> str:
    head = f"{name_of(node)} {_state(node)}"
    return "\n".join([head, *(f"  {line}" for line in _use(node, pods)), *map(_pod_text, pods)])


def _pod_text(pod: Plain) -> str:
    ready, wanted = readiness(pod)
    return f"  {look_of(pod).sign} {name_of(pod)}  {pod_status(pod)} {ready}/{wanted}"


def _node_html(node: Plain, pods: Sequence[Plain]) -> str:
    lines = "\n".join(_use(node, pods))
    use = (
        f'<pre style="margin:4px 0;font-size:85%;background:transparent;color:inherit">{escape(lines)}</pre>'
    )
    border = "2px solid" if has_condition(node, "Ready") else "2px dashed"
    return _box(f"{name_of(node)} — {_state(node)}", use, pods, border=border)


def _box(title: str, use: str, pods: Sequence[Plain], *, border: str) -> str:
    style = f"border:{border} currentColor;border-radius:8px;padding:8px 12px;min-width:230px"
    items = "".join(map(_pod_html, pods)) or "<li style='list-style:none'><small>no Pods</small></li>"
    listed = f'<ul style="margin:4px 0;padding:0">{items}</ul>'
    return f'<section style="{style}"><strong>{escape(title)}</strong>{use}{listed}</section>'


def _pod_html(pod: Plain) -> str:
    look, (ready, wanted) = look_of(pod), readiness(pod)
    style = (
        f"list-style:none;border:{look.border} currentColor;border-radius:6px;"
        f"padding:3px 8px;margin:4px 0;background:{look.tint}"
    )
    said = f"{pod_status(pod)}, {ready} of {wanted} ready"
    return (
        f'<li style="{style}"><span aria-hidden="true">{look.sign}</span> '
        f"<strong>{escape(name_of(pod))}</strong><br><small>{escape(said)}</small></li>"
    )


if __name__ == "__main__":
    from kubeface.views.canned import NODES, PODS, draw

    draw(nodes(NODES, PODS))
