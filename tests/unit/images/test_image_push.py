"""Pushes to a real registry on loopback."""

import io
import json
import shutil
import socket
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from workshop import Workshop

from free_ports import free_port
from kubeface import places
from kubeface.errors import CommandFailed, NotReady
from kubeface.images import Built, digests, push, push_all
from kubeface.images.archive import save_all
from kubeface.images.registry_data import copy_images, tags
from kubeface.images.storage import Storage
from kubeface.linux.pki import Authority
from kubeface.local.toolchain import Toolchain
from kubeface.util.waiting import wait_until

CONFIG = """\
version: 0.1
storage: {{filesystem: {{rootdirectory: {data}}}}}
http: {{addr: "{address}", tls: {{certificate: {cert}, key: {key}}}}}
"""


PLAIN = """\
version: 0.1
storage: {{filesystem: {{rootdirectory: {data}}}}}
http: {{addr: "{address}"}}
"""


@dataclass
class Registry:
    address: str
    ca: Path | None
    data: Path

    def push(self, workshop: Workshop, built: dict[str, Built]) -> list[str]:
        workshop.said.clear()
        say = workshop.said.append
        return push_all(built.values(), cache=workshop.cache, registry=self.address, ca=self.ca, say=say)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    folder = tmp_path / "registry"
    authority = Authority(folder, "ca").ensure()
    pair = authority.issue("registry", "registry", hosts=["127.0.0.1"])
    address = f"127.0.0.1:{free_port()}"
    config = folder / "config.yml"
    config.write_text(CONFIG.format(data=folder / "data", address=address, cert=pair.cert, key=pair.key))
    with serving(config, address):
        yield Registry(address, authority.pair.cert, folder / "data")


@pytest.fixture
def plain_registry(tmp_path: Path) -> Iterator[Registry]:
    """One that speaks no TLS, as those are that kind's and k3d's users start."""
    address, config = f"127.0.0.1:{free_port()}", tmp_path / "plain.yml"
    config.write_text(PLAIN.format(data=tmp_path / "plain", address=address))
    with serving(config, address):
        yield Registry(address, None, tmp_path / "plain")


@contextmanager
def serving(config: Path, address: str) -> Iterator[None]:
    program, log = Toolchain(places.cache()).program("registry", "registry"), config.with_suffix(".log")
    with log.open("wb") as output:
        server = subprocess.Popen([program, "serve", config], stdout=output, stderr=output)
    try:
        wait_until(
            lambda: answers(address), what="registry", timeout_s=20, pid=server.pid, evidence=log.read_text
        )
        yield
    finally:
        server.kill()
        server.wait()


def answers(address: str) -> bool:
    host, port = address.split(":")
    with socket.socket() as client:
        return client.connect_ex((host, int(port))) == 0


def test_what_the_registry_has_is_not_sent_again(workshop: Workshop, registry: Registry) -> None:
    built = workshop.build()
    assert registry.push(workshop, built) == ["greeter:v1", "pause:v1"]
    assert registry.push(workshop, built) == []
    assert workshop.said == []


def test_a_rebuilt_image_is_sent(workshop: Workshop, registry: Registry) -> None:
    registry.push(workshop, workshop.build())
    workshop.write("images/greeter/words/hello", "new")
    assert registry.push(workshop, workshop.build()) == ["greeter:v1"]


def test_a_registry_that_lost_its_data_is_filled_again(workshop: Workshop, registry: Registry) -> None:
    built = workshop.build()
    registry.push(workshop, built)
    shutil.rmtree(registry.data)
    assert registry.push(workshop, built) == ["greeter:v1", "pause:v1"]


