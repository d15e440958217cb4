"""Nodes that join a running cluster, and nodes that leave it."""

import dataclasses
import shutil

from kubeface.errors import BadInput, CommandFailed, KubefaceError
from kubeface.kube.kubectl import run as kubectl
from kubeface.linux import cgroups, mounts
from kubeface.local import names, network, node, power, state
from kubeface.local.spec import Node
from kubeface.local.state import Embedded

#: No more have a place on the nodes' network that `up --nodes` would give too.
MOST = 9


def add(embedded: Embedded) -> str:
    """One more node, Ready; its name.

    Raises:
        BadInput: there are `MOST` already.
    """
    if len(embedded.spec.nodes) >= MOST:
        raise BadInput(f"The cluster has {MOST} nodes, which is as many as it can have.")
    spec, name = embedded.spec.with_node()
    larger = dataclasses.replace(embedded, spec=spec)
    one = spec.node(name)
    assert one is not None  # noqa: S101 (it was made a line ago)
    state.save(spec)
    try:
        node.prepare(one, embedded.tools)
        network.connect(spec)
        cgroups.make(one.cgroup, cpus=one.cpus, memory_bytes=one.memory_mib * 1024 * 1024)
        larger.supervisor.configure(larger.programs())
        larger.supervisor.add_program(name)
        power.boot_node(larger, name)
    except BaseException:
        _take_away(embedded, one)
        raise
    return name


def remove(embedded: Embedded, name: str, *, with_volumes: bool, timeout_s: float) -> None:
    """Move a node's Pods to the others as far as they allow it, switch it off, and forget it and its disk.

    Raises:
        BadInput: it is the last one, or holds volumes and `with_volumes` is off; nothing has been changed.
        KubefaceError: some of its Pods did not go in time; it stays, open for Pods again.
    """
    if len(embedded.spec.nodes) == 1:
        raise BadInput(
            f"{name} is the cluster's last node.", try_next=names.command("down --purge", embedded.spec.name)
        )
    if (volumes := _volumes(embedded, name)) and not with_volumes:
        raise BadInput(
            f"{name} holds volumes, which would be lost with its disk.",
            seen=", ".join(volumes),
            try_next=names.command(f"node remove {name} --with-volumes", embedded.spec.name),
        )
    _drain(embedded, name, timeout_s)
    gone = embedded.spec.node(name)
    assert gone is not None  # noqa: S101 (callers have looked the name up)
    power.cut_power(embedded, name)
    spec = embedded.spec.without_node(name)
    state.save(spec)
    _take_away(dataclasses.replace(embedded, spec=spec), gone)


def _drain(embedded: Embedded, name: str, timeout_s: float) -> None:
    api = embedded.api()
    options = ["--ignore-daemonsets", "--delete-emptydir-data", "--force", f"--timeout={timeout_s:g}s"]
    try:
        kubectl(["drain", name, *options], cluster=api, timeout_s=timeout_s + 10)
    except CommandFailed as error:
        kubectl(["uncordon", name], cluster=api)
        raise KubefaceError(
            f"Not every Pod left {name} within {timeout_s:g} s: it stays, open for Pods again.",
            seen=error.seen,
            try_next=f"kubectl get pods -A --field-selector spec.nodeName={name}; kubectl get pdb -A",
        ) from error


def _take_away(embedded: Embedded, gone: Node) -> None:
    """Forget a node that the spec of `embedded` does not have."""
    state.save(embedded.spec)
    embedded.supervisor.configure(embedded.programs())
    embedded.supervisor.remove_program(gone.name)
    cgroups.kill(gone.cgroup)
    cgroups.remove(gone.cgroup)
    network.forget(embedded.spec, gone)
    embedded.api().delete(f"node/{gone.name}")
    mounts.unmount(gone.folder)
    shutil.rmtree(gone.folder, ignore_errors=True)


def _volumes(embedded: Embedded, name: str) -> list[str]:
    """The claims whose volumes are on a node's disk, such as "face/mysql-data"."""
    found = []
    for volume in embedded.api().list("persistentvolumes"):
        claim = volume.raw["spec"].get("claimRef") or {}
        required = (volume.raw["spec"].get("nodeAffinity") or {}).get("required") or {}
        rules = [
            rule for term in required.get("nodeSelectorTerms") or [] for rule in term["matchExpressions"]
        ]
        if any(name in rule["values"] for rule in rules):
            found.append(f"{claim.get('namespace', '')}/{claim.get('name', volume.name)}")
    return found
