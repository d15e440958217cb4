"""Signals that ask us to end, as an exception: what has been begun is tidied up on the way out."""

import os
import signal
from types import FrameType

from kubeface.util import process

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


def stop_tidily() -> None:
    """Have the first signal raise `Stopped`, and the others wait until all is tidied up.

    A signal that is ignored stays so (nohup). SIGKILL remains, for who cannot wait. A forked child, such as
    pyroute2 makes and ends by SIGTERM, has nothing to tidy up: it ends at once.
    """
    os.register_at_fork(after_in_child=_end_at_once)
    for number in ASKING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _end_at_once() -> None:
    for one in ASKING:
        if signal.getsignal(one) in (_stop, _wait):
            signal.signal(one, signal.SIG_DFL)


def _stop(number: int, frame: FrameType | None) -> None:
    for one in ASKING:
        if signal.getsignal(one) is _stop:
            signal.signal(one, _wait)
    process.end_running()  # another thread may wait for it, and we for the thread
    raise Stopped(number)


def _wait(number: int, frame: FrameType | None) -> None:
    """Not SIG_IGN: what is started to tidy up would inherit that."""
