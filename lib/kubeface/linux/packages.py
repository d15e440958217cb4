"""The system's programs that kubeface needs: the one list, for every place that asks."""

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kubeface.errors import Missing
from kubeface.linux import systems
from kubeface.linux.systems import System
from kubeface.util import files, locks
from kubeface.util.environment import search_path
from kubeface.util.process import run

#: Debian's packages ask it whether a service may start (invoke-rc.d; Debian Policy 9.3.3).
POLICY = Path("/usr/sbin/policy-rc.d")
OUR_POLICY = """\
#!/bin/sh
# Made by kubeface: no service starts while it installs packages. If it does not run, delete this file.
exit 101
"""


@dataclass(frozen=True)
class Package:
    """A program, the package that brings it, and what it is for.

    Args:
        debian: The package's name on Debian and Ubuntu.
        others: Its name elsewhere, by family of systems, where it is another; empty where none is known.
    """

    program: str
    debian: str
    purpose: str
    tests_only: bool = False
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_installed(self) -> bool:
        """True when the program is on this machine."""
        return _which(self.program) is not None

    @property
    def sentence(self) -> str:
        """What is missing, why it is needed, and how to get it on this machine."""
        system = systems.this()
        name = self.name_on(system)
        how = f"To install it: {system.install} {name}"
        if not name:
            how = f"Which package of {system.name} brings it is not known here; Debian's is {self.debian}"
        return f"{self.program} is missing: it {self.purpose}. {how}"

    def name_on(self, system: System) -> str:
        """The package's name on a system; empty where it is not known."""
        return self.others.get(system.family, self.debian) if system.family else ""


def _which(program: str) -> str | None:
    return shutil.which(program, path=search_path())


_ON_ALPINE = {"alpine": "util-linux-misc"}
#: The names elsewhere are those of Fedora, Arch, openSUSE and Alpine; tried is Debian.
PACKAGES = (
    Package("runc", "runc", "starts the containers"),
    Package(
        "iptables",
        "iptables",
        "carries out the Services of Kubernetes on each node",
        others={"fedora": "iptables-nft", "arch": "iptables-nft"},
    ),
    Package("nsenter", "util-linux", "enters the network of a node", others=_ON_ALPINE),
    Package("unshare", "util-linux", "gives each node its own processes and mounts", others=_ON_ALPINE),
    Package(
        "mount",
        "mount",
        "mounts volumes into Pods",
        others=dict.fromkeys(("fedora", "arch", "suse"), "util-linux"),
    ),
    Package("buildah", "buildah", "builds the container images"),
    Package(
        "mmdebstrap",
        "mmdebstrap",
        "makes the images' Debian base",
        others=dict.fromkeys(
            ("arch", "suse", "alpine"), ""
        ),  # Arch's users build it themselves, from the AUR
    ),
    Package("catatonit", "catatonit", "is the process that holds a Pod's network"),
    Package(
        "busybox",
        "busybox-static",
        "prepares volumes",
        others={"fedora": "busybox", "arch": "busybox"},
    ),
    Package("git", "git", "tells which files belong to the project", tests_only=True),
    Package(
        "mariadbd",
        "mariadb-server",
        "is the database that the services are tested with",
        tests_only=True,
        others=dict.fromkeys(("arch", "suse", "alpine"), "mariadb"),
    ),
    Package("chromium", "chromium", "opens the pages that are tested", tests_only=True),
    Package("zsh", "zsh", "is a shell of learners, which `kubeface shell` opens", tests_only=True),
    Package("fish", "fish", "is a shell of learners, which `kubeface shell` opens", tests_only=True),
)


def missing(*, for_tests: bool = False) -> list[Package]:
    """The packages whose program is not on this machine."""
    return [p for p in PACKAGES if (for_tests or not p.tests_only) and not p.is_installed]


def install_missing(*, for_tests: bool, say: Callable[[str], None]) -> None:
    """Install what is missing with apt. Raises `Missing`, telling how to get each, on other systems."""
    with locks.locked(POLICY.parent):  # one installation at a time
        _remove_our_policy()  # of one that was killed
        if wanted := missing(for_tests=for_tests):
            _install(wanted, say)


def _install(wanted: list[Package], say: Callable[[str], None]) -> None:
    system = systems.this()
    if system.family != "debian" or not _which("apt-get"):
        raise Missing(
            "Programs are missing, and only the apt of Debian and Ubuntu is used without asking.",
            seen="\n".join(package.sentence for package in wanted),
            try_next=_by_hand(wanted, system),
        )
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


def _by_hand(wanted: list[Package], system: System) -> str:
    """What a person can do on a system: one command, and the programs that no known package brings."""
    names = sorted({package.name_on(system) for package in wanted} - {""})
    others = [package.program for package in wanted if not package.name_on(system)]
    parts = [f"{system.install} {' '.join(names)}"] if names else []
    parts += [f"install, as {system.name} does it: {', '.join(others)}"] if others else []
    return "; and ".join(parts)


@contextlib.contextmanager
def _services_left_off() -> Iterator[None]:
    """Keep the packages from starting their services: we want the programs alone."""
    if POLICY.exists():  # the administrator's
        yield
        return
    try:
        files.write(POLICY, OUR_POLICY, mode=0o755)
        yield
    finally:
        _remove_our_policy()


def _remove_our_policy() -> None:
    if POLICY.exists() and POLICY.read_bytes() == OUR_POLICY.encode():
        POLICY.unlink()
