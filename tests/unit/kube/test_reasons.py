"""Why a wait failed, against objects of the shapes that a real cluster was seen to make."""

import pytest

from kubeface.errors import NotReady
from kubeface.kube import wait
from kubeface.kube.reasons import reasons

IMAGE = "nowhere.invalid/none:1"


def pod(name, labels=None, **spec):
    metadata = {"name": name, "labels": labels or {}}
    containers = [{"name": "main", "image": IMAGE, "resources": {"limits": {"memory": "32Mi"}}}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": containers} | spec,
    }


def deployment(name):
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod("x")["spec"]}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def claim(name, **spec):
    size = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    made = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}}
    return made | {"spec": size | spec}


def node(name, ready="True", **spec):
    made = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": spec}
    condition = {
        "type": "Ready",
        "status": ready,
        "reason": "NodeStatusUnknown",
        "message": "Kubelet stopped",
    }
    return made, {"allocatable": {"cpu": "1", "memory": "2Gi"}, "conditions": [condition]}


def event(one, reason, message):
    about = {"kind": one.kind, "name": one.name, "namespace": one.namespace, "uid": one.metadata.uid}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": "event-"},
        "involvedObject": about,
        "reason": reason,
        "message": message,
        "lastTimestamp": "2026-01-01T00:00:00Z",
    }


def container(state, last=None, **more):
    shape = {"name": "main", "image": IMAGE, "imageID": "", "ready": False, "restartCount": 2}
    return shape | {"state": state, "lastState": last or {}} | more


def waiting(reason, message=""):
    return container({"waiting": {"reason": reason, "message": message}})


def unscheduled(message):
    said = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    return {"conditions": [said]}


@pytest.fixture
def why(cluster, space):
    """The reasons that the cluster tells of an object, as one text."""
    return lambda ref="pod/one": "\n".join(
        reasons(cluster, cluster.find(ref, namespace=space), namespace=space, ref=ref)
    )


@pytest.fixture
def one(cluster, space, report):
    """Make pod/one and report a status of it."""

    def make(status=None, **spec):
        made = cluster.create(pod("one", **spec), namespace=space)
        if status:
            report("pod/one", status, space)
        return made

    return make


@pytest.fixture
def nodes(cluster, report):
    """Make nodes; they are gone after the test."""
    names = []

    def make(name, ready="True", **spec):
        made, status = node(name, ready, **spec)
        names.append(cluster.create(made).name)
        report(f"node/{name}", status, "default")

    yield make
    for name in names:
        cluster.delete(f"node/{name}")


def test_a_wait_that_fails_says_why(cluster, space, one):
    one(unscheduled("0/1 nodes are available: 1 Insufficient cpu."))
    with pytest.raises(NotReady) as caught:
        wait(cluster, "pod/one", for_="Ready", namespace=space, timeout_s=0.5)
    assert "pod/one has no node: 1 of 1 nodes have too little cpu free" in caught.value.seen


def test_what_is_short_is_told_by_node(cluster, space, one, nodes, why):
    nodes("small")
    cluster.create(pod("big", nodeName="small", containers=[asking("800m")]), namespace=space)
    one(unscheduled("0/1 nodes are available: 1 Insufficient cpu."), containers=[asking("500m")])
    assert "it asks for 500m cpu; " in why()
    assert "small has 200m of 1 free" in why()


def asking(cpu):
    return {"name": "main", "image": IMAGE, "resources": {"requests": {"cpu": cpu}}}


def test_labels_that_no_node_has_are_named(one, why):
    said = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: …"
    one(unscheduled(said), nodeSelector={"disk": "fast"})
    assert "2 of 2 nodes do not have the labels that the Pod selects" in why()
    assert "it selects nodes with disk=fast" in why()


def test_taints_are_named_by_node(one, nodes, why):
    nodes("tainted", taints=[{"key": "dedicated", "effect": "NoSchedule"}])
    one(unscheduled("0/1 nodes are available: 1 node(s) had untolerated taint(s)."))
    assert "tainted: " in why()
    assert "dedicated" in why()


def test_what_the_scheduler_says_of_no_node_is_quoted(one, why):
    one(unscheduled('persistentvolumeclaim "disk" not found'))
    assert 'pod/one has no node: Unschedulable: persistentvolumeclaim "disk" not found' in why()


