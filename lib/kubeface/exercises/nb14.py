"""Notebook 14: kubectl is an API client."""

from threading import Event

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.kube import Cluster, apply, kubectl, wait
from kubeface.kube.client import FIELD_MANAGER
from kubeface.kube.wait import Deadline
from kubeface.lesson import Plan, State

NAMESPACE = "api-lesson"
CRD = "customresourcedefinition/albums.course.kubeface.internal"

IN_FORCE_S = 2.0  # chosen: a right is in force some milliseconds after its binding is written


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


def give(cluster: Cluster, verbs: list[str]) -> None:
    """The ServiceAccount watcher, and these verbs on Pods for it."""
    kubectl("create serviceaccount watcher", cluster=cluster)
    group = "rbac.authorization.k8s.io"
    rule = {"apiGroups": [""], "resources": ["pods"], "verbs": verbs}
    role = {
        "apiVersion": f"{group}/v1",
        "kind": "Role",
        "metadata": {"name": "watcher"},
        "rules": [rule],
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


def let_it_watch(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("create serviceaccount watcher", cluster=cluster)
    kubectl("create role watcher --verb get,list,watch --resource pods", cluster=cluster)
    kubectl("create rolebinding watcher --role watcher --serviceaccount api-lesson:watcher", cluster=cluster)


@exercise(
    "nb14.watcher",
    hints=(
        "Three objects: who (a ServiceAccount), what (a Role), and who has what (a RoleBinding).",
        "`kubectl create role --help` shows how verbs and resources are named.",
    ),
    solve=let_it_watch,
    wrong=(watcher_without_rights, watcher_of_one_pod_at_a_time, watcher_that_deletes),
    start=no_watcher,
)
def watcher(cluster: Cluster) -> Verdict:
    """A ServiceAccount watcher may get, list and watch the Pods of this namespace, and not delete them."""
    if cluster.find("serviceaccount/watcher") is None:
        return not_started("there is no ServiceAccount watcher")
    refused, deadline = refused_verbs(cluster), Deadline.after(IN_FORCE_S)
    while refused and cluster.list("rolebindings") and deadline.left_s:
        Event().wait(0.2)
        refused = refused_verbs(cluster)
    if refused:
        return not_yet(f"watcher may not {' or '.join(refused)} Pods")
    return not_yet("watcher may delete Pods") if may(cluster, "watcher", "delete") else passed()


def refused_verbs(cluster: Cluster) -> list[str]:
    """What watcher should be able to do with Pods, and may not."""
    return [verb for verb in ("get", "list", "watch") if not may(cluster, "watcher", verb)]


def may(cluster: Cluster, account: str, verb: str) -> bool:
    """Whether a ServiceAccount of the lesson's namespace may do that with Pods, as the API server says."""
    asked = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": f"system:serviceaccount:{cluster.namespace}:{account}",
            "resourceAttributes": {"namespace": cluster.namespace, "verb": verb, "resource": "pods"},
        },
    }
    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    answer = cluster.transport.json("post", path, what=f"ask whether {account} may {verb} Pods", body=asked)
    return bool(answer["status"].get("allowed"))


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
    put_as(cluster, yours("carol was here"), "carol")


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
    put_as(cluster, yours("carol was here"), FIELD_MANAGER)


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


@exercise(
    "nb14.take-over",
    hints=(
        "`kubectl get configmap yours --output yaml --show-managed-fields` says whose the text is now.",
        "Whoever applies another text with `--server-side` is told of a conflict, and what to do.",
    ),
    solve=take_over,
    wrong=(same_text, another_key, deleted),
    start=of_carol,
)
def take_over_the_text(cluster: Cluster) -> Verdict:
    """The key text of the ConfigMap yours says something else than before, and carol owns it no more."""
    found = cluster.find("configmap/yours")
    if found is None:
        return not_yet("there is no ConfigMap yours any more")
    entries = found.raw["metadata"].get("managedFields") or []
    owners = sorted(
        one["manager"] for one in entries if "f:text" in one.get("fieldsV1", {}).get("f:data", {})
    )
    data = found.raw.get("data") or {}
    if owners == ["carol"] and data == {"text": "carol was here"}:
        return not_started("the text is carol's")
    if "carol" in owners:
        return not_yet(
            f"the text belongs to {' and '.join(owners)}, and says: {data.get('text')}; keys: {len(data)}"
        )
    return passed() if owners else not_yet("nobody has a text there")
