"""Nobody gets in who should not."""

import http.client
import re
import ssl
import subprocess

import pytest

from kubeface.linux import cgroups
from kubeface.local.cluster import LocalCluster
from kubeface.local.plane import ETCD_PORT


def test_kubelets_refuse_strangers(trial: LocalCluster) -> None:
    for node in trial.spec.nodes:
        assert _status(node.address, 10250, "/pods") == 401


def test_the_api_server_refuses_strangers(trial: LocalCluster) -> None:
    assert _status(trial.spec.gateway, 6443, "/api/v1/nodes") == 401


def test_etcd_hangs_up_on_whoever_shows_no_certificate_of_its_authority(trial: LocalCluster) -> None:
    with pytest.raises((ssl.SSLError, OSError)):
        _status(trial.spec.gateway, ETCD_PORT, "/health")
    with pytest.raises((ssl.SSLError, OSError)):  # the cluster's own admin is a stranger here too
        _status(trial.spec.gateway, ETCD_PORT, "/health", client=trial.spec.pki / "admin")


def test_every_listener_on_the_host_is_on_the_nodes_network_or_loopback(trial: LocalCluster) -> None:
    ours = {str(pid) for pid in cgroups.processes(f"{trial.spec.cgroup}/plane")}
    lines = subprocess.run(["ss", "-Hltunp"], capture_output=True, text=True, check=True).stdout.splitlines()
    addresses = [line.split()[4] for line in lines if ours & set(re.findall(r"pid=(\d+)", line))]
    assert len(addresses) >= 5
    allowed = (f"{trial.spec.gateway}:", "127.0.0.1:", "[::1]:")
    assert [address for address in addresses if not address.startswith(allowed)] == []


def test_keys_and_kubeconfigs_are_for_their_owner_alone(trial: LocalCluster, provider: LocalCluster) -> None:
    files = [*trial.spec.pki.iterdir(), provider.kubeconfig()]
    assert len(files) > 20
    assert [file for file in files if file.stat().st_mode & 0o077] == []


def _status(host: str, port: int, path: str, client: object = None) -> int:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if client:
        context.load_cert_chain(f"{client}.crt", f"{client}.key")
    connection = http.client.HTTPSConnection(host, port, context=context, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()
