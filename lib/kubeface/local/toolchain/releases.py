"""Download official release binaries, for the components that have some.

What comes is checked against the checksum that is published beside it, and each program has to start here.
"""

import hashlib
import os
import re
import subprocess
import tarfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from kubeface.errors import CommandFailed
from kubeface.linux import kernel
from kubeface.util import http_client

if TYPE_CHECKING:
    import httpx

#: How long to try whether a release can be had (chosen: compiling is the other way, and takes minutes).
TRY_S = 3.0
#: How long a server may be silent while it sends.
SILENCE_S = 30.0
CHUNK = 1 << 20
OTHER_WAY = "kubeface setup --components build"


@dataclass(frozen=True)
class Release:
    """Where the release of a component is.

    Args:
        folder: Its URL.
        files: What to fetch from there: programs, or one archive of them.
        checksum: The name of the file with the SHA-256 of a file.
        programs: The names that the programs have in our folder, by their own; empty for no archive.
    """

    folder: str
    files: tuple[str, ...]
    checksum: str
    programs: tuple[tuple[str, str], ...] = ()


def _same(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, name) for name in names)


#: {tag} is v1.2.3, {version} is 1.2.3, {arch} is amd64.
RELEASES = {
    "kubernetes": Release(
        "https://dl.k8s.io/release/{tag}/bin/linux/{arch}",
        ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"),
        "{file}.sha256",
    ),
    "etcd": Release(
        "https://github.com/etcd-io/etcd/releases/download/{tag}",
        ("etcd-{tag}-linux-{arch}.tar.gz",),
        "SHA256SUMS",
        (("etcd", "server"),),
    ),
    "containerd": Release(
        "https://github.com/containerd/containerd/releases/download/{tag}",
        ("containerd-{version}-linux-{arch}.tar.gz",),
        "{file}.sha256sum",
        _same("containerd", "containerd-shim-runc-v2", "ctr"),
    ),
    "cni": Release(
        "https://github.com/containernetworking/plugins/releases/download/{tag}",
        ("cni-plugins-linux-{arch}-{tag}.tgz",),
        "{file}.sha256",
        _same("bridge", "host-local", "loopback", "portmap"),
    ),
    "coredns": Release(
        "https://github.com/coredns/coredns/releases/download/{tag}",
        ("coredns_{version}_linux_{arch}.tgz",),
        "{file}.sha256",
        _same("coredns"),
    ),
}


def offered(components: Mapping[str, str]) -> list[str]:
    """The components whose release can be downloaded now; takes at most `TRY_S`.

    Args:
        components: Their tags ("v1.37.2") by name.
    """
    answers: dict[str, bool] = {}
    threads = [
        threading.Thread(target=_ask, args=(name, tag, answers), daemon=True)
        for name, tag in components.items()
        if name in RELEASES
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TRY_S)  # they end by themselves; a resolver that hangs is not waited for
    return [name for name in components if answers.get(name)]


def fetch(component: str, tag: str, folder: Path) -> None:
    """Fetch a component's programs into a folder.

    Raises:
        CommandFailed: they did not come, not whole, not as published, or do not run on this machine.
    """
    release = RELEASES[component]
    for file in release.files:
        name = _fill(file, tag)
        got = folder / f".{name}"
        digest = _download(_url(release.folder, tag, name), got)
        wanted = _published(release, tag, name)
        if digest != wanted:
            got.unlink()
            raise _failed(name, f"its SHA-256 is {digest}, published is {wanted}")
        if release.programs:
            _unpack(got, dict(release.programs), folder)
            got.unlink()
        else:
            got.rename(folder / name)
    for program in folder.iterdir():
        program.chmod(0o755)
        _try(program)


def _ask(name: str, tag: str, answers: dict[str, bool]) -> None:
    release = RELEASES[name]
    url = _checksum_url(release, tag, _fill(release.files[0], tag))
    with suppress(CommandFailed), _asking(url, timeout_s=TRY_S) as client:
        answers[name] = client.head(url).status_code == 200


def _download(url: str, path: Path) -> str:
    """Fetch a file; the SHA-256 of what came."""
    hashed = hashlib.sha256()
    with (
        _asking(url, timeout_s=SILENCE_S) as client,
        client.stream("GET", url) as answer,
        path.open("wb") as file,
    ):
        for part in answer.raise_for_status().iter_raw():
            hashed.update(part)
            file.write(part)
    return hashed.hexdigest()


@contextmanager
def _asking(url: str, *, timeout_s: float) -> Iterator["httpx.Client"]:
    """A client that fetches this; what goes wrong is told as `_failed` tells it."""
    with (
        http_client.failing_as(f"Downloading {url} failed.", kind=CommandFailed, try_next=OTHER_WAY),
        http_client.far(timeout_s=timeout_s) as client,
    ):
        yield client


def _published(release: Release, tag: str, file: str) -> str:
    url = _checksum_url(release, tag, file)
    with _asking(url, timeout_s=SILENCE_S) as client:
        text = client.get(url).raise_for_status().text
    lines = [line for line in text.splitlines() if file in line] or text.splitlines()[:1]
    found = re.search(r"\b[0-9a-f]{64}\b", lines[0]) if lines else None
    return found[0] if found else "none"


def _unpack(archive: Path, programs: dict[str, str], folder: Path) -> None:
    """Extract the programs from an archive, wherever in it they are, and nothing else."""
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                name = programs.get(Path(member.name).name)
                source = tar.extractfile(member) if name and member.isfile() else None
                if name and source:
                    _copy(source, folder / name)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise _failed(archive.name, str(error)) from error
    if lacking := [name for name in programs.values() if not (folder / name).exists()]:
        raise _failed(archive.name, f"{', '.join(lacking)} is not in it")


def _copy(source: IO[bytes], path: Path) -> None:
    with path.open("wb") as file:
        while part := source.read(CHUNK):
            file.write(part)


def _try(program: Path) -> None:
    """Some releases need a C library that this system may lack."""
    try:
        subprocess.run(
            [program, "--version"], capture_output=True, timeout=30, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(program.name, f"it does not start on this system: {error}") from error


def _url(folder: str, tag: str, file: str) -> str:
    """The URL of a file of a release; KUBEFACE_MIRROR names a server that has all of them, by host name."""
    url = f"{_fill(folder, tag)}/{file}"
    mirror = os.environ.get("KUBEFACE_MIRROR")
    return url.replace("https:/", mirror.rstrip("/")) if mirror else url


def _checksum_url(release: Release, tag: str, file: str) -> str:
    return _url(release.folder, tag, release.checksum.format(file=file))


def _fill(text: str, tag: str) -> str:
    return text.format(tag=tag, version=tag.removeprefix("v"), arch=kernel.architecture())


def _failed(what: str, seen: str) -> CommandFailed:
    return CommandFailed(f"Downloading {what} failed.", seen=seen, try_next=OTHER_WAY)
