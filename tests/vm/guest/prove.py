"""What an ordinary user does with a stock machine, and whether it is as it was afterwards.

Runs in the machine, as that user. Each step is one line; the last line is the verdict: passed or failed.
What the commands print goes to the console.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import telling
from telling import changes, step, tell

from kubeface import Cluster, Pipeline, places

ROOT = Path(__file__).parents[3]
KUBEFACE = str(Path(sys.executable).parent / "kubeface")
#: Seconds of the machine's own clock. Measured: everything together takes 215.
PATIENCE_S = 900.0
#: Who is on the course's photos; the cat is nobody.
PEOPLE = {
    "32bit.png": "Barack Obama",
    "astronaut_small.jpg": "Eileen Collins",
    "obama2.jpg": "Barack Obama",
    "obama3.jpg": "Barack Obama",
    "obama_partial_face.jpg": "Barack Obama",
    "obama_partial_face2.jpg": "Barack Obama",
}


def main() -> None:
    """Everything, in order; what fails is told, and the cluster is taken down all the same."""
    before = everything_there_is()
    well = [
        step("the machine is a stock one, and the user an ordinary one", machine_is_stock),
        step("kubeface doctor finds nothing missing", lambda: typed(KUBEFACE, "doctor")),
        step("make lab brings the cluster up", lambda: typed("make", "lab", KUBEFACE_NO_BROWSER="1"))
        and all(
            [
                step("three nodes are ready, for the user's own kubectl too", nodes_are_ready),
                step("the comparison sees a cluster", lambda: differs(before, everything_there_is())),
                step("the pipeline knows who is on the photos", people_are_known),
                step("a node is switched off and on", node_is_switched),
                step("a node is frozen and thawed", node_is_frozen),
                step("systemd leaves the nodes their controllers", controllers_stay),
                step("kubeface up again is fine", lambda: typed(KUBEFACE, "up")),
            ]
        ),
        step("kubeface down --purge", lambda: typed(KUBEFACE, "down", "--purge")),
        step("nothing is left", lambda: is_same(before, everything_there_is())),
        step("what is the user's belongs to the user", everything_is_owned),
    ]
    tell("passed" if all(well) else "failed")


def typed(*command: str, **environment: str) -> None:
    """Run a command in the checkout, as typed at the keyboard."""
    telling.typed(*command, folder=ROOT, **environment)


def machine_is_stock() -> None:
    """One hierarchy of cgroups, systemd, modules that nobody has loaded yet."""
    assert os.geteuid() != 0
    assert Path("/sys/fs/cgroup/cgroup.controllers").exists(), "cgroup v2"
    assert Path("/proc/1/comm").read_text() == "systemd\n"
    loaded = {line.split()[0] for line in Path("/proc/modules").read_text().splitlines()}
    assert not loaded & {"br_netfilter", "overlay", "veth"}, loaded
    assert not Path("/run/netns").exists()


def nodes_are_ready() -> None:
    """Asked of kubeface, and by kubectl with the user's own rights."""
    said = subprocess.run([KUBEFACE, "status", "--json"], capture_output=True, text=True, check=True)
    assert json.loads(said.stdout)["state"] == "running", said.stdout
    kubectl = [str(places.programs() / "kubectl"), "--kubeconfig", str(places.kubeconfig())]
    said = subprocess.run(
        [*kubectl, "get", "nodes", "-o", "name"], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["node/node1", "node/node2", "node/node3"], said


def people_are_known() -> None:
    """The README's promise: post a photo, and see who is in it."""
    pipeline = Pipeline(Cluster.connect(places.kubeconfig(), namespace="face"))
    pipeline.deploy(timeout_s=PATIENCE_S)
    ids = pipeline.post_all(pipeline.load_photos())
    people = dict(pipeline.wait_until_done(ids.values(), timeout_s=PATIENCE_S).people)
    found = {name: person for name, person in people.items() if person}
    assert found == PEOPLE, found


def node_is_switched() -> None:
    """Its cgroup is used a second time."""
    typed(KUBEFACE, "node", "stop", "node3")
    typed(KUBEFACE, "node", "start", "node3")


def node_is_frozen() -> None:
    """The freezer of cgroup v2."""
    typed(KUBEFACE, "node", "freeze", "node2")
    typed(KUBEFACE, "node", "thaw", "node2")


def controllers_stay() -> None:
    """It reads its units again, and runs one with limits of its own, beside groups that it does not know."""
    handed_out = Path("/sys/fs/cgroup/cgroup.subtree_control")
    before = handed_out.read_text()
    typed("sudo", "systemctl", "daemon-reload")
    typed("sudo", "systemd-run", "--wait", "--property=MemoryMax=100M", "--property=CPUQuota=50%", "true")
    typed("sudo", "systemctl", "daemon-reload")
    assert handed_out.read_text() == before, f"{before}-> {handed_out.read_text()}"


def everything_there_is() -> dict[str, list[str]]:
    """What a cluster could leave behind, as root sees it."""
    settings = ["PYTHONDONTWRITEBYTECODE=1", "KUBEFACE_TRIAL=face", f"PATH={os.environ['PATH']}:/usr/sbin"]
    command = ["sudo", "env", *settings, sys.executable, __file__, "--traces"]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    found: dict[str, list[str]] = json.loads(said)
    return found


def print_traces() -> None:
    """The same, in root's process."""
    sys.path.insert(0, str(ROOT / "tests" / "cluster"))
    from traces import traces

    rules = subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True, check=True).stdout
    print(json.dumps({**traces(), "nftables": rules.splitlines()}))


def differs(before: dict[str, list[str]], now: dict[str, list[str]]) -> None:
    """A comparison that is blind would be worth nothing."""
    kinds = ("links", "routes", "namespaces", "mounts", "cgroups", "processes")
    blind = [kind for kind in kinds if now[kind] == before[kind]]
    assert not blind, f"it sees no {', '.join(blind)}"


def is_same(before: dict[str, list[str]], now: dict[str, list[str]]) -> None:
    """Whatever is other than it was, is named."""
    stock = [{kind: _of_the_stock(lines) for kind, lines in one.items()} for one in (before, now)]
    assert not (found := changes(*stock)), "\n".join(found)


def _of_the_stock(lines: list[str]) -> list[str]:
    """Without a setting of a module that the kernel loads when it is asked for rules, and keeps."""
    return [line for line in lines if not line.startswith("net/netfilter/nf_conntrack_max=")]


def everything_is_owned() -> None:
    """Nothing of root's is in the way in the checkout, or where the settings are."""
    inside = [path for place in (ROOT, Path.home() / ".config") for path in place.rglob("*")]
    looked_at = [*inside, Path.home() / ".config", places.cache(), places.programs()]
    foreign = [str(path) for path in looked_at if path.lstat().st_uid == 0]
    assert not foreign, f"{len(foreign)} are root's: {', '.join(foreign[:10])}"


if __name__ == "__main__":
    if "--traces" in sys.argv:
        print_traces()
    else:
        main()
