"""Notebook 15: clean up, and where next; with a broken pipeline to repair."""

from dataclasses import replace

from kubeface.checks import (
    Level,
    Verdict,
    Work,
    exercise,
    how_it_is,
    not_started,
    not_yet,
    passed_unless,
    question,
)
from kubeface.endstates import pods
from kubeface.endstates.images import named
from kubeface.endstates.parts import at, named_in, standing, table
from kubeface.endstates.placing import ordinary
from kubeface.endstates.rollout import unfinished
from kubeface.endstates.services import RECEIVER, astray, closed
from kubeface.endstates.settings import environment, template_container
from kubeface.images import Images
from kubeface.kube import Cluster, KubeObject, kubectl, wait
from kubeface.kube.kubectl import run
from kubeface.lesson import PIPELINE, Plan

NAMESPACE = "leftovers"
REGISTRY = "registry.kubeface.internal"
ADDRESS = "NSQLOOKUPD_HTTP_ADDRESSES"


def sabotage(cluster: Cluster) -> None:
    """Five faults at once; each is the beginning of one exercise."""
    for fault in (misspelt_selector, missing_image, far_too_big, wrong_port, node_without_queue):
        fault(cluster)
    for sound in ("mysql", "nsqlookupd", "receiver"):
        wait(cluster, f"deployment/{sound}", for_="Ready", timeout_s=100)


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
    faults=(sabotage,),
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


def misspelt_selector(cluster: Cluster) -> None:
    """A Service that selects nobody."""
    select(cluster, "reciever")


def another_selector(cluster: Cluster) -> None:
    """A Service that selects the frontend's Pods."""
    select(cluster, "frontend")


def everybody(cluster: Cluster) -> None:
    """A Service that selects every part of the pipeline."""
    name = {"app.kubernetes.io/name": None, "app.kubernetes.io/part-of": "face-pipeline"}
    cluster.patch("service/receiver", {"spec": {"selector": name}})


def select(cluster: Cluster, name: str) -> None:
    """The receiver's Service, for Pods of that name and for nothing else."""
    selector = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": None}
    cluster.patch("service/receiver", {"spec": {"selector": selector}})


def select_the_receiver(cluster: Cluster) -> None:
    """What `solution` shows."""
    cluster.patch("service/receiver", {"spec": {"selector": {"app.kubernetes.io/name": "receiver"}}})


def exposed_anew(cluster: Cluster) -> None:
    """A new Service of that name, which nobody outside can reach."""
    cluster.delete("service/receiver")
    kubectl("expose deployment receiver --port 8000", cluster=cluster)


def another_port(cluster: Cluster) -> None:
    """The right Pods, and a port at which they do not listen."""
    port = {"name": "http", "port": 8000, "targetPort": 9999, "nodePort": 30800}
    select_the_receiver(cluster)
    cluster.patch("service/receiver", {"spec": {"ports": [port]}})


def by_another_label(cluster: Cluster) -> None:
    """Another label of the same Pods."""
    selector = {"app.kubernetes.io/name": None, "app.kubernetes.io/component": "api"}
    cluster.patch("service/receiver", {"spec": {"selector": selector}})


def made_anew(cluster: Cluster) -> None:
    """A new Service, of the type LoadBalancer, with a port of the nodes that the cluster chose."""
    cluster.delete("service/receiver")
    kubectl("expose deployment receiver --port 8000 --target-port http --type LoadBalancer", cluster=cluster)


@exercise(
    "nb15.nobody-answers",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "Who posts gets no answer, and the receiver's Pod is ready. What stands between the two?",
        "A Service sends to the Pods that its selector selects. `kubectl get endpointslices` shows how many.",
        "Compare the Service's `spec.selector` with the labels of the Pod, letter by letter.",
    ),
    solve=select_the_receiver,
    wrong=(another_selector, everybody, exposed_anew, another_port),
    right=(by_another_label, made_anew),
    start=misspelt_selector,
)
def nobody_answers(cluster: Cluster) -> Verdict:
    """The Service receiver sends to ready receivers and to nobody else, from within and from outside."""
    found = cluster.find("service/receiver")
    short = standing(found, "Service receiver")
    if found is None or short:
        return not_yet(short)
    selector = table(found, "spec", "selector")
    is_misspelt = selector == {"app.kubernetes.io/name": "reciever"}
    if is_misspelt and not pods.living(cluster, labels=selector) and at(found, "spec", "type") == "NodePort":
        return not_started("it is as you found it")
    return passed_unless(astray(cluster, found, RECEIVER.port, RECEIVER) or closed(cluster, found, RECEIVER))


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


