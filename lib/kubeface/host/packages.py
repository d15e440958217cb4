"""The system's programs that kubeface needs: the one list, for every place that asks."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kubeface.errors import Missing
from kubeface.host.process import ADMIN_PATHS, run


@dataclass(frozen=True)
class Package:
    """A program, the Debian package that brings it, and what it is for."""

    program: str
    debian: str
    purpose: str
    tests_only: bool = False

    @property
    def is_installed(self) -> bool:
        """True when the program is on this machine."""
        path = os.pathsep.join((os.environ.get("PATH", os.defpath), *ADMIN_PATHS))
        return shutil.which(self.program, path=path) is not None

    @property
    def sentence(self) -> str:
        """What is missing, why it is needed, and how to get it."""
        return f"{self.program} is missing: it {self.purpose}. On Debian or Ubuntu: apt install {self.debian}"


PACKAGES = (
    Package("runc", "runc", "starts the containers"),
    Package("iptables", "iptables", "carries out the Services of Kubernetes on each node"),
    Package("nsenter", "util-linux", "enters the network of a node"),
    Package("unshare", "util-linux", "gives each node its own processes and mounts"),
    Package("mount", "mount", "mounts volumes into Pods"),
    Package("buildah", "buildah", "builds the container images"),
    Package("mmdebstrap", "mmdebstrap", "makes the images' Debian base"),
    Package("catatonit", "catatonit", "is the process that holds a Pod's network"),
    Package("busybox", "busybox-static", "prepares volumes"),
    Package("git", "git", "tells which files belong to the project", tests_only=True),
    Package(
        "mariadbd", "mariadb-server", "is the database that the services are tested with", tests_only=True
    ),
    Package("chromium", "chromium", "opens the pages that are tested", tests_only=True),
)


def missing(*, for_tests: bool = False) -> list[Package]:
    """The packages whose program is not on this machine."""
    return [p for p in PACKAGES if (for_tests or not p.tests_only) and not p.is_installed]


def install_missing(*, for_tests: bool, say: Callable[[str], None]) -> None:
    """Install what is missing with apt. Raises `Missing`, naming each, where there is no apt."""
    wanted = missing(for_tests=for_tests)
    if not wanted:
        return
    sentences = "\n".join(package.sentence for package in wanted)
    if shutil.which("apt-get") is None:
        raise Missing("Programs are missing, and this system has no apt to install them.", seen=sentences)
    names = sorted({package.debian for package in wanted})
    say(f"Installing {', '.join(names)}")
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300"]
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    run([*apt, "update"], what="Updating the package list", timeout_s=600)
    with _services_left_off():
        run(
            [*apt, "install", "-y", "--no-install-recommends", *names],
            what=f"Installing {', '.join(names)}",
            timeout_s=1800,
            env=env,
        )


@contextlib.contextmanager
def _services_left_off() -> Iterator[None]:
    """Keep the packages from starting their services: we want the programs alone."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()
