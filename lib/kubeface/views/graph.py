"""Links as an SVG: owners on the left, Pods in the middle, Services on the right; pure.

It is shown as an image, because JupyterLab and code hosts take SVG elements out of a page that they do not
trust. An image cannot know the theme around it: boxes are opaque, so that they read well on any, and lines
are grey; where the reader's preference for dark is known, the boxes are dark.
"""

from dataclasses import dataclass, field
from html import escape

from kubeface.views.links import Item, Key, Links

WIDTH, HEIGHT = 186, 46  # of a box, in pixels
RIGHT, DOWN = 32, 12  # between boxes, in pixels
LETTERS = 20  # chosen: of this many letters a name fits into a box
#: From left to right. What is not named stands where Deployments do.
COLUMNS = {
    "ReplicaSet": 1,
    "StatefulSet": 1,
    "DaemonSet": 1,
    "Job": 1,
    "Pod": 2,
    "EndpointSlice": 3,
    "Service": 4,
}
#: Classes of boxes by the sign of their look; contrast of text on each is above 9 (WCAG asks for 4.5).
FILLS = {"●": "ready", "○": "waiting", "✕": "failed"}
STYLE = """
text{font-family:system-ui,sans-serif;fill:#1b1b1b}
.box{fill:#f1f1f1}.ready{fill:#e0f2e4}.waiting{fill:#faefd8}.failed{fill:#fce2e0}
.rim{fill:none;stroke:#1b1b1b}.line{fill:none;stroke:#808080;stroke-width:2}.tip{fill:#808080}
@media (prefers-color-scheme:dark){
text{fill:#f2f2f2}.rim{stroke:#f2f2f2}
.box{fill:#303030}.ready{fill:#1c3824}.waiting{fill:#40331a}.failed{fill:#482524}
}
"""


@dataclass(frozen=True, eq=False)
class Box:
    """An item with its place."""

    item: Item
    column: int
    y: float


@dataclass
class _Layout:
    boxes: dict[Key, Box] = field(default_factory=dict)
    edges: list[tuple[Box, Box, str]] = field(default_factory=list)
    bottom: float = 0.0

    def owners(self, item: Item) -> Box:
        """Place a tree of owners, each in the middle of what it owns; the box of its root."""
        below = [self.owners(one) for one in item.below]
        box = self._put(item, (below[0].y + below[-1].y) / 2 if below else self.bottom)
        if not below:
            self.bottom += HEIGHT + DOWN
        self.edges += [(box, one, "owns") for one in below]
        return box

    def service(self, item: Item) -> Box:
        """Place a Service and its slices beside the Pods they send to; the box of the Service."""
        below = [(self.service(one), "sends") for one in item.below if one.kind == "EndpointSlice"]
        for one in item.below:
            for key in (one.key, *one.alike):
                if one.kind != "EndpointSlice" and key in self.boxes:
                    below.append((self.boxes[key], one.look.word))
        ys = [box.y for box, _ in below]
        taken = [box.y for box in self.boxes.values() if box.column == COLUMNS[item.kind]]
        free = max(taken) + HEIGHT + DOWN if taken else 0.0
        box = self._put(item, max((min(ys) + max(ys)) / 2 if ys else 0.0, free))
        self.edges += [(box, one, word) for one, word in below]
        return box

    def _put(self, item: Item, y: float) -> Box:
        box = Box(item, COLUMNS.get(item.kind, 0), y)
        self.boxes |= dict.fromkeys((item.key, *item.alike), box)
        return box


def svg(links: Links, *, text: str) -> str:
    """The picture, as a file of its own.

    Args:
        links: What to draw.
        text: The same in words, for those who do not see the picture.
    """
    layout = _Layout()
    for tree in links.owners:
        layout.owners(tree)
    for service in links.services:
        layout.service(service)
    boxes = list(dict.fromkeys(layout.boxes.values()))
    used = sorted({box.column for box in boxes})
    place = {column: number for number, column in enumerate(used)}
    drawn = [_edge(place, *edge) for edge in dict.fromkeys(layout.edges)]
    drawn += [_box(box, place[box.column]) for box in boxes]
    width = len(used) * (WIDTH + RIGHT) - RIGHT + 8
    height = max((box.y for box in boxes), default=0) + HEIGHT + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(text, quote=True)}" '
        f'width="{width}" height="{height:g}" viewBox="-4 -4 {width} {height:g}"'
        f"><style>{STYLE}</style>{''.join(drawn)}</svg>"
    )


def _box(box: Box, place: int) -> str:
    item, x, y = box.item, place * (WIDTH + RIGHT), box.y
    fill = f"box {FILLS.get(item.look.sign, '')}".strip()
    name, small = _fit(item.label), _fit(f"{item.kind} {item.look.sign} {item.words}", LETTERS + 8)
    return (
        f"<g><title>{escape(f'{item.kind} {item.key[2]}: {item.words}')}</title>"
        f'<rect class="{fill}" x="{x}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="7"/>{_rim(item, x, y)}'
        f'<text x="{x + 11}" y="{y + 20:g}" font-size="13" font-weight="bold">{escape(name)}</text>'
        f'<text x="{x + 11}" y="{y + 37:g}" font-size="11">{escape(small)}</text></g>'
    )


def _rim(item: Item, x: float, y: float) -> str:
    """The border, inside the box; a double one is two."""
    width, style = item.look.border.split()[:2]
    insets, stroke = ((1.5, 4.5), 1.0) if style == "double" else ((2.5,), float(width.removesuffix("px")))
    return "".join(
        f'<rect class="rim" x="{x + inset:g}" y="{y + inset:g}" width="{WIDTH - 2 * inset:g}" '
        f'height="{HEIGHT - 2 * inset:g}" rx="5" stroke-width="{stroke:g}" '
        f'stroke-dasharray="{item.look.dashes}"/>'
        for inset in insets
    )


def _edge(place: dict[int, int], one: Box, two: Box, word: str) -> str:
    """A line with an arrow: full for owning, dashed for sending, dots where nothing is sent."""
    ahead = place[two.column] > place[one.column]
    x1 = place[one.column] * (WIDTH + RIGHT) + (WIDTH if ahead else 0)
    x2 = place[two.column] * (WIDTH + RIGHT) + (0 if ahead else WIDTH)
    y1, y2, way = one.y + HEIGHT / 2, two.y + HEIGHT / 2, 1 if ahead else -1
    dash = {"owns": "none", "not ready": "2 5"}.get(word, "6 4")
    bend, tip = x1 + (x2 - x1) / 2, x2 - way * 8
    return (
        f'<path class="line" d="M{x1} {y1:g}C{bend:g} {y1:g} {bend:g} {y2:g} {tip} {y2:g}" '
        f'stroke-dasharray="{dash}"/><path class="tip" d="M{x2} {y2:g}l{-way * 9} -4.5v9z"/>'
    )


def _fit(text: str, letters: int = LETTERS) -> str:
    return text if len(text) <= letters else text[: letters - 1] + "…"
