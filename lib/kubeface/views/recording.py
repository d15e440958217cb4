"""Record with watches how a block of code changes a cluster, until all objects have settled."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from kubeface.errors import KubefaceError
from kubeface.kube.client import Cluster
from kubeface.kube.transport import Forbidden, NotFound
from kubeface.kube.wait import Deadline
from kubeface.model.change import UNCHANGED, Change
from kubeface.model.conditions import is_at_rest, is_stuck, status_text
from kubeface.model.kinds import KINDS, Kind
from kubeface.model.noise import without_noise
from kubeface.model.objects import KubeObject
from kubeface.model.workloads import WORKLOADS
from kubeface.views.changes import Changes
from kubeface.views.live import FRAME_S, Page, Still, open_page
from kubeface.views.names import short_name
from kubeface.views.watches import Watches

SETTLE_S = 30.0  # chosen: longer than a Deployment of this course takes to get ready from a warm image
# Chosen: a controller answers within tenths of a second, also on a busy machine.
QUIET_S = 1.0
#: Notes of the cluster to itself; none of them is an object that a person leads to.
_UNRECORDED = ("Event", "Lease", "APIService")
#: On a Job that `kubectl create job --from=cronjob/…` made: a person, not the clock.
_BY_HAND = "cronjob.kubernetes.io/instantiate"


class Recording(Watches):
    """What becomes of the objects of a namespace, and of those without one, while `with` lasts."""

    def __init__(self, cluster: Cluster, *, namespace: str | None = None) -> None:
        kinds = [kind.plural for kind in KINDS if kind.name not in _UNRECORDED]
        super().__init__(cluster, kinds, labels=None, namespace=namespace or cluster.namespace)
        self.refused: list[str] = []
        self._looked_at: set[Kind] = set()
        self._before: dict[str, KubeObject] = {}
        self._now: dict[str, KubeObject] = {}
        self._gone: dict[str, KubeObject] = {}
        self._since: dict[str, int] = {}  # uid → the resourceVersion of its first change

    def catch_up(self) -> None:
        """Look at everything again: what has been written by now is known then, however late a watch is."""
        for kind in self._looked_at:
            self._look(kind)

    def objects(self) -> list[KubeObject]:
        """The objects that exist, as far as the watches have reported."""
        with self._changed:
            self._is_new = False
            return list(self._now.values())

    def changes(self) -> list[Change]:
        """What became of each object up to now, in the order of time, with the owners that did not change."""
        with self._changed:
            found = [self._change(uid) for uid in sorted(self._since, key=lambda uid: self._since[uid])]
        found = [one for one in found if _is_telling(one) and not _was_going(one)]
        uids = {str(one.one.metadata.uid) for one in found}
        found = [one for one in found if not self._is_of_the_clock(one, uids)]
        numbered = [
            Change(one.before, one.after, one.last, order) for order, one in enumerate(found, start=1)
        ]
        return numbered + self._owners(numbered)

    def in_motion(self) -> list[KubeObject]:
        """The changed objects that a controller is still working on."""
        touched = [one.after for one in self.changes() if one.order and one.after]
        stuck = any(is_stuck(one) for one in touched)
        moving = (one for one in touched if not is_at_rest(one) and not is_stuck(one))
        return [one for one in moving if not (stuck and one.kind in WORKLOADS)]

    def _begin(self, kind: Kind) -> None:
        try:
            super()._begin(kind)
        except (Forbidden, NotFound):
            self.refused.append(kind.plural)  # not served here, or not ours to see

    def _take(self, kind: Kind, found: Sequence[KubeObject], since: str) -> None:
        if kind not in self._looked_at:
            self._looked_at.add(kind)
            self._before.update({_uid(one): one for one in found})
            self._now.update({_uid(one): one for one in found})
            return
        there = {_uid(one) for one in found}
        for one in found:
            self._see(one)
        for uid, one in list(self._now.items()):
            if one.kind == kind.name and uid not in there and _version(one) <= int(since):
                self._lose(one, int(since))

    def _note(self, kind: Kind, type_: str, one: KubeObject) -> None:
        if type_ == "DELETED":
            self._lose(one, _version(one))
        else:
            self._see(one)

    def _see(self, one: KubeObject) -> None:
        uid = _uid(one)
        known = self._now.get(uid)
        if uid in self._gone or (known is not None and _version(one) <= _version(known)):
            return
        self._now[uid] = one
        if known is None or without_noise(known.raw) != without_noise(one.raw):
            self._since.setdefault(uid, _version(one))
            self._is_new = True

    def _lose(self, one: KubeObject, at: int) -> None:
        uid = _uid(one)
        if uid not in self._gone:
            self._now.pop(uid, None)
            self._gone[uid] = one
            self._since.setdefault(uid, at)
            self._is_new = True

    def _change(self, uid: str) -> Change:
        return Change(self._before.get(uid), self._now.get(uid), self._gone.get(uid))

    def _owners(self, changes: Sequence[Change]) -> list[Change]:
        """Owners that did not change, up to the topmost."""
        known = {str(one.one.metadata.uid) for one in changes}
        found: list[Change] = []
        wanted = [one.owner_uid for one in changes]
        while wanted:
            uid = wanted.pop()
            if uid in known or uid not in self._now:
                continue
            known.add(uid)
            owner = Change(self._now[uid], self._now[uid])
            found.append(owner)
            wanted.append(owner.owner_uid)
        return found

    def _is_of_the_clock(self, one: Change, changed: set[str]) -> bool:
        """Whether a CronJob made it because it was time to, not because something was done to it."""
        while (uid := one.owner_uid) is not None:
            owner = self._now.get(uid) or self._before.get(uid) or self._gone.get(uid)
            if owner is None:
                return False
            if owner.kind == "CronJob":
                return uid not in changed and _BY_HAND not in one.one.annotations
            one = Change(owner, owner)
        return False


@contextmanager
def recorded(
    cluster: Cluster,
    *,
    namespace: str | None = None,
    timeout_s: float = SETTLE_S,
    exact: bool = False,
    live: bool = False,
) -> Iterator[Changes]:
    """Show which objects a block of code changed, once no controller is working on them any more.

    An error in the block goes on after what had come of it is shown.

    Args:
        cluster: Where to look.
        namespace: Where in it, if not in the cluster's own namespace; objects without one count too.
        timeout_s: How long to wait for things to settle, in seconds.
        exact: Full names and values, with the hashes that differ in every run.
        live: Show what there is so far while things settle.

    Raises:
        ConnectionFailed: the API server is not there when the block begins, or ends.
    """
    view = Changes()
    page = open_page() if live else Still()
    with Recording(cluster, namespace=namespace) as recording:
        try:
            yield view
        except BaseException:
            with suppress(KubefaceError):
                recording.catch_up()
                view.take(recording.changes(), exact=exact)
                page.leave(view)
            raise
        with suppress(KeyboardInterrupt):
            recording.catch_up()
            _settle(recording, view, page, Deadline.after(timeout_s), exact=exact)
        view.take(recording.changes(), exact=exact, note=_note(recording, timeout_s))
        page.leave(view)


def _settle(recording: Recording, view: Changes, page: Page, deadline: Deadline, *, exact: bool) -> None:
    """Wait until nothing has changed for a moment and nothing is in motion, or the time is up."""
    note = f"live until things settle, {deadline.left_s:.0f} s at most; interrupt the kernel to end it now"
    while deadline.left_s:
        recording.pause(min(FRAME_S, deadline.left_s))
        recording.objects()
        view.take(recording.changes(), exact=exact)
        page.show(view, note)
        is_moving = bool(recording.in_motion())
        if not recording.wait(deadline.left_s if is_moving else min(QUIET_S, deadline.left_s)):
            return


def _note(recording: Recording, timeout_s: float) -> str:
    found = [
        f"{one.kind.lower()}/{short_name(one.raw)} ({status_text(one)})" for one in recording.in_motion()
    ]
    moving = ", ".join(dict.fromkeys(found))
    lines = [f"not settled after {timeout_s:g} s: {moving}"] if moving else []
    if recording.refused:
        lines.append(f"not looked at, being refused: {', '.join(recording.refused)}")
    return "\n".join(lines)


def _is_telling(one: Change) -> bool:
    if one.verb == UNCHANGED:
        return False
    if one.before is None or one.after is None:
        return True
    return bool(one.spec_changes) or status_text(one.before) != status_text(one.after)


def _was_going(one: Change) -> bool:
    """Whether it is a Pod that was told to end before the block began: the block has not led to that."""
    return one.before is not None and one.before.kind == "Pod" and one.before.is_terminating


def _uid(one: KubeObject) -> str:
    return str(one.raw["metadata"]["uid"])


def _version(one: KubeObject) -> int:
    """Its resourceVersion as a number: it grows with every write, so it orders changes in time."""
    return int(one.raw["metadata"]["resourceVersion"])
