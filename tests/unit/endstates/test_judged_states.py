"""States made in another way than their author thought of are judged by what is true of them."""

import base64

import pytest
from stage import REGISTRY, ago

PASSED, NOT_YET, NOT_STARTED = "passed", "not yet", "not started"
ROWS = []


def row(exercise, outcome, said=""):
    """The exercise judges the state that the function sets as `outcome`, in words that hold `said`."""

    def keep(deed):
        name = f"{exercise}: {deed.__name__.replace('_', ' ').strip()}"
        ROWS.append(pytest.param(exercise, deed, outcome, said, id=name))
        return deed

    return keep


@pytest.fixture(autouse=True)
def spaces(cluster):
    """The namespaces that some exercises name, empty."""
    for name in ("face", "practice", "next-door"):
        cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield
    for space in ("face", "practice", "next-door"):
        for kind in ("pods", "deployments", "daemonsets", "services", "configmaps"):
            for one in cluster.list(kind, namespace=space):
                if one.metadata.finalizers:
                    cluster.patch(one.ref, {"metadata": {"finalizers": None}}, namespace=space)
                cluster.delete(one.ref, namespace=space, grace_s=0)


# ---------------------------------------------------------------------------------------------- nb00


@row("nb00.page", PASSED)
def a_page_by_another_label(stage):
    labels = {"app.kubernetes.io/component": "web"}
    stage.pod("f", program="frontend", labels=labels)
    stage.service(
        "page", {"type": "NodePort", "selector": labels, "ports": [node_port(30888, targetPort=8081)]}
    )


@row("nb00.page", NOT_YET, "no frontend behind it is ready")
def a_page_of_a_frontend_that_is_not_ready(stage):
    stage.pod("f", program="frontend", ready=False)
    selector = {"app.kubernetes.io/name": "frontend"}
    stage.service("page", {"type": "NodePort", "selector": selector, "ports": [node_port(30888)]})


def node_port(number, **more):
    return {"port": 8081, "targetPort": "http", "nodePort": number} | more


@row("nb00.reader", NOT_STARTED)
def a_reader_that_waits_for_a_key(stage):
    stage.config("letter", data={"to": "you", "text": "hello"})
    ask_for_a_key(stage, "words")


@row("nb00.reader", NOT_YET, "the Pod reader is not ready")
def a_reader_that_waits_for_another_key(stage):
    stage.config("letter", data={"to": "you", "text": "hello"})
    ask_for_a_key(stage, "word")


def ask_for_a_key(stage, key):
    env = [{"name": "WORDS", "valueFrom": {"configMapKeyRef": {"name": "letter", "key": key}}}]
    container = {"name": "reader", "image": f"{REGISTRY}/busybox:v1.0", "env": env}
    stage.pod("reader", containers=[container], ready=False, phase="Pending")


@row("nb00.three-receivers", PASSED)
def three_deployments_of_one_receiver_each(stage):
    for name in ("receiver", "b", "c"):
        stage.deployment(name, image=f"{REGISTRY}/receiver:v1.0")
        stage.pod(f"{name}-1")


@row("nb00.three-receivers", PASSED)
def three_by_digest(stage):
    image = f"{REGISTRY}/receiver@sha256:{'a' * 64}"
    stage.deployment(replicas=3, image=image)
    for number in range(3):
        stage.pod(f"r-{number}", image=image)


@row("nb00.three-receivers", NOT_YET, "0 of 3 receivers are of the latest template")
def three_of_the_old_image(stage):
    stage.deployment(replicas=3, image=f"{REGISTRY}/receiver:v7", status={"updatedReplicas": 0})
    for number in range(3):
        stage.pod(f"r-{number}")


@row("nb00.three-receivers", NOT_YET, "2 receivers are ready")
def two_receivers_and_a_pod_that_only_has_their_label(stage):
    stage.deployment(replicas=3)
    for number in range(2):
        stage.pod(f"r-{number}")
    stage.pod("other", image=f"{REGISTRY}/busybox:v1.0")


@row("nb00.three-receivers", NOT_YET, "there is no Deployment receiver")
def three_pods_of_nobody(stage):
    for number in range(3):
        stage.pod(f"r-{number}")


@row("nb00.three-receivers", NOT_STARTED)
def one_receiver(stage):
    stage.deployment()
    stage.pod("r")


@row("nb00.note", NOT_YET, "no text")
def a_note_in_bytes(stage):
    stage.config(binaryData={"author": base64.b64encode(b"J\xfcrg").decode()})


@row("nb00.note", NOT_YET, "is being deleted")
def a_note_that_leaves(stage):
    stage.config(meta={"finalizers": ["course.kubeface.internal/hold"]}, data={"author": "me"})
    stage.cluster.delete("configmap/note")


@row("nb00.note", NOT_YET, "its keys are: none")
def a_note_of_nothing(stage):
    stage.config()


@row("nb00.note", PASSED)
def a_note_with_more_in_it(stage):
    stage.config(data={"author": "me\n", "other": ""}, immutable=True)


# ---------------------------------------------------------------------------------------------- nb01


@row("nb01.house", NOT_YET, "it enforces no Pod Security level")
def a_house_that_refuses_nobody(stage):
    stage.config("rules", namespace="practice", data={"text": "quiet"})


@row("nb01.attic", NOT_STARTED, "the exercise's cell makes one")
def an_attic_that_nobody_has_made(stage):
    stage.config("another", namespace="practice")


@row("nb01.attic", PASSED)
def an_attic_that_was_cleared(stage):
    stage.config("errands", namespace="practice", data={"attic": "to be cleared"})


@row("nb01.attic", NOT_YET, "nobody is deleting it")
def an_attic_of_the_same_name(stage):
    stage.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "attic"}})


def motto(stage, space, **content):
    stage.config("motto", namespace=space, **content)


@row("nb01.motto", NOT_YET, "empty")
def a_motto_of_empty_text(stage):
    motto(stage, "face", data={"text": "onwards"})
    motto(stage, "practice", data={"text": " "})


@row("nb01.motto", NOT_YET, "being deleted")
def a_motto_that_leaves(stage):
    motto(stage, "face", data={"text": "onwards"})
    motto(stage, "practice", data={"text": "up"}, meta={"finalizers": ["course.kubeface.internal/hold"]})
    stage.cluster.delete("configmap/motto", namespace="practice")


@row("nb01.motto", PASSED)
def mottos_with_more(stage):
    motto(stage, "face", data={"text": "onwards", "more": ""})
    motto(stage, "practice", data={"text": "onwards!"}, immutable=True)


# ---------------------------------------------------------------------------------------------- nb02


@row("nb02.pair", PASSED)
def a_pair_by_arguments(stage):
    stage.pod("pair", containers=[served("evening", "8000"), served("morning", "80")])


@row("nb02.pair", NOT_YET, "evening of pair was started again 2 times: it ended with code 1")
def a_pair_of_which_one_has_ended(stage):
    last = {"exitCode": 1, "finishedAt": ago(5)}
    statuses = [stage.container("morning"), stage.container("evening", restarts=2, last=last)]
    stage.pod("pair", containers=[served("morning", "80"), served("evening", "80")], statuses=statuses)


def served(name, port):
    image = f"{REGISTRY}/busybox:v1.0"
    return {"name": name, "image": image, "command": ["/bin/httpd"], "args": ["-f", "-p", port]}


@row("nb02.solo", NOT_YET, "belongs to the ReplicaSet choir")
def a_solo_that_was_adopted(stage):
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "choir", "uid": choir(stage).metadata.uid}
    stage.pod("solo", labels={"stage": "main"}, meta={"ownerReferences": [owner | {"controller": True}]})


@row("nb02.solo", PASSED)
def a_solo_that_was_released(stage):
    choir(stage)
    stage.pod("solo", labels={"voice": "soprano"})


@row("nb02.solo", NOT_YET, "1 of the choir's Pods are ready")
def a_choir_of_which_one_is_hoarse(stage):
    choir(stage, ready=1)
    stage.pod("solo", labels={})


def choir(stage, *, ready=2):
    container = {"name": "singer", "image": f"{REGISTRY}/busybox:v1.0"}
    template = {"metadata": {"labels": {"stage": "main"}}, "spec": {"containers": [container]}}
    spec = {"replicas": 2, "selector": {"matchLabels": {"stage": "main"}}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": "choir"}, "spec": spec}
    made = stage.cluster.apply(body)
    stage.report("replicaset/choir", {"replicas": 2, "readyReplicas": ready})
    return made


@row("nb02.marks", NOT_YET, "one of 2 Pods, b, has no label tier")
def the_first_of_two_is_marked(stage):
    marked(stage, "a")
    stage.pod("b", program="nsqlookupd")


@row("nb02.marks", NOT_YET, "one of 2 Pods, a, has no label tier")
def the_last_of_two_is_marked(stage):
    stage.pod("a", program="nsqlookupd")
    marked(stage, "b")


@row("nb02.marks", PASSED)
def both_are_marked(stage):
    marked(stage, "a")
    marked(stage, "b")


@row("nb02.marks", NOT_YET, "has no label tier")
def the_deployment_alone_is_labelled(stage):
    stage.deployment("nsqlookupd")
    stage.cluster.patch("deployment/nsqlookupd", {"metadata": {"labels": {"tier": "queue"}}})
    stage.pod("a", program="nsqlookupd")


def marked(stage, name):
    labels = {"app.kubernetes.io/name": "nsqlookupd", "tier": "queue"}
    stage.pod(name, program="nsqlookupd", labels=labels, meta={"annotations": {"owner": "me"}})


def counted(stage, name, **more):
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "rs", "uid": "1", "controller": True}
    stage.pod(name, program="nsqlookupd", meta={"ownerReferences": [owner]}, **more)


