"""Run a piece of Python on a machine of its own: networks, mounts and /run that nobody else sees."""

import subprocess
import sys
import textwrap

from kubeface.util.process import find


def on_a_machine_of_its_own(script: str, *arguments: str, before: str = "true") -> str:
    """What the script prints; `before` is shell that runs there first. Loopback is up."""
    setting = f"mount -t tmpfs tmpfs /run; ip link set lo up; {before}"
    command = [find("unshare"), "--net", "--mount", "--propagation", "private", "sh", "-ec"]
    inside = f'{setting}; exec "$@"'
    python = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    done = subprocess.run(
        [*command, inside, "sh", *python], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
