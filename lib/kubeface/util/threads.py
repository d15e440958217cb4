"""Work in another thread, of which nothing goes on once the caller has been interrupted."""

import functools
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def in_a_thread(work: Callable[P, T]) -> Callable[P, T]:
    """Run a function in a thread of its own, and wait for it.

    An interrupt or a signal in the meantime is raised once the work has ended, and the work is not begun
    after it. An executor's `submit` does not promise that: interrupted while its thread starts, it leaves it
    behind.

    >>> in_a_thread(threading.current_thread)() is threading.current_thread()
    False
    """

    @functools.wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        outcome: Future[T] = Future()

        def do() -> None:
            if not outcome.set_running_or_notify_cancel():
                return
            try:
                outcome.set_result(work(*args, **kwargs))
            except BaseException as error:
                outcome.set_exception(error)

        try:
            threading.Thread(target=do, name=work.__name__).start()
            return outcome.result()
        finally:
            if not outcome.cancel():
                wait([outcome])

    return run
