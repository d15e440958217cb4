"""Which Linux this is, by its os-release file, and what its users type to install a package."""

import os
import shlex
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: The first one that is there is read, and no other (os-release(5)).
OS_RELEASE = (Path("/etc/os-release"), Path("/usr/lib/os-release"))
KERNEL = Path("/proc/sys/kernel/osrelease")
#: What Docker puts into a container.
DOCKER = Path("/.dockerenv")

#: A family of systems whose packages have the same names → how a person installs one.
FAMILIES = {
    "debian": "apt install",
    "fedora": "dnf install",
    "arch": "pacman -S",
    "suse": "zypper install",
    "alpine": "apk add",
}
#: What a system calls itself, or one that it is like, where that is no family's own name.
_ALIASES = {"ubuntu": "debian", "rhel": "fedora", "centos": "fedora", "opensuse": "suse", "sles": "suse"}


@dataclass(frozen=True)
class System:
    """A Linux distribution.

    Args:
        name: As it calls itself: `Fedora Linux`.
        family: One of `FAMILIES`; empty where it is none of them.
    """

    name: str
    family: str = ""

    @property
    def install(self) -> str:
        """What a person types to install a package; empty where that is not known."""
        return FAMILIES.get(self.family, "")


def read(text: str) -> System:
    """The system that an os-release file describes: the nearest family counts, its own ID before ID_LIKE.

    >>> read('NAME="Linux Mint"\\nID=linuxmint\\nID_LIKE="ubuntu debian"')
    System(name='Linux Mint', family='debian')
    >>> read("NAME=NixOS\\nID=nixos")
    System(name='NixOS', family='')
    """
    said = dict(_assignments(text.splitlines()))
    words = [said.get("ID", ""), *said.get("ID_LIKE", "").split()]
    families = (_ALIASES.get(word, word) for word in (one.lower().partition("-")[0] for one in words))
    return System(
        said.get("NAME") or said.get("ID") or "this system", next(filter(FAMILIES.get, families), "")
    )


def this(files: Iterable[Path] = OS_RELEASE) -> System:
    """The system of this machine; one of no family where no file describes it."""
    for file in files:
        with suppress(OSError):
            return read(file.read_text(errors="replace"))
    return System("this system")


def wsl_advice(kernel: Path = KERNEL) -> str:
    """What helps where the kernel is one of Windows' and lacks something; empty elsewhere."""
    try:
        release = kernel.read_text().lower()
    except OSError:
        return ""
    if "microsoft" not in release:
        return ""
    if "microsoft-standard" in release:
        return "In PowerShell, `wsl --update` and then `wsl --shutdown` bring WSL2's newest kernel."
    return "This is WSL1, which has no Linux kernel: `wsl --set-version NAME 2` in PowerShell makes it WSL2."


def is_container(mark: Path = DOCKER) -> bool:
    """Whether a container engine runs us: Docker says so by a file, others by the variable `container`."""
    return "container" in os.environ or mark.exists()


def module_advice(module: str) -> str:
    """What helps where a module is not to be had: elsewhere than in a container or on Windows, nothing."""
    if not is_container():
        return wsl_advice()
    return (
        f"A container has the modules of the machine that runs it: there, `sudo modprobe {module}`; "
        "or start the container with `-v /lib/modules:/lib/modules:ro` as well."
    )


def _assignments(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        name, is_one, value = line.strip().partition("=")
        if is_one and not name.startswith("#"):
            yield name, _unquoted(value)


def _unquoted(value: str) -> str:
    try:
        return " ".join(shlex.split(value))
    except ValueError:  # a quote that is not closed
        return value.strip("\"'")
