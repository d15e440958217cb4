"""`kubeface shell`: a shell, or one command, in which kubectl and kubeface use one cluster."""

import os
import pwd
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

from kubeface import places
from kubeface.errors import BadInput

FILES = Path(__file__).parent / "shells"
#: Shells of people who may not log in.
_NO_SHELLS = ("nologin", "false")
#: Shells that read the file that $ENV names.
_PLAIN = ("sh", "dash", "ash", "ksh", "mksh")


def environment(name: str) -> dict[str, str]:
    """The environment of this process, with a cluster's settings added."""
    path = os.pathsep.join([*_folders(), os.environ.get("PATH", os.defpath)])
    return {**os.environ, **_settings(name), "PATH": path}


def exports(name: str) -> str:
    """A cluster's settings as lines for a shell to evaluate."""
    lines = [f"export {key}={shlex.quote(value)}" for key, value in _settings(name).items()]
    folders = shlex.quote(os.pathsep.join(_folders()))
    return "\n".join([*lines, f'export PATH={folders}:"$PATH"'])


def interactive(name: str) -> list[str]:
    """The command for the user's own shell, with the settings of a cluster.

    The settings hold after the files that the shell reads at its start, which often set PATH or KUBECONFIG.
    """
    shell = _users_shell()
    match Path(shell).name:
        case "bash":
            return _told(name, shell, "--rcfile", str(FILES / "bashrc"))
        case "zsh":
            own = os.environ.get("ZDOTDIR", "")
            return _told(name, shell, ZDOTDIR=str(FILES / "zsh"), KUBEFACE_USER_FILES=own)
        case "fish":
            return [shell, "--init-command", exports(name)]
        case kind if kind in _PLAIN:
            own = os.environ.get("ENV", "")
            return _told(name, shell, ENV=str(FILES / "shrc"), KUBEFACE_USER_FILES=own)
    return [shell]


def become(command: Sequence[str], name: str) -> None:
    """Replace this process by a command that runs with the settings of a cluster.

    Raises:
        BadInput: there is no such program.
    """
    settings = environment(name)
    program = shutil.which(command[0], path=settings["PATH"])
    if program is None:
        raise BadInput(f"There is no program {command[0]} on the PATH.")
    os.execve(program, list(command), settings)  # noqa: S606


def _settings(name: str) -> dict[str, str]:
    kubeconfig = str(places.kubeconfig(name))
    settings = {"KUBEFACE_CLUSTER": name, "KUBECONFIG": kubeconfig}
    if "KUBEFACE_KUBECONFIG" in os.environ:  # it named the file of another cluster
        settings["KUBEFACE_KUBECONFIG"] = kubeconfig
    return settings


def _folders() -> list[str]:
    """The folders of kubectl and of kubeface."""
    return [str(places.programs()), str(places.commands())]


def _users_shell() -> str:
    named = [os.environ.get("SHELL", ""), *_shell_of_the_account(), "bash", "sh"]
    found = (shutil.which(one) for one in named if Path(one).name not in _NO_SHELLS)
    return next(filter(None, found), "/bin/sh")


def _shell_of_the_account() -> list[str]:
    try:
        return [pwd.getpwuid(os.getuid()).pw_shell]
    except KeyError:  # an account of a container often has no entry
        return []


def _told(name: str, *command: str, **variables: str) -> list[str]:
    told = {**variables, "KUBEFACE_EXPORTS": exports(name)}
    return ["env", *(f"{key}={value}" for key, value in told.items()), *command]
