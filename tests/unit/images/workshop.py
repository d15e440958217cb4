"""A checkout and a cache of the test's own, with a base small enough to build on in a second."""

import shutil
import subprocess
import tarfile
from pathlib import Path

from kubeface.images import Built, base, build_all
from kubeface.images.storage import Storage

CATALOG = "- {name: greeter, tag: v1, folder: images/greeter}\n- {name: pause, tag: v1}\n"
GREETER = f"FROM {base.NAME}\nCOPY images/greeter/words /words/\nRUN cat /words/* > /said\n"


class Workshop:
    """Builds from one checkout into one cache, and keeps what was said."""

    def __init__(self, source: Path, cache: Path) -> None:
        self.source = source
        self.cache = cache
        self.said: list[str] = []

    def write(self, path: str, text: str) -> Path:
        file = self.source / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def build(self, **options: object) -> dict[str, Built]:
        self.said.clear()
        arguments = {"binaries": {}, "say": self.said.append, **options}
        every = build_all(cache=self.cache, source=self.source, **arguments)
        return {built.image.name: built for built in every}

    def inside(self, built: Built, path: str) -> str | None:
        """The text of a file in an image; None when there is none."""
        buildah = Storage(self.cache).command
        container = run([*buildah, "from", "--pull-never", built.id])
        try:
            file = Path(run([*buildah, "mount", container]) + path)
            return file.read_text() if file.is_file() else None
        finally:
            run([*buildah, "rm", container])


def run(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def small_base(cache: Path) -> None:
    """Where the Debian archive would be: busybox alone. Every step after it is the real one."""
    archive = base.archive(Storage(cache))
    archive.parent.mkdir(parents=True)
    busybox = shutil.which("busybox")
    assert busybox, "these tests build images with busybox: apt install busybox-static"
    with tarfile.open(archive, "w") as tar:
        tar.add(busybox, "bin/busybox")
        for name in ("sh", "cat", "test", "ls"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
