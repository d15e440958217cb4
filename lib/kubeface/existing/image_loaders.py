"""How images get to the nodes of an existing cluster: through a registry, or by the tool that made it."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kubeface.errors import BadInput, CommandFailed, Missing
from kubeface.kube.overrides import REGISTRY
from kubeface.util.finding import Finding
from kubeface.util.process import python

Say = Callable[[str], None]

#: How the tool that made a cluster loads an archive of an image: the beginning of its contexts' names → its
#: command, in which {context} is the whole name and {name} what follows that beginning.
IMAGE_LOADERS = {
    "kind-": "kind load image-archive --name {name} {archive}",
    "k3d-": "k3d image import --cluster {name} {archive}",
    "minikube": "minikube --profile {context} image load {archive}",
}


def check(context: str, registry: str) -> Finding:
    """Check that images have a way to the nodes of a context.

    Args:
        registry: The registry that the nodes pull from; empty for none.
    """
    if registry:
        return Finding(f"images through {registry}")
    loader = image_loader(context, Path())
    if loader is None:
        problem = (
            f"Nobody has said how images get to the nodes of {context}: "
            "name a registry that they pull from with --registry HOST:PORT."
        )
        return Finding("images", problem)
    program = loader[0]
    if shutil.which(program):
        return Finding(f"images through {program}")
    problem = (
        f"{program} would load the images, and is not on the PATH: add it, or give --registry HOST:PORT."
    )
    return Finding("images", problem)


def bring(context: str, registry: str, say: Say, *, saved: Path | None = None) -> None:
    """Build the images, and push them to the registry or load them by the cluster's tool.

    Args:
        saved: A folder with archives of them, from `kubeface images --save`: then nothing is built.

    Raises:
        BadInput: there is a registry and a folder, or no archive in the folder.
        CommandFailed: the build, the push or the tool did not succeed.
        Missing: there is no such tool.
    """
    if registry and saved:
        raise BadInput(
            f"The nodes of {context} pull from {registry}: archives are not loaded there.",
            try_next=f"kubeface use --context {context}, or first kubeface leave --context {context}",
        )
    if registry == REGISTRY:  # the nodes know the course's own name: whoever arranged that brings them
        return
    if registry:
        _kubeface_images(["--push", registry], say)
        return
    with _archives(saved, say) as archives:
        for archive in archives:
            if loader := image_loader(context, archive):
                _run(loader, say, what=f"Loading {archive.stem}")
                say(f"Loaded {archive.stem}")


@contextlib.contextmanager
def _archives(saved: Path | None, say: Say) -> Iterator[list[Path]]:
    """The archives in a folder; without one, those of the images as they are now, gone afterwards."""
    if saved:
        if not (found := sorted(saved.glob("*.tar"))):
            raise BadInput(
                f"There is no archive of an image in {saved}.",
                try_next=f"kubeface images --save {saved}, on a machine that can build them",
            )
        yield found
        return
    with tempfile.TemporaryDirectory() as folder:
        _kubeface_images(["--save", folder], say)
        yield sorted(Path(folder).glob("*.tar"))


def image_loader(context: str, archive: Path) -> list[str] | None:
    """The command with which the tool that made a cluster loads an archive; None where no tool is known.

    >>> image_loader("minikube", Path("/tmp/nsq.tar"))
    ['minikube', '--profile', 'minikube', 'image', 'load', '/tmp/nsq.tar']
    >>> image_loader("kind-mine", Path("/tmp/nsq.tar"))
    ['kind', 'load', 'image-archive', '--name', 'mine', '/tmp/nsq.tar']
    >>> image_loader("k3d-mine", Path("/tmp/nsq.tar"))
    ['k3d', 'image', 'import', '--cluster', 'mine', '/tmp/nsq.tar']
    """
    for prefix, command in IMAGE_LOADERS.items():
        if context.startswith(prefix):
            known = {"context": context, "name": context.removeprefix(prefix), "archive": archive}
            return [word.format(**known) for word in command.split()]
    return None


def _kubeface_images(options: Sequence[str], say: Say) -> None:
    """Run `kubeface images`, which becomes root by itself.

    Raises:
        CommandFailed: it did not succeed; its words have been said.
    """
    command = python("-m", "kubeface", "images", *options)
    _run(command, say, what=f"kubeface images {' '.join(options)}")


def _run(command: Sequence[str | Path], say: Say, *, what: str) -> None:
    """Run a program to its end, and print its output as it comes.

    Raises:
        CommandFailed: it ended with an error; its words have been said.
        Missing: there is no such program.
    """
    parts = [str(part) for part in command]
    try:
        process = subprocess.Popen(
            parts,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=os.environ | _registry_login(),
        )
    except FileNotFoundError as cause:
        raise Missing(f"{what} needs {parts[0]}, which is not on the PATH.") from cause
    with process:
        for line in process.stdout or ():
            say(line.rstrip())
    if process.returncode:
        raise CommandFailed(f"{what} did not succeed.", seen="what it said stands above")


def _registry_login() -> dict[str, str]:
    """The file of the user's registry logins, for the push, which is done as root."""
    login = Path.home() / ".docker" / "config.json"
    is_told = "REGISTRY_AUTH_FILE" in os.environ or not login.exists()
    return {} if is_told else {"REGISTRY_AUTH_FILE": str(login)}
