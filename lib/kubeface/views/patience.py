"""A wait that lasts shows what it waits for, as it changes, and leaves its last frame behind."""

import contextvars
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from html import escape
from types import TracebackType

from kubeface.util.audience import Tell
from kubeface.views.live import FRAME_S, Page, open_page
from kubeface.views.view import View

PATIENCE_S = 2.0  # chosen: whoever waits for longer wants to know what for
#: Held by the wait that is shown: one inside of it tells nothing of its own.
_shown = threading.Lock()


class Patience(View):
    """What is waited for, or was, and how it is.

    >>> Patience("▸", "waiting for pod/web to be Ready", "it is Pending")
    ▸ waiting for pod/web to be Ready: it is Pending
    """

    def __init__(self, sign: str, what: str, now: str) -> None:
        self._said = f"{sign} {what}{': ' if now else ''}{now}"

    def __repr__(self) -> str:
        return self._said

    def _repr_html_(self) -> str:
        return f'<p style="margin:6px 0">{escape(self._said)}</p>'


class Shown:
    """A wait in the running cell, once it has lasted `PATIENCE_S`.

    Args:
        what: What is waited for.
        timeout_s: How long at most, in seconds.
    """

    def __init__(self, what: str, timeout_s: float) -> None:
        self._what, self._now = what, ""
        self._note = f"for {timeout_s:g} s at most; interrupt the kernel to end it now"
        self._ended, self._news = threading.Event(), threading.Event()
        self._page: Page | None = None
        self._began = time.monotonic()
        context = contextvars.copy_context()  # what it shows belongs to the cell that waits
        self._thread = threading.Thread(
            target=context.run, args=(self._go_on,), daemon=True, name="kubeface waits"
        )

    def __enter__(self) -> Tell:
        self._thread.start()
        return self._tell

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._news.set()
        self._thread.join()
        _shown.release()
        if self._page is not None:
            waited = f"waited {time.monotonic() - self._began:.0f} s for {self._what}"
            last = (
                Patience("✓", waited, "") if error is None else Patience("✕", f"{waited}, in vain", self._now)
            )
            self._page.leave(last)

    def _tell(self, now: str) -> None:
        self._now = now
        self._news.set()

    def _go_on(self) -> None:
        if self._ended.wait(PATIENCE_S):
            return
        self._page = open_page()
        while not self._ended.is_set():
            self._news.clear()
            self._page.show(Patience("▸", f"waiting for {self._what}", self._now), self._note)
            self._news.wait()
            self._ended.wait(FRAME_S)


def shown(what: str, timeout_s: float) -> AbstractContextManager[Tell]:
    """Show a wait; not one of another thread, nor one within another that is shown."""
    is_ours = threading.current_thread() is threading.main_thread() and _shown.acquire(blocking=False)
    return Shown(what, timeout_s) if is_ours else nullcontext(lambda now: None)
