"""A cluster of the benchmarks' own, beside whatever else runs: new, and gone afterwards."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubeface.errors import CommandFailed

if TYPE_CHECKING:
    from kubeface.kube import Cluster

NAME = "bench"
NAMESPACE = "face"
COMMAND_S = 3600  # chosen: it may have to build images


@contextlib.contextmanager
def running() -> Iterator["Cluster"]:
    """A new cluster, up; its namespace is that of the pipeline."""
    with gone():
        kubeface("up")
        yield connect()


@contextlib.contextmanager
def gone() -> Iterator[None]:
    """No cluster of this name, before and after."""
    kubeface("down", "--purge")  # left by a run that was cut off
    try:
        yield
    finally:
        kubeface("down", "--purge")


def connect() -> "Cluster":
    """The running cluster."""
    from kubeface.kube import Cluster
    from kubeface.local.cluster import LocalCluster

    return Cluster.connect(LocalCluster(NAME).kubeconfig(), namespace=NAMESPACE)


def kubeface(*arguments: str) -> str:
    """What the command line says; it becomes root where it must."""
    command = [sys.executable, "-m", "kubeface", *arguments, "--name", NAME]
    done = subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_S, check=False)
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
        raise CommandFailed(f"kubeface {' '.join(arguments)} failed", seen=said)
    return done.stdout
