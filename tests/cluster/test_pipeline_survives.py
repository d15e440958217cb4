"""The pipeline's answers outlive the sudden death of everything that runs."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
from pathlib import Path

from kubeface import Cluster, Pipeline
from kubeface.errors import KubefaceError
from kubeface.kube import find_kubectl
from kubeface.linux import cgroups
from kubeface.util.waiting import wait_for_exit, wait_until


def test_rows_and_photos_outlive_the_death_of_every_process(course: Path) -> None:
    pipeline = Pipeline(Cluster.connect(course, namespace="face"))
    pipeline.deploy()
    ids = pipeline.post_all(pipeline.load_photos())
    pipeline.wait_until_done(ids.values())
    before = pipeline.results()  # of those that earlier tests posted, too
    _kill_everything("kubeface-test")
    subprocess.run([sys.executable, "-m", "kubeface", "up", "--name", "test"], check=True, timeout=180)
    wait_until(lambda: _answers(pipeline), what="the frontend does not answer", timeout_s=90, every_s=0.5)
    assert pipeline.results() == before
    assert {name for name, person in before.people.items() if person == "Barack Obama"} >= {
        "obama2.jpg",
        "obama3.jpg",
        "obama_partial_face.jpg",
        "obama_partial_face2.jpg",
    }
    assert len(pipeline.picture("unknown_people/obama2.jpg")) > 10_000


def test_the_frontend_answers_on_every_node_and_through_a_port_forward(course: Path) -> None:
    cluster = Cluster.connect(course, namespace="face")
    Pipeline(cluster).deploy()
    for node in cluster.nodes():
        address = next(one.address for one in node.status.addresses if one.type == "InternalIP")
        wait_until(
            lambda address=address: _serves(address, 30801), what=f"{address} does not answer", timeout_s=15
        )
    command = [find_kubectl(), "--kubeconfig", course, "-n", "face", "port-forward", "svc/frontend", ":8081"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as forward:
        try:
            assert forward.stdout
            port = int(forward.stdout.readline().split()[2].rpartition(":")[2])
            assert _serves("127.0.0.1", port)
        finally:
            forward.kill()


def _kill_everything(cgroup: str) -> None:
    pids = cgroups.processes(cgroup)
    assert len(pids) > 30
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # it went with its node
            os.kill(pid, signal.SIGKILL)
    assert wait_for_exit(pids, timeout_s=20) == []


def _answers(pipeline: Pipeline) -> bool:
    try:
        pipeline.counts()
        return bool(pipeline.picture("unknown_people/obama2.jpg"))
    except KubefaceError:
        return False


def _serves(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
