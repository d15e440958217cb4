"""The output of a lesson's first cell."""

import json
from html import escape
from pathlib import Path
from typing import Any

from kubeface import notebook
from kubeface.checks import lesson_files, shown
from kubeface.lesson.plan import Plan
from kubeface.views import pipeline_map

#: Written by whoever measures a course's notebooks: {"05": 30}, minutes of reading and running, rounded.
MINUTES = "notebooks/minutes.json"


class Page:
    """The output of a lesson's first cell: while it begins, what is being done; then what it is about.

    Where nobody looks on there is only the end.

    Args:
        number: The lesson's: `05`.
    """

    def __init__(self, number: str) -> None:
        self._number = number
        self._is_live = notebook.is_watched()
        self._handle: Any = None

    def tell(self, doing: str) -> None:
        """Show what is being done now."""
        if self._is_live:
            line = f"Lesson {self._number} begins: {doing} …"
            html = f'<div role="status">{escape(line)}</div>'
            self._send({"text/plain": line, "text/html": html}, raw=True)

    def show(self, lesson: object) -> None:
        """Show what the lesson is about."""
        if self._is_live:
            self._send(lesson)
        else:
            shown.show(lesson)

    def _send(self, thing: object, **options: Any) -> None:
        if self._handle is None:
            self._handle = notebook.display(thing, display_id=True, **options)
        else:
            self._handle.update(thing, **options)


def minutes(number: str, path: Path | None = None) -> int | None:
    """How long the lesson takes, in minutes, estimated from its length and a run; None when nobody has."""
    try:
        measured = json.loads((path or lesson_files.source() / MINUTES).read_text()).get(number)
        told = measured.get("minutes") if isinstance(measured, dict) else measured
        return int(told) if told is not None else None
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def as_text(plan: Plan, taken: int | None, state: str) -> str:
    """The opening as text."""
    lines = [f"Lesson {plan.number}: {plan.title}"]
    if plan.objectives:
        lines += ["After it you can", *(f"  - {one}" for one in plan.objectives)]
    lines += [f"{label}: {said}" for label, said in _facts(plan, taken)]
    return "\n".join([*lines, state])


def as_html(plan: Plan, taken: int | None, state: str) -> str:
    """The opening as HTML."""
    goals = "".join(f"<li>{escape(one)}</li>" for one in plan.objectives)
    listed = f"<div>After it you can</div><ul>{goals}</ul>" if goals else ""
    facts = "".join(f"<div><b>{label}</b>: {escape(said)}</div>" for label, said in _facts(plan, taken))
    head = f"<div><b>Lesson {escape(plan.number)}: {escape(plan.title)}</b></div>"
    here = pipeline_map.html(plan.parts) if plan.parts else ""
    return f"{head}{listed}{here}{facts}<div>{escape(state)}</div>"


def _facts(plan: Plan, taken: int | None) -> list[tuple[str, str]]:
    told = [("Of the pipeline", ", ".join(plan.parts))] if plan.parts else []
    told += [("You need", plan.needs)] if plan.needs else []
    told += [("Time", f"about {taken} minutes, estimated")] if taken else []
    again = f'Lesson("{plan.number}", keep=True) goes on with what you made; without keep, it begins anew'
    return [
        *told,
        ("After a restart of the kernel", again),
        ("How far you are", "kubeface progress, in a terminal"),
    ]
