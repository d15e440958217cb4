"""Exercises of notebook 08 about probes that ask at a port, and about who listens there."""

from collections.abc import Mapping
from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, standing
from kubeface.endstates.rollout import unfinished
from kubeface.endstates.settings import asked_for, template_container
from kubeface.kube import Cluster, apply, kubectl, wait
from kubeface.lesson.given import afresh, gone, is_as_given
from kubeface.model.workloads import is_observed

TILL = "08-probes/till.yaml"
COUNTER = "08-probes/counter.yaml"
MONEY = 7070
FAILURES = 3  # specified: how many bad answers in a row count where a probe says nothing


def no_till(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    gone(cluster, TILL)


def till_that_nobody_asks(cluster: Cluster) -> None:
    """Without a probe."""
    _till(cluster)


def till_in_a_hurry(cluster: Cluster) -> None:
    """Both thresholds in the wrong place."""
    _till(cluster, readinessProbe=_knock(failures=10), livenessProbe=_knock(failures=2))


def till_without_a_heartbeat(cluster: Cluster) -> None:
    """A readiness probe alone."""
    _till(cluster, readinessProbe=_knock(failures=2))


def till_asked_for_a_page(cluster: Cluster) -> None:
    """HTTP, which it does not speak."""
    page = {"httpGet": {"path": "/", "port": "money"}, "periodSeconds": 1, "failureThreshold": 2}
    _till(cluster, readinessProbe=page, livenessProbe=_knock(failures=10))


def till_of_two(cluster: Cluster) -> None:
    """Ports by number, a startup probe beside them, and two tills."""
    asked = {"tcpSocket": {"port": MONEY}, "periodSeconds": 2}
    probes = {
        "readinessProbe": asked | {"failureThreshold": 2},
        "livenessProbe": asked | {"failureThreshold": 10},
    }
    _till(cluster, replicas=2, startupProbe=_knock(failures=30), **probes)
    wait(cluster, "deployment/till", for_="Ready", timeout_s=60)


def _knock(*, failures: int) -> dict[str, Any]:
    return {"tcpSocket": {"port": "money"}, "periodSeconds": 1, "failureThreshold": failures}


def _till(cluster: Cluster, *, replicas: int = 1, **probes: Any) -> None:
    labels = {"app.kubernetes.io/name": "till"}
    container = {
        "name": "till",
        "image": "registry.kubeface.internal/busybox:v1.0",
        "command": ["sh", "-c", "sleep 3; exec nc -ll -p 7070 -e cat"],
        "ports": [{"name": "money", "containerPort": MONEY}],
        **probes,
    }
    pod = {"terminationGracePeriodSeconds": 1, "containers": [container]}
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    cluster.apply({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "till"}, "spec": spec})