@row("nb02.released", PASSED)
def one_is_released_by_another_name(stage):
    stage.deployment("nsqlookupd")
    counted(stage, "a")
    stage.pod("b", program="nsqlookupd", labels={"app.kubernetes.io/name": "retired"})


@row("nb02.released", NOT_YET, "no Pod of nsqlookupd was released: b runs another program")
def another_program_has_its_component(stage):
    stage.deployment("nsqlookupd")
    counted(stage, "a")
    labels = {"app.kubernetes.io/component": "queue"}
    stage.pod("b", labels=labels, image=f"{REGISTRY}/busybox:v1.0")


@row("nb02.released", NOT_YET, "1 of 2 Pods are ready")
def the_released_one_is_not_ready(stage):
    stage.deployment("nsqlookupd")
    counted(stage, "a")
    stage.pod("b", program="nsqlookupd", labels={}, ready=False)


@row("nb02.released", NOT_YET, "there is no Deployment nsqlookupd")
def its_deployment_is_gone(stage):
    counted(stage, "a")
    stage.pod("b", program="nsqlookupd", labels={})


# ---------------------------------------------------------------------------------------------- nb03


@row("nb03.aloud", NOT_YET, "its phase is Running")
def a_pod_that_is_still_to_say_it(stage):
    container = {"name": "hello", "image": f"{HELLO_AT}@sha256:{'a' * 64}", "args": ["cat", "/greeting.txt"]}
    stage.pod("aloud", containers=[container])


@row("nb03.still", PASSED)
def a_still_pod_by_digest(stage):
    container = {"name": "a", "image": f"{HELLO_AT}@sha256:{'a' * 64}", "imagePullPolicy": "Never"}
    stage.pod("still", containers=[container], phase="Succeeded", ready=False)


@row("nb03.still", NOT_YET, "the policy is IfNotPresent")
def a_pod_that_asks_where_it_has_to(stage):
    container = {"name": "a", "image": f"{HELLO_AT}:v1"}
    stage.pod("still", containers=[container], phase="Succeeded", ready=False)


HELLO_AT = f"{REGISTRY}/hello"


def typo(stage, image, phase="Succeeded"):
    stage.pod("typo", image=image, containers=[{"name": "hello", "image": image}], phase=phase)


@row("nb03.typo", PASSED)
def the_missing_tag_was_made(stage):
    typo(stage, f"{REGISTRY}/hello:v9")


@row("nb03.typo", NOT_STARTED)
def the_tag_is_missing_still(stage):
    typo(stage, f"{REGISTRY}/hello:v9", phase="Pending")


@row("nb03.typo", NOT_YET, "another Pod")
def another_pod_of_that_name(stage):
    typo(stage, f"{REGISTRY}/hello:v1")


@row("nb03.typo", PASSED)
def the_image_was_changed(stage):
    typo(stage, f"{REGISTRY}/hello:v9", phase="Pending")
    typo(stage, f"{REGISTRY}/hello:v1@sha256:{'a' * 64}")


@row("nb03.typo", NOT_YET, "another image")
def an_image_whose_name_begins_alike(stage):
    typo(stage, f"{REGISTRY}/hello-world:v1")


def hello_ran(stage, digest="a" * 64):
    said = stage.container("hello", image_id=f"{REGISTRY}/hello@sha256:{digest}")
    stage.pod("hello", program="hello", statuses=[said], phase="Succeeded")


@row("nb03.pinned", PASSED)
def by_tag_and_digest(stage):
    hello_ran(stage)
    stage.pod("pinned", image=f"{REGISTRY}/hello:v1@sha256:{'a' * 64}", phase="Succeeded")


@row("nb03.pinned", NOT_YET, "another image's")
def by_the_digest_of_another(stage):
    hello_ran(stage)
    stage.pod("pinned", image=f"{REGISTRY}/hello@sha256:{'b' * 64}", phase="Succeeded")


@row("nb03.pinned", NOT_YET, "the Pod hello is gone")
def hello_has_no_status(stage):
    stage.pod("pinned", image=f"{REGISTRY}/hello@sha256:{'a' * 64}", phase="Succeeded")


# ---------------------------------------------------------------------------------------------- nb04


@row("nb04.board", NOT_YET, "the Pod writer mounts no volume of the claim board")
def a_board_that_the_writer_does_not_mount(stage):
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Mi"}}}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "board"}}
    stage.cluster.apply(claim | {"spec": spec})
    volume = {"name": "board", "persistentVolumeClaim": {"claimName": "board"}}
    for name in ("writer", "reader"):  # the volume is there, and no container has it
        stage.pod(name, volumes=[volume])


@row("nb04.counter", NOT_STARTED)
def a_counter_with_a_folder_for_each_pod(stage):
    count(stage, {"fieldRef": {"fieldPath": "metadata.name"}})


@row("nb04.counter", NOT_YET, "whether another one counts on is still to be seen")
def a_counter_with_one_folder_by_a_constant(stage):
    count(stage, None)


def count(stage, source):
    env = [{"name": "POD", **({"valueFrom": source} if source else {"value": "all"})}]
    mounts = [{"name": "data", "mountPath": "/data", "subPathExpr": "$(POD)"}]
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "counter"}}]
    main = {"name": "counter", "image": f"{REGISTRY}/busybox:v1.0", "env": env, "volumeMounts": mounts}
    labels = {"app.kubernetes.io/name": "counter"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [main], "volumes": volumes}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "counter"}, "spec": spec}
    stage.cluster.apply(body)
    stage.rolled_out("counter", 1)
    stage.pod("c", program="counter", containers=[main], volumes=volumes)


def door(stage, **content):
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "door"}}
    stage.cluster.create(body | content)


@row("nb04.door", NOT_YET, "holds more than it: more")
def the_word_and_a_second_key(stage):
    door(stage, stringData={"word": "open-sesame", "more": ""})


@row("nb04.door", NOT_YET)
def the_word_is_null(stage):
    door(stage, data={"word": None})


@row("nb04.door", PASSED)
def the_word_in_base64(stage):
    door(stage, data={"word": base64.b64encode(b"open-sesame").decode()}, immutable=True)


def claim(stage, size, modes=("ReadWriteOnce",), phase="Bound", **meta):
    spec = {"accessModes": list(modes), "resources": {"requests": {"storage": size}}}
    meta = {"name": "scratch", **meta}
    body = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": spec}
    stage.cluster.create(body)
    stage.report("persistentvolumeclaim/scratch", {"phase": phase})


@row("nb04.scratch", PASSED)
def a_claim_in_kibibytes(stage):
    claim(stage, "102400Ki")


@row("nb04.scratch", NOT_YET, "being deleted")
def a_claim_that_leaves(stage):
    claim(stage, "100Mi", finalizers=["kubernetes.io/pvc-protection"])
    stage.cluster.delete("persistentvolumeclaim/scratch")


@row("nb04.scratch", NOT_YET, "it asks for 100M")
def a_claim_of_megabytes(stage):
    claim(stage, "100M")


# ---------------------------------------------------------------------------------------------- nb05


@row("nb05.steady", PASSED)
def a_steady_service_by_number(stage):
    queue_at(stage, "10.0.0.1")
    ports = [{"port": 4151}]
    stage.service("steady", {"selector": QUEUES, "ports": ports, "sessionAffinity": "ClientIP"})


@row("nb05.steady", NOT_YET, "an alias of nsqd.face.svc.cluster.local")
def a_steady_alias(stage):
    stage.service("steady", {"type": "ExternalName", "externalName": "nsqd.face.svc.cluster.local"})


@row("nb05.steady", NOT_YET, "each connection may go to another nsqd")
def a_service_by_turns(stage):
    queue_at(stage, "10.0.0.1")
    stage.service("steady", {"selector": QUEUES, "ports": [{"port": 4151}]})


QUEUES = {"app.kubernetes.io/name": "nsqd"}


def queue_at(stage, address):
    stage.pod("q", program="nsqd", ip=address)


@row("nb05.kiosk", NOT_YET, "no Pod behind the Service kiosk is ready")
def a_kiosk_that_is_closed(stage):
    stage.service("kiosk", {"selector": {"app": "kiosk"}, "ports": [{"port": 80}]}, namespace="next-door")
    stage.pod("kiosk", labels={"app": "kiosk"}, ready=False, namespace="next-door")


@row("nb05.kiosk", NOT_YET, "there is no Service kiosk in next-door")
def a_kiosk_without_a_service(stage):
    stage.pod("kiosk", namespace="next-door")


