"""Exercises of notebook 14 about rights: of one object only, and of the right kind."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates.parts import at, standing
from kubeface.endstates.rights import may, refused
from kubeface.kube import Cluster, apply, kubectl
from kubeface.lesson.given import afresh, given, gone

GARDENER = "14-kubectl-is-an-api-client/gardener.yaml"
SCRIBE = "14-kubectl-is-an-api-client/scribe.yaml"
GROUP = "rbac.authorization.k8s.io"
LOOK = ("get", "deployments.apps"), ("list", "deployments.apps")
TEND = ("get", "configmaps"), ("update", "configmaps"), ("patch", "configmaps")


def no_gardener(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete("rolebinding/second")
    gone(cluster, GARDENER)


def gardener_of_all_maps(cluster: Cluster) -> None:
    """The verbs alone: they are about every ConfigMap."""
    _bound(cluster, "gardener", {"resources": ["configmaps"], "verbs": ["get", "update", "patch"]})


def gardener_who_looks(cluster: Cluster) -> None:
    """One ConfigMap, which it may not change."""
    _of_beds(cluster, ["get"])


def gardener_who_digs_up(cluster: Cluster) -> None:
    """All verbs that can be about one object."""
    _of_beds(cluster, ["get", "update", "patch", "delete"])


def gardener_without_a_role(cluster: Cluster) -> None:
    """A name alone."""
    kubectl("create serviceaccount gardener", cluster=cluster)


def gardener_who_counts(cluster: Cluster) -> None:
    """A second rule, about the list of all."""
    more = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}
    _of_beds(cluster, ["get", "update", "patch"], more)


def gardener_of_secrets_too(cluster: Cluster) -> None:
    """Two rules of one verb each, and a third about something else."""
    beds = {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["beds", "beds"]}
    more = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}
    _of_beds(cluster, ["get"], beds | {"verbs": ["update", "patch"]}, more)


def _of_beds(cluster: Cluster, verbs: list[str], *more: dict[str, Any]) -> None:
    rule = {"resources": ["configmaps"], "resourceNames": ["beds"], "verbs": verbs}
    _bound(cluster, "gardener", rule, *more)


def _bound(cluster: Cluster, name: str, rule: dict[str, Any], *more: dict[str, Any]) -> None:
    """A ServiceAccount, a Role of its name with these rules, and the binding of both."""
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}}
    meta = {"apiVersion": f"{GROUP}/v1", "metadata": {"name": name}}
    role = meta | {"kind": "Role", "rules": [{"apiGroups": [""], **rule}, *more]}
    subject = {"kind": "ServiceAccount", "name": name, "namespace": cluster.namespace}
    ref = {"apiGroup": GROUP, "kind": "Role", "name": name}
    apply(cluster, [account, role, meta | {"kind": "RoleBinding", "roleRef": ref, "subjects": [subject]}])


def let_it_garden(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("create serviceaccount gardener", cluster=cluster)
    rule = "--verb get,update,patch --resource configmaps --resource-name beds"
    kubectl(f"create role gardener {rule}", cluster=cluster)
    kubectl(
        "create rolebinding gardener --role gardener --serviceaccount api-lesson:gardener", cluster=cluster
    )


@exercise(
    "nb14.gardener",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "`kubectl explain role.rules` has a field that lists names.",
        "To change an object there are two verbs: one sends it whole, one sends what changes.",
        "`kubectl auth can-i update configmap/beds --as system:serviceaccount:api-lesson:gardener`",
    ),
    solve=let_it_garden,
    wrong=(
        gardener_of_all_maps,
        gardener_who_looks,
        gardener_who_digs_up,
        gardener_without_a_role,
        gardener_who_counts,
    ),
    right=(gardener_of_secrets_too,),
    start=no_gardener,
)
def gardener(cluster: Cluster) -> Verdict:
    """A ServiceAccount gardener may get, update and patch the ConfigMap beds, and no more of ConfigMaps."""
    found = cluster.find("serviceaccount/gardener")
    if found is None:
        begun = cluster.find("role/gardener") or cluster.find("rolebinding/gardener")
        told = "there is no ServiceAccount gardener"
        return not_yet(f"{told}; there is {begun.ref}") if begun else not_started(told)
    short = refused(cluster, "gardener", TEND, name="beds")
    if short:
        return not_yet(f"gardener may not {' or '.join(verb for verb, _ in short)} the ConfigMap beds")
    return passed_unless(standing(found, "ServiceAccount gardener") or _too_much(cluster))


def _too_much(cluster: Cluster) -> str:
    """What the gardener may do beyond its beds."""
    for verb in ("get", "update", "patch", "delete"):
        if may(cluster, "gardener", verb, "configmaps", name="motto"):
            return f"gardener may {verb} the ConfigMap motto, too"
    if may(cluster, "gardener", "delete", "configmaps", name="beds"):
        return "gardener may delete the ConfigMap beds"
    return "gardener may list all ConfigMaps" if may(cluster, "gardener", "list", "configmaps") else ""


def mistaken_scribe(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: its Role is about deployments of the core group, which has none."""
    cluster.delete("rolebinding/second")
    afresh(cluster, SCRIBE)


