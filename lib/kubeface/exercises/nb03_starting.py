"""Exercises of notebook 03 about how a node starts a container: which program, and without which registry."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates.images import named
from kubeface.endstates.parts import at, each, standing
from kubeface.errors import ApiError
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.lesson.given import given

FOLDER = "03-from-dockerfile-to-running-container"
HELLO = "registry.kubeface.internal/hello"
FILE = "/greeting.txt"
#: What the notebook has put into the file, before and after its tag has moved.
GREETINGS = ("hello", "good evening")


def _gone(cluster: Cluster, name: str) -> None:
    cluster.delete(f"pod/{name}", grace_s=0)
    wait(cluster, f"pod/{name}", for_="deleted", timeout_s=60)


def silent_aloud(cluster: Cluster) -> None:
    """As the exercise's cell leaves it: the Pod has failed."""
    _gone(cluster, "aloud")
    apply(cluster, [_aloud()])
    wait(cluster, "pod/aloud", for_=lambda pod: pod.status.phase == "Failed", timeout_s=90)


def _aloud() -> dict[str, Any]:
    [pod] = given(f"{FOLDER}/aloud.yaml")
    return pod


def say_the_program(cluster: Cluster) -> None:
    """What `solution` shows."""
    image = "registry.kubeface.internal/hello:v1"
    container = {"name": "hello", "image": image, "args": ["cat", "/greeting.txt"]}
    spec = {"restartPolicy": "Never", "containers": [container]}
    cluster.delete("pod/aloud", grace_s=0)
    wait(cluster, "pod/aloud", for_="deleted", timeout_s=60)
    apply(cluster, [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "aloud"}, "spec": spec}])
    wait(cluster, "pod/aloud", for_="Succeeded", timeout_s=90)


def no_aloud(cluster: Cluster) -> None:
    """No Pod, no fault."""
    _gone(cluster, "aloud")


def aloud_of_another_image(cluster: Cluster) -> None:
    """An image that has no such file."""
    kubectl("set image pod/aloud hello=registry.kubeface.internal/busybox:v1.0", cluster=cluster)


def aloud_by_heart(cluster: Cluster) -> None:
    """The text without the file."""
    _run_aloud(cluster, command=["echo", "good morning"])


def aloud_of_another_file(cluster: Cluster) -> None:
    """A file that the image has not."""
    _run_aloud(cluster, command=["cat", "/hello.txt"], until="Failed")


def aloud_of_its_image(cluster: Cluster) -> None:
    """Nothing is said, so that the image's own command counts."""
    _run_aloud(cluster)


def aloud_by_a_shell(cluster: Cluster) -> None:
    """A command of its own, and the file as its argument."""
    _run_aloud(cluster, command=["head", "-n", "1"], args=[FILE])


def _run_aloud(cluster: Cluster, *, until: str = "Succeeded", **container: list[str]) -> None:
    """The Pod made anew, with another command."""
    _gone(cluster, "aloud")
    pod = _aloud()
    main = pod["spec"]["containers"][0]
    del main["args"]
    main.update(container)
    apply(cluster, [pod])
    wait(cluster, "pod/aloud", for_=lambda one: one.status.phase == until, timeout_s=90)


@exercise(
    "nb03.aloud",
    level=Level.SEVERAL,
    work=Work.FIND,
    hints=(
        "`kubectl describe pod aloud` has the state of its container, with a message.",
        "Which program did the node try to start? The steps of the image, further up, say which one it has.",
        "`args` replaces all of the image's `CMD`. An `ENTRYPOINT` would stay, and there is none.",
        "What a container runs cannot be changed: delete the Pod, and apply a file that you have changed.",
    ),
    solve=say_the_program,
    wrong=(aloud_of_another_image, no_aloud, aloud_by_heart, aloud_of_another_file),
    right=(aloud_of_its_image, aloud_by_a_shell),
    start=silent_aloud,
)
def aloud(cluster: Cluster) -> Verdict:
    """The Pod aloud has ended well, and said what is in the file greeting.txt of the image hello."""
    pod = cluster.find("pod/aloud")
    if pod is None:
        return not_yet("there is no Pod aloud")
    container, phase = each(pod, "spec", "containers")[0], at(pod, "status", "phase")
    if named(container["image"]).program != "hello":
        return not_yet(f"its image is {container['image']}")
    if container.get("args") == [FILE] and not container.get("command"):
        return not_started("it has failed, and said nothing")
    short = standing(pod, "Pod aloud") or ("" if phase == "Succeeded" else f"its phase is {phase}")
    return passed_unless(short or _unlike_the_file(cluster))


