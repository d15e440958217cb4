"""Signals that ask us to end, as an exception: what has been begun is tidied up on the way out."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

#: A terminal's Ctrl-C, its end, and everybody else's wish that we end.
ASKING = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)


class Stopped(BaseException):
    """Somebody asks this process to end. Not an error: `except Exception` lets it through.

    Args:
        number: By which signal.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(signal.Signals(number).name)

    @property
    def exit_code(self) -> int:
        """As shells say it."""
        return 128 + self.number


class _Asked:
    """What this process does when it is asked to end."""

    first: Callable[[], None] = staticmethod(lambda: None)
    #: How many blocks are open in which a signal waits, and the signal that waits.
    holds = 0
    number: int | None = None


def stop_tidily(first: Callable[[], None] = lambda: None) -> None:
    """Have the first signal raise `Stopped`, and the others wait until all is tidied up.

    A signal that is ignored stays so (nohup). SIGKILL remains, for who cannot wait. A forked child, such as
    pyroute2 makes and ends by SIGTERM, has nothing to tidy up: it ends at once.

    Args:
        first: Called before `Stopped` is raised: another thread may wait for a program, and we for it.
    """
    _Asked.first = staticmethod(first)
    os.register_at_fork(after_in_child=_end_at_once)
    for number in ASKING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Let a signal wait for the end of the block, for what must be begun and known, or not begun at all.

    A program, for one: between its fork and the moment we know its process id, nobody could end it.

    Raises:
        Stopped: at the end of the block, when a signal came during it.
    """
    if threading.current_thread() is not threading.main_thread():  # Python tells only that one of signals
        yield
        return
    _Asked.holds += 1
    try:
        yield
    finally:
        _Asked.holds -= 1
        if _Asked.number is not None and not _Asked.holds:
            number, _Asked.number = _Asked.number, None  # told once: what tidies up holds signals, too
            _stop(number, None)


def too_late() -> None:
    """Ignore what asks us to end from now on: all is done, and only Python itself is left to tidy up."""
    _answer_by(signal.SIG_IGN)  # Python's end puts a handler of its own back to the default, and not this one


def _end_at_once() -> None:
    for one in ASKING:
        if signal.getsignal(one) in (_stop, _wait):
            signal.signal(one, signal.SIG_DFL)


def _stop(number: int, frame: FrameType | None) -> None:
    if _Asked.holds:
        _Asked.number = number
        return
    _answer_by(_wait)  # not SIG_IGN: what is started to tidy up would inherit that
    _Asked.first()
    raise Stopped(number)


def _wait(number: int, frame: FrameType | None) -> None:
    """All is being tidied up already."""


def _answer_by(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    """Have the signals that we would stop for answered by that from now on."""
    for number in ASKING:
        if signal.getsignal(number) in (_stop, _wait):
            signal.signal(number, handler)
