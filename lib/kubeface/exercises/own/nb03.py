"""The notice board runs exactly one image, whatever its tag means tomorrow."""

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed
from kubeface.endstates import images
from kubeface.endstates.parts import each, standing
from kubeface.exercises.own.board import SPACE, afresh, boards, inside, silent
from kubeface.kube import Cluster, KubeObject, kubectl, wait

NEEDS = ("nb01.own", "nb02.own")
BUSYBOX = "registry.kubeface.internal/busybox:v1.0"


def pin_it(cluster: Cluster) -> None:
    """What `solution` shows."""
    board = cluster.get("pod/board", namespace="mine")
    container = board.spec.containers[0].name
    image = board.status.containerStatuses[0].imageID
    kubectl(f"set image pod/board {container}={image} --namespace mine", cluster=cluster)


def a_moving_tag(cluster: Cluster) -> None:
    """Another tag, which names another image."""
    image(cluster, "registry.kubeface.internal/nsq:v1.3.0")


def another_digest(cluster: Cluster) -> None:
    """A digest, of another image."""
    image(cluster, f"registry.kubeface.internal/nsq@{images.digest_of(cluster, _NSQ)}")


def no_such_digest(cluster: Cluster) -> None:
    """A digest with a letter too few in mind: nobody has it."""
    image(cluster, f"registry.kubeface.internal/busybox@sha256:{'0' * 64}")


_NSQ = "registry.kubeface.internal/nsq:v1.3.0"


def image(cluster: Cluster, name: str) -> None:
    """Give the board's container another image."""
    kubectl(f"set image pod/board web={name} --namespace {SPACE}", cluster=cluster)


def tag_and_digest(cluster: Cluster) -> None:
    """Both, of which the digest counts."""
    image(cluster, f"{BUSYBOX}@{images.digest_of(cluster, BUSYBOX)}")
    wait(cluster, "pod/board", for_="Ready", timeout_s=60, namespace=SPACE)


@exercise(
    "nb03.own",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "The digest of what runs now stands in the Pod's status, below `containerStatuses`: "
        "`kubectl get pod board --namespace mine --output yaml`.",
        "An image is one of the few things that may change in a Pod that runs: change the line in your file, "
        "and apply it again.",
        "`registry.kubeface.internal/busybox@sha256:…`, with the digest in the place of the tag.",
    ),
    solve=pin_it,
    wrong=(a_moving_tag, another_digest, no_such_digest),
    right=(tag_and_digest,),
    start=afresh(*NEEDS),
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """The board in mine names its image, today's busybox v1.0, by its digest, and still shows your page."""
    mine = inside(cluster)
    found = boards(mine)
    if not found:
        return not_yet(f"{SPACE} has no Pod with the label app=board")
    told = [_image(pod) for pod in found]
    if all(one == BUSYBOX for one in told):
        return not_started("the board names its image by the tag v1.0")
    for pod, said in zip(found, told, strict=True):
        name = images.named(said)
        if not name.digest:
            return not_yet(f"the Pod {pod.name} names its image by the tag {name.tag}")
        if not images.is_same(cluster, said, BUSYBOX):
            return not_yet(f"{name.short} is not what busybox:v1.0 is: that is {_short(cluster)}")
        short = standing(pod, f"Pod {pod.name}") or silent(mine, pod)
        if short:
            return not_yet(short)
    return passed()


def _image(pod: KubeObject) -> str:
    """The image of a Pod's first container, as its spec names it."""
    return str((each(pod, "spec", "containers") or [{}])[0].get("image") or "")


def _short(cluster: Cluster) -> str:
    return images.digest_of(cluster, BUSYBOX)[:19] or "a digest that nobody tells"
