"""What images are built of beside `images/`: in the wheel it lies where it does in a checkout."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BESIDE = (
    ".dockerignore",
    "lib/kubeface/local/toolchain/nsq/go.mod",
    "lib/kubeface/local/toolchain/nsq/go.sum",
)


class ImageSources(BuildHookInterface[Any]):
    """Adds these to a wheel; an editable one leaves everything in the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add copies: hatchling packs a file once, and the library needs its own."""
        self.copies = TemporaryDirectory()
        for name in BESIDE if version == "standard" else ():
            copy = Path(self.copies.name) / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(Path(self.root) / name, copy)
            build_data["force_include"][str(copy)] = f"kubeface/course/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Delete the copies."""
        self.copies.cleanup()
