"""One promise about speed or size, and the figure that keeps or breaks it."""

import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

_GOAL = re.compile(r"(>=|<=) (\d+(?:\.\d+)?)")
_JUDGES: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le}
DIGITS = 4  # chosen: more than repeats from run to run


@dataclass(frozen=True)
class Benchmark:
    """One figure, and how to get it.

    Args:
        name: As `make bench ONLY=` takes it: "receiver_vs_insert".
        unit: Of the figure: "ratio", "ms", "MB".
        goal: ">= 15" or "<= 5", in that unit.
        how: What is compared with what, in one sentence.
        measure: Measures it. What needs a server or the cluster starts it itself, and ends it; what the
            figure depends on is imported in here, so that the other benchmarks need not have it.
    """

    name: str
    unit: str
    goal: str
    how: str
    measure: Callable[[], float]

    def __post_init__(self) -> None:
        if not _GOAL.fullmatch(self.goal):
            raise ValueError(f'the goal of {self.name} is not like ">= 15" or "<= 5": {self.goal!r}')

    def run(self) -> "Figure":
        """Its figure of now.

        Raises:
            ValueError: what was measured is not a number.
        """
        value = float(self.measure())
        if not math.isfinite(value):
            raise ValueError(f"{self.name} measured {value}")
        return Figure(self.name, float(f"{value:.{DIGITS}g}"), self.unit, self.goal, self.how)


@dataclass(frozen=True)
class Figure:
    """What was measured, as bench/results.json keeps it. `value` has four significant digits."""

    name: str
    value: float
    unit: str
    goal: str
    how: str

    @property
    def is_met(self) -> bool:
        """Whether the value reaches its goal; the goal itself does."""
        compared, bound = self.goal.split()
        return _JUDGES[compared](self.value, float(bound))
