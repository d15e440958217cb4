"""Exercises of notebook 09 about programs that end again and again, and what their logs and Pods tell."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates import pods
from kubeface.endstates.parts import each, standing
from kubeface.endstates.rollout import unfinished
from kubeface.endstates.settings import asks, environment, template_container
from kubeface.kube import Cluster, KubeObject, kubectl, wait
from kubeface.lesson.given import afresh, is_as_given
from kubeface.model.workloads import is_observed

COURIER = "09-the-consumer/courier.yaml"
DESK = "09-the-consumer/desk.yaml"
LOOKUP = "nsqlookupd:4161"


def lost_courier(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: its address names variables that come later."""
    afresh(cluster, COURIER)


def courier_with_half_an_address(cluster: Cluster) -> None:
    """One of the two variables comes before."""
    address, host, port = _courier(cluster)["env"]
    _with_variables(cluster, [host, address, port])


def courier_as_a_shell_would(cluster: Cluster) -> None:
    """Names as a shell writes them, which are text to the kubelet."""
    kubectl("set env deployment/courier ADDRESS='$HOST:$PORT'", cluster=cluster)


def courier_that_asks_nobody(cluster: Cluster) -> None:
    """The address is right, and no courier is wanted."""
    kubectl(f"set env deployment/courier ADDRESS={LOOKUP}", cluster=cluster)
    kubectl("scale deployment courier --replicas 0", cluster=cluster)


def courier_on_hold(cluster: Cluster) -> None:
    """The right address, in a rollout that is paused."""
    kubectl("rollout pause deployment/courier", cluster=cluster)
    kubectl(f"set env deployment/courier ADDRESS={LOOKUP}", cluster=cluster)
    wait(cluster, "deployment/courier", for_=is_observed, timeout_s=60)


def courier_told_in_one_word(cluster: Cluster) -> None:
    """The whole address, without another variable."""
    kubectl(f"set env deployment/courier ADDRESS={LOOKUP} HOST- PORT-", cluster=cluster)
    wait(cluster, "deployment/courier", for_="Ready", timeout_s=60)


def courier_told_by_a_configmap(cluster: Cluster) -> None:
    """What a ConfigMap holds is there before the variables of the container."""
    cluster.delete("configmap/courier")
    kubectl(
        "create configmap courier --from-literal HOST=nsqlookupd --from-literal PORT=4161", cluster=cluster
    )
    address = {"name": "ADDRESS", "value": "$(HOST):$(PORT)"}
    container = _courier(cluster) | {"env": [address], "envFrom": [{"configMapRef": {"name": "courier"}}]}
    cluster.patch("deployment/courier", {"spec": {"template": {"spec": {"containers": [container]}}}})
    wait(cluster, "deployment/courier", for_="Ready", timeout_s=60)


def _courier(cluster: Cluster) -> dict[str, Any]:
    return template_container(cluster.get("deployment/courier"))


def _with_variables(cluster: Cluster, variables: list[dict[str, Any]]) -> None:
    container = _courier(cluster) | {"env": variables}
    cluster.patch("deployment/courier", {"spec": {"template": {"spec": {"containers": [container]}}}})


def name_before_use(cluster: Cluster) -> None:
    """What `solution` shows."""
    [container] = cluster.get("deployment/courier").raw["spec"]["template"]["spec"]["containers"]
    address, host, port = container["env"]
    container["env"] = [host, port, address]
    cluster.patch("deployment/courier", {"spec": {"template": {"spec": {"containers": [container]}}}})
    wait(cluster, "deployment/courier", for_="Ready", timeout_s=60)


@exercise(
    "nb09.courier",
    level=Level.SEVERAL,
    work=Work.FIND,
    hints=(
        "`kubectl logs deployment/courier` shows what the program was told, word for word.",
        "A kubelet reads a container's variables from the first to the last. Which does it know by then?",
        "A variable that another one names has to stand above it.",
    ),
    solve=name_before_use,
    wrong=(
        courier_with_half_an_address,
        courier_as_a_shell_would,
        courier_that_asks_nobody,
        courier_on_hold,
    ),
    right=(courier_told_in_one_word, courier_told_by_a_configmap),
    start=lost_courier,
)
def courier(cluster: Cluster) -> Verdict:
    """The Deployment courier is ready, and its program is sent to nsqlookupd:4161."""
    found = cluster.find("deployment/courier")
    if found is None:
        return not_started("there is no Deployment courier; the lesson's cell that applies it makes one")
    if is_as_given(cluster, found, COURIER):
        return not_started("its program ends again and again, as in the beginning")
    told = environment(cluster, template_container(found, "courier")).get("ADDRESS")
    if told is None or told.value != LOOKUP:
        return not_yet(f"its program is sent to {told.value if told else 'nobody'}")
    ends = pods.restarting(pods.of(cluster, found)) or unfinished(found)
    return passed_unless(standing(found, "Deployment courier") or ends)


