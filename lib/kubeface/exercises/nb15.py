"""Notebook 15: clean up, and where next; with a broken pipeline to repair."""

from dataclasses import replace

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.kube import Cluster, KubeObject, kubectl, wait
from kubeface.kube.conditions import holds
from kubeface.kube.kubectl import run
from kubeface.lesson import PIPELINE, Plan

NAMESPACE = "leftovers"
REGISTRY = "registry.kubeface.internal"


PLAN = Plan(
    "15",
    "Clean up, and where next",
    objectives=(
        "say what goes with an object that is deleted, and what stays behind",
        "find your way on another cluster",
        "find and repair what is broken in a cluster that you have not broken yourself",
    ),
    needs="the notebooks before this one; the last part asks for all of them",
    state=replace(PIPELINE, namespaces=(NAMESPACE,)),
    practice=PIPELINE,
    nodes=3,
)

question(
    "nb15.left",
    "A Deployment is deleted, whose Pod writes to a disk. What is still there?",
    choice=("nothing of it", "the disk and what is on it", "the Pod, until it ends by itself"),
    expect="the disk and what is on it",
    because="ReplicaSet and Pod are owned by the Deployment. The PersistentVolumeClaim is owned by nobody.",
)
question(
    "nb15.held",
    "A ConfigMap with a finalizer is deleted, and the server says so. What does it say when asked for it?",
    choice=("there is no such ConfigMap", "here it is"),
    expect="here it is",
    because="It is only marked. Whoever put the finalizer there has to take it away first.",
)


def sabotage(cluster: Cluster) -> None:
    """Five faults at once; each is the beginning of one exercise."""
    for fault in (misspelt_selector, missing_image, far_too_big, wrong_port, node_without_queue):
        fault(cluster)
    for sound in ("mysql", "nsqlookupd", "receiver"):
        wait(cluster, f"deployment/{sound}", for_="Ready", timeout_s=100)


def misspelt_selector(cluster: Cluster) -> None:
    """A Service that selects nobody."""
    select(cluster, "reciever")


def another_selector(cluster: Cluster) -> None:
    """A Service that selects the frontend's Pods."""
    select(cluster, "frontend")


def everybody(cluster: Cluster) -> None:
    """A Service that selects every part of the pipeline."""
    cluster.patch(
        "service/receiver",
        {
            "spec": {
                "selector": {"app.kubernetes.io/name": None, "app.kubernetes.io/part-of": "face-pipeline"}
            }
        },
    )


def select(cluster: Cluster, name: str) -> None:
    """The receiver's Service, for Pods of that name."""
    cluster.patch("service/receiver", {"spec": {"selector": {"app.kubernetes.io/name": name}}})


def select_the_receiver(cluster: Cluster) -> None:
    """What `solution` shows."""
    cluster.patch("service/receiver", {"spec": {"selector": {"app.kubernetes.io/name": "receiver"}}})


@exercise(
    "nb15.nobody-answers",
    hints=(
        "Who posts gets no answer, and the receiver's Pod is ready. What stands between the two?",
        "A Service sends to the Pods that its selector selects. `kubectl get endpointslices` shows how many.",
        "Compare the Service's `spec.selector` with the labels of the Pod, letter by letter.",
    ),
    solve=select_the_receiver,
    wrong=(another_selector, everybody),
    start=misspelt_selector,
)
def nobody_answers(cluster: Cluster) -> Verdict:
    """The Service receiver sends to ready receivers, and to nobody else."""
    found = cluster.find("service/receiver")
    if found is None:
        return not_yet("there is no Service receiver")
    selector = dict(found.raw["spec"].get("selector") or {})
    if selector == {"app.kubernetes.io/name": "reciever"}:
        return not_started("its selector is the one that you found")
    pods = cluster.list("pods", labels=selector) if selector else []
    parts = sorted({pod.labels.get("app.kubernetes.io/name", "?") for pod in pods})
    if parts != ["receiver"]:
        return not_yet(f"it selects Pods of: {', '.join(parts) or 'nobody'}")
    return passed() if any(pod.is_ready for pod in pods) else not_yet("none of its Pods is ready")


def missing_image(cluster: Cluster) -> None:
    """An image that the registry does not have."""
    restart_with(
        cluster, "frontend", ["set", "image", "deployment/frontend", f"frontend={REGISTRY}/frontend:v1.O"]
    )


def image_of_another(cluster: Cluster) -> None:
    """An image that is there, of another part."""
    image = f"{REGISTRY}/redeemer:v1.0"
    restart_with(cluster, "frontend", ["set", "image", "deployment/frontend", f"frontend={image}"])


