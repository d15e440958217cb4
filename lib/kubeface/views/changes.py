"""Objects that were created, modified or deleted, under their owners, in the order of time."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from kubeface.model.change import Change
from kubeface.model.objects import Raw, raw_of
from kubeface.views.looks import AMBER, GREEN, RED
from kubeface.views.names import full_name, message_without_hashes, short_name
from kubeface.views.view import View

#: Verb → its sign and tint.
LOOKS = {
    "created": ("+", GREEN),
    "modified": ("~", AMBER),
    "deleted": ("−", RED),
    "created and deleted": ("±", RED),
    "unchanged": ("·", "transparent"),
}
NOTHING = "(nothing has changed)"
LONGEST = 90  # chosen: letters of a value; a line of text then stays on a screen
MOST_LINES = 12  # chosen: lines of a difference in a longer text, such as a file in a ConfigMap
STEP_PX = 18
CODE = "font-family:ui-monospace, monospace;font-size:90%"
SIDE_PX = 8
LEFT = f"text-align:left;vertical-align:top;padding:2px {SIDE_PX}px"


@dataclass
class Entry:
    """One line of the picture: an object, or several with the same change, and those they own."""

    verb: str
    kind: str
    name: str
    words: str
    fields: list[tuple[str, str | None, str | None]]
    order: int
    count: int = 1
    number: int = 0  # its place in time among the lines; 0 for an owner that did not change
    below: list["Entry"] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Which object, and how many of that kind."""
        return f"{self.kind}/{self.name}" + (f" ×{self.count}" if self.count > 1 else "")

    @property
    def said(self) -> str:
        """Its verb, title and words, as a line of text has them."""
        sign, _ = LOOKS[self.verb]
        return f"{sign} {self.verb}  {self.title}" + (f"  {self.words}" if self.words else "")

    @property
    def alike(self) -> tuple[object, ...]:
        """Entries in which this is the same are drawn as one."""
        return (self.verb, self.kind, self.name, self.words, tuple(self.fields))


class Changes(View):
    """Objects under their owners, each with what became of it and when."""

    def __init__(self, done: Iterable[Change] = (), *, exact: bool = False, note: str = "") -> None:
        self.take(done, exact=exact, note=note)

    def take(self, done: Iterable[Change], *, exact: bool = False, note: str = "") -> None:
        """Draw these instead."""
        self._done = list(done)
        self._note = note
        self._entries = _entries(self._done, exact=exact)
        moved = sorted((one for one in _all(self._entries) if one.order), key=lambda one: one.order)
        for number, one in enumerate(moved, start=1):
            one.number = number

    def __iter__(self) -> Iterator[Change]:
        """What became of each object, in the order of time; without the owners that did not change."""
        return iter(sorted((one for one in self._done if one.order), key=lambda one: one.order))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        width = len(str(len(list(_all(self._entries)))))
        lines = [
            f"{number:>{width}}  {line}".rstrip() for one in self._entries for number, line in _lines(one)
        ]
        return "\n".join([*(lines or [NOTHING]), *([self._note] if self._note else [])])

    def _repr_html_(self) -> str:
        note = f'<p style="margin:6px 0"><small>{escape(self._note)}</small></p>' if self._note else ""
        if not self._entries:
            return f"<p>{NOTHING}</p>{note}"
        heads = ("order", "what", "object", "state and fields")
        head = "".join(f'<th scope="col" style="{LEFT}">{word}</th>' for word in heads)
        body = "".join(_rows(self._entries, 0))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def changes(done: Iterable[Change], *, exact: bool = False) -> Changes:
    """Changed objects drawn under their owners, numbered in the order of time.

    Args:
        done: What became of each; owners that did not change may be among them.
        exact: Full names and values, with the hashes that differ in every run, and each Pod by itself.

    >>> from kubeface.views.canned import SCALED
    >>> changes(SCALED)
    1  ~ modified  deployment/receiver  1 of 1 Pods ready → 3 of 3 Pods ready
       │  spec.replicas: 1 → 3
    2  └─ ~ modified  replicaset/receiver-…  1 of 1 Pods ready → 3 of 3 Pods ready
          │  spec.replicas: 1 → 3
    3     └─ + created  pod/receiver-… ×2  Running, 1 of 1 ready
       · unchanged  service/receiver
    4  └─ ~ modified  endpointslice/receiver-…  1 of 1 ready → 3 of 3 ready
    """
    return Changes(done, exact=exact)


def _entries(done: Sequence[Change], *, exact: bool) -> list[Entry]:
    """The trees of owners; siblings in the order of time, and equal ones as one."""
    by_uid = {_uid(one): (one, _entry(one, exact)) for one in sorted(done, key=lambda one: one.order)}
    roots: list[Entry] = []
    for one, entry in by_uid.values():
        owner = by_uid.get(one.owner_uid or "")
        (owner[1].below if owner else roots).append(entry)
    return _tidy(roots, exact=exact)