def desk_of_nobody(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: its server goes into the background, and the shell ends."""
    afresh(cluster, DESK)


def desk_that_nobody_asks(cluster: Cluster) -> None:
    """It sleeps, and is ready because nobody asks."""
    _change(cluster, {"command": ["sleep", "infinity"], "readinessProbe": None})
    wait(cluster, "deployment/desk", for_="Ready", timeout_s=60)


def desk_without_a_server(cluster: Cluster) -> None:
    """It goes on, and serves nothing."""
    _change(cluster, {"command": ["sleep", "infinity"]})
    wait(cluster, "deployment/desk", for_=_is_new, timeout_s=60)


def desk_that_ends_later(cluster: Cluster) -> None:
    """The same, two seconds later."""
    _change(cluster, {"command": _serve("httpd -p 8080; sleep 2")})
    wait(cluster, "deployment/desk", for_=_is_new, timeout_s=60)
    for pod in pods.of(cluster, cluster.get("deployment/desk")):
        wait(cluster, pod.ref, for_=_is_restarted, timeout_s=60)


def desk_of_none(cluster: Cluster) -> None:
    """Who is not asked for does not end."""
    kubectl("scale deployment desk --replicas 0", cluster=cluster)


def desk_that_waits_for_its_server(cluster: Cluster) -> None:
    """The server in the background, and a shell that waits."""
    _change(cluster, {"command": _serve("httpd -p 8080; exec tail -f /dev/null")})
    wait(cluster, "deployment/desk", for_="Ready", timeout_s=60)


def _serve(program: str) -> list[str]:
    return ["sh", "-c", f"cd /tmp && echo three letters > letters && {program}"]


def _is_new(one: KubeObject) -> bool:
    return is_observed(one) and one.status.updatedReplicas == 1


def _is_restarted(pod: KubeObject) -> bool:
    return any(int(one.get("restartCount") or 0) for one in each(pod, "status", "containerStatuses"))


def _change(cluster: Cluster, container: dict[str, Any]) -> None:
    template = {"spec": {"containers": [{"name": "desk"} | container]}}
    cluster.patch("deployment/desk", {"spec": {"template": template}}, strategic=True)


def stay_in_front(cluster: Cluster) -> None:
    """What `solution` shows."""
    words = ["sh", "-c", "cd /tmp && echo three letters > letters && exec httpd -f -p 8080"]
    template = {"spec": {"containers": [{"name": "desk", "command": words}]}}
    cluster.patch("deployment/desk", {"spec": {"template": template}}, strategic=True)
    wait(cluster, "deployment/desk", for_="Ready", timeout_s=60)


@exercise(
    "nb09.desk",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "`kubectl describe` says with which code a container has ended; an empty log tells something, too.",
        "A container lasts as long as its first process. What has that one to do once the server has begun?",
        "`kubectl exec` into any Pod of busybox, and `httpd --help`: one of its options is about this.",
    ),
    solve=stay_in_front,
    wrong=(desk_that_nobody_asks, desk_of_none, desk_without_a_server, desk_that_ends_later),
    right=(desk_that_waits_for_its_server,),
    start=desk_of_nobody,
)
def desk(cluster: Cluster) -> Verdict:
    """The Deployment desk is ready, as its readiness probe has found out, and its container goes on."""
    found = cluster.find("deployment/desk")
    if found is None:
        return not_started("there is no Deployment desk; the lesson's cell that applies it makes one")
    if is_as_given(cluster, found, DESK):
        return not_started("its container is started again and again, as in the beginning")
    if not asks(template_container(found, "desk").get("readinessProbe")):
        return not_yet("nobody asks whether it is ready")
    ends = pods.restarting(pods.of(cluster, found)) or unfinished(found)
    return passed_unless(standing(found, "Deployment desk") or ends)
