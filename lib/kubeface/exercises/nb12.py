"""Notebook 12: rolling updates and rollback."""

from collections.abc import Callable
from dataclasses import replace

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless, question
from kubeface.endstates import pods
from kubeface.endstates.images import is_same, named
from kubeface.endstates.parts import at, each, standing
from kubeface.endstates.rollout import bounds, unfinished
from kubeface.endstates.settings import template_container
from kubeface.images import Images
from kubeface.kube import Cluster, KubeObject, kubectl, wait
from kubeface.lesson import PIPELINE, Plan

READY_S = 120
RECEIVER = "app.kubernetes.io/name=receiver"
CAUSE = "kubernetes.io/change-cause"
REVISION = "deployment.kubernetes.io/revision"


def forget_revisions(cluster: Cluster) -> None:
    """No Deployment receiver and none of its ReplicaSets, so that the next one begins with revision 1."""
    cluster.delete("deployment/receiver")
    for one in cluster.list("replicasets", labels=RECEIVER):
        cluster.delete(one.ref)
        wait(cluster, one.ref, for_="deleted", timeout_s=READY_S)


PLAN = Plan(
    "12",
    "Rolling updates and rollback",
    objectives=(
        "replace a running program by a newer version while it is used",
        "say how many Pods there are at most while it happens, and what may be missing",
        "stop a bad version, and go back to a good one",
    ),
    needs="Deployments and ReplicaSets (notebook 07), probes (notebook 08)",
    state=replace(PIPELINE, first=(*PIPELINE.first, forget_revisions)),
    practice=PIPELINE,
    nodes=3,
    parts=("receiver",),
)

question(
    "nb12.most",
    "Three receivers, maxSurge 1, maxUnavailable 0. How many does the Deployment count at most on the way?",
    number=range(1, 8),
    expect=4,
    because="The three that are desired, and the one that maxSurge allows. "
    "Pods that terminate are not counted.",
)
question(
    "nb12.lost",
    "Three clients post all the time while every receiver is replaced. Which requests are lost?",
    choice=("none", "some, while a Pod is swapped", "all, until the new Pods are ready"),
    expect="none",
    because="A new Pod gets requests once it is ready, and an old one serves on for three seconds "
    "while nodes learn that it leaves.",
)
question(
    "nb12.bad",
    "The next image does not exist. How many receivers are available then?",
    number=range(4),
    expect=3,
    because="An old Pod goes when a new one is available; none ever is, so the rollout stops by itself.",
)
question(
    "nb12.recreate",
    "The same change, with all old Pods gone before the first new one starts. Is a request lost?",
    choice=("no", "yes"),
    expect="yes",
    because="For some seconds nobody is there to answer.",
)


def set_image(cluster: Cluster, name: str, tag: str) -> None:
    """That image in the Deployment of that name."""
    image = f"registry.kubeface.internal/{name}:{tag}"
    kubectl(f"set image deployment/{name} {name}={image}", cluster=cluster)


def image_of(deployment: KubeObject, name: str) -> str:
    """The image in a Deployment's template."""
    return str(template_container(deployment, name).get("image") or "")


def as_in_its_file(cluster: Cluster) -> None:
    """The strategy that the manifest has."""
    strategy(cluster, surge=1, missing=0)


def strategy(cluster: Cluster, *, surge: int | str, missing: int | str) -> None:
    """A rolling update with these bounds."""
    told = {"maxSurge": surge, "maxUnavailable": missing}
    cluster.patch(
        "deployment/receiver", {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": told}}}
    )


def one_more_one_less(cluster: Cluster) -> None:
    """One Pod too many is allowed still."""
    strategy(cluster, surge=1, missing=1)


def all_at_once(cluster: Cluster) -> None:
    """None is too many, since all go first."""
    cluster.patch("deployment/receiver", {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}})


def one_less(cluster: Cluster) -> None:
    """What `solution` shows."""
    bounds = {"maxSurge": 0, "maxUnavailable": 1}
    cluster.patch("deployment/receiver", {"spec": {"strategy": {"rollingUpdate": bounds}}})


def half_of_four(cluster: Cluster) -> None:
    """Two of four may be missing."""
    cluster.patch("deployment/receiver", {"spec": {"replicas": 4}})
    strategy(cluster, surge="0%", missing="50%")


def receiver_gone(cluster: Cluster) -> None:
    """There is nothing to roll out."""
    cluster.delete("deployment/receiver")


def in_percent(cluster: Cluster) -> None:
    """None more, as a share."""
    strategy(cluster, surge="0%", missing=1)


def a_quarter(cluster: Cluster) -> None:
    """A quarter of a few Pods is rounded down to none, and both cannot be none: that makes it one."""
    strategy(cluster, surge=0, missing="25%")


def bounds_now(cluster: Cluster) -> str | None:
    """A hint for whoever finds the Deployment."""
    told = at(cluster.find("deployment/receiver"), "spec", "strategy", "rollingUpdate")
    return f"They are {told.get('maxSurge')} and {told.get('maxUnavailable')} now." if told else None


