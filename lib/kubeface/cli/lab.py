"""From nothing to the first notebook."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from kubeface import places
from kubeface.errors import CommandFailed
from kubeface.providers.embedded import SOURCE

#: What JupyterLab opens.
FIRST = "00-start-here.ipynb"
#: The command that this is, wherever it was called from.
COMMAND = Path(sys.executable).parent / "kubeface"
#: Settings of JupyterLab's own: no question about news, which nothing here would fetch.
CONFIG = Path(__file__).parent / "jupyter"


def everything(*, say: Callable[[str], None]) -> None:
    """Set up, start the cluster, open JupyterLab; with KUBEFACE_NO_BROWSER=1 stop before JupyterLab.

    Each part is a command of its own, so that only those that need root rights get them.
    """
    for command in ("setup", "up"):
        _kubeface(command)
    if os.environ.get("KUBEFACE_NO_BROWSER"):
        say(f"The cluster is up. Open the course with: {shlex.quote(str(COMMAND))} lab")
        return
    _become_jupyter()


def _kubeface(command: str) -> None:
    done = subprocess.run([sys.executable, "-m", "kubeface", command], check=False)
    if done.returncode != 0:
        raise CommandFailed(f"kubeface {command} did not succeed.", seen="what it said stands above")


def _become_jupyter() -> None:
    """JupyterLab in this process's place: on loopback, with a token, and kubectl on its PATH."""
    environment = {
        **os.environ,
        "KUBECONFIG": str(places.kubeconfig()),
        "PATH": f"{places.programs()}:{os.environ['PATH']}",
        "JUPYTER_CONFIG_PATH": before(CONFIG, os.environ.get("JUPYTER_CONFIG_PATH")),
    }
    options = ["--ip=127.0.0.1", f"--ServerApp.root_dir={SOURCE / 'notebooks'}"]
    options.append(f"--LabApp.default_url=/lab/tree/{FIRST}")  # where the printed URL leads, too
    options.append("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")
    if os.geteuid() == 0:
        options.append("--allow-root")
    os.execve(sys.executable, [sys.executable, "-m", "jupyter", "lab", *options], environment)  # noqa: S606


def before(first: Path, path: str | None) -> str:
    """A search path with a folder in front of those that were there.

    >>> before(Path("/a"), "/b:/c"), before(Path("/a"), None)
    ('/a:/b:/c', '/a')
    """
    return os.pathsep.join(filter(None, (str(first), path)))
