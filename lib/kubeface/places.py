"""Where kubeface keeps things of the user's: one cache, one kubeconfig, one kubectl, a folder to work in."""

import os
import pwd
import sysconfig
from pathlib import Path

#: The course's own cluster.
COURSE = "face"
#: What its kubeconfig calls it: the file, the cluster and the context.
CONTEXT = "kube-face-cluster"
#: In an installed package: what a checkout has beside its library. See `pyproject.toml`.
_PACKED = Path(__file__).resolve().parent / "course"
#: The course's source, with notebooks, images and manifests: the checkout, or what the package has brought.
SOURCE = _PACKED if _PACKED.is_dir() else Path(__file__).resolve().parents[2]
#: In a learner's own folder: what the course has given.
RECORD = ".kubeface"


def cache() -> Path:
    """Compiled programs, images, photos; KUBEFACE_CACHE names another folder. Safe to delete."""
    named = os.environ.get("KUBEFACE_CACHE")
    return Path(named).expanduser().absolute() if named else Path.home() / ".cache" / "kubeface"


def cluster() -> str:
    """The name of the cluster that is meant when nobody names one; KUBEFACE_CLUSTER names another."""
    return os.environ.get("KUBEFACE_CLUSTER") or COURSE


def kubeconfig(name: str | None = None) -> Path:
    """The kubeconfig of a cluster, by default of `cluster()`. `~/.kube/config` is never touched.

    KUBEFACE_KUBECONFIG names another file for `cluster()`; those of other clusters lie beside it.
    """
    named = os.environ.get("KUBEFACE_KUBECONFIG")
    meant = Path(named).expanduser().absolute() if named else None
    if meant and name in (None, cluster()):
        return meant
    folder = meant.parent if meant else Path.home() / ".config" / "kubeface"
    name = name or cluster()
    return folder / f"{CONTEXT if name == COURSE else name}.kubeconfig"


def programs() -> Path:
    """The folder that holds `kubectl`, for PATH; made with the cluster."""
    return cache() / "bin"


def commands() -> Path:
    """The folder that holds `kubeface`, for PATH; made with the package."""
    return Path(sysconfig.get_path("scripts"))


def folder() -> Path:
    """The learner's own folder: notebooks, manifests, photos; KUBEFACE_FOLDER names another one."""
    named = os.environ.get("KUBEFACE_FOLDER")
    return Path(named).expanduser().absolute() if named else default_folder()


def default_folder() -> Path:
    """`~/kubeface`; where the course itself lies in that, `~/kubeface-course`. Under sudo, of who typed it.

    It does where `~/kubeface` is the checkout, or has the environment that kubeface is installed in.
    """
    own = _home() / "kubeface"
    is_learners = (own / RECORD).is_dir()
    return (
        own.with_name("kubeface-course") if SOURCE.is_relative_to(own.resolve()) and not is_learners else own
    )


def folder_here() -> Path | None:
    """The learner's own folder that this process works in, or below; None anywhere else."""
    try:
        here = Path.cwd()
    except FileNotFoundError:  # it was deleted
        return None
    for one in (here, *here.parents):
        if (one / RECORD).is_dir():
            return one
        if one == SOURCE:
            break
    return None


def _home() -> Path:
    home, person = Path.home(), os.environ.get("SUDO_UID")
    if os.geteuid() == 0 and person and home == Path(pwd.getpwuid(0).pw_dir):
        return Path(pwd.getpwuid(int(person)).pw_dir)
    return home