@exercise(
    "nb12.one-less",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "Two numbers below `.spec.strategy.rollingUpdate` say how many Pods more and how many fewer.",
        bounds_now,
        "Both cannot be 0: then nothing could ever be replaced, and the API server refuses that.",
    ),
    solve=one_less,
    wrong=(one_more_one_less, all_at_once, half_of_four, receiver_gone),
    right=(in_percent, a_quarter),
    start=as_in_its_file,
)
def never_one_too_many(cluster: Cluster) -> Verdict:
    """A rollout of the receiver may be one Pod short, and never has one too many."""
    found = cluster.find("deployment/receiver")
    short = standing(found, "Deployment receiver")
    if found is None or short:
        return not_yet(short)
    kind = at(found, "spec", "strategy", "type")
    if kind != "RollingUpdate":
        return not_yet(f"with {kind}, all Pods may be missing")
    told = at(found, "spec", "strategy", "rollingUpdate") or {}
    surge, missing = bounds(found)
    if (told.get("maxSurge"), told.get("maxUnavailable")) == (1, 0):
        return not_started("one Pod more is allowed and none fewer, as in its manifest")
    is_short = f"of {found.desired} Pods, {surge} more and {missing} fewer are allowed"
    return passed_unless("" if (surge, missing) == (0, 1) else is_short)


