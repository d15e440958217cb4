"""How this machine's kernel was built, and for which processors."""

import gzip
import os
import re
from pathlib import Path

#: Where a kernel's options are told: by itself, or by the distribution that built it.
TOLD = (Path("/proc/config.gz"), Path(f"/boot/config-{os.uname().release}"))

#: The kernel's names of processors, as Go, Kubernetes and images call them.
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def architecture() -> str:
    """What its programs are made for, as Kubernetes says it: "amd64"."""
    machine = os.uname().machine
    return _ARCHITECTURES.get(machine, machine)


def lacks(option: str) -> bool:
    """Whether it was built without an option, such as "CONFIG_NFT_QUEUE"; False where nothing tells."""
    for file in TOLD:
        if file.exists():
            text = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            return not re.search(rf"^{option}=[ym]$", text.decode(), re.MULTILINE)
    return False
