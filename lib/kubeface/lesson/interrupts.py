"""In a notebook: an interrupt of what waits in kubeface is one line, not the way through it."""

from types import TracebackType
from typing import Any

SAID = "Interrupted."


def register(shell: Any) -> None:
    """From now on IPython shows it so; a handler that somebody else has set stays."""
    if not shell.custom_exceptions:
        shell.set_custom_exc((KeyboardInterrupt,), _show)


def _show(
    shell: Any, kind: type[BaseException], value: BaseException, trace: TracebackType, tb_offset: int | None
) -> list[str]:
    """What a notebook shows: of a learner's own loop where it was; of what waits in kubeface a line."""
    told = [SAID]
    if not is_ours(trace):
        told = list(shell.InteractiveTB.structured_traceback(kind, value, trace, tb_offset))
    shell._showtraceback(kind, value, told)
    return told


def is_ours(trace: TracebackType | None) -> bool:
    """Whether the way to an exception leads through kubeface."""
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0] == "kubeface":
            return True
        trace = trace.tb_next
    return False
