"""Notebook 03: from Dockerfile to running container."""

from typing import Any

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.images import Images
from kubeface.kube import Cluster, KubeObject, apply, kubectl, load, wait
from kubeface.lesson import Plan, State
from kubeface.pipeline.deploy import manifests_folder

SPACE = "lesson-03"
HELLO = "registry.kubeface.internal/hello"
FOLDER = "lessons/03-from-dockerfile-to-running-container"
CANNOT_PULL = ("ErrImagePull", "ImagePullBackOff")


def make_hello(cluster: Cluster) -> None:
    """The image hello:v1, in the cluster's registry."""
    images = Images.of(cluster)
    busybox = images.get("busybox", "v1.0")
    images.make(
        "hello", "v1", base=busybox, files={"greeting.txt": "hello\n"}, command=["cat", "/greeting.txt"]
    )


def run_hello(cluster: Cluster) -> None:
    """The Pods as the lesson leaves them: hello has ended well, and typo cannot pull its image."""
    apply(cluster, [*_manifest("hello"), *_manifest("typo")])
    wait(cluster, "pod/hello", for_="Succeeded", timeout_s=90)


def _manifest(name: str) -> list[dict[str, Any]]:
    return load(manifests_folder() / FOLDER / name / "pod.yaml")


PLAN = Plan(
    "03",
    "From Dockerfile to running container",
    objectives=(
        "say what a Dockerfile's instructions become, and why their order matters",
        "tell a tag from a digest, and choose when a node asks the registry",
        "repair a Pod whose image cannot be pulled",
    ),
    needs="notebook 02",
    state=State(namespaces=(SPACE,)),
    practice=State(namespaces=(SPACE,), last=(make_hello, run_hello)),
    namespace=SPACE,
)

question(
    "nb03.layers",
    "A node has receiver v1.0, some 70 MB. How much has it to fetch for v1.1, the next version?",
    choice=("all of it", "about half", "less than a kilobyte"),
    expect="less than a kilobyte",
    because="Layers go by their digests. What is the same in both is there already, and not fetched again.",
)
question(
    "nb03.moved",
    "The tag v1 now names the new image. A node that has run the old one starts a Pod with v1. It says:",
    choice=("the old text", "the new text"),
    expect="the old text",
    because="The node has an image of that name and asks nobody. It cannot know that the tag has moved.",
)
question(
    "nb03.missing",
    "A Pod names an image that is not in the registry. What is its phase, a minute later?",
    choice=("Pending", "Failed", "Running"),
    expect="Pending",
    because="No container has started, so nothing has failed for good: the node asks again and again.",
)


def fresh_typo(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete("pod/typo", grace_s=0)
    wait(cluster, "pod/typo", for_="deleted", timeout_s=60)
    apply(cluster, _manifest("typo"))


def name_a_tag_that_is_there(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("set image pod/typo hello=registry.kubeface.internal/hello:v1", cluster=cluster)
    wait(cluster, "pod/typo", for_="Succeeded", timeout_s=90)


def name_another_typo(cluster: Cluster) -> None:
    """Another tag that is not there."""
    kubectl("set image pod/typo hello=registry.kubeface.internal/hello:v8", cluster=cluster)
    wait(cluster, "pod/typo", for_=cannot_pull, timeout_s=90)


def give_up(cluster: Cluster) -> None:
    """No Pod, no typo."""
    cluster.delete("pod/typo", grace_s=0)
    wait(cluster, "pod/typo", for_="deleted", timeout_s=60)


@exercise(
    "nb03.typo",
    hints=(
        "An image is one of the few things that may be changed in a Pod that is there already.",
        "`kubectl set image pod/NAME CONTAINER=IMAGE`; the container's name is hello.",
    ),
    solve=name_a_tag_that_is_there,
    wrong=(name_another_typo, give_up),
    start=fresh_typo,
)
def typo(cluster: Cluster) -> Verdict:
    """The Pod typo has pulled an image of hello, and has ended well."""
    pod = cluster.find("pod/typo")
    if pod is None:
        return not_yet("there is no Pod typo")
    image, phase = pod.spec.containers[0].image, pod.status.phase
    if image == f"{HELLO}:v9":
        return not_started("its image is hello:v9, as in the file")
    if phase != "Succeeded":
        return not_yet(f"its image is {image.rpartition('/')[2]}, and its phase {phase}")
    return passed() if image.startswith(HELLO) else not_yet(f"it runs another image, {image}")


def no_pinned(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete("pod/pinned", grace_s=0)
    wait(cluster, "pod/pinned", for_="deleted", timeout_s=60)


def run_by_digest(cluster: Cluster) -> None:
    """What `solution` shows."""
    image = cluster.get("pod/hello").status.containerStatuses[0].imageID
    kubectl(f"run pinned --image {image} --restart Never", cluster=cluster)
    wait(cluster, "pod/pinned", for_="Succeeded", timeout_s=90)


def run_by_tag(cluster: Cluster) -> None:
    """By the tag, which may move."""
    kubectl(f"run pinned --image {HELLO}:v1 --restart Never", cluster=cluster)
    wait(cluster, "pod/pinned", for_="Succeeded", timeout_s=90)


def run_another_digest(cluster: Cluster) -> None:
    """By a digest that is another image's."""
    digest = Images.of(cluster).get("busybox", "v1.0").digest
    image = f"registry.kubeface.internal/busybox@{digest}"
    kubectl(f"run pinned --image {image} --restart Never -- true", cluster=cluster)
    wait(cluster, "pod/pinned", for_="Succeeded", timeout_s=90)


@exercise(
    "nb03.pinned",
    hints=(
        "An image is named by digest as `NAME@sha256:…`, without a tag.",
        "Which image a Pod really runs stands in its status: `.status.containerStatuses[0].imageID`.",
    ),
    solve=run_by_digest,
    wrong=(run_by_tag, run_another_digest),
    start=no_pinned,
)
def pinned(cluster: Cluster) -> Verdict:
    """A Pod named pinned names by digest the image that the Pod hello ran, and has ended well."""
    pod, hello = cluster.find("pod/pinned"), cluster.find("pod/hello")
    if pod is None:
        return not_started("there is no Pod pinned")
    if hello is None:
        return not_yet("the Pod hello is gone: run this notebook again")
    image = pod.spec.containers[0].image
    wanted = hello.status.containerStatuses[0].imageID.partition("@")[2]
    if "@" not in image:
        return not_yet("its image is named without a digest")
    if image.partition("@")[2] != wanted:
        return not_yet("its digest is another image's")
    phase = pod.status.phase
    return passed() if phase == "Succeeded" else not_yet(f"its phase is {phase}")


def cannot_pull(pod: KubeObject) -> bool:
    """Whether the node has tried and failed to get its image."""
    states = [one.state.waiting for one in pod.status.containerStatuses or []]
    return any(state and state.reason in CANNOT_PULL and "v8" in (state.message or "") for state in states)
