"""How this machine's kernel was built."""

import gzip
import os
import re
from pathlib import Path

#: Where a kernel's options are told: by itself, or by the distribution that built it.
TOLD = (Path("/proc/config.gz"), Path(f"/boot/config-{os.uname().release}"))


def lacks(option: str) -> bool:
    """Whether it was built without an option, such as "CONFIG_NFT_QUEUE"; False where nothing tells."""
    for file in TOLD:
        if file.exists():
            text = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            return not re.search(rf"^{option}=[ym]$", text.decode(), re.MULTILINE)
    return False