def idle(cluster: Cluster) -> None:
    """The right image with another command, asked for nothing: no page comes of it."""
    template = template_container(cluster.get("deployment/frontend"), "frontend")
    kept = {key: value for key, value in template.items() if not key.endswith("Probe") and key != "lifecycle"}
    container = kept | {"image": f"{REGISTRY}/frontend:v1.0", "command": ["python3", "-m", "http.server"]}
    cluster.patch("deployment/frontend", {"spec": {"template": {"spec": {"containers": [container]}}}})


def stopped_halfway(cluster: Cluster) -> None:
    """The right image, in a rollout that is paused."""
    kubectl("rollout pause deployment/frontend", cluster=cluster)
    kubectl(f"set image deployment/frontend frontend={REGISTRY}/frontend:v1.0", cluster=cluster)


def by_digest(cluster: Cluster) -> None:
    """The right image by its digest."""
    digest = Images.of(cluster).get("frontend", "v1.0").digest
    kubectl(f"set image deployment/frontend frontend={REGISTRY}/frontend@{digest}", cluster=cluster)
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=110)


def two_pages(cluster: Cluster) -> None:
    """The right image, and two of it."""
    set_the_image(cluster)
    kubectl("scale deployment/frontend --replicas 2", cluster=cluster)
    wait(cluster, "deployment/frontend", for_="Ready", timeout_s=110)


@exercise(
    "nb15.no-page",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "The frontend's Pod does not start. `kubectl describe pods` tells the events of each.",
        "The registry has no such image. Which tag do the manifests name?",
        "`kubectl set image --help`. Mind the difference between a zero and the letter O.",
    ),
    solve=set_the_image,
    wrong=(image_of_another, asked_for_none, idle, stopped_halfway),
    right=(by_digest, two_pages),
    start=missing_image,
)
def no_page(cluster: Cluster) -> Verdict:
    """The frontend runs again."""
    found = cluster.find("deployment/frontend")
    short = standing(found, "Deployment frontend")
    if found is None or short:
        return not_yet(short)
    image = str(template_container(found, "frontend").get("image") or "")
    short = unfinished(found)
    if named(image).tag == "v1.O" and short and found.desired == 1 and not at(found, "spec", "paused"):
        return not_started("it is as you found it")
    return passed_unless(_stopped(cluster, found, f"its image is {image}"))


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


def more_than_it_may_take(cluster: Cluster) -> None:
    """A small request, and a limit under which it does not start."""
    set_memory(cluster, "8Mi", "24Mi")


def nobody_recognizes(cluster: Cluster) -> None:
    """What it needs, and none of it asked for."""
    command = [
        "set",
        "resources",
        "deployment/face-recognition",
        "--requests=memory=500Mi",
        "--limits=memory=1Gi",
    ]
    run(command, cluster=cluster)
    cluster.patch("deployment/face-recognition", {"spec": {"replicas": 0}})


def in_bytes(cluster: Cluster) -> None:
    """Other units, and no limit."""
    _ask_for(cluster, '{"requests": {"memory": "524288Ki"}, "limits": {"memory": null}}')


def by_a_patch(cluster: Cluster) -> None:
    """A limit alone, which is the request as well."""
    _ask_for(cluster, '{"requests": {"memory": null}, "limits": {"memory": "1Gi"}}')


def _ask_for(cluster: Cluster, resources: str) -> None:
    """These resources for face-recognition, as JSON; ready with them."""
    container = '{"name": "face-recognition", "resources": ' + resources + "}"
    patch = '{"spec": {"template": {"spec": {"containers": [' + container + "]}}}}"
    kubectl(f"patch deployment face-recognition --patch '{patch}'", cluster=cluster)
    wait(cluster, "deployment/face-recognition", for_="Ready", timeout_s=110)


def waits(cluster: Cluster) -> bool:
    """Whether a Pod of face-recognition has no node."""
    found = cluster.list("pods", labels="app.kubernetes.io/name=face-recognition")
    return any(pod.node is None and not pod.is_terminating for pod in found)


def who_knows(cluster: Cluster) -> str | None:
    """A hint while it has no node."""
    said = "Face-recognition's Pod is Pending. The scheduler says why, in the Pod's events."
    return said if waits(cluster) else None


def how_much_there_is(cluster: Cluster) -> str | None:
    """Another one."""
    said = "No node has what it requests. How much does a node have? `kubectl describe nodes` knows."
    return said if waits(cluster) else None


def how_it_runs(cluster: Cluster) -> str | None:
    """A hint once it has a node."""
    return None if waits(cluster) else how_it_is("deployment/face-recognition")(cluster)


