"""Tasks of the exam about Pods, what they are given, what they keep, and what runs by the clock."""

from collections.abc import Iterable
from typing import Any

from kubeface.checks import Verdict, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, named_in, standing, table
from kubeface.endstates.rollout import unfinished
from kubeface.endstates.settings import environment
from kubeface.exam.task import DOOR, IMAGE, anew, task
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait

DOOR_PATH = "/etc/door"
DIARY_PATH = "/data"


def nobody_reviewed(cluster: Cluster) -> None:
    """No Pod has the annotation, or a label of that name."""
    anew(cluster, "shop")
    for what in ("annotate", "label"):
        kubectl(f"{what} pods --all reviewed-", cluster=cluster)


def review_all(cluster: Cluster) -> None:
    """The canary and the till, too."""
    kubectl("annotate pods --selector app reviewed=yes", cluster=cluster)


def review_one(cluster: Cluster) -> None:
    """One of two."""
    kubectl("annotate pod shop-1 reviewed=yes", cluster=cluster)


def review_as_a_label(cluster: Cluster) -> None:
    """The right Pods, by a label."""
    kubectl("label pods --selector 'app=shop,track!=canary' reviewed=yes", cluster=cluster)


def review_by_a_patch(cluster: Cluster) -> None:
    """One by one."""
    for name in ("shop-1", "shop-2"):
        cluster.patch(f"pod/{name}", {"metadata": {"annotations": {"reviewed": "yes"}}})


def review_the_shop(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("annotate pods --selector 'app=shop,track!=canary' reviewed=yes", cluster=cluster)


@task(
    "review",
    points=5,
    lesson="02",
    solve=review_the_shop,
    wrong=(review_all, review_one, review_as_a_label),
    right=(review_by_a_patch,),
    start=nobody_reviewed,
)
def review(cluster: Cluster) -> Verdict:
    """Every Pod of the shop but canaries has the annotation reviewed=yes, and no other Pod has it."""
    living = pods.living(cluster)
    done = {pod.name for pod in living if pod.annotations.get("reviewed") == "yes"}
    shop = {pod.name: pod.labels for pod in living if pod.labels.get("app") == "shop"}
    meant = {name for name, labels in shop.items() if labels.get("track") != "canary"}
    if not done and not any("reviewed" in {**pod.labels, **pod.annotations} for pod in living):
        return not_started("no Pod has the annotation")
    if not meant:
        return not_yet("there is no such Pod any more")
    missing, surplus = sorted(meant - done), sorted(done - meant)
    if missing:
        has_label = any("reviewed" in shop[name] for name in missing)
        told = ", and has a label of that name" if has_label else ""
        return not_yet(f"{named_in(missing)} lacks it{told}")
    return passed_unless(f"{named_in(surplus)} has it, too" if surplus else "")


def no_greeter(cluster: Cluster) -> None:
    """There is no such Pod."""
    cluster.delete("pod/greeter", grace_s=0)
    wait(cluster, "pod/greeter", for_="deleted", timeout_s=60)


def greet(cluster: Cluster, container: dict[str, Any], volumes: Iterable[dict[str, Any]] = ()) -> None:
    """A Pod greeter, running."""
    main = {"name": "greeter", "image": IMAGE, "command": ["tail", "-f", "/dev/null"], **container}
    spec = {"containers": [main], "volumes": list(volumes), "terminationGracePeriodSeconds": 1}
    apply(cluster, [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "greeter"}, "spec": spec}])
    wait(cluster, "pod/greeter", for_="Ready", timeout_s=60)


WORD = {"name": "WORD", "valueFrom": {"configMapKeyRef": {"name": "greeting", "key": "word"}}}
MOUNT = {"name": "door", "mountPath": DOOR_PATH}
VOLUME = {"name": "door", "secret": {"secretName": DOOR}}


def greeter_by_heart(cluster: Cluster) -> None:
    """The word is written into the Pod."""
    greet(cluster, {"env": [{"name": "WORD", "value": "welcome"}], "volumeMounts": [MOUNT]}, [VOLUME])


