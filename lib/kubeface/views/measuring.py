"""A function that is asked again and again while a block of code runs, and drawn as it goes."""

import contextvars
import time
from collections.abc import Mapping
from threading import Event, Thread
from types import TracebackType

from kubeface.errors import KubefaceError
from kubeface.views.live import Page, open_page
from kubeface.views.readings import Measure, Plot, Reading

MOST = 400  # chosen: more readings than pixels show nothing more; then every other one goes
LONGEST_S = 3600.0  # chosen: nobody waits for longer, and who forgot to end it is not asked for ever
NOTE = "live until the block ends"


class Measuring:
    """Readings of a function, from the beginning to the end of a with-block; the last frame stays.

    Args:
        measure: Gives numbers by name.
        view: What is drawn.
        every_s: How often it is asked, in seconds; half as often whenever there are very many readings.
    """

    def __init__(self, measure: Measure, view: Plot, *, every_s: float) -> None:
        self._measure, self._view, self._every_s = measure, view, every_s
        self._readings: list[Reading] = []
        self._ended = Event()
        self._failure: Exception | None = None
        self._refusal: KubefaceError | None = None
        self._page: Page | None = None
        self._began = 0.0
        self._thread: Thread | None = None

    def __enter__(self) -> Plot:
        self._page = open_page()
        self.begin()
        return self._view

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        if self._page is not None:
            self._page.leave(self._view)
        if error is None:
            self._tell()

    def begin(self) -> "Measuring":
        """Measure from now on, in the background.

        Raises:
            Exception: what the function raises at once, if that is no `KubefaceError`.
        """
        self._began = time.monotonic()
        self._read()
        if self._failure is not None:
            raise self._failure
        context = contextvars.copy_context()  # what it shows belongs to the cell that begins it
        self._thread = Thread(target=context.run, args=(self._go_on,), daemon=True, name="kubeface plot")
        self._thread.start()
        return self

    def end(self) -> Plot:
        """What was measured up to now; nothing is measured any more.

        Raises:
            KubefaceError: the function never had an answer.
            Exception: what else the function raised.
        """
        self._stop()
        self._tell()
        return self._view

    def _go_on(self) -> None:
        while not self._ended.wait(self._every_s) and self._failure is None and self._now_s < LONGEST_S:
            self._read()
            if self._page is not None:
                self._page.show(self._view, NOTE)

    def _stop(self) -> None:
        """End the thread, and measure once more: the end is part of the picture."""
        if self._ended.is_set():
            return
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        self._leave_room_for_the_last()
        self._read()

    def _leave_room_for_the_last(self) -> None:
        """No growth a second can be told of a moment that is next to nothing."""
        if len(self._readings) > 1 and self._now_s - self._readings[-1][0] < self._every_s / 2:
            self._readings.pop()

    @property
    def _now_s(self) -> float:
        return time.monotonic() - self._began

    def _read(self) -> None:
        if self._failure is not None:
            return
        try:
            self._take(dict(self._measure()))
        except KubefaceError as refusal:
            self._refusal = refusal  # no answer: the lines have no point there
        except Exception as failure:
            self._failure = failure

    def _take(self, told: Mapping[str, float]) -> None:
        self._readings.append((self._now_s, told))
        if len(self._readings) > MOST:
            self._readings = self._readings[::2]
            self._every_s *= 2
        self._view.take(self._readings)

    def _tell(self) -> None:
        failure = self._failure or (None if self._readings else self._refusal)
        if failure is not None:
            raise failure