def lost(stage, **spec):
    port = {"name": "http", "port": 8000, "targetPort": "http"}
    stage.service("lost", {"selector": {"app.kubernetes.io/name": "reciever"}, "ports": [port]} | spec)


@row("nb05.lost", NOT_STARTED)
def the_misspelt_selector(stage):
    stage.pod("r")
    lost(stage)


@row("nb05.lost", PASSED)
def an_alias_of_the_receivers_service(stage):
    port = {"port": 8000, "targetPort": "http"}
    selector = {"app.kubernetes.io/name": "receiver"}
    stage.pod("r", namespace="face")
    stage.service("receiver", {"selector": selector, "ports": [port]}, namespace="face")
    name = "receiver.face.svc.cluster.local."
    stage.service("lost", {"type": "ExternalName", "externalName": name})


@row("nb05.lost", NOT_YET, "is no Service")
def an_alias_of_nobody(stage):
    stage.service("lost", {"type": "ExternalName", "externalName": "receiver.face"})


@row("nb05.lost", PASSED)
def a_receiver_has_the_misspelt_label(stage):
    stage.pod("r")
    stage.pod("other", labels={"app.kubernetes.io/name": "reciever"})
    lost(stage)


@row("nb05.lost", NOT_YET, "UDP")
def the_port_is_open_for_udp(stage):
    stage.pod("r")
    port = {"name": "http", "port": 8000, "targetPort": 8000, "protocol": "UDP"}
    lost(stage, selector={"app.kubernetes.io/name": "receiver"}, ports=[port])


@row("nb05.lost", PASSED)
def headless(stage):
    stage.pod("r")
    selector = {"app.kubernetes.io/name": "receiver"}
    lost(stage, clusterIP="None", selector=selector, ports=[{"port": 8000}])


@row("nb05.lost", PASSED)
def endpoints_by_hand(stage):
    stage.pod("r", ip="10.244.1.7")
    stage.service("lost", {"ports": [{"name": "http", "port": 8000}]})
    endpoints = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "lost-1", "labels": {"kubernetes.io/service-name": "lost"}},
        "addressType": "IPv4",
        "ports": [{"name": "http", "port": 8000}],
        "endpoints": [{"addresses": ["10.244.1.7"]}],
    }
    stage.cluster.create(endpoints)


@row("nb05.lost", NOT_YET, "no receiver behind it is ready")
def no_receiver_is_ready(stage):
    stage.pod("r", ready=False)
    lost(stage, selector={"app.kubernetes.io/name": "receiver"})


@row("nb05.lost", NOT_YET, "nobody")
def no_selector_at_all(stage):
    lost(stage, selector=None)


def lookup(stage, port=None, **spec):
    door = {"name": "http", "port": 4161, "targetPort": "http", "nodePort": 30461} | (port or {})
    selector = {"app.kubernetes.io/name": "nsqlookupd"}
    stage.pod("l", program="nsqlookupd", node="node1")
    stage.service("lookup", {"type": "NodePort", "selector": selector, "ports": [door]} | spec)


@row("nb05.lookup", PASSED)
def a_load_balancer_opens_its_port_as_well(stage):
    lookup(stage, type="LoadBalancer")


@row("nb05.lookup", NOT_YET, "not node2 and node3")
def only_the_node_of_the_pod_answers(stage):
    lookup(stage, externalTrafficPolicy="Local")


@row("nb05.lookup", PASSED)
def each_node_has_one_and_answers_for_itself(stage):
    for number in (2, 3):
        stage.pod(f"l{number}", program="nsqlookupd", node=f"node{number}")
    lookup(stage, externalTrafficPolicy="Local")


@row("nb05.lookup", NOT_YET, "UDP")
def the_node_port_is_open_for_udp(stage):
    lookup(stage, {"protocol": "UDP"})


@row("nb05.lookup", NOT_YET, "leads to the port tcp")
def the_other_port(stage):
    lookup(stage, {"targetPort": "tcp"})


@row("nb05.lookup", NOT_YET, "opens no port on a node")
def a_balancer_without_node_ports(stage):
    port = {"name": "http", "port": 4161}
    selector = {"app.kubernetes.io/name": "nsqlookupd"}
    spec = {"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False, "ports": [port]}
    stage.service("lookup", spec | {"selector": selector})


@row("nb05.gallery", PASSED)
def an_alias_with_a_dot(stage):
    name = "frontend.face.svc.cluster.local."
    stage.service("gallery", {"type": "ExternalName", "externalName": name}, namespace="next-door")


# ---------------------------------------------------------------------------------------------- nb06


def numbers(stage, *homes, gauge=9101):
    for name, port in (("meter", 9100), ("gauge", gauge)):
        image = f"{REGISTRY}/busybox:v1.0"
        ports = [{"containerPort": 8080, "hostPort": port}]
        container = {"name": name, "image": image, "ports": ports}
        labels = {"app.kubernetes.io/name": name}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
        spec = {"selector": {"matchLabels": labels}, "template": template}
        body = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": name}, "spec": spec}
        made = stage.cluster.apply(body, namespace="practice")
        where = homes if name == "gauge" else ("node1", "node2", "node3")
        counts = dict.fromkeys(("desiredNumberScheduled", "updatedNumberScheduled"), 3)
        counts |= dict.fromkeys(("currentNumberScheduled", "numberReady", "numberAvailable"), len(where))
        status = counts | {"numberMisscheduled": 0, "observedGeneration": made.metadata.generation}
        stage.report(f"daemonset/{name}", status, "practice")
        for node in where:
            stage.pod(f"{name}-{node}", labels=labels, node=node, namespace="practice")


@row("nb06.gauge", PASSED)
def two_daemonsets_everywhere(stage):
    numbers(stage, "node1", "node2", "node3")


@row("nb06.gauge", NOT_YET, "gauge has no ready Pod on node3")
def a_gauge_too_few(stage):
    numbers(stage, "node1", "node2")


@row("nb06.gauge", NOT_STARTED)
def a_gauge_of_no_node(stage):
    numbers(stage, gauge=9100)


def wardens(stage, *tolerations):
    image = f"{REGISTRY}/busybox:v1.0"
    stage.daemons("warden", namespace="practice", image=image, tolerations=list(tolerations))
    names = ("desiredNumberScheduled", "updatedNumberScheduled", "numberReady", "numberAvailable")
    status = dict.fromkeys((*names, "currentNumberScheduled"), 3) | {"numberMisscheduled": 0}
    found = stage.cluster.get("daemonset/warden", namespace="practice")
    stage.report("daemonset/warden", status | {"observedGeneration": found.metadata.generation}, "practice")
    for node in ("node1", "node2", "node3"):
        stage.pod(f"w-{node}", program="warden", node=node, namespace="practice")


@row("nb06.warden", PASSED)
def a_warden_with_an_effect_each(stage):
    wardens(stage, *({"operator": "Exists", "effect": effect} for effect in ("NoSchedule", "NoExecute")))


@row("nb06.warden", NOT_YET, "the taint mission-critical=yes:NoExecute would end it after 5 s")
def a_warden_with_an_end(stage):
    wardens(
        stage, {"operator": "Exists"}, {"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}
    )


@row("nb06.warden", NOT_YET, "a node with the taint mission-critical=yes:NoSchedule would not have it")
def a_warden_of_another_value(stage):
    wardens(stage, {"key": "mission-critical", "value": "true"})


def term(operator, *values):
    wish = {"key": "kubernetes.io/hostname", "operator": operator, "values": list(values)}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [wish]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


def taint(stage, node, *taints):
    told = []
    for one in taints:
        words, _, effect = one.partition(":")
        key, _, value = words.partition("=")
        told.append({"key": key, "value": value, "effect": effect})
    stage.cluster.patch(f"node/{node}", {"spec": {"taints": told}})


@row("nb06.queue", PASSED)
def affinity_names_the_node_that_is_not_meant(stage):
    stage.daemons(affinity=term("NotIn", "node3"))


@row("nb06.queue", PASSED)
def affinity_names_the_nodes_that_are(stage):
    stage.daemons(affinity=term("In", "node2", "node1"), nodeSelector={"receiver": "true"})


@row("nb06.queue", NOT_YET, "node1 refuses it: away=yes:NoExecute")
def another_node_refuses_it(stage):
    stage.daemons(nodeSelector={"receiver": "true"})
    stage.cluster.patch("node/node3", {"metadata": {"labels": {"receiver": None}}})
    taint(stage, "node1", "away=yes:NoExecute")


@row("nb06.queue", PASSED)
def another_node_is_closed_which_a_daemon_does_not_mind(stage):
    stage.daemons(nodeSelector={"receiver": "true"})
    stage.cluster.patch("node/node3", {"metadata": {"labels": {"receiver": None}}})
    stage.cluster.patch("node/node1", {"spec": {"unschedulable": True}})


@row("nb06.queue", NOT_YET, "leaves alone the nsqd that runs there")
def the_last_refuses_new_ones_and_one_runs_on(stage):
    stage.daemons(nodeSelector={"receiver": "true"})
    stage.pod("q", program="nsqd", node="node3")
    taint(stage, "node3", "away=yes:NoSchedule")


@row("nb06.queue", NOT_STARTED)
def every_node_has_the_label(stage):
    stage.daemons(nodeSelector={"receiver": "true"})


@row("nb06.queue", NOT_STARTED)
def a_simulated_node_counts_for_nobody(stage):
    stage.daemons(nodeSelector={"receiver": "true"})
    body = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node3"}}
    spec = {"taints": [{"key": "kubeface.io/simulated", "value": "true", "effect": "NoSchedule"}]}
    stage.cluster.apply(body | {"spec": spec})


@row("nb06.aside", PASSED)
def a_wish_and_then_an_order(stage):
    taint(stage, "node3", "mission-critical=true:PreferNoSchedule", "mission-critical=true:NoSchedule")


@row("nb06.aside", PASSED)
def an_order_and_then_a_wish(stage):
    taint(stage, "node3", "mission-critical=true:NoSchedule", "mission-critical=true:PreferNoSchedule")


@row("nb06.aside", PASSED)
def another_value_beside_it(stage):
    taint(stage, "node3", "mission-critical=yes:NoExecute", "mission-critical=true:NoSchedule")


@row("nb06.aside", NOT_YET, "mission-critical=yes:NoSchedule")
def another_value(stage):
    taint(stage, "node3", "mission-critical=yes:NoSchedule")


@row("nb06.aside", NOT_YET, "closed for everybody")
def the_last_is_closed(stage):
    stage.cluster.patch("node/node3", {"spec": {"unschedulable": True}})


def logger(stage, **spec):
    stage.daemons("logger", namespace="practice", **spec)
    for number in (1, 2, 3):
        stage.pod(f"l{number}", program="logger", node=f"node{number}", namespace="practice")


@row("nb06.logger", PASSED)
def a_logger_without_a_label(stage):
    logger(stage)


@row("nb06.logger", NOT_YET, "and not on node3")
def one_of_them_is_not_ready(stage):
    logger(stage)
    stage.pod("l3", program="logger", node="node3", namespace="practice", ready=False)


# ---------------------------------------------------------------------------------------------- nb07


def usher(stage, account, count, *, replicas=2):
    container = {"name": "usher", "image": f"{REGISTRY}/busybox:v1.0"}
    labels = {"app.kubernetes.io/name": "usher"}
    template = {
        "metadata": {"labels": labels},
        "spec": {"containers": [container], "serviceAccountName": account},
    }
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "usher"}, "spec": spec}
    stage.cluster.apply(body, namespace="practice")
    stage.rolled_out("usher", count, namespace="practice")
    for number in range(count):
        stage.pod(f"usher-{number}", program="usher", containers=[container], namespace="practice")


