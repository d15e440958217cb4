"""Notebook 03: from Dockerfile to running container."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless, question
from kubeface.endstates.images import digest_of, named
from kubeface.endstates.parts import at, each, standing
from kubeface.images import Images
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.lesson import Plan, State
from kubeface.lesson.given import given

SPACE = "lesson-03"
HELLO = "registry.kubeface.internal/hello"
FOLDER = "03-from-dockerfile-to-running-container"
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
    return given(f"{FOLDER}/{name}/pod.yaml")


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
    parts=("receiver",),
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
    "The tag v1 now names the new image. A node that ran the old one starts v1 with IfNotPresent. It says:",
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


def another_program(cluster: Cluster) -> None:
    """An image that is there, of another program."""
    kubectl("set image pod/typo hello=registry.kubeface.internal/busybox:v1.0", cluster=cluster)


def another_pod(cluster: Cluster) -> None:
    """A new Pod of the name, with the right image: the one to repair is gone."""
    give_up(cluster)
    kubectl(f"run typo --image {HELLO}:v1 --restart Never", cluster=cluster)
    wait(cluster, "pod/typo", for_="Succeeded", timeout_s=90)


def name_a_digest(cluster: Cluster) -> None:
    """By digest, which no tag can move."""
    digest = Images.of(cluster).get("hello", "v1").digest
    kubectl(f"set image pod/typo hello={HELLO}@{digest}", cluster=cluster)
    wait(cluster, "pod/typo", for_="Succeeded", timeout_s=90)


def name_tag_and_digest(cluster: Cluster) -> None:
    """By tag and digest, of which the digest counts."""
    digest = Images.of(cluster).get("hello", "v1").digest
    kubectl(f"set image pod/typo hello={HELLO}:v1@{digest}", cluster=cluster)
    wait(cluster, "pod/typo", for_="Succeeded", timeout_s=90)


@exercise(
    "nb03.typo",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "An image is one of the few things that may be changed in a Pod that is there already.",
        "`kubectl set image pod/NAME CONTAINER=IMAGE`; the container's name is hello.",
    ),
    solve=name_a_tag_that_is_there,
    wrong=(name_another_typo, give_up, another_pod, another_program),
    right=(name_a_digest, name_tag_and_digest),
    start=fresh_typo,
)
def typo(cluster: Cluster) -> Verdict:
    """The Pod typo has pulled an image of hello, and has ended well."""
    pod = cluster.find("pod/typo")
    if pod is None:
        return not_yet("there is no Pod typo")
    image, phase = image_of(pod), at(pod, "status", "phase")
    is_as_begun = named(image).tag == "v9" and not named(image).digest
    if is_as_begun and phase == "Pending" and not pod.is_terminating:
        return not_started("its image is hello:v9, as in the file")
    if named(image).program != "hello":
        return not_yet(f"it runs another image, {image}")
    if phase != "Succeeded":
        return not_yet(f"its image is {image.rpartition('/')[2]}, and its phase {phase}")
    if not is_as_begun and (at(pod, "metadata", "generation") or 2) < 2:
        return not_yet("this is another Pod of that name: the one with the typing error was deleted")
    return passed_unless(standing(pod, "Pod typo"))


def image_of(pod: KubeObject) -> str:
    """The image of a Pod's first container, as its spec names it."""
    return str((each(pod, "spec", "containers") or [{}])[0].get("image") or "")


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


def run_by_a_digest_that_is_none(cluster: Cluster) -> None:
    """By a digest that no image has."""
    kubectl(f"run pinned --image {HELLO}@sha256:{'0' * 64} --restart Never", cluster=cluster)


def run_on_and_on(cluster: Cluster) -> None:
    """The right image, and another command that does not end."""
    image = _ran(cluster)
    kubectl(f"run pinned --image {image} --restart Never -- sleep infinity", cluster=cluster)
    wait(cluster, "pod/pinned", for_="Ready", timeout_s=90)


def run_by_the_registrys_digest(cluster: Cluster) -> None:
    """The digest as the registry tells it."""
    digest = digest_of(cluster, f"{HELLO}:v1") or _ran(cluster).partition("@")[2]
    kubectl(f"run pinned --image {HELLO}@{digest} --restart Never", cluster=cluster)
    wait(cluster, "pod/pinned", for_="Succeeded", timeout_s=90)


def run_by_tag_and_digest(cluster: Cluster) -> None:
    """Both are said; the digest counts."""
    digest = _ran(cluster).partition("@")[2]
    kubectl(f"run pinned --image {HELLO}:v1@{digest} --restart OnFailure", cluster=cluster)
    wait(cluster, "pod/pinned", for_="Succeeded", timeout_s=90)


def _ran(cluster: Cluster) -> str:
    return str(cluster.get("pod/hello").status.containerStatuses[0].imageID)


@exercise(
    "nb03.pinned",
    level=Level.SEVERAL,
    work=Work.ACT,
    hints=(
        "An image is named by digest as `NAME@sha256:…`, without a tag.",
        "Which image a Pod really runs stands in its status: `.status.containerStatuses[0].imageID`.",
    ),
    solve=run_by_digest,
    wrong=(run_by_tag, run_another_digest, run_by_a_digest_that_is_none, run_on_and_on),
    right=(run_by_the_registrys_digest, run_by_tag_and_digest),
    start=no_pinned,
)
def pinned(cluster: Cluster) -> Verdict:
    """A Pod named pinned names by digest the image that the Pod hello ran, and has ended well."""
    pod, hello = cluster.find("pod/pinned"), cluster.find("pod/hello")
    if pod is None:
        return not_started("there is no Pod pinned")
    ran = [str(one.get("imageID") or "") for one in each(hello, "status", "containerStatuses")]
    if not any(ran):
        return not_yet("the Pod hello is gone or has not run: run this notebook again")
    digest = named(image_of(pod)).digest
    if not digest:
        return not_yet("its image is named without a digest")
    if digest not in {named(one).digest for one in ran}:
        return not_yet(f"its digest, {digest[:19]}…, is another image's")
    phase = at(pod, "status", "phase")
    return passed_unless(
        standing(pod, "Pod pinned") or ("" if phase == "Succeeded" else f"its phase is {phase}")
    )


def cannot_pull(pod: KubeObject) -> bool:
    """Whether the node has tried and failed to get its image."""
    states = [one.state.waiting for one in pod.status.containerStatuses or []]
    return any(state and state.reason in CANNOT_PULL and "v8" in (state.message or "") for state in states)
