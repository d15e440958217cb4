"""The clock of an exam, in the cell that started it: minutes that are left, while somebody looks on."""

import math
import threading
import time
from typing import Any

from kubeface import notebook
from kubeface.exam.report import Said

TICK_S = 10.0  # chosen: minutes are shown, so that nobody is hurried by seconds


class Clock:
    """Minutes that are left until a moment, kept up below the running cell.

    Args:
        ends: When the time is over, in seconds since 1970.
        minutes: How many there were.
    """

    def __init__(self, ends: float, minutes: int) -> None:
        self._ends = ends
        self._minutes = minutes
        self._stopped = threading.Event()

    def left(self) -> int:
        """Whole minutes that are left, rounded up; 0 when the time is over."""
        return max(0, math.ceil((self._ends - time.time()) / 60))

    def said(self) -> Said:
        """A sentence about it."""
        left = self.left()
        over = "The time is over: exam.report() ends the exam."
        return Said(f"{left} of {self._minutes} minutes are left." if left else over)

    def show(self) -> None:
        """Show it, and keep it up from a thread until it is stopped or the time is over."""
        if notebook.is_watched():
            handle = notebook.display(self.said(), display_id=True)
            threading.Thread(target=self._tick, args=(handle,), daemon=True, name="exam clock").start()

    def stop(self) -> None:
        """It stands still from now on."""
        self._stopped.set()

    def _tick(self, handle: Any) -> None:
        while self.left() and not self._stopped.wait(TICK_S):
            handle.update(self.said())
