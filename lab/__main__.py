"""`make lab-image`: the image kubeface/lab, and an archive of it that `docker load` reads.

What `kubeface setup` has made here comes along: the programs, the pipeline's images, the photos. Nothing is
fetched at a learner's but this image.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kubeface import images, places
from kubeface.cli import setup
from kubeface.errors import KubefaceError
from kubeface.images import base
from kubeface.images.build import host_settings
from kubeface.images.registry_data import copy_images, kept_in
from kubeface.images.storage import Storage
from kubeface.local.toolchain import COMPONENTS, Toolchain
from kubeface.places import SOURCE
from kubeface.util.process import run

Say = Callable[[str], None]

HERE = Path(__file__).parent
NAME = "kubeface/lab"


def main() -> int:
    """The exit code: 0 when the image is there."""
    folder = Path(sys.argv[1]).resolve()
    try:
        make(folder, _say)
    except KubefaceError as error:
        print(f"lab-image: {error}", file=sys.stderr)
        return 1
    return 0


def make(folder: Path, say: Say) -> None:
    """Build it in the cache's storage, and write the archive into the folder."""
    setup.everything(for_tests=False, say=say)
    storage = Storage(places.cache())
    version = run([sys.executable, "-m", "hatchling", "version"], what="Asking for the version", cwd=SOURCE)
    archive = folder / f"kubeface-lab-{version.strip()}.tar"
    label = f"--label=org.opencontainers.image.version={version.strip()}"
    with context(storage.cache) as laid_out, storage.alone(say):
        base.ensure(storage, say=say)
        say(f"Building {NAME}")
        dockerfile = laid_out / "Dockerfile"
        image = storage.build("lab", *host_settings(), label, "-f", dockerfile, "-t", NAME, context=laid_out)
        save(storage, image, archive)
    say(f"{archive}: {archive.stat().st_size / 1e6:.0f} MB, for docker load")


@contextmanager
def context(cache: Path) -> Iterator[Path]:
    """A folder with all that the Dockerfile copies; files of the cache are linked, not copied."""
    with tempfile.TemporaryDirectory(dir=cache, prefix="lab-") as name:
        folder = Path(name)
        for file in ("Dockerfile", "open.py"):
            shutil.copy2(HERE / file, folder)
        _python(folder)
        _cache(cache, folder / "cache")
        yield folder


def _python(folder: Path) -> None:
    """The wheel, and what it depends on at the versions that the lock file has."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    run(build, what="Building the wheel", cwd=SOURCE, timeout_s=300)
    uv = shutil.which("uv") or places.cache() / "uv" / "bin" / "uv"
    export = [uv, "export", "--locked", "--no-dev", "--no-emit-project", "--quiet"]
    run([*export, "-o", folder / "requirements.txt"], what="Reading the lock file", cwd=SOURCE)


def _cache(cache: Path, target: Path) -> None:
    """As far as a cluster needs it: no layers to build on, and of the registry what the catalog has."""
    tools = Toolchain(cache)
    for component in COMPONENTS:
        _link(tools.folder(component), target / "toolchain" / tools.folder(component).name)
    _link(cache / "photos", target / "photos")
    shutil.copy2(cache / "images.json", target)
    wanted = [image.ref for image in images.load(SOURCE)]
    missing = set(wanted) - set(copy_images(wanted, kept_in(cache), kept_in(target)))
    if missing:
        raise KubefaceError(
            f"The registry lacks {', '.join(sorted(missing))}.", try_next="kubeface up, which fills it"
        )


def _link(source: Path, target: Path) -> None:
    shutil.copytree(source, target, copy_function=os.link)


def save(storage: Storage, image: str, archive: Path) -> None:
    """Write the archive that `docker load` reads."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.unlink(missing_ok=True)  # an archive is never written over another
    where = f"docker-archive:{archive}:{NAME}:latest"
    storage.buildah("push", "--quiet", image, where, what="Writing the archive", timeout_s=600)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
