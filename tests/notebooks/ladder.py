"""The course's exercises as a ladder: how many of each level and of each kind of work, lesson by lesson."""

from collections import Counter

from kubeface.checks import Level, Work, registry
from kubeface.exercises import load, notebooks

HEAD = f"""| | exercises | {" | ".join(Level)} | {" | ".join(Work)} |
|---|---|{"---|" * (len(Level) + len(Work))}"""


def ladder() -> str:
    """A line a notebook, and one for all, in Markdown."""
    every = {}
    for number in notebooks():
        load(number)
        every[number] = registry.known(number)
    every["all"] = registry.known()
    return "\n".join([HEAD, *(_row(name, exercises) for name, exercises in every.items())])


def _row(name: str, exercises: list[registry.Exercise]) -> str:
    levels = Counter(one.level for one in exercises)
    works = Counter(one.work for one in exercises)
    counts = (len(exercises), *(levels[one] for one in Level), *(works[one] for one in Work))
    return f"| {name} | {' | '.join(map(str, counts))} |"