@exercise(
    "nb15.waits-for-a-node",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        who_knows,
        how_much_there_is,
        how_it_runs,
        "`manifests/face-recognition/deployment.yaml` says what it needs; `kubectl set resources` sets it.",
    ),
    solve=ask_for_less,
    wrong=(a_little_too_big, far_too_small, more_than_it_may_take, nobody_recognizes),
    right=(in_bytes, by_a_patch),
    start=far_too_big,
)
def waits_for_a_node(cluster: Cluster) -> Verdict:
    """Face-recognition runs again."""
    found = cluster.find("deployment/face-recognition")
    short = standing(found, "Deployment face-recognition")
    if found is None or short:
        return not_yet(short)
    container = template_container(found, "face-recognition")
    memory = {key: at(container, "resources", key, "memory") for key in ("requests", "limits")}
    short = unfinished(found)
    if memory == {"requests": "64Gi", "limits": "64Gi"} and short and found.desired == 1:
        return not_started("it is as you found it")
    told = ", ".join(f"{key} of {value or 'nothing'}" for key, value in memory.items())
    killed = pods.restarting(pods.of(cluster, found))
    return passed_unless(_stopped(cluster, found, f"with memory {told}") or killed)


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
    setting = f"{ADDRESS}={address}"
    restart_with(cluster, "image-processor", ["set", "env", "deployment/image-processor", setting])


def set_the_port(cluster: Cluster) -> None:
    """What `solution` shows."""
    setting = "NSQLOOKUPD_HTTP_ADDRESSES=nsqlookupd:4161"
    kubectl(f"set env deployment/image-processor {setting}", cluster=cluster)
    wait(cluster, "deployment/image-processor", for_="Ready", timeout_s=110)


def told_nothing(cluster: Cluster) -> None:
    """Without any variable."""
    containers = [template_container(cluster.get("deployment/image-processor")) | {"env": None}]
    cluster.patch("deployment/image-processor", {"spec": {"template": {"spec": {"containers": containers}}}})


def stopped_rollout(cluster: Cluster) -> None:
    """The right address, in a rollout that is paused."""
    kubectl("rollout pause deployment/image-processor", cluster=cluster)
    kubectl(f"set env deployment/image-processor {ADDRESS}=nsqlookupd:4161", cluster=cluster)


def from_a_configmap(cluster: Cluster) -> None:
    """The address from a ConfigMap, by all its keys."""
    kubectl(f"create configmap lookup --from-literal {ADDRESS}=nsqlookupd:4161", cluster=cluster)
    container = template_container(cluster.get("deployment/image-processor"))
    kept = [one for one in container["env"] if one["name"] != ADDRESS]
    told = container | {"env": kept, "envFrom": [{"configMapRef": {"name": "lookup"}}]}
    cluster.patch("deployment/image-processor", {"spec": {"template": {"spec": {"containers": [told]}}}})
    wait(cluster, "deployment/image-processor", for_="Ready", timeout_s=110)


def by_its_whole_name(cluster: Cluster) -> None:
    """The whole name of the Service, and two who ask it."""
    address = "nsqlookupd.face.svc.cluster.local:4161"
    kubectl(f"set env deployment/image-processor {ADDRESS}={address}", cluster=cluster)
    kubectl("scale deployment/image-processor --replicas 2", cluster=cluster)
    wait(cluster, "deployment/image-processor", for_="Ready", timeout_s=110)


@exercise(
    "nb15.never-ready",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "The image-processor runs and is not ready. It needs three others; are they all well?",
        "Its readiness probe says what it misses: `kubectl describe pods` shows a failing probe's words.",
        "nsqlookupd has two ports. `kubectl describe service nsqlookupd` names both; compare.",
    ),
    solve=set_the_port,
    wrong=(wrong_name, no_processor, told_nothing, stopped_rollout),
    right=(from_a_configmap, by_its_whole_name),
    start=wrong_port,
)
def never_ready(cluster: Cluster) -> Verdict:
    """The image-processor is ready again."""
    found = cluster.find("deployment/image-processor")
    short = standing(found, "Deployment image-processor")
    if found is None or short:
        return not_yet(short)
    container = template_container(found, "image-processor")
    told = environment(cluster, container).get(ADDRESS)
    is_as_found = told is not None and (told.value, told.source) == ("nsqlookupd:4160", "")
    if is_as_found and unfinished(found) and found.desired == 1 and not at(found, "spec", "paused"):
        return not_started("it is as you found it")
    return passed_unless(_stopped(cluster, found, f"it asks {told.value if told else 'nobody'}"))


def node_without_queue(cluster: Cluster) -> None:
    """One node has lost the label that nsqd goes by."""
    cluster.patch("daemonset/nsqd", {"spec": {"template": {"spec": {"nodeSelector": {"queue": None}}}}})
    label_node(cluster, None)


def another_value(cluster: Cluster) -> None:
    """The right label, with another value."""
    label_node(cluster, "yes")