def asked_for_none(cluster: Cluster) -> None:
    """What is not asked for cannot fail."""
    image = f"{REGISTRY}/frontend:v1.0"
    run(["set", "image", "deployment/frontend", f"frontend={image}"], cluster=cluster)
    cluster.patch("deployment/frontend", {"spec": {"replicas": 0}})


def set_the_image(cluster: Cluster) -> None:
    """What `solution` shows."""
    image = "registry.kubeface.internal/frontend:v1.0"
    kubectl(f"set image deployment/frontend frontend={image}", cluster=cluster)
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=110)


@exercise(
    "nb15.no-page",
    hints=(
        "The frontend's Pod does not start. `kubectl describe pods` tells the events of each.",
        "The registry has no such image. Which tag do the manifests name?",
        "`kubectl set image --help`. Mind the difference between a zero and the letter O.",
    ),
    solve=set_the_image,
    wrong=(image_of_another, asked_for_none),
    start=missing_image,
)
def no_page(cluster: Cluster) -> Verdict:
    """The frontend runs again."""
    found = cluster.find("deployment/frontend")
    if found is None:
        return not_yet("there is no Deployment frontend")
    (container, *_) = found.spec.template.spec.containers
    if container.image.endswith(":v1.O"):
        return not_started("its image is the one that you found")
    if "/frontend:" not in container.image:
        return not_yet(f"its image is {container.image}")
    return running(found)


def far_too_big(cluster: Cluster) -> None:
    """More memory than any node has."""
    set_memory(cluster, "64Gi", "64Gi")


def a_little_too_big(cluster: Cluster) -> None:
    """Still more than any node has."""
    set_memory(cluster, "4Gi", "4Gi")


def far_too_small(cluster: Cluster) -> None:
    """It starts, and is killed for what it needs."""
    set_memory(cluster, "16Mi", "16Mi")


def set_memory(cluster: Cluster, requests: str, limits: str) -> None:
    """Face-recognition with other memory."""
    command = ["set", "resources", "deployment/face-recognition"]
    command += [f"--requests=memory={requests}", f"--limits=memory={limits}"]
    restart_with(cluster, "face-recognition", command)


def ask_for_less(cluster: Cluster) -> None:
    """What `solution` shows."""
    memory = "--requests memory=500Mi --limits memory=1Gi"
    kubectl(f"set resources deployment/face-recognition {memory}", cluster=cluster)
    wait(cluster, "deployment/face-recognition", for_="Ready", timeout_s=110)


@exercise(
    "nb15.waits-for-a-node",
    hints=(
        "Face-recognition's Pod is Pending. The scheduler says why, in the Pod's events.",
        "No node has what it requests. How much does a node have? `kubectl describe nodes` knows.",
        "`manifests/face-recognition/deployment.yaml` says what it needs; `kubectl set resources` sets it.",
    ),
    solve=ask_for_less,
    wrong=(a_little_too_big, far_too_small),
    start=far_too_big,
)
def waits_for_a_node(cluster: Cluster) -> Verdict:
    """Face-recognition runs again."""
    found = cluster.find("deployment/face-recognition")
    if found is None:
        return not_yet("there is no Deployment face-recognition")
    (container, *_) = found.spec.template.spec.containers
    resources = container.raw.get("resources") or {}
    memory = {key: (resources.get(key) or {}).get("memory") for key in ("requests", "limits")}
    if memory == {"requests": "64Gi", "limits": "64Gi"}:
        return not_started("it asks for the memory that you found")
    return running(found, f"with memory {memory}")


def wrong_port(cluster: Cluster) -> None:
    """It asks nsqlookupd at the port that is meant for nsqd."""
    set_lookup(cluster, "nsqlookupd:4160")


def wrong_name(cluster: Cluster) -> None:
    """It asks somebody who is not there."""
    set_lookup(cluster, "lookup:4161")


def no_processor(cluster: Cluster) -> None:
    """What is not asked for cannot fail."""
    set_lookup(cluster, "nsqlookupd:4161")
    cluster.patch("deployment/image-processor", {"spec": {"replicas": 0}})


def set_lookup(cluster: Cluster, address: str) -> None:
    """The image-processor with another address of nsqlookupd."""
    setting = f"NSQLOOKUPD_HTTP_ADDRESSES={address}"
    restart_with(cluster, "image-processor", ["set", "env", "deployment/image-processor", setting])