def no_such_frontend(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: one is wanted, and the revision before was good."""
    cluster.patch("deployment/frontend", {"spec": {"replicas": 1}})
    set_image(cluster, "frontend", "v1.0")
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=READY_S)
    set_image(cluster, "frontend", "v2.0")


def another_that_is_missing(cluster: Cluster) -> None:
    """Forward, to an image that is not there either."""
    set_image(cluster, "frontend", "v2.1")


def none_wanted(cluster: Cluster) -> None:
    """Nothing fails where nothing runs."""
    set_image(cluster, "frontend", "v1.0")
    kubectl("scale deployment/frontend --replicas 0", cluster=cluster)
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=READY_S)


def back_to_the_good_one(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("rollout undo deployment/frontend", cluster=cluster)
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=120)


def stopped_halfway(cluster: Cluster) -> None:
    """The good image, in a rollout that is paused."""
    kubectl("rollout pause deployment/frontend", cluster=cluster)
    set_image(cluster, "frontend", "v1.0")


def somebody_else(cluster: Cluster) -> None:
    """An image that exists, of another program, asked for nothing."""
    image = "registry.kubeface.internal/busybox:v1.0"
    probes = '"startupProbe": null, "readinessProbe": null, "livenessProbe": null, "lifecycle": null'
    container = f'{{"name": "frontend", "image": "{image}", "command": ["sleep", "infinity"], {probes}}}'
    patch = '{"spec": {"template": {"spec": {"containers": [' + container + "]}}}}"
    kubectl(f"patch deployment frontend --patch '{patch}'", cluster=cluster)
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=READY_S)


def by_digest(cluster: Cluster) -> None:
    """The good image by its digest."""
    digest = Images.of(cluster).get("frontend", "v1.0").digest
    image = f"registry.kubeface.internal/frontend@{digest}"
    kubectl(f"set image deployment/frontend frontend={image}", cluster=cluster)
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=120)


def two_of_them(cluster: Cluster) -> None:
    """The good image by its tag, and two frontends."""
    set_image(cluster, "frontend", "v1.0")
    kubectl("scale deployment/frontend --replicas 2", cluster=cluster)
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=120)


@exercise(
    "nb12.repair",
    level=Level.ONE,
    work=Work.FIND,
    hints=(
        "`kubectl rollout status deployment/frontend` says that it waits; `kubectl get pods` says for what.",
        "The revision before this one was good. `kubectl rollout --help` lists what can be done.",
    ),
    solve=back_to_the_good_one,
    wrong=(another_that_is_missing, none_wanted, stopped_halfway, somebody_else),
    right=(by_digest, two_of_them),
    start=no_such_frontend,
)
def the_frontend_is_back(cluster: Cluster) -> Verdict:
    """The frontend runs an image that exists, and its rollout is complete."""
    found = cluster.find("deployment/frontend")
    short = standing(found, "Deployment frontend")
    if found is None or short:
        return not_yet(short)
    image = named(image_of(found, "frontend"))
    short = unfinished(found)
    if image.tag == "v2.0" and short and found.desired and not at(found, "spec", "paused"):
        return not_started("its rollout is not complete, as you found it")
    if short:
        return not_yet(f"it asks for {image.short}: {short}")
    is_it = all(pods.runs(pod, "frontend") for pod in pods.of(cluster, found))
    return passed_unless("" if is_it else f"it runs {image.short}, which is no frontend")


def one_photo_a_request(cluster: Cluster) -> None:
    """The old version, without a word about it, and none about any other."""
    set_image(cluster, "receiver", "v1.0")
    kubectl(f"annotate deployment/receiver {CAUSE}-", cluster=cluster)
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=READY_S)
    for one in _revisions(cluster, cluster.get("deployment/receiver")):
        cluster.patch(one.ref, {"metadata": {"annotations": {CAUSE: None}}})


def without_a_word(cluster: Cluster) -> None:
    """The new version, and nobody says why."""
    set_image(cluster, "receiver", "v1.1")
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=READY_S)


def a_word_without_a_version(cluster: Cluster) -> None:
    """A cause, and an image that is not there."""
    set_image(cluster, "receiver", "v1.2")
    kubectl(f"annotate deployment/receiver {CAUSE}=better", cluster=cluster)


def forward_with_a_word(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl(
        "set image deployment/receiver receiver=registry.kubeface.internal/receiver:v1.1", cluster=cluster
    )
    kubectl(
        "annotate deployment/receiver 'kubernetes.io/change-cause=many photos a request'", cluster=cluster
    )
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=120)


def a_word_about_the_old_one(cluster: Cluster) -> None:
    """The note first, which goes to v1.0, and then the image, which takes it along."""
    kubectl(f"annotate deployment/receiver '{CAUSE}=all about v1.0'", cluster=cluster)
    wait(cluster, "deployment/receiver", for_=_has_told_its_revision(cluster), timeout_s=60)
    set_image(cluster, "receiver", "v1.1")
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=READY_S)


def old_by_digest(cluster: Cluster) -> None:
    """The new tag with the old digest, which counts."""
    digest = Images.of(cluster).get("receiver", "v1.0").digest
    set_image(cluster, "receiver", f"v1.1@{digest}")
    kubectl(f"annotate deployment/receiver '{CAUSE}=many photos a request'", cluster=cluster)
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=READY_S)


def new_by_digest(cluster: Cluster) -> None:
    """The new image by tag and digest."""
    digest = Images.of(cluster).get("receiver", "v1.1").digest
    set_image(cluster, "receiver", f"v1.1@{digest}")
    kubectl(f"annotate deployment/receiver '{CAUSE}=many photos a request'", cluster=cluster)
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=120)


def a_word_of_the_replicaset(cluster: Cluster) -> None:
    """The note on the ReplicaSet, where the history is read."""
    set_image(cluster, "receiver", "v1.1")
    wait(cluster, "deployment/receiver", for_="Ready", timeout_s=120)
    newest = _revisions(cluster, cluster.get("deployment/receiver"))[0]
    cluster.patch(newest.ref, {"metadata": {"annotations": {CAUSE: "many photos a request"}}})


def _has_told_its_revision(cluster: Cluster) -> Callable[[KubeObject], bool]:
    """Whether the controller has written a Deployment's note to its newest revision."""

    def has_told(deployment: KubeObject) -> bool:
        return any(CAUSE in one.annotations for one in _revisions(cluster, deployment)[:1])

    return has_told


@exercise(
    "nb12.cause",
    level=Level.SEVERAL,
    work=Work.ACT,
    hints=(
        "`kubectl set image` changes an image; `kubectl annotate` writes an annotation.",
        f"`kubectl rollout history` reads the annotation `{CAUSE}` of the Deployment.",
    ),
    solve=forward_with_a_word,
    wrong=(without_a_word, a_word_without_a_version, a_word_about_the_old_one, old_by_digest),
    right=(new_by_digest, a_word_of_the_replicaset),
    start=one_photo_a_request,
)
def forward_and_why(cluster: Cluster) -> Verdict:
    """The receiver runs v1.1, its rollout is complete, and its history says why."""
    found = cluster.find("deployment/receiver")
    short = standing(found, "Deployment receiver")
    if found is None or short:
        return not_yet(short)
    image = image_of(found, "receiver")
    folder = named(image).repository
    if not is_same(cluster, image, f"{folder}:v1.1") or named(image).program != "receiver":
        is_old = is_same(cluster, image, f"{folder}:v1.0")
        is_as_begun = is_old and CAUSE not in found.annotations and not named(image).digest
        return not_started("it runs v1.0") if is_as_begun else not_yet(f"it asks for {named(image).short}")
    return passed_unless(unfinished(found) or _untold(cluster, found))


def _untold(cluster: Cluster, deployment: KubeObject) -> str:
    """Why the history does not say what the newest revision is for: no word, or that of the one before."""
    newest, *older = [*_revisions(cluster, deployment), None]
    told = _cause(deployment) or _cause(newest)
    if not told:
        return "its newest revision has no cause in the history"
    before = older[0] if older else None
    if told == _cause(before):
        return f"its history says the same of this revision and of the one before: {told}"
    return ""


def _cause(one: KubeObject | None) -> str:
    return one.annotations.get(CAUSE, "").strip() if one else ""


def _revisions(cluster: Cluster, deployment: KubeObject) -> list[KubeObject]:
    """The ReplicaSets of a Deployment, the newest revision first."""
    found = [one for one in cluster.list("replicasets") if _is_owned(one, deployment)]
    return sorted(found, key=lambda one: int(one.annotations.get(REVISION, 0)), reverse=True)


def _is_owned(one: KubeObject, owner: KubeObject) -> bool:
    uids = [ref.get("uid") for ref in each(one, "metadata", "ownerReferences")]
    return at(owner, "metadata", "uid") in uids
