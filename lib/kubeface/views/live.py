"""A view of a cluster, kept up in place: by watches, for a while, and its last frame stays.

In a notebook the running cell shows it. Where nobody looks on (in CI, under pytest and nbval, in a program
without a notebook) it is drawn once, as it is at the end.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, Protocol

from kubeface import notebook
from kubeface.errors import BadInput
from kubeface.kube.client import Cluster
from kubeface.kube.wait import Deadline
from kubeface.model.conditions import holds
from kubeface.model.objects import KubeObject, Raw
from kubeface.views.view import V, View
from kubeface.views.watches import Watches

LIVE_S = 60.0  # chosen: longer than a rollout in this course, shorter than a learner's patience
FRAME_S = 0.18  # chosen: five to six frames a second; the frame then is drawn within 200 ms of its event

Draw = Callable[[list[Raw]], V]
Until = str | Callable[[Sequence[KubeObject]], bool] | None


class Page(Protocol):
    """Where frames are shown."""

    def show(self, view: View, note: str) -> None:
        """Show a frame in place of the one before; the note says that more will come."""

    def leave(self, view: View) -> None:
        """Show the last frame."""


def from_cluster(
    cluster: Cluster,
    kinds: Sequence[str],
    draw: Draw[V],
    *,
    live: bool = False,
    until: Until = None,
    timeout_s: float = LIVE_S,
    labels: str | Mapping[str, str] | None = None,
    namespace: str | None = None,
    everywhere: bool = False,
) -> V:
    """The view of a cluster, as it is now; if `live`, as it is at the end. See `Watch` for the options.

    Raises:
        BadInput: it is not live, and yet is to last until something.
        ApiError: the API server said no; the last frame stays.
    """
    if until is not None and not live:
        raise BadInput("only a live view has an end", try_next="say live=True too, or leave `until` out")
    space = None if everywhere else namespace or cluster.namespace
    watches = Watches(cluster, kinds, labels=labels, namespace=space)
    if not live:
        return draw([one.raw for one in watches.snapshot()])
    page = open_page()
    if isinstance(page, Still) and until is None:
        view = draw([one.raw for one in watches.snapshot()])
        page.leave(view)
        return view
    claim = _claim(until, cluster.kind(kinds[0]).name)
    return follow(watches, draw, page, until=claim, timeout_s=timeout_s)


def follow(
    watches: Watches,
    draw: Draw[V],
    page: Page,
    *,
    until: Callable[[Sequence[KubeObject]], bool],
    timeout_s: float,
) -> V:
    """Draw on a page whatever changes, until the claim holds, the time is up, or the kernel is interrupted.

    Returns:
        The last frame.
    """
    deadline = Deadline.after(timeout_s)
    note = f"live, for {timeout_s:g} s at most; interrupt the kernel to end it now"
    view: V | None = None
    try:
        with watches:
            while True:
                started = time.monotonic()
                objects = watches.objects()
                view = draw([one.raw for one in objects])
                if until(objects):
                    break
                page.show(view, note)
                watches.pause(min(FRAME_S - (time.monotonic() - started), deadline.left_s))
                if not watches.wait(deadline.left_s):
                    break
    except KeyboardInterrupt:
        if view is None:
            raise
    finally:
        if view is not None:
            page.leave(view)
    return view


class Still:
    """A page for a run that nobody looks at: it shows the last frame only."""

    def show(self, view: View, note: str) -> None:
        """Nothing: it is not the last one."""

    def leave(self, view: View) -> None:
        """Show it in the notebook's cell, or print it."""
        if (shell := notebook.ipython()) is None:
            print(view)
            return
        notebook.display(view)
        _keep_from_showing_twice(view, shell)


class Cell:
    """The output of the running cell of a notebook: one picture that changes."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._handle: Any = None
        self._shown = ""

    def show(self, view: View, note: str) -> None:
        """Show a frame with the note below; one that looks like the one before is not sent."""
        html = view._repr_html_()
        if html != self._shown:
            self._shown = html
            self._send(_Frame(view, html, note))

    def leave(self, view: View) -> None:
        """Show the last frame, without the note."""
        self._send(view)
        _keep_from_showing_twice(view, self._shell)

    def _send(self, frame: Any) -> None:
        if self._handle is None:
            self._handle = notebook.display(frame, display_id=True)
        else:
            self._handle.update(frame)


class _Frame:
    """A view with a note below it."""

    def __init__(self, view: View, html: str, note: str) -> None:
        self._view, self._html, self._note = view, html, note

    def __repr__(self) -> str:
        return f"{self._view!r}\n({self._note})"

    def _repr_html_(self) -> str:
        return f'{self._html}<p style="margin:6px 0"><small>▸ {escape(self._note)}</small></p>'


def open_page() -> Page:
    """Where to show a live view: the notebook's cell if somebody looks on, else a still page."""
    kernel = notebook.kernel()
    return Still() if notebook.is_static() or kernel is None else Cell(kernel)


def _claim(until: Until, kind: str) -> Callable[[Sequence[KubeObject]], bool]:
    if until is None:
        return lambda objects: False
    if callable(until):
        return until

    def all_are(objects: Sequence[KubeObject]) -> bool:
        asked = [one for one in objects if one.kind == kind]
        return bool(asked) and all(holds(one, until) for one in asked)

    return all_are


def _keep_from_showing_twice(view: View, shell: Any) -> None:
    """Keep a cell that ends in its live view from showing it twice."""
    cell = shell.execution_count
    view._is_on_page = lambda: shell.execution_count == cell
