"""Look at a machine on which some things are hidden, from this process alone."""

import ctypes
import json
import os
import subprocess
import sys

from kubeface.local.cluster import LocalCluster
from kubeface.local.machine import CONTROLLERS
from kubeface.util.process import find

#: Flags of unshare(2).
NEW_MOUNTS, NEW_NETWORK = 0x00020000, 0x40000000
NAMESPACES = ("net", "mnt", "pid", "uts", "ipc", "cgroup")
NOBODY = 65534


def problems(hide: str, *, flags: int = NEW_MOUNTS, uid: int = 0, cache: str | None = None) -> list[str]:
    """What the doctor finds after the shell commands `hide`, which see the looking process as $PID."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            found = _look(hide, flags, uid, cache)
        except BaseException as error:
            found = [f"the look itself failed: {error!r}"]
        os.write(writing, json.dumps(found).encode())
        sys.stdout.flush()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    found = json.loads(said)
    assert isinstance(found, list)
    return found


def without_program(name: str) -> str:
    """A file that cannot be executed lies over it."""
    return f"mount --bind /dev/null {find(name).resolve()}"


def laid_over(command: str, target: str) -> str:
    """Lay what a command prints over a file; it can be executed."""
    return f"t=$(mktemp); {command} > $t; chmod 755 $t; mount --bind $t {target}; rm $t"


def without_namespace(name: str) -> str:
    others = " ".join(f"/proc/$PID/ns/{other}" for other in NAMESPACES if other != name)
    return f"mount -t tmpfs none /proc/$PID/ns; touch {others}"


def without_v1(controller: str) -> str:
    others = " ".join(f"/sys/fs/cgroup/{other}" for other in CONTROLLERS if other != controller)
    return f"mount -t tmpfs none /sys/fs/cgroup; mkdir {others}"


def without_v2(controller: str) -> str:
    others = " ".join(other for other in CONTROLLERS if other != controller)
    return f"mount -t tmpfs none /sys/fs/cgroup; echo {others} > /sys/fs/cgroup/cgroup.controllers"


def without_overlay() -> str:
    no_modprobe = 'm=$(which modprobe || true); [ -z "$m" ] || mount --bind /dev/null $(readlink -f $m)'
    return f"{laid_over('grep -v overlay /proc/filesystems', '/proc/filesystems')}; {no_modprobe}"


def _look(hide: str, flags: int, uid: int, cache: str | None) -> list[str]:
    if ctypes.CDLL(None, use_errno=True).unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), "cannot make namespaces")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["sh", "-ec", hide], check=True, env={**os.environ, "PID": str(os.getpid())})
    if cache:
        os.environ["KUBEFACE_CACHE"] = cache
    if uid:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
    return [one.problem for one in LocalCluster("hidden-from").examine() if one.problem]
