"""A Pod's requests, readiness and status in one word: one answer for every room."""

from decimal import Decimal

import pytest

from kubeface.model.conditions import status_text
from kubeface.model.objects import KubeObject
from kubeface.model.pods import has_failed, is_held_up, readiness, requested, status_word, total_requested
from kubeface.views.canned import node
from kubeface.views.looks import FAILED, look_of
from kubeface.views.nodes import nodes
from kubeface.views.tables import table


def asks(cpu, **more):
    return {"name": "c", "resources": {"requests": {"cpu": cpu}}, **more}


SIDECAR = {"restartPolicy": "Always"}
HEAVY_START = {"containers": [asks("100m")], "initContainers": [asks("900m")]}


@pytest.mark.parametrize(
    ("spec", "cpu"),
    [
        ({"containers": [asks("100m"), asks("1")]}, "1.1"),
        (HEAVY_START, "0.9"),
        ({"containers": [asks("500m")], "initContainers": [asks("500m", **SIDECAR)]}, "1"),
        # the init container starts beside the sidecar before it, and not beside the one after it
        ({"containers": [asks("1")], "initContainers": [asks("1", **SIDECAR), asks("2")]}, "3"),
        ({"containers": [asks("1")], "initContainers": [asks("2"), asks("1", **SIDECAR)]}, "2"),
        ({"containers": [asks("1")], "overhead": {"cpu": "250m"}}, "1.25"),
        ({"containers": [asks("1")], "resources": {"requests": {"cpu": "2"}}}, "2"),
        ({"containers": [{"name": "c"}]}, "0"),
        ({}, "0"),
    ],
)
def test_a_pod_requests_what_the_scheduler_reserves(spec, cpu):
    assert requested({"spec": spec}, "cpu") == Decimal(cpu)


def test_the_picture_of_nodes_counts_as_the_scheduler_does():
    pod = {"kind": "Pod", "metadata": {"name": "p"}, "spec": {"nodeName": "node1", **HEAVY_START}}
    assert "cpu    ■■■■■■■■■□ 900 of 1000 m" in repr(nodes([node("node1")], [pod]))


@pytest.mark.parametrize("phase", ["Succeeded", "Failed"])
def test_a_pod_that_has_ended_takes_nothing(phase):
    pod = {"kind": "Pod", "spec": {"nodeName": "node1", **HEAVY_START}, "status": {"phase": phase}}
    assert total_requested([pod], "cpu") == 0
    assert "cpu    □□□□□□□□□□ 0 of 1000 m" in repr(nodes([node("node1")], [pod]))


def waiting(reason, name="c"):
    return {"name": name, "state": {"waiting": {"reason": reason}}}


def ended(reason="", code=1, **more):
    return {"name": "c", "state": {"terminated": {"reason": reason, "exitCode": code, **more}}}


RUNNING = {"name": "c", "ready": True, "state": {"running": {}}}
TRUE = [{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": "True"}]


def pod_of(*containers, init=(), spec=None, meta=None, **status):
    status |= {"containerStatuses": list(containers), "initContainerStatuses": list(init)}
    spec = {
        "containers": [{"name": "c"}],
        "initContainers": [{"name": one["name"]} for one in init],
        **(spec or {}),
    }
    return {"kind": "Pod", "metadata": {"name": "p", **(meta or {})}, "spec": spec, "status": status}


@pytest.mark.parametrize(
    ("pod", "word"),
    [
        (pod_of(RUNNING, phase="Running"), "Running"),
        (pod_of(phase="Pending"), "Pending"),
        (
            pod_of(phase="Pending", conditions=[{"type": "PodScheduled", "reason": "SchedulingGated"}]),
            "SchedulingGated",
        ),
        (pod_of(waiting("ContainerCreating"), phase="Pending"), "ContainerCreating"),
        (pod_of(waiting("CrashLoopBackOff"), phase="Running"), "CrashLoopBackOff"),
        (pod_of(ended("Completed", 0), phase="Succeeded"), "Completed"),
        (pod_of(ended("Error"), phase="Failed"), "Error"),
        (pod_of(ended(code=3), phase="Failed"), "ExitCode:3"),
        (pod_of(ended(code=137, signal=9), phase="Failed"), "Signal:9"),
        (pod_of(phase="Failed", reason="Evicted"), "Evicted"),
        # the first container that has a reason, and what has ended before what waits, if it stands before it
        (pod_of(ended("OOMKilled"), waiting("ContainerCreating"), phase="Running"), "OOMKilled"),
        (pod_of(RUNNING, ended("Completed", 0), phase="Running", conditions=TRUE), "Running"),
        (pod_of(RUNNING, ended("Completed", 0), phase="Running"), "NotReady"),
        (pod_of(init=[waiting("PodInitializing", "i")], phase="Pending"), "Init:0/1"),
        (pod_of(init=[waiting("ImagePullBackOff", "i")], phase="Pending"), "Init:ImagePullBackOff"),
        (pod_of(init=[ended("Error")], phase="Pending"), "Init:Error"),
        (pod_of(RUNNING, init=[ended("Completed", 0)], phase="Running"), "Running"),
        (pod_of(RUNNING, phase="Running", meta={"deletionTimestamp": "now"}), "Terminating"),
        (pod_of(phase="Succeeded", meta={"deletionTimestamp": "now"}), "Succeeded"),
        (pod_of(phase="Running", reason="NodeLost", meta={"deletionTimestamp": "now"}), "Unknown"),
    ],
)
def test_the_status_in_one_word_is_the_one_that_kubectl_prints(pod, word):
    assert status_word(pod) == word
    assert repr(table([pod], columns=["status"])).splitlines()[1] == word
    if "deletionTimestamp" not in pod["metadata"]:
        assert status_text(KubeObject(pod)).partition(",")[0] == word


def test_a_sidecar_that_has_started_holds_nothing_up():
    proxy = {"name": "proxy", "started": True, "ready": True, "state": {"running": {}}}
    spec = {"initContainers": [{"name": "proxy", **SIDECAR}]}
    pod = pod_of(RUNNING, init=[proxy], spec=spec, phase="Running")
    assert status_word(pod) == "Running"
    assert readiness(pod) == (2, 2)
    assert (KubeObject(pod).ready, KubeObject(pod).desired) == (2, 2)


@pytest.mark.parametrize(
    "reason",
    ["ErrImagePull", "ErrImageNeverPull", "InvalidImageName", "CreateContainerError", "RunContainerError"],
)
def test_why_a_container_does_not_run_is_one_list(reason):
    for pod in (
        pod_of(waiting(reason), phase="Pending"),
        pod_of(init=[waiting(reason, "i")], phase="Pending"),
    ):
        assert has_failed(pod)
        assert look_of(pod) is FAILED


def test_only_what_lasts_holds_a_pod_up():
    assert is_held_up(pod_of(waiting("ImagePullBackOff"), phase="Pending"))
    assert is_held_up(pod_of(init=[waiting("CrashLoopBackOff", "i")], phase="Pending"))
    assert not is_held_up(pod_of(waiting("ErrImagePull"), phase="Pending"))
    assert not is_held_up(pod_of(waiting("ContainerCreating"), phase="Pending"))
