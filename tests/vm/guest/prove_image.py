"""What somebody with Docker does with the image kubeface/lab, and what is left of it afterwards.

Runs in the machine, as an ordinary user, by the system's own Python. Each step is one line; the last line is
the verdict: passed or failed. What the commands print goes to the console.
"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from telling import Failed, changes, step, tell, typed

HERE = Path(__file__).parent
DOCKER = ("sudo", "docker")
NAME = "lab"
VOLUME = "kubeface"
IMAGE = "kubeface/lab"
#: As the README says it, in the background and under a name.
RUN = ("run", "--privileged", "-p", "127.0.0.1:8888:8888", "-v", f"{VOLUME}:/var/lib/kubeface")
PAGE = "http://127.0.0.1:8888"
#: Seconds of the machine's own clock.
PATIENCE_S = 900.0
BRIDGES = Path("/proc/sys/net/bridge")
#: What is run: the course's own record, of which nobody at the keyboard is needed.
NOTEBOOK = """
set -e
export KUBEFACE_STATIC=1 KUBEFACE_CLUSTER=face
eval "$(kubeface shell --print)"
from=$(python -c 'from kubeface import places; print(places.SOURCE)')
cp "$from"/notebooks/00-start-here.ipynb /tmp
cd ~/kubeface
jupyter nbconvert --to notebook --execute --output /tmp/run.ipynb /tmp/00-start-here.ipynb
"""
KERNEL = ("kernel/panic", "vm/overcommit_memory", "net/ipv4/ip_forward", "fs/inotify/max_user_instances")


def main() -> None:
    """Everything, in order; the container is removed whatever becomes of it."""
    well = [step("a stock machine with Debian's Docker", machine_is_stock), step("docker load", load)]
    before = everything_there_is()
    well.append(step("what is missing is told", module_is_asked_for))
    try:
        well += [
            step("docker run: from the command to the first page", run_it),
            step("the page wants the token, and this machine's loopback alone has it", only_who_may),
            step("three nodes are ready", nodes_are_ready),
            step("the comparison sees a cluster", lambda: sees(before)),
            step("notebook 00 runs in it", notebook_runs),
            step("something of one's own is kept", keep_something),
            step("docker stop", stop),
            step("nothing runs or is connected meanwhile", lambda: is_still(before)),
            step("docker start: from the command to the first page", start_again),
            step("the nodes are ready, and what was kept is there", is_kept),
        ]
    finally:
        subprocess.run([*DOCKER, "logs", NAME], stdout=sys.stderr, check=False)
        well.append(step("docker rm -v leaves the volume and nothing else", lambda: remove(before)))
    tell("passed" if all(well) else "failed")


def docker(*words: str) -> str:
    """Run a command of Docker's; what it printed."""
    return typed(*DOCKER, *words)


def inside(script: str) -> str:
    """Run a script in the container."""
    return docker("exec", NAME, "sh", "-c", script)


def machine_is_stock() -> str:
    """An ordinary user, one hierarchy of cgroups, and no container yet."""
    assert os.geteuid() != 0
    assert Path("/sys/fs/cgroup/cgroup.controllers").exists(), "cgroup v2"
    assert not docker("ps", "--all", "--quiet")
    return docker("version", "--format", "Docker {{.Server.Version}}").strip()


def load() -> str:
    """From the archive that `make lab-image` has written; what it weighs."""
    docker("load", "--quiet", "--input", str(HERE / "lab.tar"))
    size = int(docker("image", "inspect", "--format", "{{.Size}}", image()))
    return f"{size / 1e6:.0f} MB on the disk"


def image() -> str:
    """Its name, with the tag."""
    return docker("images", "--format", "{{.Repository}}:{{.Tag}}", IMAGE).split()[0]


def module_is_asked_for() -> str:
    """Where this kernel has not loaded it, the container says what to do, and that helps."""
    if BRIDGES.exists():
        return "br_netfilter is loaded already, by Docker"
    said = ""
    try:
        docker(*RUN, "--rm", image())
    except Failed as failed:
        said = str(failed)
    command = re.search(r"`(sudo modprobe br_netfilter)`", said)
    assert command, said
    typed(*command[1].split())
    return "br_netfilter"


def run_it() -> str:
    """The README's command."""
    start = time.monotonic()
    docker(*RUN[:1], "--detach", "--name", NAME, *RUN[1:], image())
    wait_for_page()
    return f"{time.monotonic() - start:.0f} s"


def wait_for_page() -> None:
    """Until JupyterLab answers with its page at the address that this start of the container prints."""
    since = docker("inspect", "--format", "{{.State.StartedAt}}", NAME).strip()
    first = f"docker logs --follow --since {since} {NAME} 2>&1 | grep -m1 -o '{PAGE}/[^ ]*token=[0-9a-f]*'"
    address = typed("sudo", "timeout", str(PATIENCE_S), "sh", "-c", first).strip()
    assert "JupyterLab" in got(address), address