def scribe_of_an_old_group(cluster: Cluster) -> None:
    """The group that Deployments had years ago."""
    _rule(cluster, ["extensions"], ["get", "list"])


def scribe_who_looks_up(cluster: Cluster) -> None:
    """The right group, and one of two verbs."""
    _rule(cluster, ["apps"], ["get"])


def scribe_who_edits(cluster: Cluster) -> None:
    """Much more than it needs."""
    line = "create rolebinding second --clusterrole edit --serviceaccount api-lesson:scribe"
    kubectl(line, cluster=cluster)


def scribe_of_another_name(cluster: Cluster) -> None:
    """Nobody is left whom it could be about."""
    cluster.delete("serviceaccount/scribe")


def scribe_who_views(cluster: Cluster) -> None:
    """A ClusterRole that is there already, bound beside the other."""
    line = "create rolebinding second --clusterrole view --serviceaccount api-lesson:scribe"
    kubectl(line, cluster=cluster)


def scribe_of_every_group(cluster: Cluster) -> None:
    """Deployments of whatever group, and both verbs and one more."""
    _rule(cluster, ["*"], ["get", "list", "watch"])


def _rule(cluster: Cluster, groups: list[str], verbs: list[str]) -> None:
    rule = {"apiGroups": groups, "resources": ["deployments"], "verbs": verbs}
    cluster.patch("role/scribe", {"rules": [rule]})


def name_the_group(cluster: Cluster) -> None:
    """What `solution` shows."""
    rule = {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "list"]}
    cluster.patch("role/scribe", {"rules": [rule]})


@exercise(
    "nb14.scribe",
    level=Level.SEVERAL,
    work=Work.FIND,
    hints=(
        "A refusal names all that a rule has to name. Have scribe ask: "
        "`kubectl get deployments --as system:serviceaccount:api-lesson:scribe`.",
        "Read the refusal to its end, and hold it against `kubectl describe role scribe`.",
        "`kubectl api-resources` says of which group each kind is.",
    ),
    solve=name_the_group,
    wrong=(scribe_of_another_name, scribe_who_edits, scribe_of_an_old_group, scribe_who_looks_up),
    right=(scribe_who_views, scribe_of_every_group),
    start=mistaken_scribe,
)
def scribe(cluster: Cluster) -> Verdict:
    """The ServiceAccount scribe may get and list the Deployments of this namespace, and delete none."""
    found = cluster.find("serviceaccount/scribe")
    role = cluster.find("role/scribe")
    if found is None:
        told = "there is no ServiceAccount scribe"
        return not_yet(f"{told} any more") if role else not_started(told)
    short = refused(cluster, "scribe", LOOK)
    [_, as_given, _] = given(SCRIBE)
    if short and at(role, "rules") == as_given["rules"]:
        return not_started("scribe may not look at Deployments, as in the beginning")
    if short:
        return not_yet(f"scribe may not {' or '.join(verb for verb, _ in short)} Deployments")
    surplus = [
        verb for verb in ("delete", "deletecollection") if may(cluster, "scribe", verb, "deployments.apps")
    ]
    told = f"scribe may {surplus[0]} Deployments" if surplus else ""
    return passed_unless(standing(found, "ServiceAccount scribe") or told)
