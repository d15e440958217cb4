"""Notebook 08: probes."""

from dataclasses import replace
from typing import Any

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.kube import Cluster, KubeObject, apply, kubectl, load, wait
from kubeface.lesson import PIPELINE, Plan
from kubeface.pipeline.deploy import manifests_folder

PRACTICE = "practice"

PLAN = Plan(
    "08",
    "Probes",
    objectives=(
        "say what each of the three probes asks, and what a bad answer leads to",
        "take a Pod out of its Service without ending it",
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
    _from_file(cluster, "gate")


def unasked_gate(cluster: Cluster) -> None:
    """Ready because nobody asks."""
    kubectl(_patch("gate", '{"name": "web", "readinessProbe": null}'), cluster=cluster)


def gate_of_another_path(cluster: Cluster) -> None:
    """Another path that the server does not have."""
    kubectl(
        _patch("gate", '{"name": "web", "readinessProbe": {"httpGet": {"path": "/healthz"}}}'),
        cluster=cluster,
    )


def open_gate(cluster: Cluster) -> None:
    """What `solution` shows."""
    web = '{"name": "web", "readinessProbe": {"httpGet": {"path": "/ready"}}}'
    patch = '{"spec": {"template": {"spec": {"containers": [' + web + "]}}}}"
    kubectl(f"patch deployment gate --patch '{patch}'", cluster=cluster)
    wait(cluster, "deployment/gate", for_="Ready", timeout_s=60)


@exercise(
    "nb08.gate",
    hints=(
        '`wait(cluster, "deployment/gate", timeout_s=5)` says what its Pod is asked and what it answers.',
        "The file that the server has is called ready; the path is asked for with a slash in front.",
        "`kubectl patch deployment gate --patch …` merges fields; a container is found by its name.",
    ),
    solve=open_gate,
    wrong=(unasked_gate, gate_of_another_path),
    start=mistaken_gate,
)
def gate(cluster: Cluster) -> Verdict:
    """The Deployment gate is ready, and a readiness probe has found that out."""
    found = cluster.find("deployment/gate")
    if found is None:
        return not_started("there is no Deployment gate; the lesson's cell that applies it makes one")
    probe = _container(found).get("readinessProbe")
    if probe is None:
        return not_yet("nobody asks whether it is ready: it has no readiness probe")
    path = (probe.get("httpGet") or {}).get("path")
    if path == "/redy":
        return not_started("it is asked for /redy, as in the beginning")
    full = found.ready == 1 and found.status.updatedReplicas == 1
    return passed() if full else not_yet(f"the Pod that is asked for {path} is not ready")


def impatient_tardy(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: its liveness probe does not let it start."""
    _from_file(cluster, "tardy")


def unwatched_tardy(cluster: Cluster) -> None:
    """It starts, and nobody would notice if it hung."""
    kubectl(_patch("tardy", '{"name": "web", "livenessProbe": null}'), cluster=cluster)


def nearly_patient_tardy(cluster: Cluster) -> None:
    """A startup probe that gives it two seconds."""
    probe = '{"httpGet": {"path": "/alive", "port": "http"}, "periodSeconds": 1, "failureThreshold": 2}'
    kubectl(_patch("tardy", '{"name": "web", "startupProbe": ' + probe + "}"), cluster=cluster)


def patient_tardy(cluster: Cluster) -> None:
    """What `solution` shows."""
    probe = '{"httpGet": {"path": "/alive", "port": "http"}, "periodSeconds": 1, "failureThreshold": 60}'
    patch = (
        '{"spec": {"template": {"spec": {"containers": [{"name": "web", "startupProbe": ' + probe + "}]}}}}"
    )
    kubectl(f"patch deployment tardy --patch '{patch}'", cluster=cluster)
    wait(cluster, "deployment/tardy", for_="Ready", timeout_s=110)


@exercise(
    "nb08.tardy",
    hints=(
        "It needs ten seconds. Which of the three probes is made for that?",
        "manifests/lessons/08-probes/patient.yaml has such a probe.",
        "period times failures allowed is the time that it gets: more than ten seconds.",
    ),
    solve=patient_tardy,
    wrong=(unwatched_tardy, nearly_patient_tardy),
    start=impatient_tardy,
)
def tardy(cluster: Cluster) -> Verdict:
    """The Deployment tardy is ready without a restart, and is still watched by a liveness probe."""
    found = cluster.find("deployment/tardy")
    if found is None:
        return not_started("there is no Deployment tardy; the lesson's cell that applies it makes one")
    main = _container(found)
    liveness = main.get("livenessProbe")
    if liveness is None:
        return not_yet("nobody would notice that it hangs: it has no liveness probe")
    startup = main.get("startupProbe")
    if startup is None and _patience_s(liveness) <= 3:
        return not_started("its probes are those of the beginning")
    if _patience_s(startup or liveness) < 10:
        return not_yet(f"it gets {_patience_s(startup or liveness)} s to start")
    pods = cluster.list("pods", labels={"app.kubernetes.io/name": "tardy"})
    restarts = [status.restartCount for pod in pods for status in pod.status.containerStatuses or []]
    full = found.ready == 1 and found.status.replicas == found.status.updatedReplicas == 1
    return passed() if full and 0 in restarts else not_yet("it is not ready without a restart yet")


def _patience_s(probe: dict[str, Any]) -> int:
    """How many seconds a probe gives, from a container's start until it has failed."""
    delay, period, failures = (
        probe.get("initialDelaySeconds") or 0,
        probe["periodSeconds"],
        probe["failureThreshold"],
    )
    return int(delay + period * failures)


def _container(deployment: KubeObject) -> dict[str, Any]:
    first: dict[str, Any] = deployment.raw["spec"]["template"]["spec"]["containers"][0]
    return first


def _patch(name: str, container: str) -> str:
    patch = '{"spec": {"template": {"spec": {"containers": [' + container + "]}}}}"
    return f"patch deployment {name} --patch '{patch}'"


def _from_file(cluster: Cluster, name: str) -> None:
    """A lesson's Deployment as its file has it, and no Pod of another one left."""
    cluster.delete(f"deployment/{name}")
    wait(cluster, f"deployment/{name}", for_="deleted", timeout_s=60)
    for pod in cluster.list("pods", labels={"app.kubernetes.io/name": name}):
        cluster.delete(pod.ref, grace_s=0)
        wait(cluster, pod.ref, for_="deleted", timeout_s=60)
    apply(cluster, load(manifests_folder() / "lessons" / "08-probes" / f"{name}.yaml"))
