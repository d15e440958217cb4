"""An exercise of notebook 14 about an object that does not stay."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates.parts import each, standing, text_in
from kubeface.kube import Cluster, KubeObject, apply, wait
from kubeface.lesson.given import afresh, given, gone

HEIR = "14-kubectl-is-an-api-client/heir.yaml"
TEXT = "all of it is mine"


def heir_of_nobody(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: applied, and gone again, since its owner has never been there."""
    cluster.delete("configmap/estate")
    afresh(cluster, HEIR)
    wait(cluster, "configmap/heir", for_="deleted", timeout_s=60)


def heir_of_another_text(cluster: Cluster) -> None:
    """It stays, and says something else."""
    _heir(cluster, {"data": {"text": "half of it is mine"}})


def heir_of_no_house(cluster: Cluster) -> None:
    """Without its label."""
    _heir(cluster, {}, labels={})


def heir_of_no_words(cluster: Cluster) -> None:
    """Its text under another key."""
    _heir(cluster, {"data": {"words": TEXT}})


def heir_of_an_estate(cluster: Cluster) -> None:
    """Its owner is there, and has the number that is named."""
    apply(cluster, [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "estate"}}])
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "estate"}
    owner |= {"uid": cluster.get("configmap/estate").metadata.uid}
    _heir(cluster, {}, ownerReferences=[owner])


def _heir(cluster: Cluster, content: dict[str, Any], **meta: Any) -> None:
    gone(cluster, HEIR)
    whole = {"name": "heir", "labels": {"house": "north"}} | meta
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": whole, "data": {"text": TEXT}}
    apply(cluster, [body | content])


def without_an_owner(cluster: Cluster) -> None:
    """What `solution` shows."""
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "heir", "labels": {"house": "north"}},
        "data": {"text": "all of it is mine"},
    }
    apply(cluster, [body])


@exercise(
    "nb14.heir",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "Who deletes what nobody has asked to delete? It happened to the ConfigMaps of the Album, too.",
        "`metadata.ownerReferences` has an owner's name, and its `uid`. Is there such an object?",
        "Either the owner is there, with that very uid, or the ConfigMap names none.",
    ),
    solve=without_an_owner,
    wrong=(heir_of_another_text, heir_of_no_house, heir_of_no_words),
    right=(heir_of_an_estate,),
    start=heir_of_nobody,
)
def heir(cluster: Cluster) -> Verdict:
    """A ConfigMap heir stays in this namespace, with the text and the label of its file."""
    found = cluster.find("configmap/heir")
    if found is None:
        return not_started("there is no ConfigMap heir")
    text, why_none = text_in(found, "text")
    [body] = given(HEIR)
    if why_none:
        return not_yet(why_none)
    if text.strip() != body["data"]["text"]:
        return not_yet(f"its text is: {text}")
    if found.labels.get("house") != "north":
        return not_yet(f"its label house is {found.labels.get('house', 'not there')}")
    short = "" if _has_its_owners(cluster, found) else "it is there, and will be gone in a moment"
    return passed_unless(standing(found, "ConfigMap heir") or short)


def _has_its_owners(cluster: Cluster, found: KubeObject) -> bool:
    """Whether an owner that it names is there; who names none has all."""
    named = each(found, "metadata", "ownerReferences")
    return not named or any(_is_there(cluster, one) for one in named)


def _is_there(cluster: Cluster, owner: dict[str, Any]) -> bool:
    one = cluster.find(f"{str(owner.get('kind')).lower()}/{owner.get('name')}")
    return one is not None and one.metadata.uid == owner.get("uid")