def _unlike_the_file(cluster: Cluster) -> str:
    try:
        said = cluster.logs("aloud").strip()
    except ApiError as refusal:
        return f"its log cannot be read: {refusal.seen or refusal.what}"
    return "" if said in GREETINGS else f"it has said: {said[:200] or 'nothing'}"


def no_still(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    _gone(cluster, "still")


def run_without_the_registry(cluster: Cluster) -> None:
    """What `solution` shows."""
    home = cluster.get("pod/hello").node
    container = {"name": "hello", "image": "registry.kubeface.internal/hello:v1", "imagePullPolicy": "Never"}
    there = {"kubernetes.io/hostname": home}
    spec = {"restartPolicy": "Never", "containers": [container], "nodeSelector": there}
    apply(cluster, [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "still"}, "spec": spec}])
    wait(cluster, "pod/still", for_="Succeeded", timeout_s=90)


def still_by_default(cluster: Cluster) -> None:
    """Without a policy: a node that lacks the image asks."""
    _still(cluster, policy=None)
    wait(cluster, "pod/still", for_="Succeeded", timeout_s=90)


def still_of_no_image(cluster: Cluster) -> None:
    """An image that no node has."""
    _still(cluster, image=f"{HELLO}:v9")
    wait(cluster, "pod/still", for_=_is_refused, timeout_s=60)


def still_of_another_image(cluster: Cluster) -> None:
    """An image that every node has."""
    _still(cluster, image="registry.kubeface.internal/busybox:v1.0")
    wait(cluster, "pod/still", for_="Succeeded", timeout_s=60)


def still_for_ever(cluster: Cluster) -> None:
    """It does not end."""
    _still(cluster, command=["sleep", "infinity"])
    wait(cluster, "pod/still", for_="Ready", timeout_s=60)


def still_by_digest(cluster: Cluster) -> None:
    """By its digest, on the node itself."""
    ran = str(cluster.get("pod/hello").status.containerStatuses[0].imageID)
    _still(cluster, image=ran)
    wait(cluster, "pod/still", for_="Succeeded", timeout_s=60)


def _still(
    cluster: Cluster, *, image: str = f"{HELLO}:v1", policy: str | None = "Never", **more: Any
) -> None:
    container = {"name": "hello", "image": image, **({"imagePullPolicy": policy} if policy else {}), **more}
    home = {"kubernetes.io/hostname": cluster.get("pod/hello").node}
    spec = {"restartPolicy": "Never", "containers": [container], "nodeSelector": home}
    apply(cluster, [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "still"}, "spec": spec}])


def _is_refused(pod: KubeObject) -> bool:
    told = each(pod, "status", "containerStatuses")
    return any(at(one, "state", "waiting", "reason") == "ErrImageNeverPull" for one in told)


@exercise(
    "nb03.still",
    level=Level.ALONE,
    work=Work.WRITE,
    hints=(
        "`kubectl explain pod.spec.containers.imagePullPolicy` has the policies.",
        "Not every node has the image. `kubectl get pod hello --output wide` says which one has run it.",
        "The function `say` in this notebook sends a Pod to a node, by a nodeSelector.",
    ),
    solve=run_without_the_registry,
    wrong=(still_by_default, still_of_no_image, still_of_another_image, still_for_ever),
    right=(still_by_digest,),
    start=no_still,
)
def still(cluster: Cluster) -> Verdict:
    """A Pod still has run the image hello and ended well, and its node was not to ask the registry."""
    pod = cluster.find("pod/still")
    if pod is None:
        return not_started("there is no Pod still")
    container = each(pod, "spec", "containers")[0]
    policy = container.get("imagePullPolicy")
    if named(container["image"]).program != "hello":
        return not_yet(f"its image is {container['image']}")
    if policy != "Never":
        return not_yet(f"its image may be asked for: the policy is {policy}")
    told = [at(one, "state", "waiting", "reason") for one in each(pod, "status", "containerStatuses")]
    phase = at(pod, "status", "phase")
    waits = f", for its node says {told[0]}" if told and told[0] else ""
    return passed_unless(
        standing(pod, "Pod still") or ("" if phase == "Succeeded" else f"its phase is {phase}{waits}")
    )
