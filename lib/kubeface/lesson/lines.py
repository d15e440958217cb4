r"""A line for kubectl taken apart as a shell does it, and then the notebook's values put in; pure.

A value never makes or ends an argument, whatever is in it: it is put in when the line is in pieces. As in
every line magic of IPython, `{python}` and `$name` are replaced, with these limits:

- `{…}`: a Python expression that begins with names of the notebook. If any brace of an argument is something
  else, such as JSON, JSONPath `{.items[*]}` or a template `{{ $x }}`, all braces of it stay as written.
- `$name`, `$name.attribute`: outside single quotes, as far as the dots lead.
- What names no variable stays as written, and so do `$(…)`, `${…}`, `$$`, and what has a backslash before it.
"""

import ast
import builtins
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kubeface.errors import BadInput

Names = Mapping[str, Any]

_PIECE = re.compile(
    r"""(?P<joined>\\\n)|\\(?P<escaped>.)|'(?P<single>[^']*)'|"(?P<double>(?:\\.|[^"\\])*)"
    |(?P<end>\n)|(?P<space>\s)|(?P<bare>[^\s'"\\{]+|\{)""",
    re.DOTALL | re.VERBOSE,
)
_IN_DOUBLE = re.compile(r'\\\n|\\([\\"$`])|([^\\]+|\\)')
_OF_A_SHELL = re.compile(r"\d?[<>]|[|&;]|.*;$", re.DOTALL)
_DOLLAR = re.compile(r"(?<!\$)\$(?P<name>[^\W\d]\w*)(?P<path>(?:\.[^\W\d]\w*)*)")
_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_LONE = re.compile(r"\s*(\{.*\})\s*", re.DOTALL)

#: How a character stood in the line: bare or in double quotes, in single quotes, behind a backslash.
_OPEN, _SINGLE, _FIXED = "osf"


class Unclear(BadInput):
    """A line cannot be taken apart, or is meant for a shell; nothing was run."""


@dataclass
class Word:
    """One argument, and how each of its characters stood in the line."""

    text: str = ""
    how: str = ""

    def add(self, text: str, how: str) -> None:
        """Append a character."""
        self.text += text
        self.how += how * len(text)


def commands(text: str, names: Names) -> Iterator[list[Word]]:
    r"""The commands of some lines: a line each; quotes and a `\` at the end go on in the next; `#` ends one.

    An expression of the names given is not taken apart: `{", ".join(names)}`.

    Raises:
        Unclear: quotes do not end, or a word is the shell's: `|`, `>`, `;`, `&&`, `<<`.

    >>> [[word.text for word in one] for one in commands("get pods # all\nlogs 'a b'", {})]
    [['get', 'pods'], ['logs', 'a b']]
    """
    found: list[Word] = []
    word: Word | None = None
    at = 0
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            what = "a backslash ends it" if text[at] == "\\" else f"No closing quotation: {text[at]}"
            raise Unclear(
                f"This line cannot be taken apart: {_rest_of_line(text, text.rfind(chr(10), 0, at) + 1)}",
                seen=what,
            )
        kind, said, start = str(piece.lastgroup), piece[str(piece.lastgroup)], at
        if said == "{" and kind == "bare" and (end := _end_of_python(_rest_of_line(text, at), names)):
            said = text[at : at + end]
        at = max(piece.end(), start + len(said))
        if kind == "bare" and word is None and said.startswith("#"):
            at = start + len(text[start:].partition("\n")[0])
        elif kind in ("space", "end"):
            word = None
            if kind == "end" and found:
                yield found
                found = []
        elif kind != "joined":
            if word is None:
                if kind == "bare" and _OF_A_SHELL.match(said):
                    raise _for_a_shell(said)
                word = Word()
                found.append(word)
            _add(word, kind, said)
    if found:
        yield found


