"""A node's programs are started in order, each once what it needs is there."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubeface.linux.supervisor import Program, Supervisor
from kubeface.local import node_start
from kubeface.local.start_barrier import start_barrier
from kubeface.util.waiting import wait_until

PROGRAMS = ("containerd", "kubelet", "kube-proxy")
PATIENCE_S = 20


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    """A real supervisord over three programs that do nothing, none of them started."""
    supervisor = Supervisor(tmp_path, tmp_path / "s")
    wait = ("/bin/sh", "-c", "exec tail -f /dev/null")
    supervisor.configure([Program(name, wait, stop_signal="KILL") for name in PROGRAMS])
    supervisor.start()
    monkeypatch.setattr(node_start, "SUPERVISOR", str(supervisor.socket))
    monkeypatch.setattr(node_start, "CONTAINERD", str(tmp_path / "c"))
    monkeypatch.setattr(node_start, "API_SERVER_LOCK", tmp_path / "lock")
    yield supervisor
    supervisor.shut_down()


def started(supervisor: Supervisor) -> set[str]:
    return {one["name"] for one in supervisor.programs() if one["pid"]}


def until(supervisor: Supervisor, *names: str) -> None:
    wait_until(
        lambda: started(supervisor) == set(names),
        what=f"not exactly {names} run",
        timeout_s=PATIENCE_S,
        evidence=lambda: str(started(supervisor)),
    )


def test_each_program_waits_for_what_it_needs(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = tmp_path / "fetched"
    monkeypatch.setattr("sys.argv", ["node_start.py", json.dumps([["touch", str(fetched)]])])
    with start_barrier([tmp_path / "lock"]):
        whole = threading.Thread(target=node_start.main)
        whole.start()
        until(supervisor, "containerd")
        assert not fetched.exists()
        with socket.socket(socket.AF_UNIX) as containerd:
            containerd.bind(str(tmp_path / "c"))
            containerd.listen()
            until(supervisor, "containerd", "kubelet")
            wait_until(fetched.exists, what="nothing was fetched", timeout_s=PATIENCE_S)
        assert started(supervisor) == {"containerd", "kubelet"}
    until(supervisor, *PROGRAMS)
    whole.join(PATIENCE_S)
    assert not whole.is_alive()
