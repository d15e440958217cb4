"""Pushes to a real registry on loopback."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from workshop import Workshop

from kubeface import places
from kubeface.embedded.toolchain import Toolchain
from kubeface.errors import CommandFailed, NotReady
from kubeface.host.pki import Authority
from kubeface.host.waiting import wait_until
from kubeface.images import Built, push_all

CONFIG = """\
version: 0.1
storage: {{filesystem: {{rootdirectory: {data}}}}}
http: {{addr: "{address}", tls: {{certificate: {cert}, key: {key}}}}}
"""


@dataclass
class Registry:
    address: str
    ca: Path
    data: Path

    def push(self, workshop: Workshop, built: dict[str, Built]) -> list[str]:
        workshop.said.clear()
        say = workshop.said.append
        return push_all(built.values(), cache=workshop.cache, registry=self.address, ca=self.ca, say=say)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    folder = tmp_path / "registry"
    authority = Authority(folder, "ca")
    pair = authority.issue("registry", "registry", hosts=["127.0.0.1"])
    address = f"127.0.0.1:{free_port()}"
    config, log = folder / "config.yml", folder / "log"
    config.write_text(CONFIG.format(data=folder / "data", address=address, cert=pair.cert, key=pair.key))
    program = Toolchain(places.cache()).program("registry", "registry")
    with log.open("wb") as output:
        server = subprocess.Popen([program, "serve", config], stdout=output, stderr=output)
    try:
        wait_until(
            lambda: answers(address), what="registry", timeout_s=20, pid=server.pid, evidence=log.read_text
        )
        yield Registry(address, authority.pair.cert, folder / "data")
    finally:
        server.kill()
        server.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        return int(holder.getsockname()[1])


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
    registry.ca = Authority(tmp_path / "other", "ca").pair.cert
    with pytest.raises((NotReady, CommandFailed), match=r"certificate|x509"):
        registry.push(workshop, workshop.build())


def test_a_registry_that_is_down_is_named(workshop: Workshop, registry: Registry) -> None:
    built = workshop.build()
    registry.push(workshop, built)
    registry.address = f"127.0.0.1:{free_port()}"
    with pytest.raises(NotReady, match=f"{registry.address} does not answer"):
        registry.push(workshop, built)
