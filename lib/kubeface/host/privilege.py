"""Become root through sudo, keeping where the user's things are."""

import os
import shutil
import sys
from pathlib import Path

from kubeface import places
from kubeface.errors import Missing
from kubeface.host.process import search_path

#: What a program started by sudo must still know: proxies and certificates of the network.
KEPT = (
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "PIP_CERT", "PIP_INDEX_URL", "GOPROXY", "GOFLAGS", "GOSUMDB",
    "CI", "KUBEFACE_MIRROR", "KUBEFACE_CLUSTER",
    "REGISTRY_AUTH_FILE",
)  # fmt: skip


def can_become_root() -> bool:
    """True for root, and where there is sudo."""
    return os.geteuid() == 0 or shutil.which("sudo") is not None


def become_root(arguments: list[str]) -> None:
    """Return at once for root; otherwise run kubeface again through sudo, in this process's place.

    Raises:
        Missing: the user is not root and there is no sudo.
    """
    if os.geteuid() == 0:
        return
    sudo = shutil.which("sudo")
    if sudo is None:
        raise Missing(
            "Nodes need root rights, and there is no sudo here.", try_next="run the same command as root"
        )
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    kept["PATH"] = search_path()
    kept["KUBEFACE_CACHE"] = str(places.cache())
    kept["KUBEFACE_KUBECONFIG"] = str(places.kubeconfig())
    kept["PYTHONDONTWRITEBYTECODE"] = "1"  # root's files in the user's checkout would be in the way
    settings = [f"{name}={value}" for name, value in kept.items()]
    os.execv(sudo, [sudo, "env", *settings, sys.executable, "-m", "kubeface", *arguments])  # noqa: S606


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
