"""The rooms of the library, drawn from its imports: an SVG, and the same in words."""

import configparser
import inspect
import statistics
import sys
from html import escape
from importlib import import_module
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "tests"))

from rooms import PACKAGE, arrows_of, imports_of, size  # from tests, which `make rooms` runs

WIDTH, BOX, HEIGHT, ROW = 720, 104, 32, 84  # px: the drawing, a box, its height, from a layer to the next
GAP, TIP = 22, 7  # px: between boxes, and for an arrow that passes between them; an arrow's tip
#: What stands in a row: a room, or an arrow that passes it, as the rooms where it begins and ends.
Item = str | tuple[str, str]
#: The middle of what stands in a row, by the row's number.
Places = dict[tuple[int, Item], tuple[int, int]]


def rooms(root: Path) -> str:
    """The drawing and the table below it, as a page to be included."""
    arrows = arrows_of(imports_of(root))
    layers = _layers(root)
    return "\n".join(
        [
            "```{raw} html",
            '<div class="drawing" tabindex="0" role="region" aria-label="The rooms, drawn">',
            _svg(layers, arrows),
            "</div>\n```\n",
            "| room | what it is for | files | lines | looks into |\n|---|---|---|---|---|",
            *(_row(root, room, arrows) for layer in layers for room in layer),
            "",
        ]
    )


def _layers(root: Path) -> list[list[str]]:
    """The rooms from the top to the bottom, as `.importlinter` has them and `make check` holds them."""
    rules = configparser.ConfigParser()
    rules.read(root / ".importlinter")
    lines = rules["importlinter:contract:rooms"]["layers"].split("\n")
    return [[room.strip() for room in line.split("|")] for line in lines if line.strip()]


def _row(root: Path, room: str, arrows: dict[str, set[str]]) -> str:
    folder = root / "lib" / PACKAGE / room
    said = (inspect.getdoc(import_module(f"{PACKAGE}.{room}")) or "").split("\n\n")[0]
    files, lines = size(folder)[:2] if folder.is_dir() else ("1", _lines(folder.with_suffix(".py")))
    into = ", ".join(sorted(arrows.get(room, ()))) or "-"
    return f"| `{room}` | {' '.join(said.split())} | {files} | {lines} | {into} |"


def _lines(file: Path) -> str:
    return f"{len(file.read_text().splitlines()):,}"


def _svg(layers: list[list[str]], arrows: dict[str, set[str]]) -> str:
    """Boxes in layers, and an arrow from each to those that it looks into and reaches by no other way."""
    direct = {one: sorted(_direct(one, arrows)) for layer in layers for one in layer}
    rows = _rows(layers, direct)
    places = _places(rows, direct)
    words = " ".join(f"{one} looks into {', '.join(others)}." for one, others in direct.items() if others)
    bottom = HEIGHT + 12 + (len(layers) - 1) * ROW
    return "\n".join(
        [
            f'<svg viewBox="0 0 {WIDTH} {bottom}" role="img" aria-labelledby="rooms-title rooms-words">',
            '<title id="rooms-title">The rooms of the library, each above those that it looks into</title>',
            f'<desc id="rooms-words">{escape(words)}</desc>',
            *(_arrow(_way(one, other, rows, places)) for one in direct for other in direct[one]),
            *(_box(item, *place) for (_, item), place in places.items() if isinstance(item, str)),
            "</svg>",
        ]
    )


def _rows(layers: list[list[str]], direct: dict[str, list[str]]) -> list[list[Item]]:
    """The layers, and in each the arrows that pass it on their way further down."""
    level = {room: number for number, layer in enumerate(layers) for room in layer}
    passing = [(one, other) for one, others in direct.items() for other in others]
    return [
        [*layer, *((one, other) for one, other in passing if level[one] < number < level[other])]
        for number, layer in enumerate(layers)
    ]


def _places(rows: list[list[Item]], direct: dict[str, list[str]]) -> Places:
    """The middle of everything in a row, in px: below what leads to it, as far as there is room."""
    places: Places = {}
    for number, row in enumerate(rows):
        wanted = {item: _wanted(item, number, places, direct) for item in row}
        ordered = sorted(row, key=wanted.__getitem__)
        left = statistics.mean(wanted.values()) - sum(map(_width, row)) / 2
        left = max(0, min(left, WIDTH - sum(map(_width, row))))
        for item in ordered:
            places[number, item] = round(left + _width(item) / 2), HEIGHT // 2 + 6 + number * ROW
            left += _width(item)
    return places


def _wanted(item: Item, number: int, places: Places, direct: dict[str, list[str]]) -> float:
    """Where an item would stand if it were alone in its row."""
    if isinstance(item, tuple):
        above = places.get((number - 1, item)) or places[number - 1, item[0]]
        return above[0]
    leading = [
        place[0]
        for (row, other), place in places.items()
        if row == number - 1 and (item in direct[other] if isinstance(other, str) else other[1] == item)
    ]
    return statistics.mean(leading or [WIDTH / 2])


def _width(item: Item) -> int:
    return BOX + GAP if isinstance(item, str) else GAP


def _way(one: str, other: str, rows: list[list[Item]], places: Places) -> list[tuple[int, int]]:
    """The places that an arrow passes, from the room where it begins to the one where it ends."""
    return [
        places[n, item] for n, row in enumerate(rows) for item in (one, (one, other), other) if item in row
    ]


def _direct(room: str, arrows: dict[str, set[str]]) -> set[str]:
    """The rooms that one looks into, without those that these reach."""
    into = arrows.get(room, set())
    return into - {far for near in into for far in _reached(near, arrows)}


def _reached(room: str, arrows: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    left = [*arrows.get(room, ())]
    while left:
        if (one := left.pop()) not in found:
            found.add(one)
            left += arrows.get(one, ())
    return found


def _box(room: str, x: int, y: int) -> str:
    corner = f'x="{x - BOX // 2}" y="{y - HEIGHT // 2}" width="{BOX}" height="{HEIGHT}" rx="6"'
    return f'<rect {corner}/><text x="{x}" y="{y + 5}">{escape(room)}</text>'


def _arrow(way: list[tuple[int, int]]) -> str:
    """A line from box to box that goes straight down where it passes a row."""
    x, y = way[0][0], way[0][1] + HEIGHT // 2
    line = f"M{x} {y}"
    for to_x, middle in way[1:]:
        is_last = (to_x, middle) == way[-1]
        to_y = middle - HEIGHT // 2 - (TIP if is_last else 0)
        line += f"C{x} {(y + to_y) // 2} {to_x} {(y + to_y) // 2} {to_x} {to_y}"
        x, y = to_x, to_y
        if not is_last:
            y = middle + HEIGHT // 2
            line += f"V{y}"
    return f'<path class="line" d="{line}"/><path class="tip" d="M{x - 4} {y}h8l-4 {TIP}z"/>'
