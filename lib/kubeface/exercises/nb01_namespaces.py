"""Exercises of notebook 01 about namespaces: one from a file, and one that is not gone."""

import json
from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed, passed_unless
from kubeface.endstates.parts import standing, text_in
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.kube.kubectl import run
from kubeface.lesson.given import given

PRACTICE, ATTIC = "practice", "attic"
ENFORCE, WARN = "pod-security.kubernetes.io/enforce", "pod-security.kubernetes.io/warn"
#: What is in the attic.
HELD = ("configmap/ledger", "secret/chest")


def plain_practice(cluster: Cluster) -> None:
    """As the lesson leaves it: no rules, and no level."""
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": PRACTICE}})
    cluster.patch(f"namespace/{PRACTICE}", {"metadata": {"labels": dict.fromkeys((ENFORCE, WARN))}})
    for space in (PRACTICE, "default"):
        cluster.delete("configmap/rules", namespace=space)


def give_it_rules(cluster: Cluster) -> None:
    """What `solution` shows."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "practice", "labels": labels}}
    rules = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "rules", "namespace": "practice"}}
    apply(cluster, [space, rules | {"data": {"text": "Whoever leaves last puts out the light."}}])


def rules_of_default(cluster: Cluster) -> None:
    """The ConfigMap does not say where it belongs."""
    apply(cluster, [_practice({ENFORCE: "restricted"}), _rules("default")])


def rules_with_a_warning(cluster: Cluster) -> None:
    """Whoever starts such a Pod is warned, and it runs."""
    apply(cluster, [_practice({WARN: "restricted"}), _rules()])


def rules_of_another_level(cluster: Cluster) -> None:
    """A level that refuses less."""
    apply(cluster, [_practice({ENFORCE: "baseline"}), _rules()])


def rules_of_nothing(cluster: Cluster) -> None:
    """A ConfigMap that says nothing."""
    apply(cluster, [_practice({ENFORCE: "restricted"}), _rules() | {"data": {}}])


def rules_step_by_step(cluster: Cluster) -> None:
    """By commands, and without a file."""
    kubectl(f"label namespace practice {ENFORCE}=restricted team=blue", cluster=cluster)
    kubectl("create configmap rules --namespace practice --from-literal text=quiet", cluster=cluster)


def _practice(labels: dict[str, str]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": PRACTICE, "labels": labels}}


def _rules(namespace: str = PRACTICE) -> dict[str, Any]:
    meta = {"name": "rules", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"text": "quiet"}}


@exercise(
    "nb01.house",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "The manifest of the namespace face, which the notebook prints, has the label.",
        "An object says in its `metadata` which namespace it is in, beside its name.",
    ),
    solve=give_it_rules,
    wrong=(rules_of_default, rules_with_a_warning, rules_of_another_level, rules_of_nothing),
    right=(rules_step_by_step,),
    start=plain_practice,
)
def house(cluster: Cluster) -> Verdict:
    """The namespace practice enforces the level restricted, and has a ConfigMap rules with the key text."""
    found = cluster.find(f"namespace/{PRACTICE}")
    rules = cluster.find("configmap/rules", namespace=PRACTICE)
    short = standing(found, f"namespace {PRACTICE}")
    if found is None or short:
        return not_yet(short)
    level = found.labels.get(ENFORCE)
    if rules is None and level is None:
        return not_started("the namespace has neither of them")
    if level != "restricted":
        return not_yet(f"it enforces the level {level}" if level else "it enforces no Pod Security level")
    short = standing(rules, f"ConfigMap rules in {PRACTICE}")
    return passed_unless(short or (text_in(rules, "text")[1] if rules else ""))


def attic_that_stays(cluster: Cluster) -> None:
    """As the exercise's cell leaves it: what is in it is being deleted, and so is the namespace."""
    _clear_the_attic(cluster)
    apply(cluster, given("01-nodes-contexts-namespaces/attic.yaml"))
    for ref in HELD:
        cluster.delete(ref, namespace=ATTIC)
    cluster.delete(f"namespace/{ATTIC}")


