"""The cluster's own images: one program of this machine each, on nothing."""

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kubeface.errors import BadInput, Missing
from kubeface.util.process import find, run


@dataclass(frozen=True)
class Recipe:
    """How an image is made of one program.

    Args:
        dockerfile: Its text; copies from a folder that `program` and what `prepare` made are in.
        prepare: Adds files to that folder; gets the folder.
    """

    dockerfile: str
    prepare: Callable[[Path], None] = lambda folder: None


def _link_applets(folder: Path) -> None:
    """Give busybox the names it answers to: sh, ls, mkdir …"""
    names = run([folder / "busybox", "--list"], what="Asking busybox what it can do").split()
    (folder / "bin").mkdir()
    (folder / "busybox").rename(folder / "bin" / "busybox")
    for name in set(names) - {"busybox"}:
        (folder / "bin" / name).symlink_to("busybox")


RECIPES: Mapping[str, Recipe] = {
    "pause": Recipe('FROM scratch\nCOPY catatonit /\nUSER 65535:65535\nENTRYPOINT ["/catatonit", "-P"]\n'),
    "busybox": Recipe('FROM scratch\nCOPY bin /bin/\nENV PATH=/bin\nCMD ["sh"]\n', _link_applets),
    "coredns": Recipe('FROM scratch\nCOPY coredns /\nEXPOSE 53 53/udp\nENTRYPOINT ["/coredns"]\n'),
    "metrics-server": Recipe(
        'FROM scratch\nCOPY metrics-server /\nUSER 10001:10001\nENTRYPOINT ["/metrics-server"]\n'
    ),
}
#: The program that each image is made of.
PROGRAMS = {
    "pause": "catatonit",
    "busybox": "busybox",
    "coredns": "coredns",
    "metrics-server": "metrics-server",
}


def program(name: str, binaries: Mapping[str, Path]) -> Path:
    """The program that an image is made of: from `binaries`, else this machine's.

    Raises:
        BadInput: there is no recipe for such an image.
        Missing: the program is not there, or needs libraries that the image would not have.
    """
    if name not in RECIPES:
        raise BadInput(f"The image {name} has neither a folder in the catalog nor a recipe.")
    path = binaries.get(PROGRAMS[name]) or find(PROGRAMS[name])
    if not path.exists():
        raise Missing(f"The image {name} is made of {path}, which does not exist.")
    if _needs_libraries(path):
        raise Missing(
            f"{path} needs shared libraries; the image {name} has none.",
            try_next=f"install a static {PROGRAMS[name]} (on Debian: busybox-static, catatonit)",
        )
    return path


def fingerprint(name: str, path: Path) -> str:
    """A hash that changes when the image would. The program, maybe 80 MB, counts by size and time alone.

    The time in whole seconds: a copy on another file system may have no finer one.
    """
    status = path.stat()
    seen = f"{RECIPES[name].dockerfile}\0{status.st_size}\0{int(status.st_mtime)}"
    return hashlib.sha256(seen.encode()).hexdigest()


def lay_out(name: str, path: Path, folder: Path) -> Path:
    """Fill `folder` with what the image is made of; the Dockerfile."""
    shutil.copy(path, folder / PROGRAMS[name])
    (folder / PROGRAMS[name]).chmod(0o755)
    RECIPES[name].prepare(folder)
    for inside in folder.iterdir():
        inside.chmod(0o755)  # whatever the umask: a Pod's user is another
    dockerfile = folder / "Dockerfile"
    dockerfile.write_text(RECIPES[name].dockerfile)
    return dockerfile


def _needs_libraries(path: Path) -> bool:
    """True when the program names a dynamic loader (it has a PT_INTERP segment)."""
    with path.open("rb") as file:
        head = file.read(4096)
    return b"/ld-linux" in head or b"/ld-musl" in head