def queue_nowhere(cluster: Cluster) -> None:
    """A selector that no node has: none of them is too few."""
    cluster.patch("daemonset/nsqd", {"spec": {"template": {"spec": {"nodeSelector": {"queue": "true"}}}}})
    wait(cluster, "daemonset/nsqd", for_=lambda one: one.desired == 0, timeout_s=60)


def label_node(cluster: Cluster, value: str | None) -> None:
    """The label `receiver` of node2, and nsqd where it belongs then."""
    pods = cluster.list("pods", labels="app.kubernetes.io/name=nsqd", fields={"spec.nodeName": "node2"})
    cluster.patch("node/node2", {"metadata": {"labels": {"receiver": value}}})
    for pod in pods:
        wait(cluster, pod.ref, for_="deleted", timeout_s=60)  # one that is going still counts as ready
    wait(cluster, "daemonset/nsqd", for_=lambda one: one.desired == 2 == one.ready, timeout_s=60)


def label_again(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("label node node2 receiver=true --overwrite", cluster=cluster)
    wait(cluster, "daemonset/nsqd", for_=lambda one: one.ready == 3, timeout_s=110)


def another_node_without_queue(cluster: Cluster) -> None:
    """The label goes from one node to another."""
    kubectl("label node node3 receiver-", cluster=cluster)
    kubectl("label node node2 receiver=true --overwrite", cluster=cluster)
    wait(cluster, "daemonset/nsqd", for_=lambda one: one.ready == 2 == one.desired, timeout_s=60)


def queue_without_an_image(cluster: Cluster) -> None:
    """The label is there again, and the queue of that node has an image that nobody built."""
    image = f"{REGISTRY}/nsqd:v0"
    kubectl(f"set image daemonset/nsqd nsqd={image}", cluster=cluster)
    cluster.patch("node/node2", {"metadata": {"labels": {"receiver": "true"}}})


def queue_of_every_node(cluster: Cluster) -> None:
    """The DaemonSet asks for no label any more."""
    cluster.patch("daemonset/nsqd", {"spec": {"template": {"spec": {"nodeSelector": None}}}})
    wait(cluster, "daemonset/nsqd", for_=_is_everywhere, timeout_s=110)


def queue_by_another_label(cluster: Cluster) -> None:
    """It goes by a label that every node has."""
    selector = {"receiver": None, "kubernetes.io/os": "linux"}
    cluster.patch("daemonset/nsqd", {"spec": {"template": {"spec": {"nodeSelector": selector}}}})
    wait(cluster, "daemonset/nsqd", for_=_is_everywhere, timeout_s=110)


def _is_everywhere(one: KubeObject) -> bool:
    return not unfinished(one) and one.ready == 3


@exercise(
    "nb15.one-too-few",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "There should be an nsqd on every node. On which one is none?",
        "A DaemonSet goes by its nodeSelector. `kubectl get nodes --show-labels` shows who has the label.",
    ),
    solve=label_again,
    wrong=(another_value, queue_nowhere, queue_without_an_image, another_node_without_queue),
    right=(queue_of_every_node, queue_by_another_label),
    start=node_without_queue,
)
def one_too_few(cluster: Cluster) -> Verdict:
    """An nsqd is ready on every node."""
    found = cluster.find("daemonset/nsqd")
    short = standing(found, "DaemonSet nsqd")
    if found is None or short:
        return not_yet(short)
    homes = {pod.node for pod in pods.ready(pods.of(cluster, found))}
    nodes = {node.name: node for node in ordinary(cluster)}
    missing = sorted(set(nodes) - homes)
    if not missing:
        return passed_unless("")
    selector = table(found, "spec", "template", "spec", "nodeSelector")
    is_unlabelled = "node2" in nodes and "receiver" not in nodes["node2"].labels
    if is_unlabelled and selector == {"receiver": "true"} and missing == ["node2"]:
        return not_started("its queue is as you found it")
    return not_yet(f"there is none ready on {named_in(missing)}")


def _stopped(cluster: Cluster, deployment: KubeObject, told: str) -> str:
    """Why a part of the application does not run: its rollout is not complete, or another program runs."""
    short = unfinished(deployment)
    if short:
        return f"{short}, {told}"
    others = [pod for pod in pods.of(cluster, deployment) if not pods.runs(pod, deployment.name)]
    return f"no {deployment.name} runs in {others[0].name}, {told}" if others else ""


def restart_with(cluster: Cluster, name: str, command: list[str]) -> None:
    """A Deployment changed while none of its Pods runs, so that no old one serves on beside the new one."""
    ref = f"deployment/{name}"
    cluster.patch(ref, {"spec": {"replicas": 0}})
    run(command, cluster=cluster)
    cluster.patch(ref, {"spec": {"replicas": 1}})
    wait(cluster, ref, for_=lambda one: one.ready == 0 and one.status.replicas == 1, timeout_s=60)
