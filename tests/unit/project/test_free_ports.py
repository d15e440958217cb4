import socket
import subprocess
import sys
from pathlib import Path

import pytest

from free_ports import free_port
from kubeface.errors import NotReady

TESTS = Path(__file__).parents[2]
SOME = range(29_000, 29_300)
#: Take a hundred of these ports, say which, and live on until the other one has done so, too.
RUN = f"""
from free_ports import free_port
print(*(free_port(range({SOME.start}, {SOME.stop})) for _ in range(100)), flush=True)
input()
"""


def test_two_runs_at_once_get_different_ports() -> None:
    command = [sys.executable, "-c", RUN]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": TESTS}
    with subprocess.Popen(command, **pipes) as one, subprocess.Popen(command, **pipes) as other:
        ports = [set(run.stdout.readline().split()) for run in (one, other)]
        for run in (one, other):
            run.communicate("\n", timeout=60)
    assert [len(some) for some in ports] == [100, 100]
    assert ports[0] & ports[1] == set()


def test_a_port_that_somebody_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(NotReady, match="is free"):
        free_port([server.getsockname()[1]])


def test_a_port_is_given_once() -> None:
    port = free_port()
    with pytest.raises(NotReady):
        free_port([port])