@row("nb07.usher", NOT_STARTED)
def an_usher_without_an_account(stage):
    usher(stage, "usher", 0)


@row("nb07.usher", NOT_YET, "0 of 2 Pods are of the latest template")
def an_usher_of_another_account(stage):
    usher(stage, "ushers", 0)


@row("nb07.usher", PASSED)
def ushers_of_the_default(stage):
    usher(stage, "default", 2)


def soloist(stage, *, keeper, replicas=1):
    for one in stage.cluster.list("replicasets", namespace="practice"):
        stage.cluster.delete(one.ref, namespace="practice")
    labels = {"app.kubernetes.io/name": "soloist"}
    container = {"name": "main", "image": f"{REGISTRY}/busybox:v1.0"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": keeper, "metadata": {"name": "keeper"}, "spec": spec}
    made = stage.cluster.apply(body, namespace="practice")
    owner = {"apiVersion": "apps/v1", "kind": keeper, "name": "keeper", "uid": made.metadata.uid}
    meta = {"ownerReferences": [owner | {"controller": True}]}
    stage.pod("soloist", program="soloist", containers=[container], meta=meta, namespace="practice")


@row("nb07.soloist", PASSED)
def a_soloist_that_is_kept(stage):
    soloist(stage, keeper="ReplicaSet")


@row("nb07.soloist", NOT_YET, "the Deployment keeper keeps it, and no ReplicaSet")
def a_soloist_whose_owner_was_written_by_hand(stage):
    soloist(stage, keeper="Deployment")


@row("nb07.soloist", NOT_YET, "the ReplicaSet keeper keeps it, and asks for 3")
def a_soloist_of_three(stage):
    soloist(stage, keeper="ReplicaSet", replicas=3)


def blue(stage, *, template="blue", pods=("blue",), replicas=1, **told):
    stage.deployment(replicas=replicas)
    labels = {"metadata": {"labels": {"team": template}}}
    stage.cluster.patch("deployment/receiver", {"spec": {"template": labels, **told.pop("spec", {})}})
    stage.rolled_out("receiver", replicas, **told)
    for number, team in enumerate(pods):
        stage.pod(f"r{number}", labels={"app.kubernetes.io/name": "receiver", "team": team})


@row("nb07.blue", NOT_YET, "paused")
def paused_and_labelled_by_hand(stage):
    blue(stage, spec={"paused": True}, updatedReplicas=0)


@row("nb07.blue", NOT_YET, "no receiver is asked for")
def nobody_is_asked_for(stage):
    blue(stage, replicas=0, pods=())


@row("nb07.blue", NOT_YET, "in the template it is team=Blue")
def another_spelling(stage):
    blue(stage, template="Blue")


@row("nb07.blue", PASSED)
def two_blue_ones(stage):
    blue(stage, replicas=2, pods=("blue", "blue"))


@row("nb07.history", PASSED)
def two_are_kept(stage):
    stage.deployment()
    stage.cluster.patch("deployment/receiver", {"spec": {"revisionHistoryLimit": 2}})


@row("nb07.history", NOT_YET, "no way back")
def none_is_kept(stage):
    stage.deployment()
    stage.cluster.patch("deployment/receiver", {"spec": {"revisionHistoryLimit": 0}})


def spare(stage, replicas=2, **container):
    stage.deployment("spare", replicas=replicas, namespace="practice", image="busybox")
    for number in range(replicas):
        said = stage.container("spare", **container)
        stage.pod(f"s{number}", program="spare", namespace="practice", statuses=[said])


@row("nb07.spare", NOT_YET, "started again 2 times: it ended with code 0")
def its_pods_restart_all_the_time(stage):
    spare(stage, restarts=2, last={"exitCode": 0, "reason": "Completed", "finishedAt": ago(3)})


@row("nb07.spare", PASSED)
def its_pods_were_restarted_once_an_hour_ago(stage):
    spare(stage, restarts=1, last={"exitCode": 1, "finishedAt": ago(3600)})


@row("nb07.spare", NOT_YET, "0 of 2 Pods are of the latest template")
def a_rollout_that_hangs(stage):
    spare(stage)
    stage.rolled_out("spare", 2, namespace="practice", updatedReplicas=0)


# ---------------------------------------------------------------------------------------------- nb08


def till(stage, ready, alive, **container):
    port = [{"name": "money", "containerPort": 7070}]
    stage.deployment("till", ports=port, readinessProbe=ready, livenessProbe=alive, **container)


def knock(port, failures=None):
    return {"tcpSocket": {"port": port}, **({"failureThreshold": failures} if failures else {})}


@row("nb08.till", PASSED)
def a_till_by_its_number(stage):
    till(stage, knock(7070, 2), knock("money", 10))


@row("nb08.till", NOT_YET, "its livenessProbe believes 3 bad answers")
def a_till_that_leaves_it_to_the_default(stage):
    till(stage, knock("money", 2), knock("money"))


@row("nb08.till", NOT_YET, "asks for port 7071")
def a_till_next_door(stage):
    till(stage, knock(7071, 2), knock("money", 10))


@row("nb08.counter", PASSED)
def a_counter_that_is_ready_by_another_path(stage):
    probe = {"httpGet": {"path": "/", "port": 8080, "scheme": "HTTP"}}
    stage.deployment("counter", readinessProbe=probe)


@row("nb08.counter", NOT_YET, "asks for port 8080")
def a_counter_that_only_accepts_connections(stage):
    stage.deployment("counter", readinessProbe={"tcpSocket": {"port": 8080}})


def gate(stage, probe, *, replicas=1, **status):
    container = {"readinessProbe": probe} if probe else {}
    port = [{"name": "http", "containerPort": 8080}]
    stage.deployment("gate", replicas=replicas, status=status, ports=port, **container)


def http(path):
    return {"httpGet": {"path": path, "port": "http"}}


@row("nb08.gate", PASSED)
def the_file_was_made_for_the_path(stage):
    gate(stage, http("/redy"))


@row("nb08.gate", PASSED)
def two_are_ready(stage):
    gate(stage, http("/ready"), replicas=2)


@row("nb08.gate", NOT_YET, "asks nothing")
def a_probe_that_asks_nothing(stage):
    gate(stage, {"exec": {"command": ["/bin/sh", "-c", "exit 0"]}})


@row("nb08.gate", NOT_YET, "it is asked for /healthz")
def the_old_one_is_ready(stage):
    gate(stage, http("/healthz"), updatedReplicas=1, replicas=1, availableReplicas=0, readyReplicas=0)


# ---------------------------------------------------------------------------------------------- nb09


def courier(stage, *variables, **container):
    env = [{"name": name, "value": value} for name, value in variables]
    stage.deployment("courier", image=f"{REGISTRY}/busybox:v1.0", env=env, **container)


@row("nb09.courier", PASSED)
def a_courier_whose_last_word_counts(stage):
    courier(stage, ("PORT", "4161"), ("ADDRESS", "nsqlookupd:$(PORT)"), ("HOST", "elsewhere"))


@row("nb09.courier", NOT_YET, "is sent to $(PORT):4161")
def a_courier_whose_dollar_is_a_dollar(stage):
    courier(stage, ("PORT", "4161"), ("ADDRESS", "$$(PORT):$(PORT)"))


@row("nb09.courier", NOT_YET, "is sent to nobody")
def a_courier_that_is_told_nothing(stage):
    courier(stage, ("HOST", "nsqlookupd"))


@row("nb09.desk", PASSED)
def a_desk_that_is_asked_by_a_connection(stage):
    stage.deployment("desk", image=f"{REGISTRY}/busybox:v1.0", readinessProbe={"tcpSocket": {"port": 80}})


@row("nb09.desk", NOT_YET, "it ended with code 0")
def a_desk_that_has_just_ended_well(stage):
    stage.deployment("desk", image=f"{REGISTRY}/busybox:v1.0", readinessProbe={"tcpSocket": {"port": 80}})
    last = {"exitCode": 0, "finishedAt": ago(5)}
    stage.pod("d", program="desk", statuses=[stage.container("desk", restarts=2, last=last)])


@row("nb09.two", NOT_YET, "there is no Deployment image-processor")
def the_consumer_is_gone(stage):
    pass


@row("nb09.workers", NOT_YET, "there is no Deployment image-processor")
def the_consumer_is_gone_too(stage):
    pass


def workers(stage, **container):
    stage.deployment("image-processor", **container)
    stage.pod("i", program="image-processor")


@row("nb09.workers", PASSED)
def from_a_key_of_a_configmap(stage):
    stage.config("workers", data={"WORKERS": "1"})
    ref = {"configMapKeyRef": {"name": "workers", "key": "WORKERS"}}
    workers(stage, env=[{"name": "WORKERS", "valueFrom": ref}])
    started_now(stage)


@row("nb09.workers", PASSED)
def from_all_keys_of_a_configmap(stage):
    stage.config("workers", data={"KERS": " 01"})
    workers(stage, envFrom=[{"prefix": "WOR", "configMapRef": {"name": "workers"}}])
    started_now(stage)


@row("nb09.workers", NOT_YET, "read it at its start")
def a_configmap_that_was_changed_too_late(stage):
    workers(stage, envFrom=[{"configMapRef": {"name": "workers"}}])
    stage.config("workers", data={"WORKERS": "1"})


@row("nb09.workers", NOT_STARTED)
def a_configmap_that_is_not_there(stage):
    workers(stage, envFrom=[{"configMapRef": {"name": "workers", "optional": True}}])


def started_now(stage):
    said = stage.container("image-processor", state={"running": {"startedAt": ago(-5)}})
    stage.pod("i", program="image-processor", statuses=[said])


# ---------------------------------------------------------------------------------------------- nb10


def site(stage, paths, **spec):
    for name in ("frontend", "receiver"):
        stage.pod(name, program=name)
        port = {"name": "http", "port": {"frontend": 8081, "receiver": 8000}[name], "targetPort": "http"}
        stage.service(name, {"selector": {"app.kubernetes.io/name": name}, "ports": [port]})
    rule = {"host": "album.example", "http": {"paths": [part_of_site(*one) for one in paths]}}
    key = [{"hosts": ["album.example"], "secretName": "album-key"}]
    body = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "site"}}
    stage.cluster.create(body | {"spec": {"rules": [rule], "tls": key} | spec})


