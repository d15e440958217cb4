"""What the container of kubeface/lab runs: the course, until the container is told to stop.

    catatonit (process 1) → open.py → kubeface lab → JupyterLab

`docker stop` sends SIGTERM: JupyterLab ends, the cluster is shut down in order, its data stay in the volume.
"""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

#: The command of the environment that runs this.
KUBEFACE = str(Path(sys.executable).with_name("kubeface"))
#: What a machine has empty after it has started; a container that was killed has kept its own.
RUN = ("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
#: Nodes see what is mounted later, and a Pod's mounts reach its containers.
SHARED = ("mount", "--make-rshared", "/")
#: Why the two above may fail, as a person has to be told.
NOT_PRIVILEGED = """\
This container may not mount anything, which the nodes of a cluster do. Start it as its page says:
  docker run --privileged -p 127.0.0.1:8888:8888 -v kubeface:/var/lib/kubeface kubeface/lab"""


def main() -> int:
    """Open the course, wait for its end, shut the cluster down; the exit code."""
    Path.home().mkdir(parents=True, exist_ok=True)
    if any(subprocess.call(command) != 0 for command in (RUN, SHARED)):
        print(NOT_PRIVILEGED, file=sys.stderr, flush=True)
        return 1
    _answer_stop(_end)
    lab = subprocess.Popen([KUBEFACE, "lab", "--address", address()])
    try:
        return lab.wait()
    finally:
        _answer_stop(signal.SIG_IGN)  # once is enough, and what shuts the cluster down is not to be stopped
        lab.terminate()
        subprocess.call([KUBEFACE, "down"])
        lab.wait()


def address() -> str:
    """The container's own address, which the engine publishes; on the network of the host, loopback."""
    return socket.gethostbyname(socket.gethostname())


def _answer_stop(answer: Any) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, answer)


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    raise SystemExit(main())
