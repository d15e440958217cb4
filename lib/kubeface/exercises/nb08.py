"""Notebook 08: probes."""

from dataclasses import replace
from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless, question
from kubeface.endstates import pods
from kubeface.endstates.parts import standing
from kubeface.endstates.rollout import unfinished
from kubeface.endstates.settings import asked_for, asks, patience_s, template_container
from kubeface.endstates.untouched import as_made
from kubeface.kube import Cluster, KubeObject, kubectl, wait
from kubeface.lesson import PIPELINE, Plan
from kubeface.lesson.given import afresh, given
from kubeface.model.workloads import is_observed

PRACTICE = "practice"
LONGEST_LOOK_S = 20.0  # chosen: a check answers within 40 s, whatever a probe says

PLAN = Plan(
    "08",
    "Probes",
    objectives=(
        "say what each of the three probes asks, and what a bad answer leads to",
        "choose between a readiness probe and a liveness probe",
        "give a slow program the time that it needs to start",
        "find a wrong probe by what the cluster says of it",
    ),
    needs="notebook 05, or an idea of what a Pod and a Service are",
    state=replace(PIPELINE, namespaces=(PRACTICE,)),
    nodes=1,
    namespace=PRACTICE,
)

question(
    "nb08.not-ready",
    "A running Pod answers its readiness probe with 404. What happens to it?",
    choice=("it is restarted", "it runs on and gets no requests", "it is replaced by another Pod"),
    expect="it runs on and gets no requests",
    because="Not ready means: not now. The Pod is left alone, and its Service leaves it out.",
)
question(
    "nb08.not-alive",
    "Now it answers its liveness probe with 404. What happens?",
    choice=(
        "its container is started again",
        "it runs on and gets no requests",
        "it is replaced by another Pod",
    ),
    expect="its container is started again",
    because="Not alive means: nothing but a fresh start will help. The kubelet does it, and the Pod stays.",
)
question(
    "nb08.impatient",
    "A program needs ten seconds to start. Its liveness probe gives up after three. How does that end?",
    choice=(
        "it is ready after ten seconds",
        "it is started again and again, and never gets there",
        "it is left alone and stays not ready",
    ),
    expect="it is started again and again, and never gets there",
    because="Each new start is ended before it is done. A startup probe holds the liveness probe back.",
)


