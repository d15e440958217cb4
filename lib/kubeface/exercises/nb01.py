"""Notebook 01: nodes, contexts and namespaces."""

from typing import Any

import yaml

from kubeface.checks import (
    Level,
    Verdict,
    Work,
    exercise,
    not_started,
    not_yet,
    passed,
    passed_unless,
    question,
)
from kubeface.endstates.parts import standing, text_in
from kubeface.kube import Cluster, apply, kubectl, wait
from kubeface.kube.kubectl import run
from kubeface.lesson import Plan, State

WORKSHOP = "workshop"
#: The namespaces that its exercises make.
OTHERS = (WORKSHOP, "attic")


def entries(cluster: Cluster, part: str) -> dict[str, dict[str, Any]]:
    """A part of the kubeconfig by name: the `context`, `cluster` or `user` entries; none without a file."""
    try:
        config = yaml.safe_load(cluster.kubeconfig.read_text()) or {}
    except (OSError, yaml.YAMLError):
        return {}
    return {str(one.get("name")): one.get(part) or {} for one in config.get(f"{part}s") or []}


def contexts(cluster: Cluster) -> dict[str, dict[str, Any]]:
    """The contexts of the kubeconfig, by name."""
    return entries(cluster, "context")


def no_workshop_context(cluster: Cluster) -> None:
    """The kubeconfig as it was before the exercise."""
    known = contexts(cluster)
    if WORKSHOP in known and cluster.context not in known:
        run(["config", "rename-context", WORKSHOP, cluster.context], cluster=cluster)
    elif WORKSHOP in known:
        run(["config", "use-context", cluster.context], cluster=cluster)
        run(["config", "delete-context", WORKSHOP], cluster=cluster)


PLAN = Plan(
    "01",
    "Nodes, contexts and namespaces",
    objectives=(
        "say what a node is, and what the control plane does",
        "choose the cluster, the user and the namespace of a command by a context",
        "say what a namespace keeps apart, and what goes with it",
    ),
    needs="notebook 00, or a rough idea of what Kubernetes is for",
    state=State(gone=("face", "practice", *OTHERS), first=(no_workshop_context,)),
    practice=State(
        folders=("namespace",),
        namespaces=("practice",),
        gone=OTHERS,
        first=(no_workshop_context,),
    ),
    nodes=2,
    namespace="default",
)

question(
    "nb01.namespaced",
    "One of these belongs to no namespace. Which?",
    choice=("a Pod", "a Secret", "a node", "a Service"),
    expect="a node",
    because="Nodes are what all namespaces share. A namespace divides objects, not machines.",
)
question(
    "nb01.same-name",
    "There is a ConfigMap greeting in face. Can there be another one of that name in practice?",
    choice=("no: a name is taken once in a cluster", "yes: each namespace has its own names"),
    expect="yes: each namespace has its own names",
    because="A name is unique for its kind within a namespace, and the API's path holds both.",
)
question(
    "nb01.typo",
    "The context now points at a namespace that does not exist. What does `kubectl get configmaps` do?",
    choice=(
        "it fails and names the namespace",
        "it answers with nothing and no error",
        "it looks in default",
    ),
    expect="it answers with nothing and no error",
    because="To read is to filter by a namespace, and nothing matches. Only writing needs it to be there.",
)
question(
    "nb01.deleted",
    "The namespace practice is deleted. What becomes of the ConfigMap in it?",
    choice=("it goes too", "it moves to default", "it stays: the namespace cannot go before it"),
    expect="it goes too",
    because="A namespace goes with everything in it. It stays in the phase Terminating until it is empty.",
)