def greeter_without_files(cluster: Cluster) -> None:
    """The Secret as a variable."""
    key = {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": DOOR, "key": "key"}}}
    greet(cluster, {"env": [WORD, key]})


def greeter_elsewhere(cluster: Cluster) -> None:
    """The files are in another folder."""
    greet(cluster, {"env": [WORD], "volumeMounts": [{**MOUNT, "mountPath": "/door"}]}, [VOLUME])


def greeter_projected(cluster: Cluster) -> None:
    """The Secret as a part of a projected volume, with its key alone."""
    source = {"secret": {"name": DOOR, "items": [{"key": "key", "path": "key"}]}}
    greet(
        cluster,
        {"env": [WORD], "volumeMounts": [MOUNT]},
        [{"name": "door", "projected": {"sources": [source]}}],
    )


def make_greeter(cluster: Cluster) -> None:
    """What `solution` shows."""
    word = {"name": "WORD", "valueFrom": {"configMapKeyRef": {"name": "greeting", "key": "word"}}}
    main = {
        "name": "greeter",
        "image": "registry.kubeface.internal/busybox:v1.0",
        "command": ["tail", "-f", "/dev/null"],
        "env": [word],
        "volumeMounts": [{"name": "door", "mountPath": "/etc/door"}],
    }
    spec = {"containers": [main], "volumes": [{"name": "door", "secret": {"secretName": "door"}}]}
    apply(cluster, [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "greeter"}, "spec": spec}])
    wait(cluster, "pod/greeter", for_="Ready", timeout_s=60)


@task(
    "greeter",
    points=9,
    lesson="04",
    solve=make_greeter,
    wrong=(greeter_by_heart, greeter_without_files, greeter_elsewhere),
    right=(greeter_projected,),
    start=no_greeter,
)
def greeter(cluster: Cluster) -> Verdict:
    """A Pod greeter is ready, with WORD from the ConfigMap greeting and the Secret door in /etc/door."""
    found = cluster.find("pod/greeter")
    if found is None:
        return not_started("there is no Pod greeter")
    main = next(iter(each(found, "spec", "containers")), {})
    word = environment(cluster, main).get("WORD")
    short = standing(found, "Pod greeter")
    if not short and word is None:
        short = "it has no variable WORD"
    if not short and word and word.source != "configmap/greeting":
        short = f"its WORD comes from {word.source or 'the Pod itself'}"
    if not short and DOOR not in _secrets_at(found, main, DOOR_PATH):
        places = [str(one.get("mountPath")) for one in each(main, "volumeMounts")]
        short = f"the Secret {DOOR} is not mounted at {DOOR_PATH}; what is mounted is at {named_in(places)}"
    return passed_unless(short or ("" if found.is_ready else "it is not ready"))


def _secrets_at(pod: KubeObject, container: dict[str, Any], path: str) -> list[str]:
    """The Secrets whose keys are files in a folder of a container."""
    names = _mounted(container, path)
    volumes = [one for one in each(pod, "spec", "volumes") if one.get("name") in names]
    sources = [one for volume in volumes for one in each(volume, "projected", "sources")]
    plain = [at(volume, "secret", "secretName") for volume in volumes]
    return [str(one) for one in [*plain, *(at(source, "secret", "name") for source in sources)] if one]


def _mounted(container: dict[str, Any], path: str) -> list[str]:
    """The volumes that are mounted at a path."""
    mounts = each(container, "volumeMounts")
    return [str(one["name"]) for one in mounts if str(one.get("mountPath")).rstrip("/") == path]


def forgetful_diary(cluster: Cluster) -> None:
    """As in its file: in an emptyDir."""
    for claim in cluster.list("persistentvolumeclaims"):
        cluster.delete(claim.ref)
    anew(cluster, "diary")
    for claim in cluster.list("persistentvolumeclaims"):
        wait(cluster, claim.ref, for_="deleted", timeout_s=60)


