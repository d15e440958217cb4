"""`kubeface lab`: set up, start the cluster, open JupyterLab."""

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from kubeface import places
from kubeface.cli import own_folder, shell
from kubeface.errors import CommandFailed
from kubeface.local import names
from kubeface.util.process import foreground, python

#: What JupyterLab opens, in the learner's own folder.
FIRST = "00-start-here.ipynb"
#: Reached from this machine alone.
LOOPBACK = "127.0.0.1"
#: The command that this is, wherever it was called from.
COMMAND = places.commands() / "kubeface"
#: Settings of JupyterLab's own: no question about news, which nothing here would fetch.
CONFIG = Path(__file__).parent / "jupyter"


def everything(
    name: str, folder: Path, *, opens: bool, address: str = LOOPBACK, say: Callable[[str], None]
) -> None:
    """Set up, start the cluster of that name, and open the learner's folder in JupyterLab.

    Each part is a command of its own, so that only those that need root rights get them.

    Args:
        address: What JupyterLab listens on; whoever reaches it still needs the token that it prints.
    """
    own_folder.make(folder)
    _kubeface("setup")
    _kubeface("up", "--name", name)
    own_folder.renew(folder, say)
    if opens:
        _become_jupyter(name, folder, address)
    command = names.command("lab", name).replace("kubeface", shlex.quote(str(COMMAND)), 1)
    if folder != places.default_folder():
        command += f" --folder {shlex.quote(str(folder))}"
    say(f"The cluster is up. Open the course with: {command}")


def _kubeface(*words: str) -> None:
    if foreground(python("-m", "kubeface", *words)) != 0:
        raise CommandFailed(f"kubeface {words[0]} did not succeed.", seen="what it said stands above")


def _become_jupyter(name: str, folder: Path, address: str) -> None:
    """Replace this process by JupyterLab on that address; its kernels and terminals use the cluster."""
    path = before(CONFIG, os.environ.get("JUPYTER_CONFIG_PATH"))
    told = {"JUPYTER_CONFIG_PATH": path, "KUBEFACE_FOLDER": str(folder)}
    environment = {**shell.environment(name), **told}
    options = {
        "ServerApp.ip": address,
        "ServerApp.root_dir": folder,
        "ServerApp.terminado_settings": {"shell_command": shell.interactive(name)},
        "ContentsManager.hide_globs": ["__pycache__"],
        "LabApp.default_url": f"/lab/tree/{FIRST}",  # where the printed URL leads, too
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",  # the other one asks the package index
        "ServerApp.allow_root": os.geteuid() == 0,
    }
    words = [f"--{key}={value}" for key, value in options.items()]
    os.chdir(folder)  # where its terminals begin
    os.execve(sys.executable, [sys.executable, "-m", "jupyter", "lab", *words], environment)  # noqa: S606


def before(first: Path, path: str | None) -> str:
    """Prepend a folder to a search path.

    >>> before(Path("/a"), "/b:/c"), before(Path("/a"), None)
    ('/a:/b:/c', '/a')
    """
    return os.pathsep.join(filter(None, (str(first), path)))