def knock_at_the_till(cluster: Cluster) -> None:
    """What `solution` shows."""
    asked = {"tcpSocket": {"port": "money"}, "periodSeconds": 1}
    container = {
        "name": "till",
        "image": "registry.kubeface.internal/busybox:v1.0",
        "command": ["sh", "-c", "sleep 3; exec nc -ll -p 7070 -e cat"],
        "ports": [{"name": "money", "containerPort": 7070}],
        "readinessProbe": asked | {"failureThreshold": 2},
        "livenessProbe": asked | {"failureThreshold": 10},
    }
    labels = {"app.kubernetes.io/name": "till"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"selector": {"matchLabels": labels}, "template": template}
    meta = {"name": "till"}
    apply(cluster, [{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": spec}])
    wait(cluster, "deployment/till", for_="Ready", timeout_s=60)


@exercise(
    "nb08.till",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "Of the four ways to ask, one is content when somebody accepts the connection.",
        "`kubectl explain pod.spec.containers.readinessProbe` lists the fields of a probe.",
        "`tcpSocket` has a port; `failureThreshold` says how many bad answers in a row count.",
    ),
    solve=knock_at_the_till,
    wrong=(till_that_nobody_asks, till_in_a_hurry, till_without_a_heartbeat, till_asked_for_a_page),
    right=(till_of_two,),
    start=no_till,
)
def till(cluster: Cluster) -> Verdict:
    """The Deployment till is ready; two refusals at port 7070 keep callers away, ten start it again."""
    found = cluster.find("deployment/till")
    if found is None:
        return not_started("there is no Deployment till")
    main = template_container(found, "till")
    for kind, failures in (("readinessProbe", 2), ("livenessProbe", 10)):
        short = _asks_otherwise(main, kind, failures)
        if short:
            return not_yet(short)
    lives = pods.of(cluster, found)
    return passed_unless(standing(found, "Deployment till") or pods.restarting(lives) or unfinished(found))


def _asks_otherwise(container: Mapping[str, Any], kind: str, failures: int) -> str:
    """What a probe asks in the place of whether the till's port takes connections, that many times."""
    probe = container.get(kind)
    if not probe:
        return f"it has no {kind}"
    port = at(probe, "tcpSocket", "port")
    named = {one.get("name"): one.get("containerPort") for one in each(container, "ports")}
    if str(named.get(port, port)) != str(MONEY):
        return f"its {kind} asks for {asked_for(probe)}, and not whether port {MONEY} takes a connection"
    told = probe.get("failureThreshold") or FAILURES
    return "" if told == failures else f"its {kind} believes {told} bad answers in a row, and not {failures}"


def counter_as_given(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: it answers to its own container alone."""
    afresh(cluster, COUNTER)


def counter_asked_from_within(cluster: Cluster) -> None:
    """A command in the container, where it answers; no caller is there."""
    words = ["wget", "-q", "-O", "-", "http://localhost:8080/index.html"]
    _change(cluster, {"readinessProbe": {"httpGet": None, "exec": {"command": words}}})
    wait(cluster, "deployment/counter", for_="Ready", timeout_s=60)


def counter_that_nobody_asks(cluster: Cluster) -> None:
    """Ready because nobody asks."""
    _change(cluster, {"readinessProbe": None})
    wait(cluster, "deployment/counter", for_="Ready", timeout_s=60)


def counter_asked_elsewhere(cluster: Cluster) -> None:
    """The probe asks the node's own address of that name."""
    probe = {"httpGet": {"host": "127.0.0.1", "path": "/index.html", "port": "http"}}
    _change(cluster, {"readinessProbe": probe})


def counter_asked_at_another_port(cluster: Cluster) -> None:
    """Another port, at which nobody listens either."""
    _change(cluster, {"readinessProbe": {"httpGet": {"path": "/index.html", "port": 8081}}})
    wait(cluster, "deployment/counter", for_=lambda one: one.status.updatedReplicas == 1, timeout_s=60)


def counter_at_every_address(cluster: Cluster) -> None:
    """What `solution` shows."""
    words = ["sh", "-c", "cd /tmp && echo 41 visitors > index.html && exec httpd -f -p 8080"]
    container = {"name": "web", "command": words}
    template = {"spec": {"containers": [container]}}
    cluster.patch("deployment/counter", {"spec": {"template": template}}, strategic=True)
    wait(cluster, "deployment/counter", for_="Ready", timeout_s=60)


def counter_at_another_port(cluster: Cluster) -> None:
    """Another port, which the probe knows by its number; and two of them."""
    words = ["sh", "-c", "cd /tmp && echo 42 > index.html && exec httpd -f -p 0.0.0.0:8090"]
    probe = {"httpGet": {"path": "/", "port": 8090}}
    _change(cluster, {"command": words, "readinessProbe": probe})
    kubectl("scale deployment counter --replicas 2", cluster=cluster)
    wait(cluster, "deployment/counter", for_="Ready", timeout_s=60)


def _change(cluster: Cluster, container: dict[str, Any]) -> None:
    """The counter with another container, as soon as its controller has seen that."""
    template = {"spec": {"containers": [{"name": "web"} | container]}}
    cluster.patch("deployment/counter", {"spec": {"template": template}}, strategic=True)
    wait(cluster, "deployment/counter", for_=is_observed, timeout_s=60)


@exercise(
    "nb08.counter",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "Compare where you have asked with where the kubelet asks: an event of the Pod has that address.",
        "`kubectl exec deployment/counter -- netstat -ltn` lists at which addresses somebody listens.",
        "A kubelet asks at the address of the Pod. What stands in front of the port, in the command?",
    ),
    solve=counter_at_every_address,
    wrong=(
        counter_that_nobody_asks,
        counter_asked_elsewhere,
        counter_asked_from_within,
        counter_asked_at_another_port,
    ),
    right=(counter_at_another_port,),
    start=counter_as_given,
)
def counter(cluster: Cluster) -> Verdict:
    """The Deployment counter is ready, and a readiness probe over HTTP has found that out."""
    found = cluster.find("deployment/counter")
    if found is None:
        return not_started("there is no Deployment counter; the lesson's cell that applies it makes one")
    if is_as_given(cluster, found, COUNTER) and not found.ready:
        return not_started("it is not ready, as in the beginning")
    probe = template_container(found, "web").get("readinessProbe")
    if not probe:
        return not_yet("nobody asks whether it is ready: it has no readiness probe")
    if probe.get("httpGet") is None:
        return not_yet(f"its readiness probe asks for {asked_for(probe)}, and not for its page over HTTP")
    host = at(probe, "httpGet", "host")
    if host:
        return not_yet(f"its readiness probe asks the host {host}, and not its Pod")
    short = standing(found, "Deployment counter") or unfinished(found)
    return passed_unless(f"it is asked at the port {at(probe, 'httpGet', 'port')}: {short}" if short else "")
