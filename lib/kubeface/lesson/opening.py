"""How a lesson introduces itself."""

import json
from html import escape
from pathlib import Path

from kubeface.lesson.plan import Plan

#: Written by whoever measures the notebooks: {"05": 30}, minutes of reading and running, rounded.
MINUTES = Path(__file__).resolve().parents[3] / "notebooks" / "minutes.json"


def minutes(number: str, path: Path = MINUTES) -> int | None:
    """How long the lesson takes, in minutes, as measured; None when nobody has measured it."""
    try:
        measured = json.loads(path.read_text()).get(number)
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
    return f"{head}{listed}{facts}<div>{escape(state)}</div>"


def _facts(plan: Plan, taken: int | None) -> list[tuple[str, str]]:
    time = [("Time", f"about {taken} minutes, as measured")] if taken else []
    return [*([("You need", plan.needs)] if plan.needs else []), *time]
