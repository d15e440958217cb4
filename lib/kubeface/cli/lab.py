"""From nothing to the first notebook."""

import os
import subprocess
import sys
from collections.abc import Callable

from kubeface import places
from kubeface.errors import CommandFailed
from kubeface.providers.embedded import SOURCE


def everything(*, say: Callable[[str], None]) -> None:
    """Set up, start the cluster, open JupyterLab; with KUBEFACE_NO_BROWSER=1 stop before JupyterLab.

    Each part is a command of its own, so that only those that need root rights get them.
    """
    for command in ("setup", "up"):
        _kubeface(command)
    if os.environ.get("KUBEFACE_NO_BROWSER"):
        say("The cluster is up. Open the course with: .venv/bin/jupyter lab notebooks/00-start-here.ipynb")
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
    }
    options = ["--ip=127.0.0.1", f"--ServerApp.root_dir={SOURCE / 'notebooks'}"]
    # No question about news, and no look for a newer version: nothing leaves the machine.
    options += ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if os.geteuid() == 0:
        options.append("--allow-root")
    command = [sys.executable, "-m", "jupyter", "lab", *options, "00-start-here.ipynb"]
    os.execve(sys.executable, command, environment)  # noqa: S606
