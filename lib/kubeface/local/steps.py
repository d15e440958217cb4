"""A list of steps, each of which can be undone, so that a failure leaves what was there before."""

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Say = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """One step; its title is a line that the user sees.

    Args:
        undo: Removes what `run` made, whole or in part.
        is_done: Asked before `run`: what was there already is mended by `run`, and never undone.
    """

    title: str
    run: Callable[[], None]
    undo: Callable[[], None] | None = None
    is_done: Callable[[], bool] = lambda: False


def run_steps(steps: Sequence[Step], say: Say) -> float:
    """Run the steps in order; the seconds that they took.

    When one fails, what this run has made is undone, last first, and the error is raised again.

    >>> made = []
    >>> first = Step("Laying a cable", lambda: made.append("cable"), made.clear)
    >>> run_steps([first, Step("Asking for a node", lambda: [].pop())], lambda line: None)
    Traceback (most recent call last):
    IndexError: pop from empty list
    >>> made
    []
    """
    start = time.monotonic()
    undos: list[Callable[[], None]] = []
    title = ""
    try:
        for step in steps:
            title, begun = step.title, time.monotonic()
            if step.undo and not step.is_done():
                undos.append(step.undo)
            step.run()
            say(f"✓ {title} ({time.monotonic() - begun:.1f} s)")
    except BaseException as error:
        _undo(undos, f"{title}: {type(error).__name__}", say)
        raise
    return time.monotonic() - start


def _undo(undos: Sequence[Callable[[], None]], failure: str, say: Say) -> None:
    after = "Undoing what was started." if undos else "What ran before runs on."
    with contextlib.suppress(OSError):  # the reader of our output has gone: undo all the same
        say(f"✗ {failure}. {after}")
    for undo in reversed(undos):
        undo()