def part_of_site(path, name, kind="Prefix"):
    backend = {"service": {"name": name, "port": {"name": "http"}}}
    return {"path": path, "pathType": kind, "backend": backend}


@row("nb10.site", PASSED)
def a_site_that_names_a_path_twice(stage):
    site(stage, [("/", "frontend"), ("/image", "receiver"), ("/image", "receiver", "Exact")])


@row("nb10.site", NOT_YET, "is left to the controller")
def a_site_of_a_kind_that_nobody_knows(stage):
    site(stage, [("/", "frontend"), ("/image", "receiver", "ImplementationSpecific")])


@row("nb10.site", NOT_YET, "its key is in the Secret of nobody")
def a_site_with_the_key_of_its_controller(stage):
    site(stage, [("/", "frontend"), ("/image", "receiver")], tls=[{"hosts": ["album.example"]}])


def kiosk(stage, **spec):
    stage.pod("frontend", program="frontend", ip="10.0.0.9")
    whole = {"ports": [{"name": "http", "port": 80, "targetPort": "http"}]}
    stage.service("kiosk", whole | {"selector": {"app.kubernetes.io/name": "frontend"}} | spec)


@row("nb10.kiosk", PASSED)
def a_kiosk_with_more_ports(stage):
    kiosk(stage, ports=[{"name": "a", "port": 80, "targetPort": 8081}, {"name": "b", "port": 81}])


@row("nb10.kiosk", NOT_STARTED)
def a_kiosk_as_it_was_given(stage):
    kiosk(stage, clusterIP="None")


@row("nb10.kiosk", NOT_YET, "for UDP")
def a_kiosk_for_another_protocol(stage):
    kiosk(stage, ports=[{"port": 80, "targetPort": 8081, "protocol": "UDP"}])


def gallery(stage, **spec):
    stage.pod("f", program="frontend", node="node1")
    port = {"port": 80, "targetPort": 8081, "nodePort": 30811}
    selector = {"app.kubernetes.io/name": "frontend"}
    stage.service("gallery", {"type": "NodePort", "selector": selector, "ports": [port]} | spec)


@row("nb10.door", PASSED)
def a_balanced_gallery(stage):
    gallery(stage, type="LoadBalancer")


@row("nb10.door", NOT_YET, "Local")
def a_gallery_of_one_node(stage):
    gallery(stage, externalTrafficPolicy="Local")


def api(stage, *rules, **spec):
    stage.pod("r")
    stage.pod("f", program="frontend")
    for name, port in (("receiver", 8000), ("frontend", 8081)):
        selector = {"app.kubernetes.io/name": name}
        stage.service(name, {"selector": selector, "ports": [{"name": "http", "port": port}]})
    meta = {"name": "api"}
    body = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": meta}
    stage.cluster.create(body | {"spec": {"rules": list(rules)} | spec})


def to(service, path="/image", kind="Prefix", host="photos.example"):
    port = {"receiver": 8000, "frontend": 8081}[service]
    backend = {"service": {"name": service, "port": {"number": port}}}
    one = {"pathType": kind, "backend": backend} | ({} if path is None else {"path": path})
    return {"host": host, "http": {"paths": [one]}} if host else {"http": {"paths": [one]}}


@row("nb10.rule", NOT_YET, "it sends /image to frontend")
def a_host_and_no_paths(stage):
    api(stage, {"host": "photos.example"}, defaultBackend=to("frontend")["http"]["paths"][0]["backend"])


@row("nb10.rule", NOT_YET, "left to the controller")
def a_path_that_is_left_out(stage):
    api(stage, to("receiver", None, "ImplementationSpecific"))


@row("nb10.rule", PASSED)
def two_rules_of_one_host(stage):
    api(stage, to("frontend", "/"), to("receiver"))


@row("nb10.rule", PASSED)
def prefix_and_exact(stage):
    api(stage, to("receiver"), to("receiver", kind="Exact"))


@row("nb10.rule", NOT_YET, "/image/post to frontend")
def a_longer_path_to_the_frontend(stage):
    api(stage, to("receiver"), to("frontend", "/image/post"))


@row("nb10.rule", NOT_YET, "too")
def all_of_the_host(stage):
    api(stage, to("receiver", "/"))


@row("nb10.rule", NOT_YET, "only for any host")
def all_hosts(stage):
    api(stage, to("receiver", host=""))


@row("nb10.rule", NOT_YET, "to nobody")
def the_path_alone(stage):
    api(stage, to("receiver", kind="Exact"))


# ---------------------------------------------------------------------------------------------- nb11


@row("nb11.gauge", PASSED)
def a_gauge_with_an_address_of_the_node_for_one(stage):
    port = [{"containerPort": 9100, "hostPort": 9100}]  # a cluster of more nodes has room for it
    stage.deployment("gauge", replicas=4, image=f"{REGISTRY}/busybox:v1.0", ports=port)


@row("nb11.gauge", NOT_YET, "1 of the old Pods are still there")
def a_gauge_whose_last_one_is_of_the_old_kind(stage):
    status = {"replicas": 5}
    stage.deployment("gauge", replicas=4, image=f"{REGISTRY}/busybox:v1.0", status=status)