def got(address: str) -> str:
    """The page at an address; empty while nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return str(answer.read(), "utf-8")
    except (urllib.error.URLError, ConnectionError):
        return ""


def only_who_may() -> None:
    """Without the token nothing is told; at the machine's other addresses nobody listens."""
    status = 200
    try:
        urllib.request.urlopen(f"{PAGE}/api/contents", timeout=60).close()
    except urllib.error.HTTPError as error:
        status = error.code
    assert status == 403, f"without the token: {status}"
    others = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()
    heard = [one for one in others if ":" not in one and got(f"http://{one}:8888/")]
    assert not heard, heard


def nodes_are_ready() -> None:
    """Asked of the container's own kubectl."""
    said = inside("kubeface shell kubectl wait --for=condition=Ready nodes --all --timeout=300s")
    assert said.count("condition met") == 3, said


def notebook_runs() -> str:
    """From top to bottom; what its last cells show is the gallery of photos."""
    inside(NOTEBOOK)
    cells = json.loads(inside("cat /tmp/run.ipynb"))["cells"]
    return f"{sum(cell['cell_type'] == 'code' for cell in cells)} cells of code"


def keep_something() -> None:
    """A file in one's own folder, and an object in the cluster."""
    inside("echo mine > ~/kubeface/mine.txt")
    inside("kubeface shell kubectl create configmap mine --namespace default --from-literal=a=b")


def stop() -> str:
    """In Docker's own time: ten seconds, then it would be killed."""
    docker("stop", NAME)
    code = docker("inspect", "--format", "{{.State.ExitCode}}", NAME).strip()
    assert code == "0", f"exit code {code}"
    assert "its data are kept" in docker("logs", "--tail", "3", NAME)
    return f"exit code {code}"


def start_again() -> str:
    """With the same data."""
    begun = time.monotonic()
    docker("start", NAME)
    wait_for_page()
    return f"{time.monotonic() - begun:.0f} s"


def is_kept() -> None:
    """What the learner had."""
    nodes_are_ready()
    assert inside("cat ~/kubeface/mine.txt").strip() == "mine"
    inside("kubeface shell kubectl get configmap mine --namespace default")


def everything_there_is() -> dict[str, list[str]]:
    """What a container with a cluster in it could leave behind."""
    asked = {
        "links": ("ip", "-brief", "link"),
        "routes": ("ip", "route"),
        "namespaces": ("sudo", "lsns", "--noheadings", "--type", "net", "--output", "COMMAND"),
        "rules": ("sudo", "iptables-save"),
        "cgroups": ("sudo", "find", "/sys/fs/cgroup", "-name", "*kubeface*", "-o", "-name", "docker-*"),
        "processes": ("pgrep", "--list-name", "kube|etcd|containerd-shim|supervisord|jupyter"),
        "volumes": (*DOCKER, "volume", "ls", "--quiet"),
        "containers": (*DOCKER, "ps", "--all", "--format", "{{.Names}}"),
    }
    found = {kind: _lines(*command) for kind, command in asked.items()}
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    settings = [f"{name}={(Path('/proc/sys') / name).read_text().strip()}" for name in KERNEL]
    return {**found, "mounts": sorted(mounts), "settings": settings}


def _lines(*command: str) -> list[str]:
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    said = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": path}).stdout
    steady = (re.sub(r"\[\d+:\d+\]", "", line) for line in said.splitlines() if not line.startswith("#"))
    return sorted(line.rstrip() for line in steady)


def sees(before: dict[str, list[str]]) -> None:
    """A comparison that is blind would be worth nothing."""
    now = everything_there_is()
    kinds = ("links", "namespaces", "cgroups", "processes", "volumes", "containers", "settings")
    blind = [kind for kind in kinds if now[kind] == before[kind]]
    assert not blind, f"it sees no {', '.join(blind)}"


def is_still(before: dict[str, list[str]]) -> None:
    """The volume and the stopped container are all that there is more than before."""
    found = _without(changes(before, everything_there_is()), f"volumes: left: {VOLUME}")
    assert not (more := _without(found, f"containers: left: {NAME}")), "\n".join(more)


def remove(before: dict[str, list[str]]) -> None:
    """First the container, then the volume with the learner's things."""
    docker("rm", "--force", "--volumes", NAME)
    found = changes(before, everything_there_is())
    assert found == [f"volumes: left: {VOLUME}"], "\n".join(found)
    docker("volume", "rm", VOLUME)
    assert not (found := changes(before, everything_there_is())), "\n".join(found)


def _without(lines: list[str], expected: str) -> list[str]:
    assert expected in lines, f"{expected}: not seen"
    return [line for line in lines if line != expected]


if __name__ == "__main__":
    main()
