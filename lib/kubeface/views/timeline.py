"""What happened, in the order of time: events, with those that repeat counted."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any, Unpack

from kubeface.model.objects import Raw
from kubeface.views.columns import moment
from kubeface.views.names import message_without_hashes, name_without_hashes
from kubeface.views.source import Watch, drawn
from kubeface.views.view import View

#: What a Pod goes through, in this order; for events that were told in the same second.
LIFE = (
    "ScalingReplicaSet",
    "SuccessfulCreate",
    "FailedScheduling",
    "Scheduled",
    "Pulling",
    "Pulled",
    "Created",
    "Started",
    "Unhealthy",
    "BackOff",
    "Killing",
    "SuccessfulDelete",
)
WARNING, NORMAL = "▲ Warning", "· Normal"
NARROW = "\u00a0"  # a space at which no line breaks


@dataclass(frozen=True)
class Moment:
    """One line: an event, and how often it happened."""

    at: datetime.datetime
    is_warning: bool
    reason: str
    about: str
    message: str
    count: int

    @property
    def sign(self) -> str:
        """How serious it is, as a shape and a word."""
        return WARNING if self.is_warning else NORMAL


class Timeline(View):
    """Events in the order of their first time."""

    def __init__(self, events: Iterable[Raw], *, times: bool = False, exact: bool = False) -> None:
        self._times = times
        told: dict[tuple[bool, str, str, str], Moment] = {}
        for event in sorted(events, key=lambda event: _order(event, exact)):
            one = _moment(event, exact)
            same = (one.is_warning, one.reason, one.about, one.message)
            first = told.get(same, one)
            count = one.count + (first.count if first is not one else 0)
            told[same] = Moment(first.at, *same, count)
        self._moments = list(told.values())

    def __repr__(self) -> str:
        if not self._moments:
            return "(no events)"
        rows = self._rows()
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
        return "\n".join(_line(row, widths) for row in rows)

    def _repr_html_(self) -> str:
        if not self._moments:
            return "<p>(no events)</p>"
        heads = ["type", "reason", "about", "message", "times"]
        heads = ["after", *heads] if self._times else heads
        head = "".join(f'<th scope="col" style="text-align:left">{word}</th>' for word in heads)
        body = "".join(map(self._row_html, self._moments))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _rows(self) -> list[list[str]]:
        rows = []
        for one in self._moments:
            again = f"  ×{one.count}" if one.count > 1 else ""
            row = [one.sign, one.reason, one.about, one.message + again]
            rows.append([self._after(one), *row] if self._times else row)
        return rows

    def _row_html(self, one: Moment) -> str:
        again = f"×{one.count}" if one.count > 1 else ""
        cells = [one.sign.replace(" ", NARROW), one.reason, one.about, one.message, again]
        cells = [self._after(one).replace(" ", NARROW), *cells] if self._times else cells
        weight = "bold" if one.is_warning else "normal"
        style = f"text-align:left;vertical-align:top;font-weight:{weight}"
        return "<tr>" + "".join(f'<td style="{style}">{escape(cell)}</td>' for cell in cells) + "</tr>"

    def _after(self, one: Moment) -> str:
        return f"+{(one.at - self._moments[0].at).total_seconds():.0f} s"


def timeline(
    source: Any,
    about: str = "",
    *,
    times: bool = False,
    exact: bool = False,
    **watch: Unpack[Watch],
) -> Timeline:
    """Events in the order of their first time; repeated ones are counted.

    Args:
        source: Events, as `cluster.list("events")` gives them; or a cluster.
        about: Only those about objects whose `kind/name` starts so: `pod/receiver`.
        times: Show how long after the first one each was told, in seconds.
        exact: Names and messages with what differs in every run; then no two Pods share a line.
        watch: For a cluster only: `live=True` and more, see `kubeface.views.source.Watch`.

    Raises:
        BadInput: a list cannot be watched.
        ApiError: the cluster's API server said no.

    >>> from kubeface.views.canned import EVENTS
    >>> timeline(EVENTS, "pod/image-processor", times=True)
    +0 s    · Normal    Scheduled   pod/image-processor-…   Assigned to a node
    +2 s    · Normal    Started     pod/image-processor-…   Started container image-processor
    +14 s   ▲ Warning   BackOff     pod/image-processor-…   Back-off restarting failed container  ×5
    """

    def draw(found: list[Raw]) -> Timeline:
        return Timeline([one for one in found if _about(one).startswith(about)], times=times, exact=exact)

    return drawn(source, ["events"], draw, watch)


def _order(event: Raw, exact: bool) -> tuple[object, ...]:
    reason = str(event.get("reason", ""))
    rank = LIFE.index(reason) if reason in LIFE else len(LIFE)
    one = _moment(event, exact)
    return (one.at.replace(microsecond=0), rank, one.about, one.reason, one.message)


def _moment(event: Raw, exact: bool) -> Moment:
    kind, name = _about(event).split("/", 1)
    message, reason = str(event.get("message") or "").strip(), str(event.get("reason") or "")
    if not exact:
        name = name_without_hashes(name, str((event.get("involvedObject") or {}).get("kind", "")))
        message = _steady(reason, message)
    count = (event.get("series") or {}).get("count") or event.get("count") or 1
    return Moment(
        _first(event), event.get("type") == "Warning", reason, f"{kind}/{name}", message, int(count)
    )


def _steady(reason: str, message: str) -> str:
    """A message without node, duration and size, which differ in every run."""
    if reason == "Scheduled":
        return "Assigned to a node"
    if reason == "Pulled" and message.startswith("Successfully"):
        return message_without_hashes(message.partition('" in ')[0].removesuffix('"') + '"')
    return message_without_hashes(message)


def _about(event: Raw) -> str:
    about = event.get("involvedObject") or event.get("regarding") or {}
    return f"{str(about.get('kind', '?')).lower()}/{about.get('name', '?')}"


def _first(event: Raw) -> datetime.datetime:
    made = (event.get("metadata") or {}).get("creationTimestamp")
    told = event.get("firstTimestamp") or event.get("eventTime") or made or event.get("lastTimestamp")
    return moment(str(told)) if told else datetime.datetime.min.replace(tzinfo=datetime.UTC)


def _line(row: list[str], widths: list[int]) -> str:
    padded = [value.ljust(width) for value, width in zip(row, widths, strict=False)]
    return "   ".join([*padded, row[-1]])


if __name__ == "__main__":
    from kubeface.views.canned import EVENTS, draw

    draw(timeline(EVENTS, times=True))
