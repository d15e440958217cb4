"""Official binaries come whole and as published, or not at all; where they cannot be had, one compiles."""

import functools
import hashlib
import http.server
import io
import socket
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubeface.errors import CommandFailed
from kubeface.local.toolchain import COMPONENTS, Toolchain, Way, build, releases
from kubeface.local.toolchain import components as building
from kubeface.local.toolchain.components import module

TAGS = {name: module(name).split()[1] for name in releases.RELEASES}
PROGRAM = b"#!/bin/sh\necho 'a program'\n"


@pytest.fixture
def official(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The files of the official servers, each server a folder, served on loopback."""
    folder = tmp_path / "official"
    for name, tag in TAGS.items():
        _publish(folder, name, tag)
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("KUBEFACE_MIRROR", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.delenv("CI", raising=False)
        yield folder
        server.shutdown()


@pytest.fixture
def no_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiling fails at once, and says so."""

    def none(cache: Path, say: object) -> Path:
        raise CommandFailed("It would be compiled.")

    monkeypatch.setattr(building, "find_go", none)


@pytest.mark.parametrize("way", [Way.DOWNLOAD, Way.AUTO])
def test_every_program_comes_under_the_name_that_the_cluster_knows(
    way: Way, official: Path, tmp_path: Path
) -> None:
    tools = build(tmp_path, say=print, only=list(TAGS), way=way)
    assert tools.missing(list(TAGS)) == []
    for component, name in (
        ("etcd", "server"),
        ("containerd", "ctr"),
        ("cni", "portmap"),
        ("coredns", "coredns"),
    ):
        assert tools.program(component, name).read_bytes() == PROGRAM
    assert {path.name for path in tools.folder("kubernetes").iterdir()} >= {
        "kubelet",
        "kubectl",
        "kube-proxy",
    }
    assert not list((tmp_path / "toolchain").glob(".*.building"))


def test_a_wrong_checksum_is_refused_and_nothing_is_left(official: Path, tmp_path: Path) -> None:
    next(official.rglob("SHA256SUMS")).write_text(f"{'0' * 64}  {_file('etcd')}\n")
    with pytest.raises(CommandFailed, match=r"(?s)etcd.*published is 0000.*--components build"):
        build(tmp_path, say=print, only=["etcd"], way=Way.DOWNLOAD)
    assert [path.name for path in (tmp_path / "toolchain").iterdir()] == [".lock"]


def test_half_a_download_is_refused_and_nothing_is_left(
    official: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Quiet, "half", True)
    with pytest.raises(CommandFailed, match=r"Downloading .*coredns"):
        build(tmp_path, say=print, only=["coredns"], way=Way.DOWNLOAD)
    assert [path.name for path in (tmp_path / "toolchain").iterdir()] == [".lock"]


def test_an_archive_without_a_program_is_refused(official: Path, tmp_path: Path) -> None:
    archive = next(official.rglob(_file("cni")))
    _pack(archive, {"bridge": PROGRAM})
    _sum(archive, archive.with_name(f"{archive.name}.sha256"))
    with pytest.raises(CommandFailed, match="host-local, loopback, portmap is not in it"):
        build(tmp_path, say=print, only=["cni"], way=Way.DOWNLOAD)


def test_a_program_that_does_not_start_here_is_refused(official: Path, tmp_path: Path) -> None:
    archive = next(official.rglob(_file("coredns")))
    _pack(archive, {"coredns": b"\x7fELF of another machine"})
    _sum(archive, archive.with_name(f"{archive.name}.sha256"))
    with pytest.raises(CommandFailed, match="does not start on this system"):
        build(tmp_path, say=print, only=["coredns"], way=Way.DOWNLOAD)


@pytest.mark.usefixtures("no_go")
def test_what_does_not_come_is_compiled_unless_download_was_asked_for(official: Path, tmp_path: Path) -> None:
    next(official.rglob("SHA256SUMS")).write_text(f"{'0' * 64}  {_file('etcd')}\n")
    said: list[str] = []
    with pytest.raises(CommandFailed, match="would be compiled"):
        build(tmp_path, say=said.append, only=["etcd"], way=Way.AUTO)
    assert "It is compiled instead." in said[-1]


@pytest.mark.usefixtures("no_go")
@pytest.mark.parametrize("reason", ["build", "CI"])
def test_nothing_is_fetched_where_it_is_not_wanted(
    reason: str, official: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reason == "CI":
        monkeypatch.setenv("CI", "true")
    said: list[str] = []
    with pytest.raises(CommandFailed, match="would be compiled"):
        build(tmp_path, say=said.append, only=["etcd"], way=Way.BUILD if reason == "build" else Way.AUTO)
    assert said == []


def test_a_server_that_never_answers_costs_a_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and says nothing
        monkeypatch.setenv("KUBEFACE_MIRROR", f"http://127.0.0.1:{silent.getsockname()[1]}")
        start = time.monotonic()
        assert releases.offered(TAGS) == []
        assert time.monotonic() - start < 2 * releases.TRY_S


def test_components_without_official_binaries_are_never_asked_for() -> None:
    assert releases.offered({"nsq": "v1.3.0"}) == []
    assert set(releases.RELEASES) < set(COMPONENTS)
    assert Toolchain(Path("/none")).missing(["nsq"]) == ["nsq"]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files; with `half`, hangs up in the middle of each archive."""

    half = False

    def log_message(self, *args: object) -> None:
        pass

    def copyfile(self, source: io.BufferedReader, outputfile: io.BufferedIOBase) -> None:
        data = source.read()
        cut = self.half and self.path.endswith("gz")
        outputfile.write(data[: len(data) // 2] if cut else data)


def _file(component: str) -> str:
    return releases._fill(releases.RELEASES[component].files[0], TAGS[component])


def _publish(folder: Path, component: str, tag: str) -> None:
    """What a project's release page holds."""
    release = releases.RELEASES[component]
    place = folder / releases._fill(release.folder, tag).removeprefix("https://")
    place.mkdir(parents=True)
    for template in release.files:
        path = place / releases._fill(template, tag)
        if release.programs:
            top = f"etcd-{tag}-linux-amd64/" if component == "etcd" else "./"
            _pack(path, {f"{top}{name}": PROGRAM for name, _ in release.programs} | {f"{top}README": b"text"})
        else:
            path.write_bytes(PROGRAM)
        _sum(path, place / release.checksum.format(file=path.name))


def _pack(path: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def _sum(path: Path, sums: Path) -> None:
    sums.write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
