"""A machine in software: qemu runs it, and what it tells on its second serial line is read as it comes."""

import os
import selectors
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from kubeface.errors import Crashed, NotReady
from kubeface.util import files

MEMORY_MIB = 6144
#: Software, since not every machine lends its processors. The clock goes by what has been computed,
#: a nanosecond an instruction: however slow or busy this machine is, no time is too short in there.
#: (With two processors such a clock does not get past starting the second; measured with qemu 7.2.)
_PROCESSOR = ("-accel", "tcg,thread=single", "-cpu", "max", "-icount", "shift=0,align=off,sleep=on")
#: One disk each for the system and the home; whatever is written to them is forgotten with the machine.
_KERNEL = "root=LABEL=system rw console=ttyS0,115200 net.ifnames=0 panic=-1"


def command(*, kernel: Path, first_files: Path, disks: Sequence[Path], console: Path) -> list[str]:
    """The command line that runs it. Its network ends at the machine: nothing goes out, nobody comes in."""
    drives = [f"file={disk},format=raw,if=virtio,snapshot=on,cache=unsafe,discard=unmap" for disk in disks]
    return [
        "qemu-system-x86_64",
        *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
        *(*_PROCESSOR, "-m", str(MEMORY_MIB)),
        *("-kernel", str(kernel), "-initrd", str(first_files), "-append", _KERNEL),
        *(word for drive in drives for word in ("-drive", drive)),
        *("-netdev", "user,id=inside,restrict=on", "-device", "virtio-net-pci,netdev=inside"),
        *("-device", "virtio-rng-pci"),
        *("-serial", f"file:{console}", "-serial", "stdio"),
    ]


def told(command: Sequence[str], *, console: Path, timeout_s: float, temporary: Path) -> Iterator[str]:
    """Each line that the machine tells, until it is switched off; it does not outlive the reading.

    Args:
        console: Where its kernel and its services write; the last lines stand in every failure.
        temporary: Where qemu keeps what is written to the disks.
    Raises:
        NotReady: it still ran after `timeout_s`.
        Crashed: qemu ended with an error.
    """
    deadline = time.monotonic() + timeout_s
    console.write_text("")
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        try:
            yield from _lines(process, deadline, timeout_s, console)
            if process.wait() != 0:
                assert process.stderr
                said = process.stderr.read().decode(errors="replace").strip()
                raise Crashed(f"{command[0]} ended with exit code {process.returncode}.", seen=said)
        finally:
            process.kill()


def last_lines(console: Path) -> str:
    """The end of what kernel and services wrote."""
    return f"The console's last lines ({console}):\n{files.tail(console, 25)}"


def _lines(
    process: subprocess.Popen[bytes], deadline: float, timeout_s: float, console: Path
) -> Iterator[str]:
    assert process.stdout
    rest = b""
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not ready.select(max(0.0, deadline - time.monotonic())):
                raise NotReady(
                    f"The machine was not done after {timeout_s / 60:g} minutes.",
                    seen=last_lines(console),
                    try_next="the same again with more time: make test-vm MINUTES=180",
                )
            some = os.read(process.stdout.fileno(), 65536)
            if not some:
                return
            *whole, rest = (rest + some).split(b"\n")
            yield from (line.decode(errors="replace").rstrip("\r") for line in whole)
