"""In a notebook: an interrupt while kubeface waits is shown as one line, without a traceback."""

from types import TracebackType
from typing import Any

SAID = "Interrupted."


def register(shell: Any) -> None:
    """Register the handler with IPython, unless another one is set."""
    if not shell.custom_exceptions:
        shell.set_custom_exc((KeyboardInterrupt,), _show)


def _show(
    shell: Any, kind: type[BaseException], value: BaseException, trace: TracebackType, tb_offset: int | None
) -> list[str]:
    """The traceback to show: as usual for a learner's own loop, one line for a wait of kubeface's."""
    told = [SAID]
    if not is_ours(trace):
        told = list(shell.InteractiveTB.structured_traceback(kind, value, trace, tb_offset))
    shell._showtraceback(kind, value, told)
    return told


def is_ours(trace: TracebackType | None) -> bool:
    """Whether kubeface is in the traceback of an exception."""
    while trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0] == "kubeface":
            return True
        trace = trace.tb_next
    return False
