"""Become root through sudo, keeping where the user's things are."""

import contextlib
import os
import shutil
import site
from collections.abc import Iterator
from pathlib import Path

from kubeface import places
from kubeface.errors import Missing
from kubeface.util import environment
from kubeface.util.process import python

#: The option that tells root whose environment to read for what is secret: a proxy's password, say.
ASKED_BY = "--asked-by"
#: What a program started by sudo must still know of the person, beside ours and how the network is reached.
KEPT = ("CI", "TMPDIR")


def can_become_root() -> bool:
    """True for root, and where there is sudo."""
    return os.geteuid() == 0 or shutil.which("sudo") is not None


def become_root(arguments: list[str]) -> None:
    """Return at once for root; otherwise run kubeface again through sudo, in this process's place.

    Raises:
        Missing: the user is not root and there is no sudo, or root would not find this library.
    """
    if os.geteuid() == 0:
        return
    if Path(__file__).is_relative_to(site.getusersitepackages()):
        raise Missing(
            "Nodes need root rights, and root does not see kubeface: it is installed for your account alone.",
            try_next="pipx install kubeface, or pip install kubeface in a virtual environment",
        )
    sudo = shutil.which("sudo")
    if sudo is None:
        raise Missing(
            "Nodes need root rights, and there is no sudo here.", try_next="run the same command as root"
        )
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith("KUBEFACE_")}
    kept["PATH"] = environment.search_path()
    kept["KUBEFACE_CACHE"] = str(places.cache())
    kept["KUBEFACE_KUBECONFIG"] = str(places.kubeconfig())
    kept["PYTHONDONTWRITEBYTECODE"] = "1"  # root's files in the user's checkout would be in the way
    settings = [f"{name}={value}" for name, value in kept.items()]
    asked = python("-m", "kubeface", ASKED_BY, str(os.getpid()), *arguments)
    os.execv(sudo, [sudo, "env", *settings, *asked])  # noqa: S606


def take_over(arguments: list[str]) -> list[str]:
    """Started by `become_root`: know how the person reaches the network; the arguments that are left.

    Not told on the command line, which everybody can read. sudo stands in the place of the process that
    asked, with its environment, which root can read.
    """
    if arguments[:1] != [ASKED_BY]:
        return arguments
    entries = Path(f"/proc/{int(arguments[1])}/environ").read_bytes().split(b"\0")
    told = (os.fsdecode(entry).partition("=") for entry in entries)
    os.environ.update({name: value for name, _, value in told if name in environment.NETWORK})
    return arguments[2:]


def give_to_user(path: Path) -> None:
    """Under sudo, let what lies in the user's home belong to the user."""
    if os.geteuid() == 0 and "SUDO_UID" in os.environ:
        os.chown(path, int(os.environ["SUDO_UID"]), int(os.environ["SUDO_GID"]), follow_symlinks=False)


def make_user_folder(folder: Path) -> None:
    """Make a folder and those above it; under sudo, what is new belongs to the user."""
    for path in reversed((folder, *folder.parents)):
        if not path.exists():
            path.mkdir()
            give_to_user(path)


@contextlib.contextmanager
def as_person() -> Iterator[None]:
    """Under sudo, work with the rights of who typed it, so that what is made is theirs; else as we are."""
    if os.geteuid() != 0 or "SUDO_UID" not in os.environ:
        yield
        return
    group = os.getegid()
    os.setegid(int(os.environ["SUDO_GID"]))
    os.seteuid(int(os.environ["SUDO_UID"]))
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