def claim_nobody_uses(cluster: Cluster) -> None:
    """A claim alone."""
    apply(cluster, [_claim("diary")])


def claim_elsewhere(cluster: Cluster) -> None:
    """The claim is mounted beside the folder."""
    apply(cluster, [_claim("diary")])
    mounts = [{"name": "kept", "mountPath": "/kept"}]
    volumes = [{"name": "kept", "persistentVolumeClaim": {"claimName": "diary"}}]
    _diary(cluster, mounts, volumes)
    wait(cluster, "deployment/diary", for_="Ready", timeout_s=90)


def claim_not_there(cluster: Cluster) -> None:
    """A claim that nobody has made."""
    _diary(cluster, [], [_kept_by("nobodys")])


def diary_on_the_shared_disk(cluster: Cluster) -> None:
    """A claim of another name and class, in a folder of its own there."""
    body = _claim("books")
    body["spec"] |= {"storageClassName": "shared", "accessModes": ["ReadWriteMany"]}
    apply(cluster, [body])
    mount = {"name": "data", "mountPath": DIARY_PATH, "subPath": "diary"}
    _diary(cluster, [mount], [_kept_by("books")])
    wait(cluster, "deployment/diary", for_="Ready", timeout_s=90)


def _claim(name: str) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "50Mi"}}}
    meta = {"name": name}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": spec}


def _kept_by(claim: str) -> dict[str, Any]:
    return {"name": "data", "emptyDir": None, "persistentVolumeClaim": {"claimName": claim}}


def _diary(cluster: Cluster, mounts: list[dict[str, Any]], volumes: list[dict[str, Any]]) -> None:
    spec = {"containers": [{"name": "diary", "volumeMounts": mounts}], "volumes": volumes}
    cluster.patch("deployment/diary", {"spec": {"template": {"spec": spec}}}, strategic=True)


def keep_the_diary(cluster: Cluster) -> None:
    """What `solution` shows."""
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "50Mi"}}}
    apply(
        cluster,
        [
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": "diary"},
                "spec": spec,
            }
        ],
    )
    volume = {"name": "data", "emptyDir": None, "persistentVolumeClaim": {"claimName": "diary"}}
    cluster.patch("deployment/diary", {"spec": {"template": {"spec": {"volumes": [volume]}}}}, strategic=True)
    wait(cluster, "deployment/diary", for_="Ready", timeout_s=90)


@task(
    "diary",
    points=9,
    lesson="04",
    solve=keep_the_diary,
    wrong=(claim_nobody_uses, claim_elsewhere, claim_not_there),
    right=(diary_on_the_shared_disk,),
    start=forgetful_diary,
)
def diary(cluster: Cluster) -> Verdict:
    """The folder /data of the Deployment diary lies on a claim that is bound, and its Pod is ready."""
    found = cluster.find("deployment/diary")
    if found is None:
        return not_yet("there is no Deployment diary any more")
    main = next(iter(each(found, "spec", "template", "spec", "containers")), {})
    volumes = each(found, "spec", "template", "spec", "volumes")
    names = _mounted(main, DIARY_PATH)
    claims = [at(one, "persistentVolumeClaim", "claimName") for one in volumes if one.get("name") in names]
    claimed = next(filter(None, claims), None)
    if claimed is None:
        told = f"what it writes to {DIARY_PATH} goes with its Pod"
        others = [one.name for one in cluster.list("persistentvolumeclaims")]
        if len(volumes) == 1 and not others and not found.is_terminating:
            return not_started(told)
        used = [str(one.get("name")) for one in volumes if one.get("name") not in names]
        return not_yet(f"{told}; there are the claims: {named_in(others)}, and the volumes: {named_in(used)}")
    claim = cluster.find(f"persistentvolumeclaim/{claimed}")
    short = standing(found, "Deployment diary") or standing(claim, f"claim {claimed}")
    if not short and at(claim, "status", "phase") != "Bound":
        short = f"the claim {claimed} is {at(claim, 'status', 'phase')}"
    return passed_unless(short or unfinished(found))