def _clear_the_attic(cluster: Cluster) -> None:
    """Nothing is left of an attic, not even what is stored without its namespace."""
    if cluster.find(f"namespace/{ATTIC}") is None:
        cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ATTIC}})
    for ref in HELD:
        _release(cluster, ref)
    _finalize(cluster)


def _release(cluster: Cluster, ref: str) -> None:
    if cluster.find(ref, namespace=ATTIC):
        cluster.patch(ref, {"metadata": {"finalizers": None}}, namespace=ATTIC)
    cluster.delete(ref, namespace=ATTIC)


def _finalize(cluster: Cluster) -> None:
    """The namespace goes at once, whatever is in it: its own finalizer is taken away."""
    cluster.delete(f"namespace/{ATTIC}")
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ATTIC}, "spec": {"finalizers": []}}
    path = f"/api/v1/namespaces/{ATTIC}/finalize"
    run(["replace", "--raw", path, "--filename", "-"], cluster=cluster, stdin=json.dumps(body).encode())
    wait(cluster, f"namespace/{ATTIC}", for_="deleted", timeout_s=60)


def let_the_attic_go(cluster: Cluster) -> None:
    """What `solution` shows."""
    for ref in ("configmap/ledger", "secret/chest"):
        cluster.patch(ref, {"metadata": {"finalizers": None}}, namespace="attic")
    wait(cluster, "namespace/attic", for_="deleted", timeout_s=60)


def half_an_attic(cluster: Cluster) -> None:
    """One of two things."""
    cluster.patch("configmap/ledger", {"metadata": {"finalizers": None}}, namespace=ATTIC)


def attic_by_force(cluster: Cluster) -> None:
    """The namespace without what is in it, which stays in the database."""
    _finalize(cluster)


def attic_again(cluster: Cluster) -> None:
    """The namespace is gone, and made again."""
    _clear_the_attic(cluster)
    kubectl("create namespace attic", cluster=cluster)


def attic_by_kubectl(cluster: Cluster) -> None:
    """One by one, by a JSON patch."""
    patch = '[{"op": "remove", "path": "/metadata/finalizers"}]'
    for ref in HELD:
        kubectl(f"patch {ref} --namespace attic --type json --patch '{patch}'", cluster=cluster)
    wait(cluster, "namespace/attic", for_="deleted", timeout_s=60)


@exercise(
    "nb01.attic",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "A namespace says in its status what it waits for: `kubectl get namespace attic --output yaml`.",
        "What is still in it? `kubectl get configmaps,secrets --namespace attic`.",
        "Look at the `metadata` of these in YAML: who has to agree before they go, and is there anybody?",
        "A finalizer that nobody removes is removed by hand: `kubectl edit`, or `cluster.patch`.",
    ),
    solve=let_the_attic_go,
    wrong=(half_an_attic, attic_by_force, attic_again),
    right=(attic_by_kubectl,),
    start=attic_that_stays,
)
def attic(cluster: Cluster) -> Verdict:
    """The namespace attic is gone, and so is what was in it."""
    space = cluster.find(f"namespace/{ATTIC}")
    left = [one for one in (cluster.find(ref, namespace=ATTIC) for ref in HELD) if one is not None]
    if space is None and not left:
        was_there = cluster.find("configmap/errands", namespace=PRACTICE)
        return passed() if was_there else not_started("there is no attic; the exercise's cell makes one")
    told = " and ".join(f"the {one.kind} {one.name}" for one in left)
    if space is None:
        return not_yet(f"the namespace is gone, and without it is still stored: {told}")
    if not space.is_terminating:
        return not_yet(f"there is a namespace {ATTIC}, and nobody is deleting it")
    if len(left) == len(HELD) and all(map(_is_held, left)):
        return not_started(f"the namespace {ATTIC} is being deleted, as in the beginning")
    if left:
        return not_yet(f"still in it: {told}")
    return not_yet("nothing of yours is in it any more: within some seconds it will be gone")


def _is_held(one: KubeObject) -> bool:
    return bool(one.metadata.finalizers)
