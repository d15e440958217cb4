"""An interrupt in a real kernel: what a notebook shows, and what is left of what was started."""

import os

import pytest
from jupyter_client.manager import start_new_kernel

from kubeface.util.waiting import wait_for_exit

PATIENCE_S = 120
CONNECT = """
from kubeface import Cluster, wait
from kubeface.checks import session
from kubeface.lesson import magics
cluster = session.current.cluster = Cluster.connect({kubeconfig!r}, namespace="default")
magics.register()
"""
#: A program that kubectl starts, which starts another; neither cares for an interrupt.
STUBBORN = """#!/bin/sh
trap '' INT
sleep 1000 &
echo $$ $!
wait
"""


@pytest.fixture(scope="module")
def kernel(kubeconfig, tmp_path_factory):
    """Run a cell, interrupt it as soon as it has printed a line; that line, and the error that is shown."""
    folder = tmp_path_factory.mktemp("kernel")
    plugin = folder / "kubectl-stay"
    plugin.write_text(STUBBORN)
    plugin.chmod(0o755)
    env = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "IPYTHONDIR": str(folder)}
    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=PATIENCE_S, env=env)
    begin = CONNECT.format(kubeconfig=str(kubeconfig))
    client.execute_interactive(begin, timeout=PATIENCE_S, output_hook=_fail)

    def interrupted(cell):
        printed, shown = [], []

        def hook(message):
            if message["msg_type"] == "stream":
                if not printed:
                    manager.interrupt_kernel()
                printed.append(message["content"]["text"])
            elif message["msg_type"] == "error":
                shown.append(message["content"]["traceback"])

        reply = client.execute_interactive(cell, timeout=PATIENCE_S, output_hook=hook)
        assert reply["content"]["status"] == "error"
        assert len(shown) == 1
        return "".join(printed), shown[0]

    yield interrupted
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager.cleanup_resources()


def _fail(message):
    assert message["msg_type"] != "error", message["content"]


@pytest.mark.parametrize(
    "cell",
    [
        "%kubectl get namespaces --watch -o name",
        "wait(cluster, 'namespace/default', for_=lambda one: print('asked', flush=True), timeout_s=600)",
    ],
)
def test_an_interrupt_of_what_waits_is_one_line(kernel, cell):
    _, shown = kernel(cell)
    assert shown == ["Interrupted."]


def test_an_interrupt_ends_kubectl_and_all_that_it_started(kernel):
    printed, shown = kernel("%kubectl stay")
    assert shown == ["Interrupted."]
    pids = [int(pid) for pid in printed.split()]
    assert len(pids) == 2
    assert wait_for_exit(pids, timeout_s=10) == []


def test_an_interrupt_of_a_learners_own_loop_shows_where_it_was(kernel):
    _, shown = kernel("print('begun', flush=True)\nwhile True:\n    pass")
    assert shown != ["Interrupted."]
    assert "begun" in "\n".join(shown)