@pytest.mark.parametrize(
    ("message", "meaning"),
    [
        ("nowhere.invalid/none:1: not found", "the registry has no such image or tag"),
        ("dial tcp: lookup nowhere.invalid: no such host", "its registry cannot be reached"),
        ("pull access denied, authorization failed", "the registry wants another login"),
    ],
)
def test_an_image_that_cannot_be_pulled_is_named(one, why, message, meaning):
    one({"containerStatuses": [waiting("ErrImagePull", message)]})
    assert f"container main: the image {IMAGE} cannot be pulled, {meaning} (ErrImagePull: {message})" in why()


def test_a_crash_loop_tells_its_exit_code(one, why):
    last = {"terminated": {"exitCode": 3, "reason": "Error"}}
    state = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    one({"containerStatuses": [container(state, last)]})
    assert "ends again and again, 2 restarts so far (CrashLoopBackOff: back-off 10s)" in why()
    assert "ended with exit code 3 (Error)" in why()


def test_too_much_memory_is_told_with_the_limit(one, why):
    ended = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}
    one({"containerStatuses": [container(ended)]})
    assert "it used more memory than its limit of 32Mi (OOMKilled, exit code 137)" in why()


def test_a_command_that_is_not_there_is_told(one, why):
    ended = {"terminated": {"exitCode": 127, "reason": "Error"}}
    one({"containerStatuses": [container(ended)]})
    assert "ended with exit code 127 (Error): the command was not found" in why()


def test_an_init_container_is_called_one(one, why):
    ended = {"terminated": {"exitCode": 1, "reason": "Error"}}
    one({"initContainerStatuses": [container(ended)]})
    assert "init container main ended with exit code 1 (Error); the other containers start after it" in why()


def test_a_container_that_is_only_on_the_way_is_no_reason(one, why):
    one({"containerStatuses": [waiting("ContainerCreating")]})
    assert why() == ""


def test_a_missing_config_map_is_named(one, why, space):
    one({"containerStatuses": [waiting("CreateContainerConfigError", 'configmap "rules" not found')]})
    assert f"configmap/rules does not exist in namespace {space} (CreateContainerConfigError)" in why()


def test_a_missing_key_is_told_with_the_keys_there_are(cluster, one, why, space):
    settings = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "key"}}
    cluster.create(settings | {"stringData": {"user": "tom", "password": "sesame"}}, namespace=space)
    message = f"couldn't find key word in Secret {space}/key"
    one({"containerStatuses": [waiting("CreateContainerConfigError", message)]})
    assert "secret/key has no key word; it has password, user" in why()
    assert "sesame" not in why()


def test_a_volume_that_cannot_be_mounted_says_what_is_missing(cluster, one, why, space):
    said = 'MountVolume.SetUp failed for volume "key" : secret "face-key" not found'
    cluster.create(event(one(), "FailedMount", said), namespace=space)
    assert f"cannot mount a volume: secret/face-key does not exist in namespace {space}" in why()


@pytest.mark.parametrize(
    ("probe", "effect"), [("Readiness", "it gets no requests"), ("Liveness", "its container is restarted")]
)
def test_a_failing_probe_is_quoted_with_its_effect(cluster, one, why, space, probe, effect):
    cluster.create(event(one(), "Unhealthy", f"{probe} probe failed: HTTP 503"), namespace=space)
    assert why() == f"pod/one: its {probe.lower()} probe fails, so {effect}: HTTP 503"


def test_a_deployment_tells_the_reasons_of_its_pods(cluster, space, why):
    cluster.create(deployment("web"), namespace=space)
    its = cluster.create(pod("web-1", {"app": "web"}), namespace=space)
    cluster.create(event(its, "Unhealthy", "Startup probe failed: no such file"), namespace=space)
    assert "pod/web-1: its startup probe fails" in why("deployment/web")


def test_a_class_that_does_not_exist_is_named(cluster, space, why):
    cluster.create(claim("disk", storageClassName="gold"), namespace=space)
    assert "disk is not bound: its StorageClass gold does not exist" in why("pvc/disk")


def test_a_claim_without_a_class_is_told(cluster, space, why):
    cluster.create(claim("disk"), namespace=space)
    assert "disk is not bound: it names no StorageClass, and none is the default" in why("pvc/disk")


@pytest.fixture
def storage(cluster):
    made = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "slow"}}
    cluster.apply(made | {"provisioner": "nobody", "volumeBindingMode": "WaitForFirstConsumer"})
    yield "slow"
    cluster.delete("storageclass/slow")


