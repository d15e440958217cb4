"""A real etcd and a real API server on loopback, without controllers; gone afterwards."""

import contextlib
import os
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import yaml

from free_ports import free_port
from kubeface.errors import Missing, NotReady
from kubeface.linux.pki import Authority, signing_key
from kubeface.util.http_client import failing_as, near
from kubeface.util.waiting import wait_until

START_S = 60


@contextlib.contextmanager
def api_server(folder: Path) -> Iterator[Path]:
    """The kubeconfig of an API server: what is written stays as it was written."""
    etcd_port, peer_port, port = (free_port() for _ in range(3))
    make_certificates(folder)
    etcd = _start(folder, "etcd", etcd_flags(folder, etcd_port, peer_port))
    try:
        server = _start(folder, "kube-apiserver", server_flags(folder, etcd_port, port))
        try:
            _until_ready(folder, server, port)
            yield _write_kubeconfig(folder, port)
        finally:
            _end(server)
    finally:
        _end(etcd)


def etcd_flags(folder: Path, port: int, peer_port: int) -> list[str]:
    client, peer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer_port}"
    return [
        _program("KUBEFACE_ETCD", "etcd"),
        f"--data-dir={folder}/etcd",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
    ]


def server_flags(folder: Path, etcd_port: int, port: int) -> list[str]:
    return [
        _program("KUBEFACE_K8S_BIN", "kube-apiserver"),
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",  # it refuses to publish a loopback address
        f"--secure-port={port}",
        "--service-cluster-ip-range=10.96.0.0/16",
        f"--tls-cert-file={folder}/server.crt",
        f"--tls-private-key-file={folder}/server.key",
        f"--client-ca-file={folder}/ca.crt",
        f"--service-account-key-file={folder}/service-account.pub",
        f"--service-account-signing-key-file={folder}/service-account.key",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--authorization-mode=RBAC",
        # Nobody makes the ServiceAccount `default` here: its maker is a controller.
        "--disable-admission-plugins=ServiceAccount",
    ]


def make_certificates(folder: Path) -> None:
    """The product's own authority, as every cluster's."""
    authority = Authority(folder, "ca").ensure()
    authority.issue("server", "kube-apiserver", hosts=["127.0.0.1"])
    authority.issue("admin", "admin", organizations=["system:masters"])
    authority.issue("guest", "guest")
    signing_key(folder, "service-account")


def _write_kubeconfig(folder: Path, port: int) -> Path:
    users = ("admin", "guest")
    address = {"server": f"https://127.0.0.1:{port}", "certificate-authority": f"{folder}/ca.crt"}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "admin",
        "clusters": [{"name": "test", "cluster": address}],
        "contexts": [{"name": u, "context": {"cluster": "test", "user": u}} for u in users],
        "users": [
            {
                "name": u,
                "user": {"client-certificate": f"{folder}/{u}.crt", "client-key": f"{folder}/{u}.key"},
            }
            for u in users
        ],
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(config))
    return path


def _program(variable: str, name: str) -> str:
    named = Path(os.environ.get(variable, ""))
    path = named / name if named.is_dir() else named
    if not (variable in os.environ and path.is_file()):
        raise Missing(f"a real {name} is started here", try_next=f"set {variable} to where it was built")
    return str(path)


def _start(folder: Path, name: str, command: list[str]) -> subprocess.Popen[bytes]:
    """Start a program that does not outlive the tests, however they end."""
    command = ["setpriv", "--pdeathsig", "KILL", *command]
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)


def _end(program: subprocess.Popen[bytes]) -> None:
    program.kill()
    program.wait(timeout=10)


def _until_ready(folder: Path, server: subprocess.Popen[bytes], port: int) -> None:
    trust = ssl.create_default_context(cafile=folder / "ca.crt")
    trust.load_cert_chain(folder / "admin.crt", folder / "admin.key")
    with near(trust=trust, timeout_s=5) as client:

        def answers() -> bool:
            with contextlib.suppress(NotReady), failing_as("it is starting"):
                return client.get(f"https://127.0.0.1:{port}/readyz").is_success
            return False

        wait_until(
            answers,
            what="the API server did not start",
            timeout_s=START_S,
            pid=server.pid,
            evidence=lambda: (folder / "kube-apiserver.log").read_text()[-3000:],
            every_s=0.2,
        )
