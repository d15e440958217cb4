"""The real kubectl, always pointed at one cluster on purpose."""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Timer
from typing import IO

from kubeface import places
from kubeface.errors import CommandFailed, Missing
from kubeface.kube.client import Cluster
from kubeface.kube.manifests import Manifest, parse
from kubeface.kube.sent import sent
from kubeface.kube.stand_ins import NOTHING

#: Without a person's aliases and defaults, which could lead elsewhere.
PLAIN = {"KUBERC": "off"}


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


def kubectl(command: str, *, cluster: Cluster | None = None, timeout_s: float = 60) -> None:
    """Run kubectl and print what it prints; a failure fails the cell.

    Args:
        command: As typed in a shell after the word kubectl: `"get pods -o wide"`.
        cluster: Which cluster; without one, the course's own, never `~/.kube/config`.
        timeout_s: How long it may take, in seconds.

    Raises:
        CommandFailed: it ended with an error, or not in time.
        Missing: there is no kubectl, or no kubeconfig.

    >>> kubectl("get namespace default -o name", cluster=cluster)
    namespace/default
    """
    print(run(shlex.split(command), cluster=cluster, timeout_s=timeout_s), end="")


def run(
    arguments: Sequence[str],
    *,
    cluster: Cluster | None = None,
    stdin: bytes | None = None,
    timeout_s: float = 60,
) -> str:
    """What kubectl prints, for the arguments given and the cluster meant.

    Raises:
        CommandFailed: it ended with an error, or not in time.
        Missing: there is no kubectl, or no kubeconfig.
    """
    words, read = _fitted(arguments, stdin or b"", cluster)
    return _run([*_target(cluster), *words], shown=arguments, stdin=read, timeout_s=timeout_s)


def tell(arguments: Sequence[str], *, cluster: Cluster, stdin: str = "", timeout_s: float = 60) -> None:
    """Run kubectl and print what it says, warnings and errors too, as it says it.

    Args:
        arguments: What follows the word kubectl.
        cluster: Whom it speaks to, in its namespace; a namespace among the arguments counts more.
        stdin: What it reads, with `-f -`.
        timeout_s: How long it may take.

    Raises:
        CommandFailed: it ended with an error, which has been printed, or not in time.
        Missing: there is no kubectl, or no kubeconfig.
    """
    what = f"kubectl {shlex.join(arguments)}"
    words, read = _fitted(arguments, stdin.encode(), cluster)
    with tempfile.TemporaryFile() as given:
        given.write(read)
        given.seek(0)
        process = _start([*_target(cluster), *words], given)
    is_late = Event()

    def end() -> None:
        is_late.set()
        process.kill()

    timer = Timer(timeout_s, end)
    timer.start()
    try:
        for line in process.stdout or ():
            print(line, end="", flush=True)
        code = process.wait()
    finally:
        timer.cancel()
        process.kill()
        process.communicate()
    if is_late.is_set():
        raise CommandFailed(f"{what} had not ended after {timeout_s:g} s")
    if code:
        raise CommandFailed(f"{what} ended with {code}")


def _start(arguments: Sequence[str], given: IO[bytes]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(find_kubectl()), *arguments],
        stdin=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=os.environ | PLAIN,
    )


def render(folder: Path | str, *, timeout_s: float = 30) -> list[Manifest]:
    """The objects that `kubectl kustomize` makes of a folder.

    Raises:
        CommandFailed: the kustomization is wrong; kubectl's words are in `seen`.
        Missing: there is no kubectl.
    """
    arguments = ["kustomize", str(folder)]
    return parse(_run(arguments, shown=arguments, stdin=None, timeout_s=timeout_s), source=str(folder))


def _fitted(arguments: Sequence[str], stdin: bytes, cluster: Cluster | None) -> tuple[Sequence[str], bytes]:
    """The arguments and the input as they are, or with what another cluster has in place of the course's."""
    if cluster is None or cluster.stand_ins == NOTHING:
        return arguments, stdin
    return sent(arguments, stdin, cluster.stand_ins, render)


def _target(cluster: Cluster | None) -> list[str]:
    kubeconfig = cluster.kubeconfig if cluster else places.kubeconfig()
    if not kubeconfig.exists():
        raise Missing(f"there is no kubeconfig at {kubeconfig}", try_next="kubeface up")
    chosen = ["--context", cluster.context, "--namespace", cluster.namespace] if cluster else []
    return ["--kubeconfig", str(kubeconfig), *chosen]


def _run(arguments: Sequence[str], *, shown: Sequence[str], stdin: bytes | None, timeout_s: float) -> str:
    what = f"kubectl {shlex.join(shown)}"
    try:
        done = subprocess.run(
            [str(find_kubectl()), *arguments],
            input=stdin or b"",
            capture_output=True,
            timeout=timeout_s,
            check=False,
            env=os.environ | PLAIN,
        )
    except subprocess.TimeoutExpired as late:
        raise CommandFailed(f"{what} had not ended after {timeout_s:g} s") from late
    if done.returncode:
        raise CommandFailed(f"{what} ended with {done.returncode}", seen=_text(done.stderr).strip())
    return _text(done.stdout)


def _text(output: bytes) -> str:
    return output.decode("utf-8", errors="replace")
