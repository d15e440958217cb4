"""What kubectl has printed, without what differs in every run: so its own tables can be compared.

`pytest --nbval --nbval-kubectl` reads the stored and the new output of a cell that runs kubectl so. The
rest is compared to the letter: READY, STATUS, TYPE, PORT(S), the number of RESTARTS, which rows there are.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from kubeface.views.names import message_without_hashes, name_without_hashes

_RANDOM = "[bcdfghjklmnpqrstvwxz2456789]"
_HEADING = r"[A-Z][A-Z/%-]*(?:\([A-Za-z%]+\))?"
_HEADINGS = re.compile(rf"{_HEADING}(?: {_HEADING})*(?: {{2,}}{_HEADING}(?: {_HEADING})*)+ *")
_UNDERLINED = re.compile(r" *-+(?: +-+)+ *")
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")
_DURATION = r"(?:\d+[ydhms])+"
_KEY = re.compile(r"(\s*(?:- )?)(Node|IPs?|Endpoints)(:\s+)(.*)")

#: What varies wherever kubectl prints it.
_ANYWHERE = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "UID"),
        (r"\bsha256:[0-9a-f]{64}\b", "sha256:DIGEST"),
        (r"\b(containerd|cri-o|docker)://[0-9a-f]{64}\b", r"\1://ID"),
        (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z| ?[+-]\d\d:?\d\d)", "TIME"),
        (r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", "TIME"),
        (r"\btimeAdded: \d[\dT:Z-]+", "timeAdded: TIME"),  # of a taint; a view may cut it off
        (r"/\w+/(LIVE|MERGED)-\d+/", r"\1/"),
        (r'\b(resourceVersion|generation): "?\d+"?', r"\1: N"),
        (r"\bpod-template-hash([=:] ?)[a-z0-9]+", r"pod-template-hash\1HASH"),
        (rf"\bkube-api-access-{_RANDOM}{{5}}\b", "kube-api-access-…"),
        (rf"-{_RANDOM}{{8,10}}(?:-{_RANDOM}{{5}})?(?![a-z0-9-])", "-…"),
        (rf'(?<=\bpod[/ ])("?[a-z0-9.-]+?)-{_RANDOM}{{5}}(?![a-z0-9-])', r"\1-…"),
    )
)


def steady(text: str) -> str:
    """The text as it is compared: a word is in the place of what varies in every run, columns have no width.

    >>> print(steady("NAME        READY   RESTARTS     AGE\\nweb-x2x9z   1/1     1 (3s ago)   5m2s"))
    NAME  READY  RESTARTS  AGE
    web-…  1/1  1 (AGE ago)  AGE
    """
    lines = text.split("\n")
    found: list[str] = []
    number = 0
    while number < len(lines):
        underlined = number + 1 < len(lines) and _UNDERLINED.fullmatch(lines[number + 1])
        if underlined or _HEADINGS.fullmatch(lines[number]):
            first = number + (2 if underlined else 1)
            columns = _columns(lines[number])
            rows = list(_rows(lines[first:], columns))
            found += _table(columns, rows)
            number = first + len(rows)
        else:
            found.append(_line(lines[number]))
            number += 1
    return "\n".join(found)


def _columns(head: str) -> list[tuple[str, int]]:
    """Each heading, and where its column begins."""
    return [(match[0].upper(), match.start()) for match in re.finditer(r"\S+(?: \S+)*", head)]


def _rows(lines: Sequence[str], columns: Sequence[tuple[str, int]]) -> Iterator[str]:
    """The lines that follow the headings and keep to their columns."""
    first, *others = [start for _, start in columns]
    for line in lines:
        is_apart = len(line) > others[0] and all(line[start - 1 : start] in ("", " ") for start in others)
        if not is_apart or line[:first].strip() or not line[first:].strip():
            return
        yield line


def _table(columns: Sequence[tuple[str, int]], rows: Sequence[str]) -> list[str]:
    headings = [heading for heading, _ in columns]
    ends = [start for _, start in columns[1:]] + [None]
    cut = [[row[start:end].strip() for (_, start), end in zip(columns, ends, strict=True)] for row in rows]
    said = [
        "  ".join(
            _value(heading, value, headings) for heading, value in zip(headings, row, strict=True)
        ).rstrip()
        for row in cut
    ]
    if "REASON" in headings:
        said = [_event(row) for row in said if "  Pulling  " not in row]
    # kubectl sorts by name: where a part of that is random, so is the order.
    is_random = any("…" in row.split("  ")[0] for row in said)
    return ["  ".join(headings), *(sorted(said) if is_random else said)]


def _value(heading: str, value: str, headings: Sequence[str]) -> str:
    if heading == "NODE" and "READY" in headings:  # of a Pod: the scheduler may choose another one each time
        return value if value.startswith("<") else "NODE"
    instead = _VALUES.get(heading)
    return _line(instead(value) if instead else value)


def _event(row: str) -> str:
    """An event; where a Pod is placed, and whether its node had the image, differs from run to run."""
    row = re.sub(r"(Successfully assigned \S+ to )\S+", r"\1NODE", row)
    return re.sub(r"(  Pulled  .*?)(?:\w+ )*image (\"\S+\").*", r"\1image \2", row)


def _age(value: str) -> str:
    return re.sub(rf"{_DURATION}(?: \(x\d+ over {_DURATION}\))?", "AGE", value)


def _name(value: str) -> str:
    kind, slash, name = value.rpartition("/")
    return f"{kind}{slash}{name_without_hashes(name, 'Pod')}"


def _address(value: str) -> str:
    return _ADDRESS.sub("IP", value)


def _measured(value: str) -> str:
    return re.sub(r"^\d+", "N", value)


#: What is compared of a column's value in place of the value.
_VALUES: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("AGE", "LAST SEEN", "FIRST SEEN", "DURATION", "LAST SCHEDULE"), _age),
    "RESTARTS": lambda value: re.sub(rf"\({_DURATION} ago\)", "(AGE ago)", value),
    **dict.fromkeys(("NAME", "OBJECT"), _name),
    **dict.fromkeys(("IP", "CLUSTER-IP", "INTERNAL-IP", "ENDPOINTS"), _address),
    **dict.fromkeys(("CPU(CORES)", "CPU(%)", "MEMORY(BYTES)", "MEMORY(%)"), _measured),
    "TARGETS": lambda value: re.sub(r"\d+%(?=/)", "N%", value),
    "MESSAGE": message_without_hashes,
}


def _line(line: str) -> str:
    """A line that is no row of a table, or a row's value."""
    if key := _KEY.fullmatch(line):
        value = re.sub(r"^[\w.-]+/(?=\d)", "NODE/", key[4]) if key[2] == "Node" else key[4]
        line = f"{key[1]}{key[2]}{key[3]}{_address(value)}"
    for pattern, instead in _ANYWHERE:
        line = pattern.sub(instead, line)
    return line
