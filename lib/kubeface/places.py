"""Where kubeface keeps things of the user's: one cache, one kubeconfig, one kubectl."""

import os
from pathlib import Path


def cache() -> Path:
    """Compiled programs, images, photos; KUBEFACE_CACHE names another folder. Safe to delete."""
    named = os.environ.get("KUBEFACE_CACHE")
    return Path(named).expanduser().absolute() if named else Path.home() / ".cache" / "kubeface"


def kubeconfig() -> Path:
    """The course's own kubeconfig; KUBEFACE_KUBECONFIG names another. `~/.kube/config` is never touched."""
    named = os.environ.get("KUBEFACE_KUBECONFIG")
    if named:
        return Path(named).expanduser().absolute()
    return Path.home() / ".config" / "kubeface" / "kube-face-cluster.kubeconfig"


def programs() -> Path:
    """The folder that holds `kubectl`, for PATH; made with the cluster."""
    return cache() / "bin"