def test_a_proxy_of_the_host_is_passed_by(
    workshop: Workshop, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert registry.push(workshop, workshop.build()) == ["greeter:v1", "pause:v1"]


def test_a_registry_with_another_certificate_gets_nothing(
    workshop: Workshop, registry: Registry, tmp_path: Path
) -> None:
    registry.ca = Authority(tmp_path / "other", "ca").ensure().pair.cert
    with pytest.raises((NotReady, CommandFailed), match=r"certificate|x509"):
        registry.push(workshop, workshop.build())


def test_a_registry_that_is_down_is_named(workshop: Workshop, registry: Registry) -> None:
    built = workshop.build()
    registry.push(workshop, built)
    registry.address = f"127.0.0.1:{free_port()}"
    with pytest.raises(NotReady, match=f"{registry.address} does not answer"):
        registry.push(workshop, built)


def test_a_registry_without_tls_and_below_a_path_is_pushed_to(
    workshop: Workshop, plain_registry: Registry
) -> None:
    built, address = workshop.build(), plain_registry.address
    for name in (f"{address}/course", f"http://{address}/other"):
        plain_registry.address = name
        assert plain_registry.push(workshop, built) == ["greeter:v1", "pause:v1"]
        assert plain_registry.push(workshop, built) == []
    assert sorted(
        path.name for path in (plain_registry.data / "docker/registry/v2/repositories").iterdir()
    ) == [
        "course",
        "other",
    ]


def test_an_archive_has_the_image_under_the_name_asked_for(workshop: Workshop, tmp_path: Path) -> None:
    built = [workshop.build()["greeter"]]
    for _ in range(2):  # what is there already is written again
        [path] = save_all(
            built, tmp_path, cache=workshop.cache, registry="r.internal", say=workshop.said.append
        )
    with tarfile.open(path) as archive:
        manifest = json.load(archive.extractfile("manifest.json") or io.BytesIO())
    assert [one["RepoTags"] for one in manifest] == [["r.internal/greeter:v1"]]
    assert workshop.said[-1] == "Saved greeter:v1"


@pytest.fixture
def pushed(workshop: Workshop, registry: Registry) -> Path:
    """The data folder of a registry to which the workshop's images were pushed."""
    registry.push(workshop, workshop.build())
    return registry.data


def test_a_registry_serves_what_was_copied_into_its_folder(pushed: Path, plain_registry: Registry) -> None:
    ref, digest = next(iter(tags(pushed).items()))
    assert copy_images([ref], pushed, plain_registry.data) == [ref]
    assert push.Registry.at(plain_registry.address).digest(*ref.split(":")) == digest
    assert tags(plain_registry.data) == {ref: digest}


def test_an_image_that_is_not_there_or_not_whole_is_not_copied(pushed: Path, tmp_path: Path) -> None:
    ref = next(iter(tags(pushed)))
    for blob in pushed.rglob("data"):
        if b'"schemaVersion"' not in blob.read_bytes()[:200]:
            blob.unlink()
    assert copy_images([f"{ref}x", ref], pushed, tmp_path / "other") == []
    assert tags(tmp_path / "other") == {}


def test_blobs_that_are_copied_take_no_room_twice(pushed: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert copy_images(tags(pushed), pushed, tmp_path / "other") == list(tags(pushed))
    assert all(path.stat().st_nlink == 2 for path in (tmp_path / "other").rglob("data"))
    assert not list((tmp_path / "other").rglob("*.part"))


def test_what_is_kept_for_every_registry_needs_no_storage(
    workshop: Workshop, registry: Registry, tmp_path: Path
) -> None:
    """So an image of the course brings its own images without the layers that they were built from."""
    registry.push(workshop, workshop.build())
    copy_images(tags(registry.data), registry.data, tmp_path / "kept")
    kept = tags(tmp_path / "kept")
    shutil.rmtree(Storage(workshop.cache).root)
    built = workshop.build(kept=kept)
    assert workshop.said == []
    assert digests(built.values(), cache=workshop.cache) == kept
    workshop.write("images/greeter/words/hello", "other words")
    assert [name for name, one in workshop.build(kept=kept).items() if one.is_new] == ["greeter"]