def no_workshop(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete(f"namespace/{WORKSHOP}")
    wait(cluster, f"namespace/{WORKSHOP}", for_="deleted", timeout_s=60)


def make_blue_workshop(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("create namespace workshop", cluster=cluster)
    kubectl("label namespace workshop team=blue", cluster=cluster)


def plain_workshop(cluster: Cluster) -> None:
    """The namespace alone."""
    kubectl("create namespace workshop", cluster=cluster)


def red_workshop(cluster: Cluster) -> None:
    """Another team's."""
    kubectl("create namespace workshop", cluster=cluster)
    kubectl("label namespace workshop team=red", cluster=cluster)


def leaving_workshop(cluster: Cluster) -> None:
    """The right namespace, which is being deleted and held by what is in it."""
    make_blue_workshop(cluster)
    held = {"name": "held", "finalizers": ["course.kubeface.internal/hold"]}
    cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": held}, namespace=WORKSHOP)
    cluster.delete(f"namespace/{WORKSHOP}")


def blue_in_capitals(cluster: Cluster) -> None:
    """Another value: labels are told apart by case."""
    _workshop(cluster, {"team": "Blue"})


def workshop_of_a_manifest(cluster: Cluster) -> None:
    """Made and labelled at once, with a label more."""
    _workshop(cluster, {"team": "blue", "floor": "2"})


def workshop_of_two_steps(cluster: Cluster) -> None:
    """Red at first."""
    red_workshop(cluster)
    cluster.patch(f"namespace/{WORKSHOP}", {"metadata": {"labels": {"team": "blue"}}})


def _workshop(cluster: Cluster, labels: dict[str, str]) -> None:
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": WORKSHOP, "labels": labels}})


@exercise(
    "nb01.team",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "Two commands do it: one makes the namespace, one labels it.",
        "`kubectl create namespace --help`, then `kubectl label --help`.",
    ),
    solve=make_blue_workshop,
    wrong=(plain_workshop, red_workshop, leaving_workshop, blue_in_capitals),
    right=(workshop_of_a_manifest, workshop_of_two_steps),
    start=no_workshop,
)
def blue_team(cluster: Cluster) -> Verdict:
    """A namespace named workshop has the label team=blue."""
    found = cluster.find(f"namespace/{WORKSHOP}")
    if found is None:
        return not_started(f"there is no namespace {WORKSHOP}")
    if "team" not in found.labels:
        return not_yet(f"the namespace {WORKSHOP} has no label team")
    team = found.labels["team"]
    return passed_unless(
        standing(found, f"namespace {WORKSHOP}") or ("" if team == "blue" else f"its label is team={team}")
    )


def add_workshop_context(cluster: Cluster) -> None:
    """What `solution` shows."""
    line = "config set-context workshop --cluster=kube-face-cluster --user=learner --namespace=workshop"
    kubectl(line, cluster=cluster)


def context_of_face(cluster: Cluster) -> None:
    """The right cluster and user, another namespace."""
    kubectl(
        "config set-context workshop --cluster=kube-face-cluster --user=learner --namespace=face",
        cluster=cluster,
    )


def context_of_nobody(cluster: Cluster) -> None:
    """A context without a user."""
    kubectl("config set-context workshop --cluster=kube-face-cluster --namespace=workshop", cluster=cluster)


def what_the_course_uses(cluster: Cluster) -> str:
    """A hint with the names that stand in this kubeconfig."""
    ours = contexts(cluster).get(cluster.context) or {"cluster": "none", "user": "none"}
    return f"The context {cluster.context} has cluster {ours['cluster']} and user {ours['user']}."


def context_renamed(cluster: Cluster) -> None:
    """The course's own context under another name, so that its own is gone."""
    run(["config", "rename-context", cluster.context, WORKSHOP], cluster=cluster)


def context_of_the_default(cluster: Cluster) -> None:
    """The right cluster and user, and no namespace."""
    kubectl("config set-context workshop --cluster=kube-face-cluster --user=learner", cluster=cluster)


def context_in_use(cluster: Cluster) -> None:
    """Made, and chosen."""
    add_workshop_context(cluster)
    run(["config", "use-context", WORKSHOP], cluster=cluster)


def context_of_copies(cluster: Cluster) -> None:
    """The same cluster and the same user, entered once more under other names."""
    config = yaml.safe_load(cluster.kubeconfig.read_text())
    ours = contexts(cluster)[cluster.context]
    for part in ("cluster", "user"):
        copy = {"name": f"my-{part}", part: entries(cluster, part)[ours[part]]}
        config[f"{part}s"] = [one for one in config[f"{part}s"] if one["name"] != copy["name"]] + [copy]
    context = {"cluster": "my-cluster", "user": "my-user", "namespace": WORKSHOP}
    config["contexts"].append({"name": WORKSHOP, "context": context})
    cluster.kubeconfig.write_text(yaml.safe_dump(config))


@exercise(
    "nb01.context",
    level=Level.SEVERAL,
    work=Work.ACT,
    hints=(
        "`kubectl config set-context NAME` makes a context that is not there yet.",
        what_the_course_uses,
    ),
    solve=add_workshop_context,
    wrong=(context_of_face, context_of_nobody, context_renamed, context_of_the_default),
    right=(context_in_use, context_of_copies),
    start=no_workshop_context,
)
def workshop_context(cluster: Cluster) -> Verdict:
    """The kubeconfig has a context workshop: this cluster, this user, the namespace workshop."""
    known = contexts(cluster)
    made, ours = known.get(WORKSHOP), known.get(cluster.context)
    if ours is None:
        return not_yet(f"the course's own context, {cluster.context}, is gone from {cluster.kubeconfig}")
    if made is None:
        return not_started(f"there is no context {WORKSHOP}")
    for part in ("cluster", "user"):
        if not _is_same_entry(cluster, part, str(made.get(part) or ""), str(ours.get(part) or "")):
            return not_yet(f"its {part} is {made.get(part) or 'nobody'}, not {ours.get(part)}")
    space = made.get("namespace") or "default"
    return passed() if space == WORKSHOP else not_yet(f"its namespace is {space}")


def _is_same_entry(cluster: Cluster, part: str, name: str, other: str) -> bool:
    """Whether two names of a cluster or a user in the kubeconfig mean the same."""
    known = entries(cluster, part)
    return bool(name) and (name == other or (name in known and known[name] == known.get(other)))


def no_motto(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    for space in ("face", "practice"):
        cluster.delete("configmap/motto", namespace=space)


def two_mottos(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("create configmap motto --namespace face --from-literal text=onwards", cluster=cluster)
    kubectl("create configmap motto --namespace practice --from-literal text=upwards", cluster=cluster)


def one_motto(cluster: Cluster) -> None:
    """Only in face."""
    kubectl("create configmap motto --namespace face --from-literal text=onwards", cluster=cluster)


def same_motto(cluster: Cluster) -> None:
    """In both, with one text."""
    for space in ("face", "practice"):
        apply(cluster, [_motto("onwards")], namespace=space)


def _motto(text: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "motto"}, "data": {"text": text}}


def motto_of_nothing(cluster: Cluster) -> None:
    """In both, and one of them says nothing."""
    apply(cluster, [_motto("onwards")], namespace="face")
    apply(cluster, [_motto("")], namespace="practice")


def motto_under_another_key(cluster: Cluster) -> None:
    """In both, and one of them has its text elsewhere."""
    apply(cluster, [_motto("onwards")], namespace="face")
    apply(cluster, [_motto("upwards") | {"data": {"motto": "upwards"}}], namespace="practice")


def mottos_of_many_lines(cluster: Cluster) -> None:
    """Texts that differ after their first line, and other keys beside them."""
    for space, end in (("face", "onwards"), ("practice", "upwards")):
        apply(cluster, [_motto(f"we go\n{end}\n") | {"immutable": True}], namespace=space)


def mottos_by_pointing(cluster: Cluster) -> None:
    """One by kubectl's flags, one by a manifest that names its namespace."""
    kubectl("create configmap motto -n practice --from-literal=text=-", cluster=cluster)
    meta = {"name": "motto", "namespace": "face", "labels": {"team": "blue"}}
    cluster.create(_motto("0") | {"metadata": meta})


@exercise(
    "nb01.motto",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "The namespace is not a part of the name: it is said with `--namespace`.",
        "`kubectl create configmap --help` shows how a text goes under a key.",
    ),
    solve=two_mottos,
    wrong=(one_motto, same_motto, motto_of_nothing, motto_under_another_key),
    right=(mottos_of_many_lines, mottos_by_pointing),
    start=no_motto,
)
def mottos(cluster: Cluster) -> Verdict:
    """A ConfigMap named motto is in face and in practice; their texts, under the key text, differ."""
    found = {space: cluster.find("configmap/motto", namespace=space) for space in ("face", "practice")}
    missing = [space for space, one in found.items() if one is None]
    if len(missing) == len(found):
        return not_started("there is no ConfigMap motto")
    if missing:
        return not_yet(f"{missing[0]} has no ConfigMap motto")
    texts = []
    for space, one in found.items():
        text, why_none = text_in(one, "text") if one else ("", "")
        short = standing(one, f"ConfigMap motto of {space}") or why_none
        if short:
            return not_yet(f"of the ConfigMap motto in {space}: {short}")
        texts.append(text)
    return passed() if texts[0] != texts[1] else not_yet("both say the same")
