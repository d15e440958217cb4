"""Objects of any kind as a table, with the columns a person wants."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Unpack

from kubeface.errors import BadInput
from kubeface.model.objects import Raw
from kubeface.views.columns import Chosen, Column, chosen_columns, space_of, usual_columns
from kubeface.views.source import Watch, drawn
from kubeface.views.view import View


class Table(View):
    """Rows under headings.

    Args:
        headings: One a column.
        rows: One value a heading.

    Raises:
        BadInput: a row has more or fewer values than there are headings.

    >>> Table(("layer", "MB"), [("debian", "74.8"), ("python", 12)])
    LAYER    MB
    debian   74.8
    python   12
    """

    def __init__(self, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        self.headings = list(headings)
        self.rows = [[str(value) for value in row] for row in rows]
        for row in self.rows:
            if len(row) != len(self.headings):
                raise BadInput(f"{row} has {len(row)} values for {len(self.headings)} headings")

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        if not self.rows:
            return "(none)"
        lines = [[heading.upper() for heading in self.headings], *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.headings))]
        return "\n".join(_aligned(line, widths) for line in lines)

    def _repr_html_(self) -> str:
        if not self.rows:
            return "<p>(none)</p>"
        head = "".join(f'<th scope="col" style="text-align:left">{escape(h)}</th>' for h in self.headings)
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def table(
    source: Any,
    kind: str = "",
    *,
    columns: Chosen | None = None,
    sort: str = "",
    wide: bool = False,
    exact: bool = False,
    **watch: Unpack[Watch],
) -> Table:
    """Objects as a table, sorted by namespace and name.

    Args:
        source: Objects of one kind or several; of several, it has the columns that all kinds have.
            Or a cluster, and `kind` says what to ask it for.
        kind: `pods`, `deployments`, …; for a cluster only.
        columns: Which ones: words, such as `name`, `status`, `age`, and paths, such as
            `spec.containers[0].image`; or paths by heading.
        sort: The column to sort by; `-status` sorts downwards. Numbers sort as numbers.
        wide: Further columns, also those that differ in every run: addresses, ages.
        exact: Show Pods' full names, with the hashes that differ in every run.
        watch: For a cluster only: `live=True` and more, see `kubeface.views.source.Watch`.

    Raises:
        BadInput: a column is neither a word nor a path; there is no such column to sort by; a list was
            given and a kind too.

    >>> from kubeface.views.canned import DEPLOYMENTS
    >>> table(DEPLOYMENTS, columns={"name": "name", "wanted": "spec.replicas"}, sort="-wanted")
    NAME               WANTED
    receiver           3
    face-recognition   1
    """

    if kind and isinstance(source, Iterable):
        raise BadInput(f"{kind!r}: a list has the kinds it has", try_next="give the table the cluster")

    def draw(found: list[Raw]) -> Table:
        return _table(found, columns, sort, wide=wide, exact=exact)

    return drawn(source, [kind or "pods"], draw, watch)


def _table(found: list[Raw], chosen: Chosen | None, sort: str, *, wide: bool, exact: bool) -> Table:
    columns = _columns(found, chosen, wide=wide, exact=exact)
    rows = [[value(one) for _, value in columns] for one in found]
    order = sorted(range(len(rows)), key=lambda i: (space_of(found[i]), [str(value) for value in rows[i]]))
    headings = [heading for heading, _ in columns]
    if sort:
        by = _place(headings, sort.removeprefix("-"))
        order.sort(key=lambda i: _rank(rows[i][by]), reverse=sort.startswith("-"))
    return Table(headings, [rows[i] for i in order])


def _columns(found: list[Raw], chosen: Chosen | None, *, wide: bool, exact: bool) -> list[Column]:
    kinds = {str(one.get("kind")) for one in found}
    if chosen is not None:
        return chosen_columns(kinds, chosen, exact=exact)
    columns = usual_columns(kinds, exact=exact, wide=wide)
    several = len({space_of(one) for one in found}) > 1
    return [("namespace", space_of), *columns] if several else columns


def _place(headings: list[str], wanted: str) -> int:
    if wanted not in headings:
        raise BadInput(f"there is no column {wanted!r} to sort by", seen=f"there is {', '.join(headings)}")
    return headings.index(wanted)


def _rank(value: object) -> tuple[bool, float, str]:
    """Numbers first and as numbers, then words."""
    try:
        return False, float(str(value)), ""
    except ValueError:
        return True, 0.0, str(value)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    return "   ".join(value.ljust(width) for value, width in zip(line, widths, strict=True)).rstrip()


def _cell(value: str) -> str:
    return f'<td style="text-align:left">{escape(value)}</td>'


if __name__ == "__main__":
    from kubeface.views.canned import NODES, PODS, draw

    draw(table(PODS), table(NODES))