def test_a_claim_that_waits_for_its_first_pod_says_so(cluster, space, storage, why):
    made = cluster.create(claim("disk", storageClassName=storage), namespace=space)
    cluster.create(event(made, "WaitForFirstConsumer", "waiting"), namespace=space)
    assert "it is bound when a first Pod that uses it has a node" in why("pvc/disk")


def test_a_provisioner_that_fails_is_quoted(cluster, space, storage, one, why):
    made = cluster.create(claim("disk", storageClassName=storage), namespace=space)
    cluster.create(event(made, "ProvisioningFailed", "the disk is full"), namespace=space)
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "disk"}}
    one(unscheduled("unbound"), volumes=[volume])
    assert "persistentvolumeclaim/disk is not bound: ProvisioningFailed: the disk is full" in why()


def test_a_claim_that_nobody_made_is_named(one, why, space):
    one(unscheduled("…"), volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "disk"}}])
    assert f"persistentvolumeclaim/disk does not exist in namespace {space}" in why()


def test_a_quota_that_is_used_up_is_told_by_the_workload(cluster, space, report, why):
    said = 'pods "web-1" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2'
    failure = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": said}
    cluster.create(deployment("web"), namespace=space)
    report("deployment/web", {"conditions": [failure]}, space)
    assert "web cannot have its Pods made: ResourceQuota few is used up: pods: 1 more, 2 of 2" in why(
        "deploy/web"
    )


def test_a_refusal_by_pod_security_is_told_from_the_replica_sets_event(cluster, space, why):
    web = cluster.create(deployment("web"), namespace=space)
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": web.metadata.uid}
    meta = {"name": "web-1", "ownerReferences": [owner]}
    maker = web.raw | {"kind": "ReplicaSet", "metadata": meta, "status": {}}
    maker["spec"] = {key: web.raw["spec"][key] for key in ("selector", "template")}
    made = cluster.create(maker, namespace=space)
    said = 'pods "web-1-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true (…)'
    cluster.create(event(made, "FailedCreate", f"Error creating: {said}"), namespace=space)
    assert "Pod Security refuses it, the namespace enforces restricted:\n  runAsNonRoot" in why("deploy/web")


def test_a_rollout_without_progress_is_told_with_its_deadline(cluster, space, report, why):
    cluster.create(deployment("web"), namespace=space)
    stuck = {
        "type": "Progressing",
        "status": "False",
        "reason": "ProgressDeadlineExceeded",
        "message": "slow",
    }
    report("deployment/web", {"conditions": [stuck]}, space)
    assert "the rollout made no progress for 600 s, its progressDeadlineSeconds: slow" in why("deploy/web")


def test_a_silent_node_is_told_through_its_pod(one, nodes, why):
    nodes("silent", "Unknown")
    one({"phase": "Running"}, nodeName="silent")
    assert "pod/one is on a node that is not ready: node/silent is NotReady, its kubelet is silent" in why()


def test_a_pod_that_was_ended_says_by_whom(one, why):
    one({"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."})
    assert "pod/one was ended: Evicted: The node was low on resource: memory." in why()


def test_a_name_that_is_spelled_differently_is_found(cluster, space, why):
    cluster.create(deployment("receiver"), namespace=space)
    assert why("deployment/reciever") == "there is deployment/receiver"


def test_a_namespace_that_does_not_exist_is_named(cluster):
    assert reasons(cluster, None, namespace="nowhere", ref="pod/one") == ["namespace/nowhere does not exist"]


def test_a_namespace_that_does_not_go_says_what_holds_it(cluster, space, report, why):
    held = {
        "type": "NamespaceContentRemaining",
        "status": "True",
        "reason": "SomeResourcesRemain",
        "message": "2 pods",
    }
    fine = {
        "type": "NamespaceDeletionContentFailure",
        "status": "False",
        "reason": "ContentDeleted",
        "message": "ok",
    }
    report(f"namespace/{space}", {"conditions": [held, fine]}, space)
    assert why(f"namespace/{space}") == "SomeResourcesRemain: 2 pods"


def test_a_user_who_may_not_look_hears_that_and_no_more(kubeconfig, space, one):
    from kubeface.kube import Cluster

    made = one({"containerStatuses": [waiting("ErrImagePull", "not found")]})
    guest = Cluster.connect(kubeconfig, context="guest")
    told = reasons(guest, made, namespace=space)
    assert told == ["no more reasons could be read: could not list events: the API server answered 403"]