def put_in(word: Word, names: Names) -> str:
    """An argument, with the notebook's values in place of their names.

    Raises:
        Unclear: an expression has no value: it fails.

    >>> names = {"pods": ["web"], "text": "two words"}
    >>> [line] = commands("label pod {pods[0]} note=$text '{.items[*]}' ${text}", names)
    >>> [put_in(word, names) for word in line]
    ['label', 'pod', 'web', 'note=two words', '{.items[*]}', '${text}']
    """
    fields = _fields(word, names)
    templates = [one.span() for one in _TEMPLATE.finditer(word.text)]
    for one in _DOLLAR.finditer(word.text):
        is_inside = any(start <= one.start() < end for start, end, *_ in [*fields, *templates])
        if one["name"] in names and word.how[one.start()] == _OPEN and not is_inside:
            value, end = _follow(names[one["name"]], one)
            fields.append((one.start(), end, value))
    text = word.text
    for start, end, value in sorted(fields, key=lambda field: field[0], reverse=True):
        text = f"{text[:start]}{value}{text[end:]}"
    return text


def document(text: str, names: Names) -> str:
    """What a command reads: a cell's text as it is written; or, if that is one `{python}` alone, its value.

    >>> document("note: costs $5 {{ .x }}", {"note": 1})
    'note: costs $5 {{ .x }}'
    >>> document("{message}", {"message": "hello"})
    'hello'
    """
    lone = _LONE.fullmatch(text)
    if lone and _is_python(lone[1][1:-1], names):
        return text.replace(lone[1], str(_value(lone[1][1:-1], names)))
    return text


def _add(word: Word, kind: str, said: str) -> None:
    if kind == "bare":
        word.add(said, _OPEN)
    elif kind == "single":
        word.add(said, _SINGLE)
    elif kind == "escaped":
        word.add(said, _FIXED)
    else:
        for part in _IN_DOUBLE.finditer(said):
            word.add(part[1] or "", _FIXED)
            word.add(part[2] or "", _OPEN)


def _for_a_shell(said: str) -> Unclear:
    instead = "Python, with what `cluster.list(…)` or `cluster.get(…)` gives"
    if said.startswith("<<"):
        instead = "`%%kubectl apply -f -` as a cell's first line, and the document in the lines below"
    elif said[-1] == ";" or said.startswith("&"):
        instead = "`%%kubectl` as a cell's first line, and a command in each line below"
    return Unclear(f"{said} is a word of the shell, and no shell reads this line.", try_next=instead)


def _rest_of_line(text: str, at: int) -> str:
    return text[at:].partition("\n")[0]


def _fields(word: Word, names: Names) -> list[tuple[int, int, Any]]:
    """Where an expression stands in an argument, until where, and its value; none if a brace is another's."""
    found = []
    at = word.text.find("{")
    while at >= 0:
        length = 1
        if word.how[at] != _FIXED and word.text[at - 1 : at] != "$":
            length = _end_of_python(word.text[at:], names)
            if not length:
                return []
            found.append((at, at + length))
        at = word.text.find("{", at + length)
    return [(start, end, _value(word.text[start + 1 : end - 1], names)) for start, end in found]


def _end_of_python(text: str, names: Names) -> int:
    """How long the `{python}` is that a text begins with; 0 when it is none."""
    if text.startswith("{{"):
        return 0
    ends = (one.end() for one in re.finditer(r"\}", text))
    return next((end for end in ends if _is_python(text[1 : end - 1], names)), 0)


def _is_python(text: str, names: Names) -> bool:
    """Whether a text is an expression of the notebook's variables; a constant such as `"\\n"` is none."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return False
    used = [one for one in ast.walk(tree) if isinstance(one, ast.Name)]
    bound = {one.id for one in used if isinstance(one.ctx, ast.Store)}
    asked = {one.id for one in used} - bound
    return any(one in names for one in asked) and all(one in names or hasattr(builtins, one) for one in asked)


def _value(expression: str, names: Names) -> Any:
    try:
        return eval(expression.strip(), dict(names))  # noqa: S307  # it is the learner's own line
    except Exception as failure:
        seen = f"{type(failure).__name__}: {failure}"
        raise Unclear(f"{{{expression}}} has no value.", seen=seen) from failure


def _follow(value: Any, dollar: re.Match[str]) -> tuple[Any, int]:
    """What `$name.attribute…` stands for, and where it ends: a dot that leads nowhere is text."""
    end = dollar.end("name")
    for part in dollar["path"].split(".")[1:]:
        if not hasattr(value, part):
            break
        value, end = getattr(value, part), end + 1 + len(part)
    return value, end
