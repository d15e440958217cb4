"""Links as an SVG: owners on the left, Pods in the middle, Services on the right; pure."""

from dataclasses import dataclass, field
from html import escape

from kubeface.views.links import Item, Key, Links

WIDTH, HEIGHT = 190, 46  # of a box, in pixels
RIGHT, DOWN = 58, 12  # between boxes, in pixels
LETTERS = 24  # chosen: of this many letters a name fits into a box
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
FONT = 'font-family="system-ui, sans-serif"'


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
    """The picture; in the colour of the text around it, for light and dark themes.

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
        f'width="{width}" height="{height:g}" viewBox="-4 -4 {width} {height:g}" '
        f'style="max-width:100%;height:auto" color="currentColor">{"".join(drawn)}</svg>'
    )


def _box(box: Box, place: int) -> str:
    item, x, y = box.item, place * (WIDTH + RIGHT), box.y
    width, style = item.look.border.split()[:2]
    stroke = 2.0 if style == "double" else float(width.removesuffix("px"))
    shape = f'rx="7" fill="{item.look.tint}" stroke="currentColor" stroke-width="{stroke:g}"'
    rect = f'<rect x="{x}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" {shape}'
    inner = (
        f'<rect x="{x + 4}" y="{y + 4:g}" width="{WIDTH - 8}" height="{HEIGHT - 8}" rx="4" fill="none" '
        'stroke="currentColor"/>'
    )
    small = f"{item.look.sign} {item.words}" if item.words else item.look.sign
    return (
        f"<g><title>{escape(f'{item.kind} {item.key[2]}: {item.words}')}</title>"
        f'{rect} stroke-dasharray="{item.look.dashes}"/>{inner if style == "double" else ""}'
        f'<text x="{x + 10}" y="{y + 19:g}" {FONT} font-size="13" font-weight="bold" '
        f'fill="currentColor">{escape(_fit(item.label))}</text>'
        f'<text x="{x + 10}" y="{y + 36:g}" {FONT} font-size="11" '
        f'fill="currentColor">{escape(_fit(f"{item.kind} {small}", LETTERS + 8))}</text></g>'
    )


def _edge(place: dict[int, int], one: Box, two: Box, word: str) -> str:
    """A line with an arrow: full for owning, dashed for sending, dots where nothing is sent."""
    ahead = place[two.column] > place[one.column]
    x1 = place[one.column] * (WIDTH + RIGHT) + (WIDTH if ahead else 0)
    x2 = place[two.column] * (WIDTH + RIGHT) + (0 if ahead else WIDTH)
    y1, y2, way = one.y + HEIGHT / 2, two.y + HEIGHT / 2, 1 if ahead else -1
    dash = {"owns": "none", "not ready": "1.5 5"}.get(word, "6 4")
    bend, tip = x1 + (x2 - x1) / 2, x2 - way * 8
    return (
        f'<path d="M{x1} {y1:g}C{bend:g} {y1:g} {bend:g} {y2:g} {tip} {y2:g}" fill="none" '
        f'stroke="currentColor" stroke-width="1.5" stroke-dasharray="{dash}"/>'
        f'<path d="M{x2} {y2:g}l{-way * 8} -4v8z" fill="currentColor"/>'
    )


def _fit(text: str, letters: int = LETTERS) -> str:
    return text if len(text) <= letters else text[: letters - 1] + "…"
