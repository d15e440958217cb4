"""What every test may ask for: the compiled programs, and the cluster of the course."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubeface import places
from kubeface.local.toolchain import Toolchain
from left_behind import Guard, end_in_order

_TOOLS = Toolchain(places.cache())

#: The tests' servers are real: an etcd, an API server, an nsqd, taken from the cache.
os.environ.setdefault("KUBEFACE_ETCD", str(_TOOLS.folder("etcd") / "server"))
os.environ.setdefault("KUBEFACE_K8S_BIN", str(_TOOLS.folder("kubernetes")))
os.environ.setdefault("KUBEFACE_KUBECTL", str(_TOOLS.folder("kubernetes") / "kubectl"))
os.environ.setdefault("KUBEFACE_NSQ_BIN", str(_TOOLS.folder("nsq")))


pytest_plugins = ["shards", "suite_report"]
GUARD = pytest.StashKey[Guard]()

#: Not the learner's cluster: tests delete what they find. It stands beside it and is gone afterwards.
CLUSTER = "test"


def pytest_configure(config: pytest.Config) -> None:
    """However the run ends, nothing of it stays on the machine."""
    end_in_order()
    config.stash[GUARD] = Guard()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last of all: what is still there is ended."""
    config.stash[GUARD].end()


@pytest.fixture(scope="session")
def guard(pytestconfig: pytest.Config) -> Guard:
    """Who takes a cluster down when this run cannot any more."""
    return pytestconfig.stash[GUARD]


@pytest.fixture(scope="session")
def course(guard: Guard) -> Iterator[Path]:
    """The kubeconfig of a running cluster like the course's; kernels and kubectl find it too."""
    with guard.alone(places.cache() / "tests.lock"):  # a second run on this machine waits for the first
        os.environ["KUBEFACE_KUBECONFIG"] = str(places.kubeconfig().with_name(f"{CLUSTER}.kubeconfig"))
        _kubeface("down", "--purge", "--name", CLUSTER)  # left by a run that was cut off
        with guard.holding(CLUSTER):
            _kubeface("up", "--name", CLUSTER)
            yield places.kubeconfig()
            _kubeface("down", "--purge", "--name", CLUSTER)
        del os.environ["KUBEFACE_KUBECONFIG"]


def _kubeface(*arguments: str) -> None:
    command = [sys.executable, "-m", "kubeface", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"kubeface {' '.join(arguments)}\n{done.stdout}{done.stderr}"
