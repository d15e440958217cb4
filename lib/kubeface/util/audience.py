"""What a wait tells of itself, to whoever shows it; to nobody where there is no such."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

Tell = Callable[[str], None]
#: Told of what is waited for, and for how many seconds at most; gives who is told how far it is.
Audience = Callable[[str, float], AbstractContextManager[Tell]]


def _nobody(what: str, timeout_s: float) -> AbstractContextManager[Tell]:
    return nullcontext(lambda now: None)


_audience: Audience = _nobody


def show_waits_to(audience: Audience | None) -> None:
    """From now on every wait tells this audience of itself; None for nobody."""
    global _audience
    _audience = audience or _nobody


def telling(what: str, timeout_s: float) -> AbstractContextManager[Tell]:
    """Tell the audience of a wait, as long as it lasts.

    Args:
        what: What is waited for, as it stands behind "waiting for".
        timeout_s: How long at most, in seconds.

    >>> with telling("a Pod to be Ready", 60) as tell:
    ...     tell("it is Pending")
    """
    return _audience(what, timeout_s)
