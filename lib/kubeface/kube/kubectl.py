"""The real kubectl, always pointed at one cluster on purpose."""

import os
import shlex
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from numbers import Number
from pathlib import Path
from threading import Event, Timer
from typing import IO, BinaryIO, cast

import yaml

from kubeface import places
from kubeface.calls import fits
from kubeface.errors import BadInput, CommandFailed, Missing
from kubeface.kube.arguments import words
from kubeface.kube.child import child, end
from kubeface.kube.client import Cluster
from kubeface.kube.contexts import current_cluster
from kubeface.kube.kubeconfig import joined, merged
from kubeface.kube.overrides import NO_OVERRIDES
from kubeface.kube.rewrite import rewrite_command
from kubeface.model import gaps
from kubeface.model.manifests import Manifest, parse

#: Without a person's aliases and defaults, which could lead elsewhere.
PLAIN = {"KUBERC": "off"}
#: What `kubectl config` only reads; all else of it changes the kubeconfig.
READS_KUBECONFIG = ("current-context", "get-clusters", "get-contexts", "get-users", "view")


def find_kubectl() -> Path:
    """The kubectl to use: env KUBEFACE_KUBECTL, else the one of kubeface's cluster, else the one on PATH.

    Raises:
        Missing: none is there.
    """
    named = os.environ.get("KUBEFACE_KUBECTL", str(places.programs() / "kubectl"))
    found = named if Path(named).is_file() else shutil.which("kubectl")
    if not found:
        raise Missing(
            "kubectl was not found",
            seen=f"neither {named} nor one on PATH",
            try_next="kubeface up, or set KUBEFACE_KUBECTL",
        )
    return Path(found)


@fits('kubectl("get pods")', command=str, timeout_s=Number)
def kubectl(command: str, *, cluster: Cluster | None = None, timeout_s: float = 60) -> None:
    """Run kubectl and print what it prints; a failure fails the cell.

    Args:
        command: As typed in a shell after the word kubectl: `"get pods -o wide"`.
        cluster: Which cluster, in its namespace where the command names none. Without one, the lesson's;
            outside a lesson the course's own, in the namespace face; never `~/.kube/config`.
        timeout_s: How long it may take, in seconds.

    Raises:
        BadInput: it is no command, or cannot be taken apart.
        CommandFailed: it ended with an error, or not in time.
        Missing: there is no kubectl, or no kubeconfig.

    >>> kubectl("get namespace default -o name", cluster=cluster)
    namespace/default
    """
    try:
        arguments = shlex.split(command)
    except ValueError as odd:
        raise BadInput(f"this command cannot be taken apart: {command}", seen=str(odd)) from odd
    print(run(arguments, cluster=cluster, timeout_s=timeout_s), end="")


def run(
    arguments: Sequence[str],
    *,
    cluster: Cluster | None = None,
    stdin: bytes | None = None,
    timeout_s: float = 60,
) -> str:
    """What kubectl prints, for the arguments given and the cluster meant: without one, as for `kubectl`.

    Raises:
        CommandFailed: it ended with an error, or not in time.
        Missing: there is no kubectl, or no kubeconfig.
    """
    where = cluster or current_cluster()
    fitted, read = _fitted(arguments, stdin or b"", where)
    with pointed_at(where, fitted) as env:
        return _run(fitted, shown=arguments, stdin=read, timeout_s=timeout_s, env=env)


def tell(
    arguments: Sequence[str], *, cluster: Cluster, stdin: str | bytes = b"", timeout_s: float | None = 60
) -> None:
    """Run kubectl and print its output and its errors line by line, as they come.

    Args:
        arguments: What follows the word kubectl.
        cluster: Whom it speaks to, in its namespace; a namespace in the arguments or in a manifest counts
            more.
        stdin: What it reads, with `-f -`.
        timeout_s: How long it may take; None for as long as it likes.

    Raises:
        CommandFailed: it ended with an error, which has been printed, or not in time.
        Missing: there is no kubectl, or no kubeconfig.
    """
    given = stdin.encode() if isinstance(stdin, str) else stdin
    fitted, read = _fitted(arguments, given, cluster)
    is_late = Event()
    with pointed_at(cluster, fitted) as env, _started(fitted, read, subprocess.STDOUT, env) as process:

        def give_up() -> None:
            is_late.set()
            end(process)

        timer = Timer(threading.TIMEOUT_MAX if timeout_s is None else timeout_s, give_up)
        timer.start()
        try:
            with TextIOWrapper(cast(BinaryIO, process.stdout), encoding="utf-8", errors="replace") as told:
                for line in told:
                    print(line, end="", flush=True)
            code = process.wait()
        finally:
            timer.cancel()
    if is_late.is_set():
        raise _late(arguments, timeout_s or threading.TIMEOUT_MAX)
    if is_failure(code, arguments):
        raise CommandFailed(f"{_shown(arguments)} ended with {code}")


