"""Topology: Deployment → ReplicaSet → Pod, and Service → EndpointSlice → Pod."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any, Unpack

from kubeface.model.objects import Raw
from kubeface.views.graph import svg
from kubeface.views.links import Item, Links, links
from kubeface.views.looks import legend
from kubeface.views.source import Watch, drawn
from kubeface.views.view import View

KINDS = (
    "deployments",
    "replicasets",
    "statefulsets",
    "daemonsets",
    "cronjobs",
    "jobs",
    "pods",
    "services",
    "endpointslices",
)
LINES = "full line: owns; dashes: sends requests to; dots: would send, but it is not ready"


class Topology(View):
    """Objects as a graph, and as the indented trees of the same."""

    def __init__(self, objects: Iterable[Raw], *, exact: bool = False, history: bool = False) -> None:
        self._links: Links = links(objects, exact=exact, history=history)

    def __repr__(self) -> str:
        trees = [*self._links.owners, *self._links.services]
        return "\n".join(line for tree in trees for line in _lines(tree)) or "(none)"

    def _repr_html_(self) -> str:
        if not (self._links.owners or self._links.services):
            return "<p>(none)</p>"
        text = repr(self)
        style = "background:transparent;color:inherit;margin:4px 0"
        picture = base64.b64encode(self.svg.encode()).decode()
        return (
            f'<img alt="{escape(text, quote=True)}" style="max-width:100%" '
            f'src="data:image/svg+xml;base64,{picture}">'
            f'<p style="margin:6px 0"><small>{legend()}<br>{LINES}</small></p>'
            f'<details><summary>as text</summary><pre style="{style}">{escape(text)}</pre></details>'
        )

    @property
    def svg(self) -> str:
        """The graph alone, as an SVG file has it."""
        return svg(self._links, text=repr(self))


def topology(source: Any, *, exact: bool = False, history: bool = False, **watch: Unpack[Watch]) -> Topology:
    """Objects drawn under their owners, and Pods under the Services that send to them.

    Args:
        source: Objects of any kinds; or a cluster, which is asked for workloads, Pods, Services and
            EndpointSlices.
        exact: Full names, with the hashes that differ in every run, and the nodes that Pods are on.
        history: Also ReplicaSets that want no Pods any more.
        watch: For a cluster only: `live=True` and more, see `kubeface.views.source.Watch`.

    Raises:
        BadInput: a list cannot be watched.
        ApiError: the cluster's API server said no.

    >>> from kubeface.views.canned import RECEIVER
    >>> topology(RECEIVER)
    deployment/receiver  ○ 2 of 3 ready
    └─ replicaset/receiver-…  ○ 2 of 3 ready
       ├─ pod/receiver-…  ○ Running 0/1
       ├─ pod/receiver-…  ● Running 1/1
       └─ pod/receiver-…  ● Running 1/1
    service/receiver  · http 8000
    └─ endpointslice/receiver-…  ○ 2 of 3 ready
       ├─ pod/receiver-…  ○ gets none: not ready
       ├─ pod/receiver-…  ● gets requests
       └─ pod/receiver-…  ● gets requests
    """

    def draw(found: list[Raw]) -> Topology:
        return Topology(found, exact=exact, history=history)

    return drawn(source, KINDS, draw, watch)


def _lines(item: Item) -> Iterator[str]:
    yield f"{item.kind.lower()}/{item.label}  {item.look.sign} {item.words}".rstrip()
    yield from _below(item.below)


def _below(items: Sequence[Item]) -> Iterator[str]:
    for item in items:
        first, rest = ("└─ ", "   ") if item is items[-1] else ("├─ ", "│  ")
        head, *others = _lines(item)
        yield first + head
        yield from (rest + line for line in others)


if __name__ == "__main__":
    from kubeface.views.canned import PIPELINE, draw

    draw(topology(PIPELINE))
