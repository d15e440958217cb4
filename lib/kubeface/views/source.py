"""The source of a view's objects: a list, or a cluster that is listed or watched."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypedDict

from kubeface.errors import BadInput
from kubeface.model.objects import Raw, raw_of
from kubeface.views.view import V


class Watch(TypedDict, total=False):
    """Options of a view whose source is a cluster; a list takes none of them.

    - `live`: keep the view up with the cluster, in place, until it ends or the kernel is interrupted.
    - `until`: end when this holds: `Ready`, `Available` or another word of `wait`, said of every object
      of the view's first kind; or a function of the list of objects.
    - `timeout_s`: end after this many seconds at the latest; 60 when nothing is said.
    - `labels`, `namespace`, `everywhere`: which objects, as in `cluster.list`.
    """

    live: bool
    until: str | Callable[[Sequence[Any]], bool]
    timeout_s: float
    labels: str | Mapping[str, str]
    namespace: str
    everywhere: bool


def drawn(source: Any, kinds: Sequence[str], draw: Callable[[list[Raw]], V], watch: Watch) -> V:
    """The view of a source.

    Args:
        source: Objects, wrapped or plain; or a `Cluster`.
        kinds: What a cluster is asked for; the first one is what `until` speaks of.
        draw: Makes the view out of the objects.
        watch: For a cluster only.

    Raises:
        BadInput: a list cannot be watched.
    """
    if isinstance(source, Iterable):
        if watch:
            raise BadInput(
                f"{', '.join(watch)}: a list of objects cannot be asked for that",
                try_next="give the view the cluster instead of the list",
            )
        return draw([raw_of(one) for one in source])
    from kubeface.views.live import from_cluster  # it imports the client of a cluster; a list needs none

    return from_cluster(source, kinds, draw, **watch)