def mistaken_gate(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: the path is misspelt."""
    afresh(cluster, "08-probes/gate.yaml")


def unasked_gate(cluster: Cluster) -> None:
    """Ready because nobody asks."""
    change(cluster, "gate", '{"name": "web", "readinessProbe": null}')


def gate_of_another_path(cluster: Cluster) -> None:
    """Another path that the server does not have."""
    change(cluster, "gate", '{"name": "web", "readinessProbe": {"httpGet": {"path": "/healthz"}}}')


def open_gate(cluster: Cluster) -> None:
    """What `solution` shows."""
    web = '{"name": "web", "readinessProbe": {"httpGet": {"path": "/ready"}}}'
    patch = '{"spec": {"template": {"spec": {"containers": [' + web + "]}}}}"
    kubectl(f"patch deployment gate --patch '{patch}'", cluster=cluster)
    wait(cluster, "deployment/gate", for_="Ready", timeout_s=60)


def gate_that_asks_nothing(cluster: Cluster) -> None:
    """A probe that says yes to everything."""
    probe = '{"httpGet": null, "exec": {"command": ["true"]}}'
    change(cluster, "gate", '{"name": "web", "readinessProbe": ' + probe + "}")
    wait(cluster, "deployment/gate", for_="Ready", timeout_s=60)


def gate_of_two_steps(cluster: Cluster) -> None:
    """Ready without a probe, and then a probe that the next Pod does not pass."""
    unasked_gate(cluster)
    wait(cluster, "deployment/gate", for_="Ready", timeout_s=60)
    probe = '{"httpGet": {"path": "/healthz", "port": "http"}}'
    change(cluster, "gate", '{"name": "web", "readinessProbe": ' + probe + "}")


def the_file_for_the_path(cluster: Cluster) -> None:
    """The probe stays, and the server gets the file that it is asked for."""
    kubectl("exec deployment/gate -- cp /tmp/ready /tmp/redy", cluster=cluster)
    wait(cluster, "deployment/gate", for_="Ready", timeout_s=60)


def two_gates(cluster: Cluster) -> None:
    """Repaired, and two of them."""
    open_gate(cluster)
    kubectl("scale deployment gate --replicas 2", cluster=cluster)
    wait(cluster, "deployment/gate", for_="Ready", timeout_s=60)


def gate_asked_by_a_command(cluster: Cluster) -> None:
    """The file is looked for inside the container."""
    probe = '{"httpGet": null, "exec": {"command": ["test", "-s", "/tmp/ready"]}}'
    change(cluster, "gate", '{"name": "web", "readinessProbe": ' + probe + "}")
    wait(cluster, "deployment/gate", for_="Ready", timeout_s=60)


@exercise(
    "nb08.gate",
    level=Level.ONE,
    work=Work.FIND,
    hints=(
        '`wait(cluster, "deployment/gate", timeout_s=5)` says what its Pod is asked and what it answers.',
        "The file that the server has is called ready; the path is asked for with a slash in front.",
        "`kubectl patch deployment gate --patch …` merges fields; a container is found by its name.",
    ),
    solve=open_gate,
    wrong=(unasked_gate, gate_of_another_path, gate_that_asks_nothing, gate_of_two_steps),
    right=(the_file_for_the_path, two_gates, gate_asked_by_a_command),
    start=mistaken_gate,
)
def gate(cluster: Cluster) -> Verdict:
    """The Deployment gate is ready, and a readiness probe has found that out."""
    found = cluster.find("deployment/gate")
    if found is None:
        return not_started("there is no Deployment gate; the lesson's cell that applies it makes one")
    probe = template_container(found, "web").get("readinessProbe")
    if not probe:
        return not_yet("nobody asks whether it is ready: it has no readiness probe")
    told = asked_for(probe)
    file = _as_in_its_file(cluster, "gate")
    is_the_files = all(template_container(found, "web").get(part) == file.get(part) for part in file)
    if is_the_files and found.desired == 1 and not found.ready and not found.is_terminating:
        return not_started("it is not ready, as in the beginning")
    if not asks(probe):
        return not_yet(f"its readiness probe, {told}, asks nothing: the answer is always yes")
    short = unfinished(found)
    return passed_unless(f"it is asked for {told}: {short}" if short else "")


def impatient_tardy(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: its liveness probe does not let it start."""
    afresh(cluster, "08-probes/tardy.yaml")


def unwatched_tardy(cluster: Cluster) -> None:
    """It starts, and nobody would notice if it hung."""
    change(cluster, "tardy", '{"name": "web", "livenessProbe": null}')


def nearly_patient_tardy(cluster: Cluster) -> None:
    """A startup probe that gives it two seconds."""
    probe = '{"httpGet": {"path": "/alive", "port": "http"}, "periodSeconds": 1, "failureThreshold": 2}'
    change(cluster, "tardy", '{"name": "web", "startupProbe": ' + probe + "}")


def patient_tardy(cluster: Cluster) -> None:
    """What `solution` shows."""
    probe = '{"httpGet": {"path": "/alive", "port": "http"}, "periodSeconds": 1, "failureThreshold": 60}'
    patch = (
        '{"spec": {"template": {"spec": {"containers": [{"name": "web", "startupProbe": ' + probe + "}]}}}}"
    )
    kubectl(f"patch deployment tardy --patch '{patch}'", cluster=cluster)
    wait(cluster, "deployment/tardy", for_="Ready", timeout_s=110)


def tardy_of_empty_words(cluster: Cluster) -> None:
    """Watched by a probe that says yes to everything."""
    probe = '{"httpGet": null, "exec": {"command": ["true"]}}'
    change(cluster, "tardy", '{"name": "web", "livenessProbe": ' + probe + "}")
    wait(cluster, "deployment/tardy", for_="Ready", timeout_s=110)


def no_tardy(cluster: Cluster) -> None:
    """Who is not asked for is not restarted."""
    patient_tardy(cluster)
    kubectl("scale deployment tardy --replicas 0", cluster=cluster)


def tardy_in_a_hurry(cluster: Cluster) -> None:
    """The program starts at once; its probes stay as they were."""
    words = '["sh", "-c", "cd /tmp && echo yes > alive && exec httpd -f -p 8080"]'
    change(cluster, "tardy", '{"name": "web", "command": ' + words + "}")
    wait(cluster, "deployment/tardy", for_="Ready", timeout_s=110)


def two_patient_ones(cluster: Cluster) -> None:
    """A liveness probe that begins later, and two of them."""
    probe = '{"initialDelaySeconds": 20}'
    change(cluster, "tardy", '{"name": "web", "livenessProbe": ' + probe + "}")
    kubectl("scale deployment tardy --replicas 2", cluster=cluster)
    wait(cluster, "deployment/tardy", for_="Ready", timeout_s=110)


@exercise(
    "nb08.tardy",
    level=Level.SEVERAL,
    work=Work.FIND,
    hints=(
        "It needs ten seconds. Which of the three probes is made for that?",
        "manifests/lessons/08-probes/patient.yaml has such a probe.",
        "period times failures allowed is the time that it gets: more than ten seconds.",
    ),
    solve=patient_tardy,
    wrong=(unwatched_tardy, nearly_patient_tardy, tardy_of_empty_words, no_tardy),
    right=(tardy_in_a_hurry, two_patient_ones),
    start=impatient_tardy,
)
def tardy(cluster: Cluster) -> Verdict:
    """The Deployment tardy is ready without a restart, and is still watched by a liveness probe."""
    found = cluster.find("deployment/tardy")
    if found is None:
        return not_started("there is no Deployment tardy; the lesson's cell that applies it makes one")
    main, file = template_container(found, "web"), _as_in_its_file(cluster, "tardy")
    if main.get("livenessProbe") is None:
        return not_yet("nobody would notice that it hangs: it has no liveness probe")
    if not asks(main["livenessProbe"]):
        return not_yet(f"its liveness probe, {asked_for(main['livenessProbe'])}, asks nothing")
    told = ("livenessProbe", "startupProbe", "readinessProbe", "command", "args")
    is_the_files = all(main.get(part) == file.get(part) for part in told)
    if is_the_files and found.desired == 1 and not found.is_terminating:
        return not_started("its probes are those of the beginning")
    return passed_unless(standing(found, "Deployment tardy") or _restarted(cluster, found, main))


def _restarted(cluster: Cluster, found: KubeObject, main: dict[str, Any]) -> str:
    """What keeps it from being ready without a restart."""
    lives, startup = pods.of(cluster, found), main.get("startupProbe")
    patience = patience_s(startup or main["livenessProbe"])
    ends = pods.restarting(lives) or unfinished(found)
    if not ends and not startup:  # without one, it is ready before anybody has asked whether it is alive
        ends = pods.unsteady(cluster, found, within_s=min(patience + 2, LONGEST_LOOK_S))
    return f"it gets {patience} s to start: {ends}" if ends else ""


def _as_in_its_file(cluster: Cluster, name: str) -> dict[str, Any]:
    """The container of a lesson's Deployment as its file makes it."""
    [one] = given(f"08-probes/{name}.yaml")
    return template_container(as_made(cluster, one))


def change(cluster: Cluster, name: str, container: str) -> None:
    """A lesson's Deployment with another container, as soon as its controller has seen that."""
    patch = '{"spec": {"template": {"spec": {"containers": [' + container + "]}}}}"
    kubectl(f"patch deployment {name} --patch '{patch}'", cluster=cluster)
    wait(cluster, f"deployment/{name}", for_=is_observed, timeout_s=60)
