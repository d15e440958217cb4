"""States of the learner's own application that nobody thought of first, judged by what is true of them."""

import base64

import pytest
from stage import Stage

from kubeface.exercises.own.board import SPACE, inside
from kubeface.kube.user_objects import user_objects

NOT_YET, NOT_STARTED, PASSED = "not yet", "not started", "passed"
ROWS = []
DEFAULT = ("configmap/kube-root-ca.crt", "serviceaccount/default")


def row(exercise, outcome, said=""):
    def keep(deed):
        name = f"{exercise}: {deed.__name__.replace('_', ' ').strip()}"
        ROWS.append(pytest.param(exercise, deed, outcome, said, id=name))
        return deed

    return keep


@pytest.fixture
def mine(here, report):
    """A stage in the learner's namespace, which is empty again afterwards."""
    here.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})
    yield Stage(inside(here), report)
    for one in [*user_objects(here, SPACE), *here.list("pods", namespace=SPACE)]:
        if one.metadata.finalizers:
            here.patch(one.ref, {"metadata": {"finalizers": None}}, namespace=SPACE)
        here.delete(one.ref, namespace=SPACE, grace_s=0)


def page(mine, name="page", **content):
    mine.config(name, **(content or {"data": {"index.html": "<p>hello</p>"}}))


def board(mine, **spec):
    """A Deployment of two boards whose rollout is complete."""
    container = {"name": "web", "image": "busybox", **spec.pop("container", {})}
    template = {"metadata": {"labels": {"app": "board"}}, "spec": {"containers": [container], **spec}}
    whole = {"replicas": 2, "selector": {"matchLabels": {"app": "board"}}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "board"}, "spec": whole}
    mine.cluster.apply(body)
    mine.rolled_out("board", 2)


def made(mine, kind, name, *, group="v1", **content):
    body = {"apiVersion": group, "kind": kind, "metadata": {"name": name}}
    mine.cluster.apply(body | content)


@row("nb01.own", NOT_YET, "is no text")
def a_page_in_bytes(mine):
    page(mine, binaryData={"index.html": base64.b64encode(b"\xff").decode()})


@row("nb01.own", PASSED)
def a_page_among_others_that_nobody_may_change(mine):
    page(mine, data={"index.html": "Grüße", "more.html": ""}, immutable=True)


@row("nb02.own", NOT_YET, "the container web runs as another user than root")
def root_by_the_container_whatever_the_pod_says(mine):
    box = {"name": "web", "image": "busybox", "securityContext": {"runAsUser": 0}}
    mine.pod("board", labels={"app": "board"}, containers=[box], securityContext={"runAsUser": 7})


@row("nb02.own", NOT_YET, "its labels are: app=bored")
def a_label_with_a_typo(mine):
    mine.pod("board", labels={"app": "bored"})


@row("nb02.own", NOT_STARTED)
def somebody_elses_pod(mine):
    mine.pod("hello", labels={})


@row("nb03.own", NOT_YET, "by the tag latest")
def no_tag_at_all(mine):
    mine.pod("board", labels={"app": "board"}, image="registry.kubeface.internal/busybox")


@row("nb03.own", NOT_YET, "no Pod with the label app=board")
def no_board(mine):
    mine.pod("other", labels={})


@row("nb04.own", NOT_YET, "mounted at /data, not at /diary")
def a_claim_mounted_elsewhere(mine):
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    made(mine, "PersistentVolumeClaim", "diary", spec=claim)
    mount = {"name": "v", "mountPath": "/data"}
    box = {"name": "clerk", "image": "busybox", "volumeMounts": [mount]}
    volume = {"name": "v", "persistentVolumeClaim": {"claimName": "diary"}}
    mine.pod("clerk", labels={}, containers=[box], volumes=[volume])


@row("nb04.own", NOT_YET, "there is no claim diary")
def a_clerk_without_a_claim(mine):
    mine.pod("clerk", labels={})


@row("nb05.own", NOT_YET, "no address of its own")
def a_headless_service(mine):
    mine.service("board", {"clusterIP": "None", "selector": {"app": "board"}, "ports": [{"port": 80}]})


@row("nb05.own", NOT_YET, "no address of its own")
def an_alias(mine):
    mine.service("board", {"type": "ExternalName", "externalName": "board.example"})


@row("nb05.own", NOT_YET, "is not ready")
def a_board_that_is_not_ready(mine):
    mine.pod("board", labels={"app": "board"}, ready=False)
    mine.service("board", {"selector": {"app": "board"}, "ports": [{"port": 80, "targetPort": 8080}]})


@row("nb06.own", NOT_YET, "not meant for node3")
def lookouts_of_two_nodes_by_affinity(mine):
    wish = {"key": "kubernetes.io/hostname", "operator": "NotIn", "values": ["node3"]}
    terms = {"nodeSelectorTerms": [{"matchExpressions": [wish]}]}
    node = {"requiredDuringSchedulingIgnoredDuringExecution": terms}
    mine.daemons("lookout", affinity={"nodeAffinity": node}, tolerations=[{"operator": "Exists"}])


@row("nb06.own", NOT_YET, "would keep it out")
def lookouts_that_bear_another_value(mine):
    other = {"key": "mission-critical", "value": "false", "effect": "NoSchedule"}
    mine.daemons("lookout", tolerations=[other])


