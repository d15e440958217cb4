"""SIGTERM and SIGINT, heard once: whoever sends one again, at whatever moment, changes nothing."""

import signal

SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})


def hold_back() -> None:
    """From now on they wait to be asked for. Call it before any thread begins, which would hear them too.

    A handler would not do: it goes with the event loop, or with the interpreter, before the process does,
    and a signal that comes then kills it in the middle of its clean end.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)


def wait() -> None:
    """Returns when one has come."""
    signal.sigwait(SIGNALS)