def opera(stage, *overtures, **status):
    stage.deployment("opera", image=f"{REGISTRY}/busybox:v1.0")
    told = {"spec": {"template": {"spec": {"initContainers": list(overtures)}}}}
    stage.cluster.patch("deployment/opera", told)
    stage.rolled_out("opera", 1, **status)


def overture(name="overture", **requests):
    return {"name": name, "image": f"{REGISTRY}/busybox:v1.0", "resources": {"requests": requests}}


@row("nb11.opera", PASSED)
def an_opera_with_two_overtures(stage):
    opera(stage, overture("tuning", cpu="50m"), overture())


@row("nb11.opera", NOT_YET, "it has no init container of that name")
def an_opera_that_is_only_tuned(stage):
    opera(stage, overture("tuning"))


@row("nb11.opera", NOT_YET, "asks for 3 of a processor")
def an_opera_with_a_longer_overture(stage):
    opera(stage, overture(cpu="3"), readyReplicas=0, availableReplicas=0)


def big(stage, *, requests=None, meta=None, ready=True, **spec):
    main = {"name": "big", "image": "busybox", "resources": {"requests": requests or {}}}
    stage.pod("big", program="big", containers=[main], meta=meta, ready=ready, **spec)


@row("nb11.fits", PASSED)
def the_pod_asks_as_a_whole(stage):
    big(stage, resources={"requests": {"cpu": "0.1"}})


@row("nb11.fits", NOT_YET, "being deleted")
def it_runs_and_leaves(stage):
    big(stage, requests={"cpu": "100m"}, meta={"finalizers": ["course.kubeface.internal/hold"]})
    stage.cluster.delete("pod/big", grace_s=0)


@row("nb11.fits", PASSED)
def two_containers_ask_together(stage):
    half = {"requests": {"cpu": "0.05"}}
    containers = [{"name": name, "image": "busybox", "resources": half} for name in "ab"]
    stage.pod("big", program="big", containers=containers)


@row("nb11.fits", NOT_STARTED)
def it_waits_for_two_processors(stage):
    big(stage, requests={"cpu": "2000m"}, ready=False, phase="Pending")


DD = ["dd", "if=/dev/zero", "of=/dev/null", "bs=200M", "count=1"]


def greedy(stage, *, words=None, limit="256Mi", phase="Succeeded", **spec):
    main = {"name": "greedy", "image": "busybox", "command": words or DD}
    limits = {"resources": {"limits": {"memory": limit}}} if limit else {}
    stage.pod("greedy", program="greedy", containers=[main | limits], phase=phase, **spec)


@row("nb11.memory", NOT_YET, "its command is another one")
def a_command_that_takes_nothing(stage):
    greedy(stage, words=["true"], limit="70Mi")


@row("nb11.memory", PASSED)
def its_limit_in_bytes(stage):
    greedy(stage, limit=str(300 * 2**20))


@row("nb11.memory", PASSED)
def the_pod_is_limited_as_a_whole(stage):
    greedy(stage, limit=None, resources={"limits": {"memory": "250Mi"}})


@row("nb11.memory", NOT_YET, "none at all")
def no_limit(stage):
    greedy(stage, limit=None)


def budget(stage, name="web", allowed=1, selector=None, **spec):
    body = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name}}
    whole = {"selector": selector or {"matchLabels": {"app.kubernetes.io/name": "web"}}} | spec
    made = stage.cluster.create(body | {"spec": whole})
    counts = {"currentHealthy": 3, "desiredHealthy": 2, "expectedPods": 3, "disruptionsAllowed": allowed}
    stage.report(f"pdb/{name}", counts | {"observedGeneration": made.metadata.generation})


def three_webs(stage):
    for number in range(3):
        stage.pod(f"w{number}", program="web")


@row("nb11.budget", PASSED)
def one_may_be_missing(stage):
    three_webs(stage)
    budget(stage, maxUnavailable=1)


@row("nb11.budget", NOT_YET, "web and web-2 are budgets of the same Pods")
def another_budget_forbids_it(stage):
    three_webs(stage)
    budget(stage, minAvailable=2)
    budget(stage, "web-2", allowed=0, minAvailable=3)


@row("nb11.budget", PASSED)
def a_share_by_another_name(stage):
    three_webs(stage)
    wish = {"key": "app.kubernetes.io/name", "operator": "NotIn", "values": ["busy"]}
    budget(stage, "of-web", minAvailable="66%", selector={"matchExpressions": [wish]})


@row("nb11.budget", NOT_YET, "does not select w0")
def a_budget_of_two_of_them(stage):
    three_webs(stage)
    stage.pod("w1", program="web", labels={"app.kubernetes.io/name": "web", "in": "yes"})
    stage.pod("w2", program="web", labels={"app.kubernetes.io/name": "web", "in": "yes"})
    budget(stage, minAvailable=1, selector={"matchLabels": {"in": "yes"}})


# ---------------------------------------------------------------------------------------------- nb12


@row("nb12.solo", NOT_YET, "maxSurge is 0%")
def a_solo_of_none_too_many(stage):
    stage.deployment("solo", image=f"{REGISTRY}/busybox:v1.0")
    bounds = {"maxSurge": "0%", "maxUnavailable": "100%"}
    stage.cluster.patch("deployment/solo", {"spec": {"strategy": {"rollingUpdate": bounds}}})
    stage.rolled_out("solo", 1)


@row("nb12.sign", PASSED)
def a_sign_that_two_objects_speak_of(stage):
    stage.config("sign", data={"WORD": "open"})
    env = [{"name": "WORD", "valueFrom": {"configMapKeyRef": {"name": "sign", "key": "WORD"}}}]
    source = [{"configMapRef": {"name": "other", "optional": True}}]
    stage.deployment("sign", image=f"{REGISTRY}/busybox:v1.0", env=env, envFrom=source)


@row("nb12.sign", NOT_YET, "its Pod still says closed")
def a_sign_of_another_manner(stage):
    stage.config("sign", data={"WORD": "open"})
    env = [{"name": "WORD", "valueFrom": {"configMapKeyRef": {"name": "sign", "key": "WORD"}}}]
    stage.deployment("sign", image=f"{REGISTRY}/busybox:v1.0", env=env)
    stage.pod("s", program="sign")


def singers(stage, *homes, song="autumn"):
    env = [{"name": "SONG", "value": song}]
    stage.deployment("choir", replicas=3, image=f"{REGISTRY}/busybox:v1.0", env=env)
    for number, node in enumerate(homes):
        stage.pod(f"c{number}", program="choir", node=node)


@row("nb12.choir", PASSED)
def a_choir_that_happens_to_stand_apart(stage):
    singers(stage, "node1", "node2", "node3")


@row("nb12.choir", NOT_YET, "they are on node1 and node2")
def a_choir_of_which_two_share(stage):
    singers(stage, "node1", "node2", "node2")


def strategy(stage, surge, missing, replicas=3):
    stage.deployment(replicas=replicas)
    told = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": missing}}
    stage.cluster.patch("deployment/receiver", {"spec": {"strategy": told}})


@row("nb12.one-less", PASSED)
def no_share_more(stage):
    strategy(stage, "0%", 1)


@row("nb12.one-less", PASSED)
def a_quarter_less(stage):
    strategy(stage, 0, "25%")


@row("nb12.one-less", NOT_YET, "0 more and 2 fewer")
def a_quarter_of_eight_less(stage):
    strategy(stage, 0, "25%", replicas=8)


@row("nb12.one-less", NOT_YET, "there is no Deployment receiver")
def no_receiver(stage):
    pass


@row("nb12.repair", NOT_YET, "there is no Deployment frontend")
def no_frontend(stage):
    pass


@row("nb12.cause", NOT_YET, "there is no Deployment receiver")
def no_receiver_either(stage):
    pass


def frontend(stage, image, **status):
    stage.deployment("frontend", image=f"{REGISTRY}/{image}", status=status)
    stage.pod("f", program="frontend", image=f"{REGISTRY}/{image}")


@row("nb12.repair", PASSED)
def the_frontend_by_digest(stage):
    frontend(stage, f"frontend@sha256:{'a' * 64}")


@row("nb12.repair", PASSED)
def the_missing_image_was_made(stage):
    frontend(stage, "frontend:v2.0")


@row("nb12.repair", NOT_STARTED)
def the_missing_image(stage):
    frontend(stage, "frontend:v2.0", readyReplicas=1, updatedReplicas=1, replicas=2, availableReplicas=1)


@row("nb12.repair", NOT_YET, "no frontend")
def another_program(stage):
    frontend(stage, "busybox:v1.0")


def receiver(stage, image="receiver:v1.1", causes=(None, None), of_deployment=None):
    """A receiver of two revisions, with these notes, the older one's first."""
    on_nodes = [
        {"names": [f"{REGISTRY}/receiver@sha256:{digest * 64}", f"{REGISTRY}/receiver:{tag}"]}
        for tag, digest in (("v1.0", "a"), ("v1.1", "b"))
    ]
    stage.report("node/node1", {"images": on_nodes})
    stage.deployment(image=f"{REGISTRY}/{image}")
    if of_deployment:
        note = {"kubernetes.io/change-cause": of_deployment}
        stage.cluster.patch("deployment/receiver", {"metadata": {"annotations": note}})
        stage.rolled_out("receiver", 1)
    owner = stage.cluster.get("deployment/receiver")
    for number, cause in enumerate(causes, start=1):
        revision(stage, owner, number, cause)


