"""`make test-vm`: does all of it work for an ordinary user of a stock Debian 12?

A machine in software boots it: systemd, cgroup v2, AppArmor, a person with sudo at the console, who types
what the README says (guest/prove.py): `make lab`, the pipeline, `kubeface down --purge`. The machine reaches
nothing outside, so what `kubeface setup` has built here comes along on a disk. Its last line is the verdict.

`make test-vm PROVE=image` proves the image kubeface/lab, for somebody who has Docker and nothing else of the
course (guest/prove_image.py): `docker load`, `docker run`, notebook 00, `docker stop`, `docker start`.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import disks
import machine

from kubeface.cli import setup
from kubeface.errors import KubefaceError, Missing
from kubeface.linux.packages import PACKAGES, Package
from kubeface.places import SOURCE

#: Where `make lab-image` puts the archive.
LAB = SOURCE / "build" / "lab"
#: What the last line may say.
PASSED, FAILED = "passed", "failed"
NEEDED = (
    Package(
        "qemu-system-x86_64",
        "qemu-system-x86",
        "runs the machine",
        others={"dnf": "qemu-system-x86-core", "zypper": "qemu-x86"},
    ),
    Package("mke2fs", "e2fsprogs", "makes the disks of the machine"),
    *(package for package in PACKAGES if package.program in ("mmdebstrap", "git", "unshare")),
)


def main() -> int:
    """The exit code: 0 when everything was as it should be, else 1."""
    parser = argparse.ArgumentParser(prog="make test-vm")
    parser.add_argument("--minutes", type=float, default=120, help="how long the machine may take")
    parser.add_argument("--prove", choices=PROOFS, default="host", help="what is proved in it")
    chosen = parser.parse_args()
    try:
        _require()
        return prove(PROOFS[chosen.prove], minutes=chosen.minutes)
    except KubefaceError as error:
        print(f"test-vm: {error}", file=sys.stderr)
        return 1


def _host() -> tuple[disks.System, Path]:
    """The disks of an ordinary user, with what is built here."""
    setup.everything(for_tests=False, say=_say)
    system = disks.system(_say)
    return system, disks.home(system, _say)


def _image() -> tuple[disks.System, Path]:
    """The disks of somebody with Docker, and the image."""
    made = sorted(LAB.glob("*.tar"), key=lambda one: one.stat().st_mtime)
    if not made:
        raise Missing(f"There is no archive in {LAB}.", try_next="make lab-image")
    return disks.engine(_say), disks.home_with_image(made[-1], _say)


#: What can be proved, and the disks that it needs.
PROOFS = {"host": _host, "image": _image}


def prove(make_disks: Callable[[], tuple[disks.System, Path]], *, minutes: float) -> int:
    """Make the disks, boot, pass on what is told; the exit code."""
    system, home = make_disks()
    console = disks.work_folder() / f"{home.stem}-console.log"
    command = machine.command(
        kernel=system.kernel,
        first_files=system.first_files,
        disks=(system.disk, home),
        console=console,
    )
    _say(f"Booting; what its kernel and services say is in {console}")
    last = ""
    try:
        for last in machine.told(
            command, console=console, timeout_s=minutes * 60, temporary=disks.work_folder()
        ):
            _say(f"  {last}")
    finally:
        home.unlink()
    if last == FAILED:
        raise KubefaceError("Not everything is as it should be: see the lines with ✗.")
    if last != PASSED:
        raise KubefaceError("The machine ended without a verdict.", seen=machine.last_lines(console))
    _say("Everything is as it should be, and nothing is left behind.")
    return 0


def _require() -> None:
    if sentences := [package.sentence for package in NEEDED if not package.is_installed]:
        raise Missing("The machine cannot be made here yet.", seen="\n".join(sentences))
    if os.geteuid() != 0:
        raise Missing(
            "The disks of the machine hold files of root's, so root makes them.",
            try_next="make test-vm as root",
        )


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
