"""A diary that outlives whoever writes in it."""

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, standing
from kubeface.errors import CommandFailed
from kubeface.exercises.own.board import SPACE, afresh, astray, inside, listed, mistaken, unready
from kubeface.kube import Cluster, KubeObject, apply, wait
from kubeface.kube.kubectl import run

NEEDS = ("nb01.own",)
CLAIM = "diary"
FILE = "/diary/opened"


def no_diary(cluster: Cluster) -> None:
    """A namespace without a claim and without a clerk."""
    afresh(*NEEDS)(cluster)


def keep_a_diary(cluster: Cluster) -> None:
    """What `solution` shows."""
    written = """
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: diary
      namespace: mine
    spec:
      accessModes: [ReadWriteOnce]
      resources:
        requests:
          storage: 50Mi
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: clerk
      namespace: mine
      labels:
        app: clerk
    spec:
      containers:
        - name: clerk
          image: registry.kubeface.internal/busybox:v1.0
          command: [sh, -c, "trap exit TERM; date >> /diary/opened; tail -f /dev/null & wait"]
          volumeMounts:
            - name: diary
              mountPath: /diary
      volumes:
        - name: diary
          persistentVolumeClaim:
            claimName: diary
    """
    apply(cluster, list(yaml.safe_load_all(written)))
    wait(cluster, "pod/clerk", for_="Ready", timeout_s=90, namespace="mine")
    cluster.delete("pod/clerk", namespace="mine")
    wait(cluster, "pod/clerk", for_="deleted", timeout_s=90, namespace="mine")
    apply(cluster, list(yaml.safe_load_all(written)))
    wait(cluster, "pod/clerk", for_="Ready", timeout_s=90, namespace="mine")


#: What the solution does once more.
_AGAIN = (
    'cluster.delete("pod/clerk", namespace="mine")\n',
    "",
)


def a_claim_alone(cluster: Cluster) -> None:
    """Nobody uses it, so nobody makes its disk."""
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": CLAIM}}
    request = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "50Mi"}}}
    apply(cluster, [body | {"spec": request}], namespace=SPACE)


def a_claim_of_no_class(cluster: Cluster) -> None:
    """A class that the cluster does not have: the clerk finds no node."""
    mistaken(cluster, keep_a_diary, _AGAIN, ("  accessModes", "  storageClassName: fast\n  accessModes"))
    wait(cluster, "pod/clerk", for_=lambda pod: bool(pod.raw["status"].get("conditions")), namespace=SPACE)


def a_first_clerk(cluster: Cluster) -> None:
    """It writes, and nothing has shown yet that it stays."""
    mistaken(cluster, keep_a_diary, _AGAIN)
    settled(cluster)


def a_diary_in_the_pod(cluster: Cluster) -> None:
    """The volume is an emptyDir."""
    claim = "persistentVolumeClaim:\n        claimName: diary"
    mistaken(cluster, keep_a_diary, _AGAIN, (claim, "emptyDir: {}"))
    settled(cluster)


def a_diary_beside_the_disk(cluster: Cluster) -> None:
    """The claim is mounted, and the line goes elsewhere."""
    mistaken(cluster, keep_a_diary, _AGAIN, (">> /diary/opened", ">> /tmp/opened"))
    settled(cluster)


def settled(cluster: Cluster) -> None:
    """Wait until the clerk is ready."""
    wait(cluster, "pod/clerk", for_="Ready", timeout_s=60, namespace=SPACE)