def revision(stage, owner, number, cause):
    notes = {"deployment.kubernetes.io/revision": str(number)}
    notes |= {"kubernetes.io/change-cause": cause} if cause else {}
    ref = {"apiVersion": "apps/v1", "kind": "Deployment", "name": owner.name, "uid": owner.metadata.uid}
    meta = {"name": f"receiver-{number}", "annotations": notes, "ownerReferences": [ref]}
    template = owner.raw["spec"]["template"]
    spec = {"replicas": 0, "selector": owner.raw["spec"]["selector"], "template": template}
    stage.cluster.create({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": meta, "spec": spec})


@row("nb12.cause", NOT_YET, "says the same of this revision and of the one before")
def the_note_of_the_old_one(stage):
    receiver(stage, causes=("about v1.0", "about v1.0"), of_deployment="about v1.0")


@row("nb12.cause", PASSED)
def the_note_of_the_replicaset(stage):
    receiver(stage, causes=(None, "many photos a request"))


@row("nb12.cause", PASSED)
def the_new_one_by_tag_and_digest(stage):
    receiver(stage, f"receiver:v1.1@sha256:{'b' * 64}", (None, "why"), "why")


@row("nb12.cause", NOT_YET, "it asks for receiver@")
def the_new_tag_and_the_old_digest(stage):
    receiver(stage, f"receiver:v1.1@sha256:{'a' * 64}", (None, "why"), "why")


@row("nb12.cause", NOT_YET, "no cause")
def no_note(stage):
    receiver(stage)


@row("nb12.cause", NOT_STARTED)
def the_old_version(stage):
    receiver(stage, "receiver:v1.0")


# ---------------------------------------------------------------------------------------------- nb13


def job(stage, name, *, words=None, policy="OnFailure", condition="", **spec):
    container = {"name": name, "image": f"{REGISTRY}/busybox:v1.0", **({"command": words} if words else {})}
    whole = {"template": {"spec": {"restartPolicy": policy, "containers": [container]}}} | spec
    body = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": whole}
    stage.cluster.create(body)
    if condition:
        told = {"type": condition, "status": "True", "lastTransitionTime": ago(5)}
        goal = {"type": {"Complete": "SuccessCriteriaMet", "Failed": "FailureTarget"}[condition]}
        stage.report(f"job/{name}", ended(condition) | {"conditions": [told | goal, told]})


def ended(condition):
    counts = {"Complete": {"succeeded": 1, "completionTime": ago(5)}, "Failed": {"failed": 1}}
    return {"startTime": ago(60), "uncountedTerminatedPods": {}} | counts[condition]


@row("nb13.porter", PASSED)
def a_porter_who_has_delivered(stage):
    job(stage, "porter", backoffLimit=4, condition="Complete", parallelism=1)


@row("nb13.porter", NOT_YET, "it has failed")
def a_porter_who_stumbled_too_often(stage):
    job(stage, "porter", backoffLimit=4, condition="Failed")


@row("nb13.porter", NOT_YET, "it has not ended yet")
def a_porter_on_his_way(stage):
    job(stage, "porter", backoffLimit=4)


COUNT = ["sh", "-c", "echo counting; sleep 3; echo 40 photos"]


@row("nb13.inventory", PASSED)
def an_inventory_without_a_deadline(stage):
    job(stage, "inventory", words=COUNT, policy="Never", condition="Complete")


@row("nb13.inventory", NOT_YET, "its program is another one: that of the image")
def an_inventory_of_nothing(stage):
    job(stage, "inventory", condition="Complete")


@row("nb13.two-nodes", PASSED)
def two_deployments_of_one_frontend_each(stage):
    for number, name in enumerate(("frontend", "frontend-b"), start=1):
        stage.deployment(name, image=f"{REGISTRY}/frontend:v1.0")
        stage.pod(f"{name}-1", program="frontend", node=f"node{number}")


UNREACHABLE = {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"}


def leaves(stage, told, *, replicas=1, spec=None, **status):
    stage.deployment(replicas=replicas)
    template = {"spec": {"tolerations": told}}
    stage.cluster.patch("deployment/receiver", {"spec": {"template": template, **(spec or {})}})
    stage.rolled_out("receiver", replicas, **status)
    stage.pod("r", tolerations=told)


def still(seconds, **more):
    return UNREACHABLE | {"operator": "Exists", "tolerationSeconds": seconds} | more


@row("nb13.leave-sooner", NOT_YET, "paused")
def a_toleration_that_is_not_rolled_out(stage):
    leaves(stage, [still(3)], spec={"paused": True}, updatedReplicas=0)


@row("nb13.leave-sooner", NOT_YET, "0 of 1 Pods are ready")
def a_toleration_with_a_missing_image(stage):
    leaves(stage, [still(3)], availableReplicas=0, readyReplicas=0)


@row("nb13.leave-sooner", NOT_YET, "leaves at once")
def a_toleration_of_another_value(stage):
    leaves(stage, [still(3, operator="Equal", value="true")])


@row("nb13.leave-sooner", PASSED)
def a_toleration_of_every_reason(stage):
    leaves(stage, [{"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 3}])


@row("nb13.leave-sooner", PASSED)
def two_of_which_the_shorter_counts(stage):
    leaves(stage, [still(30), still(3, operator="Equal")])


@row("nb13.closed-door", NOT_YET, "keeps nobody out for certain")
def a_wish(stage):
    taint(stage, "node2", "x=y:PreferNoSchedule")


@row("nb13.closed-door", PASSED)
def closed(stage):
    close(stage, ago(60))


@row("nb13.closed-door", NOT_YET, "frontend-5f-x ran on node2 and ended after it was closed")
def drained_by_hand(stage):
    close(stage, ago(600))
    ended_on(stage, "node2", "frontend-5f-x")
    ended_on(stage, "node1", "elsewhere")


@row("nb13.closed-door", NOT_YET, "there is no node2")
def the_node_is_gone(stage):
    stage.cluster.delete("node/node2")


def close(stage, when):
    told = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": when}
    stage.cluster.patch("node/node2", {"spec": {"unschedulable": True, "taints": [told]}})


def ended_on(stage, node, pod):
    space = stage.cluster.namespace
    body = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{pod}.1"},
        "involvedObject": {"kind": "Pod", "name": pod, "namespace": space},
        "reason": "Killing",
        "source": {"component": "kubelet", "host": node},
        "lastTimestamp": ago(-1),
    }
    stage.cluster.create(body)


# ---------------------------------------------------------------------------------------------- nb14


def bound(stage, name, *rules):
    api = "rbac.authorization.k8s.io"
    stage.cluster.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}})
    meta = {"apiVersion": f"{api}/v1", "metadata": {"name": name}}
    stage.cluster.apply(meta | {"kind": "Role", "rules": list(rules)})
    subject = {"kind": "ServiceAccount", "name": name, "namespace": stage.cluster.namespace}
    ref = {"apiGroup": api, "kind": "Role", "name": name}
    stage.cluster.apply(meta | {"kind": "RoleBinding", "roleRef": ref, "subjects": [subject]})


def beds(*verbs, names=("beds",)):
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": list(verbs)}
    return rule | ({"resourceNames": list(names)} if names else {})


@row("nb14.gardener", PASSED)
def a_gardener_of_two_rules(stage):
    bound(stage, "gardener", beds("get"), beds("update", "patch", names=("beds", "borders")))


@row("nb14.gardener", NOT_YET, "may get the ConfigMap motto, too")
def a_gardener_of_two_names(stage):
    bound(stage, "gardener", beds("get", "update", "patch", names=("beds", "motto")))


@row("nb14.gardener", NOT_YET, "there is role/gardener")
def a_gardener_who_has_left(stage):
    bound(stage, "gardener", beds("get"))
    stage.cluster.delete("serviceaccount/gardener")


@row("nb14.scribe", PASSED)
def a_scribe_of_one_deployment_and_of_all(stage):
    verbs = ["get", "list", "create"]
    bound(stage, "scribe", {"apiGroups": ["batch", "apps"], "resources": ["deployments"], "verbs": verbs})


@row("nb14.scribe", NOT_YET, "may not get Deployments")
def a_scribe_of_one_name(stage):
    rule = {"apiGroups": ["apps"], "resources": ["deployments"]}
    bound(stage, "scribe", rule | {"verbs": ["get"], "resourceNames": ["a"]}, rule | {"verbs": ["list"]})


@row("nb14.scribe", NOT_YET, "may deletecollection Deployments")
def a_scribe_who_deletes_all(stage):
    verbs = ["get", "list", "deletecollection"]
    bound(stage, "scribe", {"apiGroups": ["apps"], "resources": ["*"], "verbs": verbs})


def heir(stage, uid, **more):
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "estate", "uid": uid}
    meta = {"labels": {"house": "north"}, "ownerReferences": [owner]}
    stage.config("heir", meta=meta, data={"text": "all of it is mine\n"}, **more)


@row("nb14.heir", NOT_YET, "will be gone")
def an_heir_of_an_estate_that_was_made_anew(stage):
    stage.config("estate")
    heir(stage, "5d3b8c1e-7f0a-4e62-9a47-0c2f61b8d9e4")


@row("nb14.heir", PASSED)
def an_heir_of_an_estate(stage):
    heir(stage, stage.config("estate").metadata.uid, immutable=True)


def watcher(stage, verbs, *more):
    space = stage.cluster.namespace
    group = "rbac.authorization.k8s.io"
    account = {"kind": "ServiceAccount", "name": "watcher", "namespace": space}
    stage.cluster.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "watcher"}})
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": verbs}, *more]
    meta = {"metadata": {"name": "watcher"}}
    stage.cluster.create({"apiVersion": f"{group}/v1", "kind": "Role"} | meta | {"rules": rules})
    bind(stage, "watcher", {"kind": "Role", "name": "watcher"}, account)