def no_sweeper(cluster: Cluster) -> None:
    """There is no such CronJob."""
    cluster.delete("cronjob/sweeper")


def sweep(cluster: Cluster, **more: object) -> None:
    """A CronJob sweeper."""
    pod = {
        "containers": [{"name": "sweeper", "image": IMAGE, "command": ["date"]}],
        "restartPolicy": "Never",
    }
    spec: dict[str, Any] = {"schedule": "30 3 * * *", "concurrencyPolicy": "Forbid"}
    spec |= {"successfulJobsHistoryLimit": 1, "jobTemplate": {"spec": {"template": {"spec": pod}}}}
    body = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "sweeper"}}
    apply(cluster, [{**body, "spec": spec | more}])


def sweep_twice(cluster: Cluster) -> None:
    """At three, too."""
    sweep(cluster, schedule="*/30 3 * * *")


def sweep_side_by_side(cluster: Cluster) -> None:
    """A second one may begin before the first has ended."""
    sweep(cluster, concurrencyPolicy="Allow")


def sweep_and_keep_three(cluster: Cluster) -> None:
    """As many Jobs are kept as without a word."""
    sweep(cluster, successfulJobsHistoryLimit=3)


def sweep_never(cluster: Cluster) -> None:
    """It is suspended."""
    sweep(cluster, suspend=True)


def sweep_anew(cluster: Cluster) -> None:
    """With a leading zero, and the new Job in the place of the old one."""
    sweep(cluster, schedule="30 03 * * 0-6", concurrencyPolicy="Replace")


def make_sweeper(cluster: Cluster) -> None:
    """What `solution` shows."""
    pod = {
        "containers": [
            {"name": "sweeper", "image": "registry.kubeface.internal/busybox:v1.0", "command": ["date"]}
        ],
        "restartPolicy": "Never",
    }
    spec = {
        "schedule": "30 3 * * *",
        "concurrencyPolicy": "Forbid",
        "successfulJobsHistoryLimit": 1,
        "jobTemplate": {"spec": {"template": {"spec": pod}}},
    }
    apply(
        cluster,
        [{"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "sweeper"}, "spec": spec}],
    )


@task(
    "sweeper",
    points=7,
    lesson="13",
    solve=make_sweeper,
    wrong=(sweep_twice, sweep_side_by_side, sweep_and_keep_three, sweep_never),
    right=(sweep_anew,),
    start=no_sweeper,
)
def sweeper(cluster: Cluster) -> Verdict:
    """A CronJob sweeper runs daily at 3:30, never two Jobs at a time, and keeps one finished Job."""
    found = cluster.find("cronjob/sweeper")
    if found is None:
        return not_started("there is no CronJob sweeper")
    spec = table(found, "spec")
    kept = spec.get("successfulJobsHistoryLimit")
    short = standing(found, "CronJob sweeper")
    if not short and not is_at_half_past_three(str(spec.get("schedule"))):
        short = f"its schedule is {spec.get('schedule')}"
    if not short and spec.get("concurrencyPolicy") not in ("Forbid", "Replace"):
        short = f"with {spec.get('concurrencyPolicy')}, two of its Jobs may run at a time"
    if not short and kept != 1:
        short = f"{kept} finished Jobs are kept"
    return passed_unless(short or ("it is suspended" if spec.get("suspend") else ""))


def is_at_half_past_three(schedule: str) -> bool:
    """Whether a schedule means 3:30 each day and no other time.

    >>> is_at_half_past_three("30 03 * * 0-6"), is_at_half_past_three("30 3,4 * * *")
    (True, False)
    """
    fields = schedule.split()
    if len(fields) != 5:
        return False
    every = ({"*", "*/1", "?", "1-31"}, {"*", "*/1", "1-12"}, {"*", "*/1", "?", "0-6", "1-7", "0-7"})
    days = all(field in spelled for field, spelled in zip(fields[2:], every, strict=True))
    return days and [field.lstrip("0") for field in fields[:2]] == ["30", "3"]
