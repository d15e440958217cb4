"""Notebook 14: kubectl is an API client."""

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless, question
from kubeface.endstates.parts import at, each, named_in, standing, table
from kubeface.endstates.rights import ending, refused
from kubeface.kube import Cluster, apply, kubectl, wait
from kubeface.kube.client import FIELD_MANAGER
from kubeface.lesson import Plan, State

NAMESPACE = "api-lesson"
CRD = "customresourcedefinition/albums.course.kubeface.internal"

CAROLS = "carol was here"


def no_albums(cluster: Cluster) -> None:
    """A cluster that has never heard of albums."""
    cluster.delete(CRD)
    wait(cluster, CRD, for_="deleted", timeout_s=60)


PLAN = Plan(
    "14",
    "kubectl is an API client",
    objectives=(
        "speak to the API server without kubectl, as a program of your own would",
        "give a program the rights that it needs, and no more",
        "write a controller: a loop that looks and corrects",
    ),
    needs="what objects, labels and owners are (notebooks 02 and 07), and a little Python",
    state=State(namespaces=(NAMESPACE,), first=(no_albums,)),
    namespace=NAMESPACE,
)

question(
    "nb14.rights",
    "A ServiceAccount has just been made, and has a valid token. What may it do in its own namespace?",
    choice=("look at everything", "look at ConfigMaps, but not at Secrets", "nothing"),
    expect="nothing",
    because="Rights are given, never taken away: what no rule allows is refused.",
)
question(
    "nb14.objections",
    "What is not there is asked for, without a right, by a stranger. In which order does the server object?",
    order=("you may not", "there is no such object", "I do not know you"),
    expect=["I do not know you", "you may not", "there is no such object"],
    because="Who asks is settled first, then whether they may. Only then does anybody look for the object.",
)
question(
    "nb14.events",
    "A ConfigMap is applied twice, both times with the same content. How many events does a watch tell?",
    number=range(0, 5),
    expect=1,
    because="The first apply makes it. The second changes nothing, so there is nothing to tell.",
)
question(
    "nb14.orphans",
    "Our controller is stopped. Then the Album is deleted. What becomes of the ConfigMaps that it had made?",
    choice=("they stay, since the controller is stopped", "they go too"),
    expect="they go too",
    because="Each names the Album as its owner, and Kubernetes' own garbage collector looks after owners.",
)