def _entry(one: Change, exact: bool) -> Entry:
    raw = raw_of(one.one)
    fields = [(two.path, _steady(two.was, exact), _steady(two.now, exact)) for two in one.spec_changes]
    name = full_name(raw) if exact else short_name(raw)
    return Entry(one.verb, str(raw.get("kind", "")).lower(), name, one.summary, fields, one.order)


def _tidy(entries: list[Entry], *, exact: bool) -> list[Entry]:
    kept: dict[tuple[object, ...], Entry] = {}
    for one in sorted(entries, key=_when):
        one.below = _tidy(one.below, exact=exact)
        same = (id(one),) if exact or one.below else one.alike
        if same in kept:
            kept[same].count += one.count
        else:
            kept[same] = one
    return list(kept.values())


def _when(one: Entry) -> tuple[int, str, str]:
    """When something first became of it, or of what is under it."""
    return min((two.order for two in _all([one]) if two.order), default=0), one.kind, one.name


def _all(entries: Iterable[Entry]) -> Iterator[Entry]:
    for one in entries:
        yield one
        yield from _all(one.below)


def _uid(one: Change) -> str:
    raw: Raw = raw_of(one.one)
    meta = raw.get("metadata") or {}
    return str(meta.get("uid") or f"{raw.get('kind')}/{meta.get('name')}")


def _steady(value: str | None, exact: bool) -> str | None:
    return value if value is None or exact else message_without_hashes(value)


def _lines(one: Entry) -> Iterator[tuple[str, str]]:
    """The number of each line, where it has one, and the line."""
    yield str(one.number or ""), one.said
    rest = "│  " if one.below else "   "
    for line in _differences(one):
        yield "", f"{rest}{line}" if one.below else f"  {line}"
    for child in one.below:
        first, rest = ("└─ ", "   ") if child is one.below[-1] else ("├─ ", "│  ")
        (number, head), *others = _lines(child)
        yield number, first + head
        yield from ((number, rest + line) for number, line in others)


def _differences(one: Entry) -> Iterator[str]:
    for path, was, now in one.fields:
        if _is_long(was) or _is_long(now):
            yield f"{path}:"
            yield from (f"  {line}" for line in _line_by_line(was, now))
        elif was is None or now is None:
            sign, value = ("+", now) if was is None else ("−", was)
            yield f"{path}: {sign} {_short(value or '')}"
        else:
            yield f"{path}: {_short(was)} → {_short(now)}"


def _is_long(value: str | None) -> bool:
    return "\n" in (value or "")


def _line_by_line(was: str | None, now: str | None) -> list[str]:
    """The lines that differ in a longer text."""
    found = difflib.ndiff((was or "").splitlines(), (now or "").splitlines())
    lines = [f"{line[0].replace('-', '−')} {_short(line[2:])}" for line in found if line[0] in "+-"]
    left = len(lines) - MOST_LINES
    return lines if left <= 0 else [*lines[:MOST_LINES], f"… and {left} more lines"]


def _short(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"


def _rows(entries: Iterable[Entry], depth: int) -> Iterator[str]:
    for one in entries:
        sign, tint = LOOKS[one.verb]
        verb = f'<span aria-hidden="true">{sign}</span>\u00a0{one.verb.replace(" ", chr(0xA0))}'
        arrow = '<span aria-hidden="true">└ </span>' if depth else ""
        title = f"{arrow}{escape(one.title)}"
        indent = f"padding-left:{max(0, depth - 1) * STEP_PX + SIDE_PX}px"
        yield (
            f'<tr><td style="{LEFT}">{one.number or ""}</td><td style="{LEFT};background:{tint}">{verb}</td>'
            f'<td style="{LEFT};{indent}">{title}</td><td style="{LEFT}">{_said(one)}</td></tr>'
        )
        yield from _rows(one.below, depth + 1)


def _said(one: Entry) -> str:
    words = f"<div>{escape(one.words)}</div>" if one.words else ""
    return words + "".join(_field(path, was, now) for path, was, now in one.fields)


def _field(path: str, was: str | None, now: str | None) -> str:
    name = f'<span style="{CODE}">{escape(path)}</span>'
    if _is_long(was) or _is_long(now):
        lines = escape("\n".join(_line_by_line(was, now)))
        style = f"margin:0 0 0 {STEP_PX}px;background:transparent;color:inherit;{CODE}"
        return f'<div>{name}:<pre style="{style}">{lines}</pre></div>'
    old = "" if was is None else f"<del>{escape(_short(was))}</del>"
    new = "" if now is None else f'<ins style="text-decoration:none"><b>{escape(_short(now))}</b></ins>'
    arrow = " → " if old and new else ""
    sign = "" if arrow else ("+ " if new else "− ")
    return f"<div>{name}: {sign}{old}{arrow}{new}</div>"


if __name__ == "__main__":
    from kubeface.views.canned import SCALED, UPGRADED, draw

    draw(changes(SCALED), changes(UPGRADED))
