"""The Debian that every Dockerfile starts from, made on this machine by mmdebstrap."""

import hashlib
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from kubeface.errors import CommandFailed
from kubeface.images.storage import Storage
from kubeface.util.process import find, run

#: The name that the Dockerfiles give their base, so that plain `docker build` pulls the public one.
NAME = "docker.io/library/debian:bookworm-slim"
SUITE = "bookworm"
#: No file gets a newer time, so that the same packages give the same bytes (chosen: bookworm's release).
EPOCH = 1686355200

_LEAN = 'rm -rf "$1"/var/cache/debconf/*-old "$1"/var/lib/dpkg/*-old "$1"/var/log/*.log "$1"/var/log/apt/*'
#: What a build mounts over must exist, else each image would get an empty file of that name.
_MOUNT_POINTS = 'cd "$1/etc" && rm -f resolv.conf && touch resolv.conf hosts hostname pip.conf'
_NO_ARCHIVES = """echo 'DPkg::Post-Invoke {"rm -f /var/cache/apt/archives/*.deb";};' \
  > "$1"/etc/apt/apt.conf.d/99container"""
#: apt and dpkg keep these settings: what an image installs later is as lean as the base.
RECIPE = (
    "--variant=minbase",
    "--include=ca-certificates",
    "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",  # else usrmerge brings all of Perl, 50 MB
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/info/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=Dir::Cache::pkgcache ""',
    '--aptopt=Dir::Cache::srcpkgcache ""',
    f"--customize-hook={_NO_ARCHIVES}",
    f"--customize-hook={_LEAN}",
    f"--customize-hook={_MOUNT_POINTS}",
    SUITE,
)
_DOCKERFILE = """\
FROM scratch
ADD {tar} /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["bash"]
"""


def recipe() -> str:
    """A hash of everything we decide about the base: 64 hexadecimal digits."""
    return hashlib.sha256(
        "\n".join([*RECIPE, _DOCKERFILE, str(EPOCH), platform.machine()]).encode()
    ).hexdigest()


def archive(storage: Storage) -> Path:
    """The base as an archive, from which a lost storage is filled again."""
    return storage.cache / "base" / f"{SUITE}-{recipe()[:12]}.tar"


def ensure(storage: Storage, *, say: Callable[[str], None]) -> None:
    """Have the base in the storage; at once when it is there and its recipe is still the same.

    Raises:
        Missing: mmdebstrap or buildah is not installed.
        CommandFailed: a package could not be fetched, for example without a network.
    """
    known = storage.recall().get("base", {})
    if known.get("inputs") == recipe() and NAME in storage.images().get(known.get("image", ""), []):
        return
    path = archive(storage)
    if not path.exists():
        _make(path, say)
    identifier = _import(path, storage)
    storage.remember("base", inputs=recipe(), image=identifier)


def _make(path: Path, say: Callable[[str], None]) -> None:
    """Fetch Debian's packages and pack them; the archive appears whole or not at all."""
    program = find("mmdebstrap")
    path.parent.mkdir(parents=True, exist_ok=True)
    say("Making the Debian base (about a minute)")
    start = time.monotonic()
    aside = path.with_suffix(".part")
    try:
        command = [str(program), "--format=tar", *RECIPE, str(aside)]
        run(command, what="Making the Debian base", timeout_s=1200, env={"SOURCE_DATE_EPOCH": str(EPOCH)})
    except CommandFailed as error:
        hint = "check that this machine reaches Debian's packages (network, proxy), then run this again"
        raise CommandFailed(error.what, seen=error.seen, try_next=error.try_next or hint) from error
    for old in path.parent.glob("*.tar"):
        old.unlink()
    aside.rename(path)
    size_mb = path.stat().st_size / 1e6
    say(f"Made the Debian base: {size_mb:.0f} MB in {time.monotonic() - start:.0f} s")


def _import(path: Path, storage: Storage) -> str:
    with tempfile.TemporaryDirectory() as folder:
        dockerfile = Path(folder) / "Dockerfile"
        dockerfile.write_text(_DOCKERFILE.format(tar=path.name))
        return storage.build("base", "-f", dockerfile, "-t", NAME, context=path.parent)