def no_watcher(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    for ref in ("rolebinding/watcher", "role/watcher", "serviceaccount/watcher"):
        cluster.delete(ref)


def watcher_without_rights(cluster: Cluster) -> None:
    """A ServiceAccount alone."""
    kubectl("create serviceaccount watcher", cluster=cluster)


def watcher_of_one_pod_at_a_time(cluster: Cluster) -> None:
    """It may get, and neither list nor watch."""
    give(cluster, ["get"])


def watcher_that_deletes(cluster: Cluster) -> None:
    """Every right that there is on Pods."""
    give(cluster, ["*"])


def give(cluster: Cluster, verbs: list[str], *more: dict[str, list[str]]) -> None:
    """The ServiceAccount watcher, and these verbs on Pods for it; and more rules of the core group."""
    kubectl("create serviceaccount watcher", cluster=cluster)
    group = "rbac.authorization.k8s.io"
    rule = {"apiGroups": [""], "resources": ["pods"], "verbs": verbs}
    role = {
        "apiVersion": f"{group}/v1",
        "kind": "Role",
        "metadata": {"name": "watcher"},
        "rules": [rule, *({"apiGroups": [""], **one} for one in more)],
    }
    subject = {"kind": "ServiceAccount", "name": "watcher", "namespace": cluster.namespace}
    binding = {
        "apiVersion": f"{group}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "watcher"},
        "roleRef": {"apiGroup": group, "kind": "Role", "name": "watcher"},
        "subjects": [subject],
    }
    apply(cluster, [role, binding])


def watcher_in_a_strong_group(cluster: Cluster) -> None:
    """The right verbs; and all accounts of the namespace may edit it."""
    give(cluster, ["get", "list", "watch"])
    line = "create rolebinding everybody --clusterrole edit --group system:serviceaccounts:api-lesson"
    kubectl(line, cluster=cluster)


def watcher_that_evicts(cluster: Cluster) -> None:
    """It may not delete a Pod, and may evict each."""
    give(cluster, ["get", "list", "watch"], {"resources": ["pods/eviction"], "verbs": ["create"]})


def watcher_that_deletes_all(cluster: Cluster) -> None:
    """It may not delete one Pod, and may delete all at once."""
    give(cluster, ["get", "list", "watch", "deletecollection"])


def watcher_of_two_roles(cluster: Cluster) -> None:
    """Two Roles, of which each gives a part."""
    give(cluster, ["get"])
    kubectl("create role more --verb list,watch --resource pods", cluster=cluster)
    line = "create rolebinding everybody --role more --group system:serviceaccounts:api-lesson"
    kubectl(line, cluster=cluster)


def watcher_by_view(cluster: Cluster) -> None:
    """A ClusterRole that is there already, bound in this namespace."""
    kubectl("create serviceaccount watcher", cluster=cluster)
    line = "create rolebinding watcher --clusterrole view --serviceaccount api-lesson:watcher"
    kubectl(line, cluster=cluster)


def let_it_watch(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("create serviceaccount watcher", cluster=cluster)
    kubectl("create role watcher --verb get,list,watch --resource pods", cluster=cluster)
    kubectl("create rolebinding watcher --role watcher --serviceaccount api-lesson:watcher", cluster=cluster)


@exercise(
    "nb14.watcher",
    level=Level.SEVERAL,
    work=Work.ACT,
    hints=(
        "Three objects: who (a ServiceAccount), what (a Role), and who has what (a RoleBinding).",
        "`kubectl create role --help` shows how verbs and resources are named.",
    ),
    solve=let_it_watch,
    wrong=(
        watcher_without_rights,
        watcher_of_one_pod_at_a_time,
        watcher_that_deletes,
        watcher_in_a_strong_group,
        watcher_that_evicts,
        watcher_that_deletes_all,
    ),
    right=(watcher_of_two_roles, watcher_by_view),
    start=no_watcher,
)
def watcher(cluster: Cluster) -> Verdict:
    """A ServiceAccount watcher may get, list and watch the Pods of this namespace, and not delete them."""
    found = cluster.find("serviceaccount/watcher")
    if found is None:
        begun = [ref for ref in ("role/watcher", "rolebinding/watcher") if cluster.find(ref)]
        told = "there is no ServiceAccount watcher"
        return not_yet(f"{told}; there is {named_in(begun)}") if begun else not_started(told)
    short = refused(cluster, "watcher", [(verb, "pods") for verb in ("get", "list", "watch")])
    if short:
        return not_yet(f"watcher may not {' or '.join(verb for verb, _ in short)} Pods")
    return passed_unless(standing(found, "ServiceAccount watcher") or ending(cluster, "watcher"))


def yours(text: str, manager: str = "carol", **more: str) -> dict[str, object]:
    """The ConfigMap of the second exercise."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "yours"},
        "data": {"text": text, **more},
    }


def of_carol(cluster: Cluster) -> None:
    """As the exercise begins: carol has set the text."""
    cluster.delete("configmap/yours")
    put_as(cluster, yours(CAROLS), "carol")


def put_as(cluster: Cluster, body: dict[str, object], manager: str) -> None:
    """A server-side apply by that manager, which takes over what it names."""
    cluster.transport.json(
        "patch",
        f"/api/v1/namespaces/{cluster.namespace}/configmaps/yours",
        what="apply configmap/yours",
        body=body,
        content_type="application/apply-patch+yaml",
        field_manager=manager,
        force_conflicts=True,
    )


def same_text(cluster: Cluster) -> None:
    """Nobody is in each other's way: both own it."""
    put_as(cluster, yours(CAROLS), FIELD_MANAGER)


def another_key(cluster: Cluster) -> None:
    """The text stays carol's."""
    put_as(cluster, {**yours(""), "data": {"note": "hello"}}, FIELD_MANAGER)


def deleted(cluster: Cluster) -> None:
    """Nothing is left to own."""
    cluster.delete("configmap/yours")


def take_over(cluster: Cluster) -> None:
    """What `solution` shows."""
    mine = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "yours"},
        "data": {"text": "now it is mine"},
    }
    apply(cluster, [mine], force=True)


def once_more(cluster: Cluster) -> None:
    """Deleted, and made again with the same text: nobody's change."""
    cluster.delete("configmap/yours")
    cluster.create(yours(CAROLS))


def taken_away(cluster: Cluster) -> None:
    """Carol has it no more, and nobody has a text."""
    cluster.patch("configmap/yours", {"data": {"text": None}})


def by_a_patch(cluster: Cluster) -> None:
    """Changed by kubectl, without an apply."""
    kubectl('patch configmap yours --patch \'{"data": {"text": "hello"}}\'', cluster=cluster)


def of_no_manager(cluster: Cluster) -> None:
    """Another text; and nobody is noted any more as the owner of anything."""
    cluster.patch("configmap/yours", {"data": {"text": "hello"}, "metadata": {"managedFields": [{}]}})


@exercise(
    "nb14.take-over",
    level=Level.SEVERAL,
    work=Work.ACT,
    hints=(
        "`kubectl get configmap yours --output yaml --show-managed-fields` says whose the text is now.",
        "Whoever applies another text with `--server-side` is told of a conflict, and what to do.",
    ),
    solve=take_over,
    wrong=(same_text, another_key, deleted, once_more, taken_away),
    right=(by_a_patch, of_no_manager),
    start=of_carol,
)
def take_over_the_text(cluster: Cluster) -> Verdict:
    """The key text of the ConfigMap yours says something else than before, and carol owns it no more."""
    found = cluster.find("configmap/yours")
    if found is None:
        return not_yet("there is no ConfigMap yours any more")
    entries = each(found, "metadata", "managedFields")
    owners = sorted(
        {str(one.get("manager")) for one in entries if "f:text" in table(one, "fieldsV1", "f:data")}
    )
    data = table(found, "data")
    text = at(data, "text")
    if owners == ["carol"] and data == {"text": CAROLS} and not found.is_terminating:
        return not_started("the text is carol's")
    if text is None:
        return not_yet("nobody has a text there")
    if "carol" in owners:
        return not_yet(f"the text belongs to {named_in(owners)}, and says: {text}; keys: {len(data)}")
    is_short = f"it says the same as before: {text}" if text.strip() == CAROLS else ""
    return passed_unless(standing(found, "ConfigMap yours") or is_short)
