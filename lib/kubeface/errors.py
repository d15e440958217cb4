"""Every failure that kubeface reports on purpose.

KubefaceError               what failed, what was seen, what to try
├── Missing                 something has to be installed or made first
├── Crashed                 a program ended although it should run
├── NotReady                a wait ended before its condition held
├── CommandFailed           a program that should succeed did not
├── ApiError                the API server said no; its families are in kube.transport
└── BadInput                what was asked for makes no sense
"""

import warnings
from typing import Any


class KubefaceError(Exception):
    """What failed, what was seen, and what to try.

    Args:
        what: One sentence, the failure itself.
        seen: The evidence: a status, the last lines of a log.
        try_next: One thing the reader can do now.

    >>> print(NotReady("receiver was not Available after 60 s", seen="0 of 1 Pods Ready",
    ...                try_next="kubectl describe pod -l app.kubernetes.io/name=receiver"))
    receiver was not Available after 60 s
    0 of 1 Pods Ready
    Try: kubectl describe pod -l app.kubernetes.io/name=receiver
    """

    def __init__(self, what: str, *, seen: str = "", try_next: str = "") -> None:
        self.what = what
        self.seen = seen
        self.try_next = try_next
        super().__init__("\n".join(filter(None, (what, seen, try_next and f"Try: {try_next}"))))

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the sentences, and no way through the library to them."""
        return f"{type(self).__name__}: {self}".splitlines()


class Missing(KubefaceError):
    """Something has to be installed or made first; nothing has been changed."""


class Crashed(KubefaceError):
    """A program ended although it should run; its last log lines are in `seen`."""


class NotReady(KubefaceError):
    """A wait ended before its condition held. If the process died instead, that is `Crashed`.

    >>> from kubeface import NotReady, wait
    >>> try:
    ...     wait(cluster, "pod/late", for_="Ready", timeout_s=0.1)
    ... except NotReady as late:
    ...     print(late.what)
    pod/late was not Ready after 0.1 s
    """


class CommandFailed(KubefaceError):
    """A program that should succeed ended with an error; its output is in `seen`."""


class ApiError(KubefaceError):
    """The API server refused a request; its words are in `seen`."""


class BadInput(KubefaceError):
    """What was asked for makes no sense; nothing has been changed."""


def __getattr__(name: str) -> Any:
    """`ApiRefused`, as `ApiError` was called in the version before."""
    if name != "ApiRefused":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    told = (
        "kubeface.errors.ApiRefused is now kubeface.errors.ApiError; the next version knows the new name only"
    )
    warnings.warn(told, FutureWarning, stacklevel=2)
    return ApiError
