"""An object as YAML, with the parts that matter called out: a marker, a number, a caption."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from kubeface.errors import BadInput
from kubeface.model.noise import as_manifest
from kubeface.model.objects import Raw, raw_of
from kubeface.model.paths import Path
from kubeface.model.secrets import hide_secret
from kubeface.views.looks import AMBER
from kubeface.views.view import View

PRE = "margin:0;background:transparent;color:inherit;font-family:ui-monospace, monospace;font-size:90%"


@dataclass(frozen=True)
class Part:
    """What is called out: the lines from `first` to `last`, counted from 0."""

    number: int
    caption: str
    first: int
    last: int


class Yaml(View):
    """An object as YAML; the called-out lines have a marker with the number of their caption."""

    def __init__(self, lines: Sequence[str], parts: Sequence[Part], *, only: bool = False) -> None:
        self._lines, self._parts, self._only = lines, parts, only

    def __repr__(self) -> str:
        lines = [f"{self._marker(number):4}{line}".rstrip() for number, line in self._shown()]
        captions = [f"{part.number} = {part.caption}" for part in self._parts]
        return "\n".join(lines + ([""] if captions else []) + captions)

    def _repr_html_(self) -> str:
        lines = "\n".join(self._line_html(number, line) for number, line in self._shown())
        captions = "".join(f"<li>{escape(part.caption)}</li>" for part in self._parts)
        listed = f'<ol style="margin:6px 0 0">{captions}</ol>' if captions else ""
        return f'<pre style="{PRE};overflow-x:auto">{lines}</pre>{listed}'

    def _line_html(self, number: int, line: str) -> str:
        marker = self._marker(number)
        text = escape(f"{marker:4}{line}".rstrip())
        if not marker:
            return text
        return f'<strong style="background:{AMBER}">{text}</strong>'

    def _shown(self) -> list[tuple[int, str]]:
        """Lines with their numbers; where lines are left out, one … with the number -1."""
        everything = list(enumerate(self._lines))
        if not self._only:
            return everything
        kept = [(number, line) for number, line in everything if self._is_wanted(number)]
        shown: list[tuple[int, str]] = []
        before = -1
        for number, line in [*kept, (len(self._lines), "")]:
            if number > before + 1:
                shown.append((-1, "…"))
            shown.append((number, line))
            before = number
        return shown[:-1]

    def _is_wanted(self, number: int) -> bool:
        """Whether a line is called out, or contains one that is."""
        if any(part.first <= number <= part.last for part in self._parts):
            return True
        return any(number in _above(self._lines, part.first) for part in self._parts)

    def _marker(self, number: int) -> str:
        for part in self._parts:
            if part.first <= number <= part.last:
                return f"▶{part.number}" if number == part.first else " │"
        return ""


def show_yaml(
    one: Any,
    parts: Mapping[str, str] | Iterable[str] = (),
    *,
    clean: bool = False,
    only: bool = False,
    reveal: bool = False,
) -> Yaml:
    """An object as YAML, in the order of its fields.

    Args:
        one: An object, wrapped or plain.
        parts: Paths to call out, such as `spec.template.spec.containers[0].image`, with captions if a
            mapping; a path that leads to several places calls out all of them.
        clean: Without what the server wrote: status, uid, resourceVersion, managedFields, ….
        only: Only what is called out, and what it stands under.
        reveal: Show the values of a Secret; else only their lengths are shown.

    Raises:
        BadInput: a path is none, or leads nowhere in this object.

    >>> from kubeface.views.canned import DEPLOYMENTS
    >>> show_yaml(DEPLOYMENTS[1], {"spec.replicas": "how many Pods it keeps up"}, only=True)
        …
        spec:
    ▶1    replicas: 3
        …
    <BLANKLINE>
    1 = how many Pods it keeps up
    """
    shown = raw_of(one) if reveal else _without_secrets(raw_of(one))
    shown = as_manifest(shown) if clean else shown
    captions = parts if isinstance(parts, Mapping) else {path: path for path in parts}
    text, lines_of = _written(shown)
    return Yaml(text.splitlines(), _parts(shown, captions, lines_of), only=only)


def _parts(one: Raw, captions: Mapping[str, str], lines_of: Any) -> list[Part]:
    found = []
    for number, (text, caption) in enumerate(captions.items(), start=1):
        places = Path.read(text).places(one)
        if not places:
            raise BadInput(
                f"there is nothing at {text!r} in this object", try_next="show_yaml(it) shows all of it"
            )
        found += [Part(number, caption, *lines_of(way)) for way, _ in places]
    return found


def _written(one: Raw) -> tuple[str, Any]:
    """The YAML, and a function from the path of a part to its first and last line."""
    import yaml

    text = yaml.safe_dump(dict(one), sort_keys=False, allow_unicode=True, width=100)
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)

    def lines_of(way: Sequence[str | int]) -> tuple[int, int]:
        node: Any = root
        first = 0
        for step in way:
            if isinstance(step, int):
                node = node.value[step]
                first = node.start_mark.line
            else:
                key, node = next(pair for pair in node.value if pair[0].value == step)
                first = key.start_mark.line
        return first, _last_line(node)

    return text, lines_of


def _last_line(node: Any) -> int:
    """The last line of a part. PyYAML's own end is where the next part begins."""
    if isinstance(node.value, list) and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    end = node.end_mark
    return int(end.line if end.column else end.line - 1)


def _above(lines: Sequence[str], number: int) -> list[int]:
    """The lines that a line is nested in, by indentation."""
    found, depth = [], _depth(lines[number])
    for at in range(number - 1, -1, -1):
        if _depth(lines[at]) < depth:
            found.append(at)
            depth = _depth(lines[at])
    return found


def _depth(line: str) -> float:
    """The indentation; of the keys of a list's item, that of the first one counts for all."""
    bare = line.lstrip(" ")
    return len(line) - len(bare) + (0.5 if bare.startswith("- ") else 0)


def _without_secrets(one: Raw) -> Raw:
    """The object with the length of each value of a Secret in its place."""
    shown = hide_secret(one)
    if shown is one:
        return one
    lengths = {
        part: {key: f"(hidden, {value.letters} letters)" for key, value in shown[part].items()}
        for part in ("data", "stringData")
        if part in shown
    }
    return {**shown, **lengths}


if __name__ == "__main__":
    from kubeface.views.canned import DEPLOYMENTS, draw

    image = "spec.template.spec.containers[0].image"
    draw(
        show_yaml(DEPLOYMENTS[1], {"spec.replicas": "how many Pods", image: "what runs in them"}, clean=True)
    )