@contextmanager
def pointed_at(cluster: Cluster, arguments: Sequence[str] = ()) -> Iterator[dict[str, str]]:
    """The environment in which kubectl and its plugins speak to a cluster, in its namespace by default.

    A kubeconfig of a few lines stands before the cluster's own: the first that has a context counts. So a
    namespace in the arguments or in a manifest counts more than the cluster's, as in a terminal. Commands
    that change the kubeconfig get the cluster's own alone.

    Raises:
        Missing: there is no kubeconfig.
        BadInput: it has no such context any more.
    """
    command = words(arguments)
    if command[:1] == ["config"] and not set(command[1:2]) <= set(READS_KUBECONFIG):
        yield environment(*cluster.kubeconfigs)
        return
    name, context = merged(cluster.kubeconfigs).context(cluster.context)
    meant = {"name": name, "context": {**context, "namespace": cluster.namespace}}
    config = {"apiVersion": "v1", "kind": "Config", "current-context": name, "contexts": [meant]}
    with tempfile.NamedTemporaryFile("w", prefix="kubeface-", suffix=".kubeconfig") as file:
        yaml.safe_dump(config, file)
        file.flush()
        yield environment(Path(file.name), *cluster.kubeconfigs)


def environment(*kubeconfigs: Path) -> dict[str, str]:
    """The environment in which kubectl reads these kubeconfigs, and no settings of a person's."""
    return os.environ | PLAIN | {"KUBECONFIG": joined(kubeconfigs)}


def is_failure(code: int, arguments: Sequence[str]) -> bool:
    """Whether an exit code of kubectl is a failure; 1 of `kubectl diff` means differences."""
    return code != 0 and not (code == 1 and words(arguments)[:1] == ["diff"])


def kustomize(folder: Path | str, *, timeout_s: float = 30) -> list[Manifest]:
    """The objects that `kubectl kustomize` makes of a folder.

    Args:
        folder: It has a `kustomization.yaml`.
        timeout_s: How long kubectl may take, in seconds.

    Raises:
        BadInput: a part of its `kustomization.yaml` is still to be written.
        CommandFailed: the kustomization is wrong; kubectl's words are in `seen`.
        Missing: there is no kubectl.

    >>> from kubeface.pipeline.deploy import manifests_folder
    >>> sorted(one["kind"] for one in kustomize(manifests_folder() / "nsqlookupd"))
    ['Deployment', 'NetworkPolicy', 'Service', 'ServiceAccount']
    """
    file = Path(folder) / "kustomization.yaml"
    arguments = ["kustomize", str(gaps.complete(file).parent if file.is_file() else folder)]
    env = os.environ | PLAIN
    text = _run(arguments, shown=arguments, stdin=b"", timeout_s=timeout_s, env=env)
    return parse(text, source=str(folder))


def _fitted(arguments: Sequence[str], stdin: bytes, cluster: Cluster) -> tuple[Sequence[str], bytes]:
    """The arguments and the input as they are, or with what another cluster has in place of the course's."""
    if cluster.overrides == NO_OVERRIDES:
        return arguments, stdin
    return rewrite_command(arguments, stdin, cluster.overrides, kustomize)


def _run(
    arguments: Sequence[str], *, shown: Sequence[str], stdin: bytes, timeout_s: float, env: dict[str, str]
) -> str:
    with tempfile.TemporaryFile() as errors, _started(arguments, stdin, errors, env) as process:
        try:
            output, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired as late:
            raise _late(shown, timeout_s) from late
        if is_failure(process.returncode, shown):
            errors.seek(0)
            seen = errors.read().decode("utf-8", errors="replace").strip()
            raise CommandFailed(f"{_shown(shown)} ended with {process.returncode}", seen=seen)
    return output.decode("utf-8", errors="replace")


@contextmanager
def _started(
    arguments: Sequence[str], stdin: bytes, stderr: int | IO[bytes], env: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A running kubectl whose standard input is a temporary file."""
    with tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        with child([str(find_kubectl()), *arguments], stdin=given, stderr=stderr, env=env) as process:
            yield process


def _late(arguments: Sequence[str], timeout_s: float) -> CommandFailed:
    return CommandFailed(f"{_shown(arguments)} had not ended after {timeout_s:g} s")


def _shown(arguments: Sequence[str]) -> str:
    return f"kubectl {shlex.join(arguments)}"
