"""What several Pods wrote, as one story: their JSON lines in the order of time."""

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from kubeface.errors import KubefaceError
from kubeface.views.names import name_without_hashes
from kubeface.views.view import View

LINES = 200  # chosen: the last lines of each container that are asked for
#: Fields that each line has its own place for, or that say the same in each line of a Pod.
PLACED = ("time", "level", "service", "event")
LEVELS = {"debug": "·", "info": "·", "warning": "▲", "error": "✕", "critical": "✕"}
LONGEST = 200  # chosen: letters of one field, such as a traceback
#: When a Pod has written that wrote no line with a time.
UNKNOWN = datetime.datetime.min.replace(tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Line:
    """One line of one Pod. What is no JSON has the time of the line before it, and its text as event."""

    at: datetime.datetime
    pod: str
    level: str
    event: str
    fields: Mapping[str, Any]

    @property
    def sign(self) -> str:
        """How serious it is, as a shape."""
        return LEVELS.get(self.level, "·")

    @property
    def words(self) -> str:
        """The event, its level if it is no ordinary one, and its fields."""
        level = "" if self.sign == "·" else f"{self.level}: "
        told = " ".join(f"{key}={_short(value)}" for key, value in self.fields.items())
        return f"{level}{self.event}  {told}".rstrip()


class Logs(View):
    """Lines of several Pods, interleaved."""

    def __init__(self, lines: list[Line], *, times: bool = False) -> None:
        self._lines, self._times = lines, times

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def events(self) -> dict[str, list[str]]:
        """The events by Pod, each Pod's in the order of time."""
        told: dict[str, list[str]] = {}
        for line in self._lines:
            told.setdefault(line.pod, []).append(line.event)
        return dict(sorted(told.items()))

    @property
    def told(self) -> list[tuple[str, str]]:
        """Each line's Pod and its event, all in the order of time."""
        return [(line.pod, line.event) for line in self._lines]

    def __repr__(self) -> str:
        if not self._lines:
            return "(no lines)"
        wide = max(len(line.pod) for line in self._lines)
        return "\n".join(
            f"{self._after(line)}{line.pod:{wide}} │ {line.sign} {line.words}" for line in self._lines
        )

    def _repr_html_(self) -> str:
        if not self._lines:
            return "<p>(no lines)</p>"
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left;white-space:nowrap">{escape(line.pod)}</th>'
            f'<td style="text-align:left;font-family:ui-monospace, monospace">'
            f"{escape(self._after(line))}{line.sign} {escape(line.words)}</td></tr>"
            for line in self._lines
        )
        return f"<table><tbody>{rows}</tbody></table>"

    def _after(self, line: Line) -> str:
        if not self._times:
            return ""
        if line.at == UNKNOWN:
            return " " * 10
        first = min(one.at for one in self._lines if one.at != UNKNOWN)
        return f"+{(line.at - first).total_seconds():06.3f} s "


def logs(
    source: Any,
    labels: str = "",
    *,
    times: bool = False,
    exact: bool = False,
    lines: int = LINES,
    **fields: object,
) -> Logs:
    """What Pods wrote, in the order of the times that their JSON lines carry.

    Args:
        source: Text by Pod name; or a cluster, whose Pods are then read, all their containers.
        labels: Of a cluster, only Pods with these labels: `app.kubernetes.io/part-of=face-pipeline`.
        times: Show how long after the first line each was written, in seconds.
        exact: Full names of the Pods, with the hashes that differ in every run.
        lines: Of a cluster, so many of each container at most, the last ones.
        fields: Only lines in which these fields are so: `image_id=7`.

    Raises:
        ApiError: the cluster's API server said no; a Pod whose log it cannot give is left out.

    >>> from kubeface.views.canned import LOGS
    >>> logs(LOGS, image_id=7)
    receiver         │ · stored  image_id=7 path=unknown_people/ada.jpg
    receiver         │ · published  image_id=7
    image-processor  │ ▲ warning: again later  image_id=7 delay_s=2
    face-recognition │ · identified  image_id=7 seconds=0.412
    image-processor  │ · processed  image_id=7 attempt=2
    """
    texts = source if isinstance(source, Mapping) else _read(source, labels, lines)
    found = [line for pod in sorted(texts) for line in _lines_of(pod, texts[pod])]
    found.sort(key=lambda line: line.at)  # stable: lines of one moment stay in their Pod's order
    kept = [line for line in found if all(_is(line.fields.get(k), v) for k, v in fields.items())]
    pods = sorted({line.pod for line in kept})
    names = {pod: pod for pod in pods} if exact else _prefixes(pods)
    kept = [replace(line, pod=names[line.pod]) for line in kept]
    return Logs(kept, times=times)


def _is(told: object, wanted: object) -> bool:
    """Whether a log field has a value, as a number or as text: services write ids in both ways."""
    return told == wanted or (told is not None and str(told) == str(wanted))


def _read(cluster: Any, labels: str, lines: int) -> dict[str, str]:
    texts: dict[str, str] = {}
    for pod in cluster.list("pods", labels=labels or None):
        names = [container.name for container in pod.spec.containers]
        for container in names:
            title = pod.name if len(names) == 1 else f"{pod.name}/{container}"
            try:
                texts[title] = cluster.logs(pod.name, container=container, lines=lines)
            except KubefaceError:
                continue  # it has not started, or its node does not answer: there is nothing to read
    return texts


def _prefixes(pods: list[str]) -> dict[str, str]:
    """A name for each Pod without its hashes; where several would be the same, with a number."""
    bare = {pod: _bare(pod) for pod in pods}
    same = {name: sorted(pod for pod in pods if bare[pod] == name) for name in bare.values()}
    return {
        pod: f"{name} {same[name].index(pod) + 1}" if len(same[name]) > 1 else name
        for pod, name in bare.items()
    }


def _bare(title: str) -> str:
    pod, slash, container = title.partition("/")
    return name_without_hashes(pod, "Pod").removesuffix("-…") + slash + container


def _lines_of(pod: str, text: str) -> Iterator[Line]:
    lines = [(line, _json(line)) for line in text.splitlines() if line]
    at = next((time for _, said in lines if said and (time := _time(said))), UNKNOWN)
    for line, said in lines:
        if said is None:
            yield Line(at, pod, "info", line, {})
            continue
        at = _time(said) or at
        fields = {key: value for key, value in said.items() if key not in PLACED}
        event = str(said.get("event") or said.get("message") or "")
        yield Line(at, pod, str(said.get("level", "info")).lower(), event, fields)


def _json(line: str) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _time(said: Mapping[str, Any]) -> datetime.datetime | None:
    try:
        read = datetime.datetime.fromisoformat(str(said.get("time")))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=datetime.UTC)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = text.replace("\n", " ⏎ ")
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


if __name__ == "__main__":
    from kubeface.views.canned import LOGS, draw

    draw(logs(LOGS), logs(LOGS, times=True, image_id=7))
