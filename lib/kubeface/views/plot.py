"""What is measured again and again, as lines over time."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, overload

from kubeface.views.readings import Measure, Plot, Reading

if TYPE_CHECKING:
    from kubeface.views.measuring import Measuring

EVERY_S = 0.5  # chosen: fine enough for a rollout of seconds, and two questions a second trouble nobody


@overload
def plot(
    source: Measure, unit: str, *, a_second: bool = ..., every_s: float = ..., exact: bool = ...
) -> "Measuring": ...
@overload
def plot(source: Iterable[Reading], unit: str, *, a_second: bool = ..., exact: bool = ...) -> Plot: ...
def plot(
    source: Any, unit: str, *, a_second: bool = False, every_s: float = EVERY_S, exact: bool = False
) -> Any:
    """Lines over time: of readings that there are, or of a function that is asked while a with-block lasts.

    The block's picture grows while somebody looks on, and its last frame stays. A question that the cluster
    does not answer is left out. Where other cells come between, say `begin()` and `end()` instead of `with`.

    Args:
        source: Pairs of seconds and numbers by name; or a function that gives numbers by name, such as
            `pipeline.queue`, `pipeline.counts` or `traffic.by_version`.
        unit: What the numbers count: `photos`.
        a_second: The numbers only grow; draw by how much they do, a second.
        every_s: How often a function is asked, in seconds.
        exact: Numbers in the words, too, although they differ in every run.

    Raises:
        Exception: when the block ends, what the function raised; a `KubefaceError` counts as no answer, and
            is raised if there was never another.

    >>> plot([(0, {"wanted": 1}), (1, {"wanted": 4, "ready": 1}), (3, {"wanted": 4, "ready": 4})], "Pods")
    Pods, over time
      wanted   rises
      ready    rises from 0
    >>> shown = iter([0, 3, 3])
    >>> with plot(lambda: {"done": next(shown, 3)}, "photos") as seen:
    ...     pass
    photos, over time
      done   rises from 0
    """
    if not callable(source):
        return Plot(source, unit, a_second=a_second, exact=exact)
    from kubeface.views.measuring import Measuring  # it knows a notebook; readings need none

    return Measuring(source, Plot([], unit, a_second=a_second, exact=exact), every_s=every_s)


if __name__ == "__main__":
    from kubeface.views.canned import ANSWERS, draw

    draw(plot(ANSWERS, "answers", a_second=True))