def set_the_port(cluster: Cluster) -> None:
    """What `solution` shows."""
    setting = "NSQLOOKUPD_HTTP_ADDRESSES=nsqlookupd:4161"
    kubectl(f"set env deployment/image-processor {setting}", cluster=cluster)
    wait(cluster, "deployment/image-processor", for_="Ready", timeout_s=110)


@exercise(
    "nb15.never-ready",
    hints=(
        "The image-processor runs and is not ready. It needs three others; are they all well?",
        "Its readiness probe says what it misses: `kubectl describe pods` shows a failing probe's words.",
        "nsqlookupd has two ports. `kubectl describe service nsqlookupd` names both; compare.",
    ),
    solve=set_the_port,
    wrong=(wrong_name, no_processor),
    start=wrong_port,
)
def never_ready(cluster: Cluster) -> Verdict:
    """The image-processor is ready again."""
    found = cluster.find("deployment/image-processor")
    if found is None:
        return not_yet("there is no Deployment image-processor")
    (container, *_) = found.spec.template.spec.containers
    addresses = {one.name: one.value for one in container.env}.get("NSQLOOKUPD_HTTP_ADDRESSES")
    if addresses == "nsqlookupd:4160":
        return not_started("its environment is the one that you found")
    return running(found, f"it asks {addresses}")


def node_without_queue(cluster: Cluster) -> None:
    """One node has lost the label that nsqd goes by."""
    label_node(cluster, None)


def another_value(cluster: Cluster) -> None:
    """The right label, with another value."""
    label_node(cluster, "yes")


def queue_nowhere(cluster: Cluster) -> None:
    """A selector that no node has: none of them is too few."""
    cluster.patch("daemonset/nsqd", {"spec": {"template": {"spec": {"nodeSelector": {"queue": "true"}}}}})
    wait(cluster, "daemonset/nsqd", for_=lambda one: one.wanted == 0, timeout_s=60)


def label_node(cluster: Cluster, value: str | None) -> None:
    """The label `receiver` of node2, and nsqd where it belongs then."""
    pods = cluster.list("pods", labels="app.kubernetes.io/name=nsqd", fields={"spec.nodeName": "node2"})
    cluster.patch("node/node2", {"metadata": {"labels": {"receiver": value}}})
    for pod in pods:
        wait(cluster, pod.ref, for_="deleted", timeout_s=60)  # one that is going still counts as ready
    wait(cluster, "daemonset/nsqd", for_=lambda one: one.wanted == 2 == one.ready, timeout_s=60)


def label_again(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("label node node2 receiver=true --overwrite", cluster=cluster)
    wait(cluster, "daemonset/nsqd", for_=lambda one: one.ready == 3, timeout_s=110)


@exercise(
    "nb15.one-too-few",
    hints=(
        "There should be an nsqd on every node. On which one is none?",
        "A DaemonSet goes by its nodeSelector. `kubectl get nodes --show-labels` shows who has the label.",
    ),
    solve=label_again,
    wrong=(another_value, queue_nowhere),
    start=node_without_queue,
)
def one_too_few(cluster: Cluster) -> Verdict:
    """An nsqd is ready on every node."""
    found = cluster.find("daemonset/nsqd")
    if found is None:
        return not_yet("there is no DaemonSet nsqd")
    pods = cluster.list("pods", labels="app.kubernetes.io/name=nsqd")
    homes = {pod.node for pod in pods if pod.is_ready and not pod.is_ending}
    nodes = {node.name for node in cluster.nodes()}
    selector = found.spec.template.spec.nodeSelector
    if "receiver" not in cluster.get("node/node2").labels and selector == {"receiver": "true"}:
        return not_started("node2 is as you found it")
    missing = sorted(nodes - homes)
    return not_yet(f"there is none ready on {', '.join(missing)}") if missing else passed()


def running(deployment: KubeObject, told: str = "") -> Verdict:
    """Whether a Deployment asks for something, and all of it is ready."""
    if deployment.wanted == 0:
        return not_yet(f"no {deployment.name} is asked for")
    ready = f"{deployment.ready} of {deployment.wanted} are ready"
    return passed() if holds(deployment, "Ready") else not_yet(", ".join(filter(None, (ready, told))))


def restart_with(cluster: Cluster, name: str, command: list[str]) -> None:
    """A Deployment changed while none of its Pods runs, so that no old one serves on beside the new one."""
    ref = f"deployment/{name}"
    cluster.patch(ref, {"spec": {"replicas": 0}})
    run(command, cluster=cluster)
    cluster.patch(ref, {"spec": {"replicas": 1}})
    wait(cluster, ref, for_=lambda one: one.ready == 0 and one.status.replicas == 1, timeout_s=60)
