"""What the machine refuses, in words: the errors of the standard library and of what we stand on."""

import http.client
import sys
import xmlrpc.client

from kubeface.util import room


def in_words(error: BaseException) -> str | None:
    """What the machine refused, what was seen, and what to try; None for an error that is our own fault.

    >>> print(in_words(PermissionError(13, "Permission denied", "/proc/sys/net/ipv4/ip_forward")))
    The machine refused something: Permission denied
    /proc/sys/net/ipv4/ip_forward
    Try: kubeface doctor
    """
    if isinstance(error, OSError) and room.is_lacking(error):
        return room.sentence(error)
    if isinstance(error, xmlrpc.client.Fault):
        return _told("supervisord refused something", error.faultString, "kubeface status")
    if isinstance(error, xmlrpc.client.Error | http.client.HTTPException):
        return _told(
            "There was no proper answer", f"{type(error).__name__} {error}".strip(), "kubeface status"
        )
    if _is_of_the_kernel(error):
        return _told("The kernel refused a change of the network", str(error), "kubeface doctor")
    if isinstance(error, OSError):
        seen = "\n".join(str(one) for one in (error.strerror or error, error.filename) if one)
        return _told("The machine refused something", seen, "kubeface doctor")
    return None


def _told(what: str, seen: str, advice: str) -> str:
    return f"{what}: {seen}\nTry: {advice}"


def _is_of_the_kernel(error: BaseException) -> bool:
    """Whether pyroute2 raised it; it is not imported for that."""
    module = sys.modules.get("pyroute2.netlink.exceptions")
    return module is not None and isinstance(error, module.NetlinkError)
