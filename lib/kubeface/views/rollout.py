"""How far a Deployment's rollout is: its old and new ReplicaSets as bars with numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any, Unpack

from kubeface.errors import BadInput
from kubeface.model.objects import KubeObject, Raw
from kubeface.model.workloads import rollout_of
from kubeface.views.columns import at, space_of
from kubeface.views.links import is_past, key_of, owner_of
from kubeface.views.looks import FAILED, NOT_READY, READY, STATELESS, Look, bar
from kubeface.views.names import full_name, message_without_hashes, short_name
from kubeface.views.source import Watch, drawn
from kubeface.views.view import View

REVISION = "metadata.annotations['deployment.kubernetes.io/revision']"
MONO = "font-family:ui-monospace, monospace;white-space:pre"


@dataclass(frozen=True)
class Row:
    """A ReplicaSet, or the Deployment itself, in numbers of Pods."""

    what: str
    image: str
    desired: int
    ready: int
    available: int


class Rollout(View):
    """Deployments, each with its state in a word, its numbers, and its ReplicaSets."""

    def __init__(self, objects: Iterable[Raw], *, exact: bool = False, history: bool = False) -> None:
        objects = list(objects)
        self._exact, self._history = exact, history
        self._sets = [one for one in objects if one.get("kind") == "ReplicaSet"]
        found = [one for one in objects if one.get("kind") == "Deployment"]
        self._deployments = sorted(found, key=lambda one: (space_of(one), full_name(one)))

    @property
    def is_complete(self) -> bool:
        """Whether there is a Deployment, and each has all the Pods it wants, new and available."""
        done = [rollout_of(KubeObject(one)).is_complete for one in self._deployments]
        return bool(done) and all(done)

    def __repr__(self) -> str:
        return "\n\n".join(map(self._text, self._deployments)) or "(no deployments)"

    def _repr_html_(self) -> str:
        return "".join(map(self._html, self._deployments)) or "<p>(no deployments)</p>"

    def _text(self, one: Raw) -> str:
        lines = [_head(one), *(f"  {name:9} {bar_} {said}" for name, bar_, said in _numbers(one))]
        rows = self._rows(one)
        wide = max((len(row.what) for row in rows), default=0)
        lines += [f"  {row.what:{wide}}  {_row_bar(row, _most(one))} {_row_words(row)}" for row in rows]
        return "\n".join(lines)

    def _html(self, one: Raw) -> str:
        look, _ = state_of(one)
        cells = [(name, bar_, said) for name, bar_, said in _numbers(one)]
        cells += [(row.what, _row_bar(row, _most(one)), _row_words(row)) for row in self._rows(one)]
        body = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
            f'<td aria-hidden="true" style="text-align:left;{MONO}">{bar_}</td>'
            f'<td style="text-align:left">{escape(said)}</td></tr>'
            for name, bar_, said in cells
        )
        box = f"border:{look.border};border-radius:8px;padding:8px 12px;margin:0 0 12px"
        return (
            f'<section style="{box};display:table"><strong>{escape(_head(one))}</strong>'
            f'<table style="margin:6px 0 0"><tbody>{body}</tbody></table></section>'
        )

    def _rows(self, deployment: Raw) -> list[Row]:
        mine = [one for one in self._sets if owner_of(one) == key_of(deployment)]
        shown = [one for one in mine if self._history or not is_past(one)]
        newest = max((_revision(one) for one in mine), default=0)
        shown.sort(key=_revision, reverse=True)
        return [self._row(one, "new" if _revision(one) == newest else "old") for one in shown]

    def _row(self, one: Raw, age: str) -> Row:
        name = full_name(one) if self._exact else short_name(one)
        revision = f" revision {_revision(one)}" if self._exact else ""
        images = str(at("spec.template.spec.containers[*].image")(one)).split(", ")
        image = ", ".join(image.rpartition("/")[2] for image in images)
        rollout = rollout_of(KubeObject(one))
        return Row(f"{age} {name}{revision}", image, rollout.desired, rollout.ready, rollout.available)


def rollout(
    source: Any,
    name: str = "",
    *,
    exact: bool = False,
    history: bool = False,
    **watch: Unpack[Watch],
) -> Rollout:
    """The progress of Deployments' rollouts; a live view ends when they are complete, by default.

    Args:
        source: Deployments and ReplicaSets; or a cluster.
        name: Only this Deployment: `receiver` or `deployment/receiver`.
        exact: Full names, with the hashes that differ in every run, and revisions.
        history: Also ReplicaSets that want no Pods any more.
        watch: For a cluster only: `live=True` and more, see `kubeface.views.source.Watch`.

    Raises:
        BadInput: the name is that of another kind.
        ApiError: the cluster's API server said no.

    >>> from kubeface.views.canned import UPDATING
    >>> rollout(UPDATING)
    deployment/receiver  ○ rolling out: 2 of 3 Pods are new
      wanted    ■■■■■■■■■■ 3
      updated   ■■■■■■■□□□ 2
      ready     ■■■■■■■■■■ 3
      available ■■■■■■■■■■ 3
      new receiver-…  ■■■□□□□□□□ 1 of 2 ready, 1 available: receiver:v1.1
      old receiver-…  ■■■■■■■□□□ 2 of 2 ready, 2 available: receiver:v1.0
    """
    kind, slash, only = name.rpartition("/")
    if slash and kind not in ("deployment", "deployments", "deploy"):
        raise BadInput(f"{name!r} is no Deployment", try_next="such as deployment/receiver")

    def draw(found: list[Raw]) -> Rollout:
        kept = [one for one in found if one.get("kind") != "Deployment" or only in ("", full_name(one))]
        return Rollout(kept, exact=exact, history=history)

    if watch.get("live"):
        watch.setdefault("until", lambda objects: draw([one.raw for one in objects]).is_complete)
    return drawn(source, ["deployments", "replicasets"], draw, watch)


def state_of(deployment: Raw) -> tuple[Look, str]:
    """How far a Deployment is, in a look and in words."""
    one = KubeObject(deployment)
    progress, rollout = one.condition("Progressing"), rollout_of(one)
    if progress and progress.reason == "ProgressDeadlineExceeded":
        return FAILED, f"stuck: {message_without_hashes(str(progress.message or ''))}"
    if rollout.is_paused:
        return STATELESS, "paused"
    if not rollout.is_observed:
        return NOT_READY, "not begun: its controller has not seen the change yet"
    if rollout.updated < rollout.desired:
        return NOT_READY, f"rolling out: {rollout.updated} of {rollout.desired} Pods are new"
    if rollout.surplus:
        return NOT_READY, f"rolling out: {rollout.surplus} old Pod{'s' * (rollout.surplus > 1)} to go"
    if not rollout.is_complete:
        available = min(rollout.ready, rollout.available)
        return NOT_READY, f"rolling out: {available} of {rollout.desired} new Pods are available"
    return READY, f"complete: {rollout.desired} of {rollout.desired} Pods are new and available"


def _head(one: Raw) -> str:
    look, words = state_of(one)
    return f"deployment/{full_name(one)}  {look.sign} {words}"


def _numbers(one: Raw) -> list[tuple[str, str, str]]:
    rollout = rollout_of(KubeObject(one))
    counts = {
        "wanted": rollout.desired,
        "updated": rollout.updated,
        "ready": rollout.ready,
        "available": rollout.available,
    }
    return [(name, bar(count / _most(one)), str(count)) for name, count in counts.items()]


def _row_bar(row: Row, most: int) -> str:
    return bar(row.ready / most)


def _row_words(row: Row) -> str:
    return f"{row.ready} of {row.desired} ready, {row.available} available: {row.image}"


def _most(one: Raw) -> int:
    """What a full bar stands for."""
    return max(1, KubeObject(one).desired)


def _revision(one: Raw) -> int:
    return int(str(at(REVISION, 0)(one)))


if __name__ == "__main__":
    from kubeface.views.canned import UPDATING, draw

    draw(rollout(UPDATING))
