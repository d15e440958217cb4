"""What every test may ask for: the compiled programs, and the cluster of the course."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubeface import places
from kubeface.embedded.toolchain import Toolchain

_TOOLS = Toolchain(places.cache())

#: The tests' servers are real: an etcd, an API server, an nsqd, taken from the cache.
os.environ.setdefault("KUBEFACE_ETCD", str(_TOOLS.folder("etcd") / "server"))
os.environ.setdefault("KUBEFACE_K8S_BIN", str(_TOOLS.folder("kubernetes")))
os.environ.setdefault("KUBEFACE_KUBECTL", str(_TOOLS.folder("kubernetes") / "kubectl"))
os.environ.setdefault("KUBEFACE_NSQ_BIN", str(_TOOLS.folder("nsq")))


#: Not the learner's cluster: tests delete what they find. It stands beside it and is gone afterwards.
#: KUBEFACE_TESTS gives another name, where somebody else tests on the same machine.
CLUSTER = os.environ.get("KUBEFACE_TESTS", "test")


@pytest.fixture(scope="session")
def course() -> Iterator[Path]:
    """The kubeconfig of a running cluster like the course's; kernels and kubectl find it too."""
    with (places.cache() / f"{CLUSTER}s.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second run on this machine waits for the first
        os.environ["KUBEFACE_KUBECONFIG"] = str(places.kubeconfig().with_name(f"{CLUSTER}.kubeconfig"))
        _kubeface("down", "--purge", "--name", CLUSTER)  # left by a run that was cut off
        _kubeface("up", "--name", CLUSTER)
        yield places.kubeconfig()
        _kubeface("down", "--purge", "--name", CLUSTER)
        del os.environ["KUBEFACE_KUBECONFIG"]


def _kubeface(*arguments: str) -> None:
    command = [sys.executable, "-m", "kubeface", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"kubeface {' '.join(arguments)}\n{done.stdout}{done.stderr}"
