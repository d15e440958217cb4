"""Valid names of clusters, and commands with `--name`. Pure."""

import re
import shlex

from kubeface import places
from kubeface.errors import BadInput
from kubeface.places import COURSE

#: As a DNS label (RFC 1123), with a letter first: 63 characters fit a Unix socket's path below /run/kubeface.
CLUSTER = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_RULE = "--name with small letters, digits and dashes, a letter first, at most 63 characters: --name lab-2"


def checked(name: str) -> str:
    """Return the name if a cluster may have it.

    Raises:
        BadInput: it may not; nothing has been touched.

    >>> checked("lab-2")
    'lab-2'
    """
    if name == places.CONTEXT:
        raise BadInput(
            f"{places.CONTEXT} is the context of the course's cluster, not a cluster's name.",
            try_next=f"--name {COURSE}, or no --name at all",
        )
    if not CLUSTER.fullmatch(name):
        shown = repr(name) if len(name) <= 80 else f"{name[:20]!r}… ({len(name)} characters)"
        raise BadInput(f"A cluster cannot be named {shown}.", try_next=_RULE)
    return name


def command(words: str, cluster: str) -> str:
    """The kubeface command for this cluster, as a user types it.

    >>> command("node start node2", "face"), command("up", "lab")
    ('kubeface node start node2', 'kubeface up --name lab')
    """
    return f"kubeface {words}{option(cluster)}"


def option(cluster: str) -> str:
    """The `--name` option for this cluster; empty if it is the default."""
    return "" if cluster == places.cluster() else f" --name {shlex.quote(cluster)}"
