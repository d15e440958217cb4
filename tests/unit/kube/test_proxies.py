"""A proxy of the network: clusters on this machine are not looked for behind it, others are."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from kubeface import places
from kubeface.kube import Cluster, proxies
from kubeface.kube.kubectl import run
from kubeface.kube.transport import ConnectionFailed

NAMES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch):
    """A proxy that leads nowhere: whom it was asked for."""
    hosts: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            hosts.append(self.path)
            self.send_error(502)

        do_GET = do_CONNECT

        def log_message(self, *words: object) -> None:
            pass

    for name in (*NAMES, *proxies.NO_PROXY):
        monkeypatch.delenv(name, raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        for name in NAMES:
            monkeypatch.setenv(name, f"http://127.0.0.1:{server.server_port}")
        yield hosts
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("spared", ["", "intranet.example", "10.0.0.0/8,*.example"])
def test_a_cluster_of_this_machine_is_asked_directly_by_every_client(
    kubeconfig: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch, spared: str
) -> None:
    monkeypatch.setenv("NO_PROXY", spared)
    cluster = Cluster.connect(kubeconfig)
    assert cluster.find("namespace/default")
    assert "default" in run(["get", "namespaces", "-o", "name"], cluster=cluster)
    assert asked == []


def test_ours_is_near_whatever_its_address_and_another_is_asked_for_as_kubectl_does(
    kubeconfig: Path, asked: list[str], tmp_path: Path
) -> None:
    config = yaml.safe_load(kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = "https://cluster.invalid:6443"
    (tmp_path / "theirs").write_text(yaml.safe_dump(config))
    with pytest.raises(ConnectionFailed):
        Cluster.connect(tmp_path / "theirs").find("namespace/default")
    assert asked
    asked.clear()
    config["clusters"][0]["name"] = places.CONTEXT
    for one in config["contexts"]:
        one["context"]["cluster"] = places.CONTEXT
    (tmp_path / "ours").write_text(yaml.safe_dump(config))
    with pytest.raises(ConnectionFailed):
        Cluster.connect(tmp_path / "ours").find("namespace/default")
    assert asked == []


def test_what_is_spared_is_added_once_to_what_was_spared_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("no_proxy", "intranet.example,10.0.0.0/8")
    for _ in range(2):
        proxies.exclude_from_proxy("172.31.9.1")
    told = subprocess.run(
        [sys.executable, "-c", "import os; print(os.environ['NO_PROXY'], os.environ['no_proxy'])"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    assert told.stdout.split() == 2 * ["intranet.example,10.0.0.0/8,172.31.9.1"]