def a_larger_disk_of_the_shared_class(cluster: Cluster) -> None:
    """Another class, mode and size, and the clerk is thrown out without time to end."""
    mistaken(
        cluster,
        keep_a_diary,
        _AGAIN,
        ("[ReadWriteOnce]", "[ReadWriteMany]\n  storageClassName: shared"),
        ("storage: 50Mi", "storage: 1Gi"),
    )
    settled(cluster)
    cluster.delete("pod/clerk", namespace=SPACE, grace_s=0)
    wait(cluster, "pod/clerk", for_="deleted", timeout_s=60, namespace=SPACE)
    mistaken(
        cluster,
        keep_a_diary,
        _AGAIN,
        ("[ReadWriteOnce]", "[ReadWriteMany]\n  storageClassName: shared"),
        ("storage: 50Mi", "storage: 1Gi"),
    )
    settled(cluster)


@exercise(
    "nb04.own",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "`manifests/mysql/persistentvolumeclaim.yaml` shows a claim. 50Mi is plenty.",
        "A Pod names its claim below `volumes`, and a container says below `volumeMounts` in which "
        "folder it is.",
        '`sh -c "date >> /diary/opened; tail -f /dev/null"` writes a line, and goes on running. Then delete '
        "the Pod, and apply your file once more.",
    ),
    solve=keep_a_diary,
    wrong=(
        a_claim_alone,
        a_first_clerk,
        a_diary_in_the_pod,
        a_diary_beside_the_disk,
        a_claim_of_no_class,
    ),
    right=(a_larger_disk_of_the_shared_class,),
    start=no_diary,
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """In mine, /diary/opened, on the claim diary, has lines of the clerk that runs and of an earlier one."""
    mine = inside(cluster)
    claim, clerks = mine.find(f"persistentvolumeclaim/{CLAIM}"), _clerks(mine)
    if claim is None and not clerks:
        lost = astray(cluster, f"persistentvolumeclaim/{CLAIM}", f"claim {CLAIM}")
        return not_yet(lost) if lost else not_started(f"{SPACE} has no claim {CLAIM}")
    if not clerks:
        return not_yet(f"the claim {CLAIM} is there, and no clerk: a Pod clerk that writes")
    clerk = clerks[0]
    return passed_unless(
        standing(claim, f"claim {CLAIM}") or _elsewhere(clerk, claim) or _forgotten(cluster, clerk)
    )


def _clerks(mine: Cluster) -> list[KubeObject]:
    """The Pod of this lesson, or those of the Deployment that takes its place in notebook 09."""
    return [pod for pod in pods.living(mine) if pod.name == "clerk" or pod.name.startswith("clerk-")]


def _elsewhere(clerk: KubeObject, claim: KubeObject | None) -> str:
    """Why a clerk does not have the claim's disk at its place, as a sentence."""
    volumes = [one.get("name") for one in each(clerk, "spec", "volumes") if _claim_of(one) == CLAIM]
    mounts = [one for box in each(clerk, "spec", "containers") for one in each(box, "volumeMounts")]
    places = [one.get("mountPath") for one in mounts if one.get("name") in volumes]
    if not volumes:
        return f"the Pod {clerk.name} does not use the claim {CLAIM}"
    if "/diary" not in [str(place).rstrip("/") for place in places]:
        return f"the claim is mounted at {listed(places)}, not at /diary"
    phase = at(claim, "status", "phase")
    return "" if phase == "Bound" else f"the claim is {phase}, not Bound"


def _forgotten(cluster: Cluster, clerk: KubeObject) -> str:
    """Why no line of an earlier clerk is on the claim, as a sentence."""
    if not clerk.is_ready:
        return unready(clerk)
    try:
        lines = run(
            ["exec", clerk.name, "--namespace", SPACE, "--", "cat", FILE], cluster=cluster
        ).splitlines()
    except CommandFailed:
        return f"there is no file {FILE}"
    starts = sum(1 + int(one.get("restartCount") or 0) for one in each(clerk, "status", "containerStatuses"))
    if len(lines) > starts:
        return ""
    return f"{FILE} has {len(lines)} line{'s' if len(lines) != 1 else ''}, none of an earlier clerk"


def _claim_of(volume: dict[str, object]) -> object:
    return at(volume, "persistentVolumeClaim", "claimName")