def bind(stage, name, role, subject):
    group = "rbac.authorization.k8s.io"
    body = {"apiVersion": f"{group}/v1", "kind": "RoleBinding", "metadata": {"name": name}}
    stage.cluster.create(body | {"roleRef": {"apiGroup": group, **role}, "subjects": [subject]})


LOOK = ["get", "list", "watch"]


@row("nb14.watcher", PASSED)
def it_may_look(stage):
    watcher(stage, LOOK)


@row("nb14.watcher", NOT_YET, "may delete Pods")
def its_group_may_edit(stage):
    watcher(stage, LOOK)
    role = {"apiGroups": [""], "resources": ["pods"], "verbs": ["delete"]}
    body = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "more"}}
    stage.cluster.create(body | {"rules": [role]})
    group = {"kind": "Group", "name": f"system:serviceaccounts:{stage.cluster.namespace}"}
    bind(stage, "more", {"kind": "Role", "name": "more"}, group | {"apiGroup": "rbac.authorization.k8s.io"})


@row("nb14.watcher", NOT_YET, "may evict Pods")
def it_may_evict(stage):
    watcher(stage, LOOK, {"apiGroups": [""], "resources": ["pods/eviction"], "verbs": ["create"]})


@row("nb14.watcher", NOT_YET, "may delete all Pods")
def it_may_delete_all_at_once(stage):
    watcher(stage, [*LOOK, "deletecollection"])


@row("nb14.watcher", NOT_YET, "may delete Pods: p")
def it_may_delete_one_by_its_name(stage):
    stage.pod("p")
    one = {"apiGroups": [""], "resources": ["pods"], "resourceNames": ["p"], "verbs": ["delete"]}
    watcher(stage, LOOK, one)


@row("nb14.watcher", NOT_YET, "role/watcher")
def a_role_for_nobody(stage):
    watcher(stage, LOOK)
    stage.cluster.delete("serviceaccount/watcher")


def yours(stage, text, manager="carol", **meta):
    data = {} if text is None else {"text": text}
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "yours", **meta}, "data": data}
    path = f"/api/v1/namespaces/{stage.cluster.namespace}/configmaps/yours"
    stage.cluster.transport.json(
        "patch",
        path,
        what="apply",
        body=body,
        content_type="application/apply-patch+yaml",
        field_manager=manager,
        force_conflicts=True,
    )


@row("nb14.take-over", NOT_STARTED)
def the_text_is_carols(stage):
    yours(stage, "carol was here")


@row("nb14.take-over", NOT_YET, "the same as before")
def made_again_with_the_same_text(stage):
    stage.config("yours", data={"text": "carol was here"})


@row("nb14.take-over", PASSED)
def patched(stage):
    yours(stage, "carol was here")
    stage.cluster.patch("configmap/yours", {"data": {"text": "mine"}})


@row("nb14.take-over", PASSED)
def nobody_is_noted_as_owner(stage):
    yours(stage, "carol was here")
    stage.cluster.patch("configmap/yours", {"data": {"text": "mine"}, "metadata": {"managedFields": [{}]}})


@row("nb14.take-over", NOT_YET, "nobody has a text there")
def no_text(stage):
    yours(stage, "carol was here")
    stage.cluster.patch("configmap/yours", {"data": {"text": None}})


# ---------------------------------------------------------------------------------------------- nb15


def answered(stage, **spec):
    stage.pod("r", node="node1")
    port = {"name": "http", "port": 8000, "targetPort": "http", "nodePort": 30800}
    selector = {"app.kubernetes.io/name": "receiver"}
    stage.service("receiver", {"type": "NodePort", "selector": selector, "ports": [port]} | spec)


@row("nb15.nobody-answers", PASSED)
def answered_again(stage):
    answered(stage)


@row("nb15.nobody-answers", NOT_YET, "leads to the port 9999")
def exposed_at_another_port(stage):
    answered(stage, type="ClusterIP", ports=[{"port": 8000, "targetPort": 9999}])


@row("nb15.nobody-answers", NOT_YET, "opens no port on a node")
def exposed_within_the_cluster(stage):
    answered(stage, type="ClusterIP", ports=[{"port": 8000}])


@row("nb15.no-page", PASSED)
def the_page_by_digest(stage):
    frontend(stage, f"frontend@sha256:{'b' * 64}")


@row("nb15.no-page", PASSED)
def the_page_of_the_tag_that_was_made(stage):
    frontend(stage, "frontend:v1.O")


@row("nb15.no-page", NOT_STARTED)
def the_page_that_is_missing(stage):
    frontend(stage, "frontend:v1.O", readyReplicas=0, availableReplicas=0)


@row("nb15.no-page", NOT_YET, "no frontend runs in f")
def a_page_of_another_program(stage):
    frontend(stage, "redeemer:v1.0")


def recognition(stage, memory, *, ready=1, **container):
    resources = {"requests": {"memory": memory}, "limits": {"memory": memory}}
    status = {} if ready else {"readyReplicas": 0, "availableReplicas": 0}
    stage.deployment("face-recognition", resources=resources, status=status)
    said = stage.container("face-recognition", **container)
    stage.pod("x", program="face-recognition", statuses=[said])


@row("nb15.waits-for-a-node", PASSED)
def enough_memory(stage):
    recognition(stage, "524288Ki")


@row("nb15.waits-for-a-node", NOT_YET, "killed for its memory")
def killed_at_the_first_photo(stage):
    last = {"exitCode": 137, "reason": "OOMKilled", "finishedAt": ago(20)}
    recognition(stage, "160Mi", restarts=1, last=last)


@row("nb15.waits-for-a-node", NOT_STARTED)
def too_much_memory(stage):
    recognition(stage, "64Gi", ready=0)


LOOKUP = "NSQLOOKUPD_HTTP_ADDRESSES"


def processor(stage, *, ready=1, **container):
    status = {} if ready else {"readyReplicas": 0, "availableReplicas": 0}
    stage.deployment("image-processor", status=status, **container)
    stage.pod("i", program="image-processor")


@row("nb15.never-ready", NOT_YET, "it asks nobody")
def no_environment(stage):
    processor(stage, ready=0)


@row("nb15.never-ready", PASSED)
def addresses_from_a_configmap(stage):
    stage.config("lookup", data={LOOKUP: "nsqlookupd:4161"})
    processor(stage, envFrom=[{"configMapRef": {"name": "lookup"}}])


@row("nb15.never-ready", NOT_STARTED)
def the_wrong_address(stage):
    processor(stage, ready=0, env=[{"name": LOOKUP, "value": "nsqlookupd:4160"}])


@row("nb15.never-ready", NOT_YET, "it asks nsqlookupd:4160")
def the_wrong_address_from_elsewhere(stage):
    stage.config("lookup", data={LOOKUP: "nsqlookupd:4160"})
    processor(stage, ready=0, envFrom=[{"configMapRef": {"name": "lookup"}}])


def queues(stage, *homes, **spec):
    stage.daemons(**spec)
    for node in homes:
        stage.pod(f"q-{node}", program="nsqd", node=node)


@row("nb15.one-too-few", PASSED)
def a_queue_everywhere(stage):
    queues(stage, "node1", "node2", "node3")


@row("nb15.one-too-few", NOT_YET, "none ready on node2 and node3")
def a_queue_in_one_place(stage):
    queues(stage, "node1", nodeSelector={"receiver": "true"})


@row("nb15.one-too-few", NOT_STARTED)
def a_node_without_its_label(stage):
    stage.cluster.patch("node/node2", {"metadata": {"labels": {"receiver": None}}})
    queues(stage, "node1", "node3", nodeSelector={"receiver": "true"})


@row("nb15.one-too-few", PASSED)
def the_node_itself_is_gone(stage):
    stage.cluster.delete("node/node2")
    queues(stage, "node1", "node3", nodeSelector={"receiver": "true"})


@pytest.mark.parametrize(("exercise", "deed", "outcome", "said"), ROWS)
def test_a_state_is_judged_by_what_is_true_of_it(exercise, deed, outcome, said, stage, nodes, verdict):
    deed(stage)
    found = verdict(exercise)
    assert found.partition(":")[0] == outcome, found
    assert said in found