@row("nb07.own", NOT_YET, "its rollout is paused")
def boards_at_rest(mine):
    board(mine)
    mine.cluster.patch("deployment/board", {"spec": {"paused": True}})


@row("nb08.own", NOT_YET, "a probe asks what is always answered yes")
def a_probe_that_sleeps(mine):
    get = {"httpGet": {"path": "/", "port": 8080}}
    probes = {"readinessProbe": get, "livenessProbe": {"exec": {"command": ["sleep", "1"]}}}
    board(mine, container=probes)


@row("nb08.own", PASSED)
def a_startup_probe_as_well(mine):
    get = {"httpGet": {"path": "/index.html", "port": 8080}}
    board(mine, container=dict.fromkeys(("readinessProbe", "livenessProbe", "startupProbe"), get))


@row("nb09.own", NOT_YET, "a Service finds it, post")
def a_clerk_that_is_found_by_another_label(mine):
    mine.deployment("clerk")
    mine.service("post", {"selector": {"app.kubernetes.io/name": "clerk"}, "ports": [{"port": 80}]})


@row("nb09.own", NOT_YET, "does not use the claim diary")
def a_clerk_without_a_memory(mine):
    mine.deployment("clerk")
    mine.service("all", {"ports": [{"port": 80}]})


@row("nb10.own", NOT_YET, "port 30880 of the nodes is not open")
def a_balancer_of_another_number(mine):
    mine.service("board", {"type": "LoadBalancer", "selector": {"app": "board"}, "ports": [{"port": 80}]})


@row("nb11.own", NOT_YET, "no limits of cpu and memory")
def requests_and_half_a_budget(mine):
    apart = {"topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule", "maxSkew": 1}
    spread = [apart | {"labelSelector": {"matchLabels": {"app": "board"}}}]
    asked = {"resources": {"requests": {"cpu": "1m", "memory": "1Mi"}}}
    board(mine, container=asked, topologySpreadConstraints=spread)


@row("nb11.own", NOT_YET, "lets no board go")
def a_budget_of_everybody(mine):
    roomy(mine, minAvailable="100%")


@row("nb11.own", NOT_YET, "lets all boards go at once")
def a_budget_of_nobody(mine):
    roomy(mine, maxUnavailable="100%")


def roomy(mine, **budget):
    apart = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "board"}}}
    term = {"requiredDuringSchedulingIgnoredDuringExecution": [apart]}
    amounts = {"cpu": "1m", "memory": "1Mi"}
    resources = {"resources": {"requests": amounts, "limits": amounts}}
    board(mine, container=resources, affinity={"podAntiAffinity": term})
    spec = {"selector": {"matchLabels": {"app": "board"}}, **budget}
    made(mine, "PodDisruptionBudget", "any", group="policy/v1", spec=spec)


@row("nb12.own", NOT_YET, "nobody shows page-2: the boards mount no ConfigMap")
def a_page_that_nobody_mounts(mine):
    page(mine, "page-2")
    board(mine)


@row("nb12.own", NOT_YET, "its strategy ends all boards first")
def all_at_once_by_a_projected_volume(mine):
    page(mine, "page-2")
    sources = {"sources": [{"configMap": {"name": "page-2"}}]}
    board(mine, volumes=[{"name": "page", "projected": sources}])
    mine.cluster.patch(
        "deployment/board", {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}
    )


@row("nb13.own", NOT_YET, "bear node.kubernetes.io/unreachable for ever")
def boards_that_bear_everything(mine):
    board(mine, tolerations=[{"operator": "Exists"}])
    mine.cluster.patch("deployment/board", {"spec": {"replicas": 3}})


@row("nb14.own", NOT_YET, "keeper may delete configmaps: page, too")
def rights_by_a_group(mine):
    board(mine)
    keeper(mine, "cluster-admin", {"kind": "Group", "name": f"system:serviceaccounts:{SPACE}"})


@row("nb14.own", NOT_YET, "keeper may not get the ConfigMap page")
def rights_for_another_namespaces_account(mine):
    board(mine)
    keeper(mine, "edit", {"kind": "ServiceAccount", "name": "keeper", "namespace": "default"})


def keeper(mine, role, subject):
    """An account, and a binding of a ClusterRole that has what is needed, and more."""
    made(mine, "ServiceAccount", "keeper")
    group = {"apiGroup": "rbac.authorization.k8s.io"}
    who = subject | (group if subject["kind"] == "Group" else {})
    binding = {"roleRef": {**group, "kind": "ClusterRole", "name": role}, "subjects": [who]}
    made(mine, "RoleBinding", "keeper", group="rbac.authorization.k8s.io/v1", **binding)


@row("nb15.own", NOT_YET, "the label is missing from secret/key")
def a_secret_that_is_in_no_file(mine):
    mine.config("page", meta={"labels": {"app.kubernetes.io/part-of": "notice-board"}})
    made(mine, "Secret", "key")


@row("nb15.own", NOT_YET, "configmap/page is part of face-pipeline, not of notice-board")
def a_part_of_the_course(mine):
    mine.config("page", meta={"labels": {"app.kubernetes.io/part-of": "face-pipeline"}})


@pytest.mark.parametrize(("exercise", "deed", "outcome", "said"), ROWS)
def test_a_state_is_judged_by_what_is_true_of_it(exercise, deed, outcome, said, mine, nodes, verdict):
    deed(mine)
    found = verdict(exercise)
    assert found.partition(":")[0] == outcome, found
    assert said in found
