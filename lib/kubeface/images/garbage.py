"""Remove images that no catalog entry is made of any more, from the build storage and from the registry."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from kubeface.images import catalog
from kubeface.images.registry_data import kept_in
from kubeface.images.storage import Storage
from kubeface.util import files
from kubeface.util.process import run


def collect(
    *,
    cache: Path,
    source: Path,
    registry_program: Path,
    registries: Sequence[Path] = (),
    say: Callable[[str], None],
) -> tuple[int, int]:
    """Remove them; the bytes that the build storage and the registries gave back.

    What never was in the catalog stays: somebody pushed it. A running registry may serve meanwhile.

    Args:
        cache: Where the images are built and kept.
        source: The folder of the catalog.
        registry_program: The registry's program, which removes what no tag leads to.
        registries: The data folders of clusters' registries.
        say: Called with a line when another command has to be waited for.
    """
    storage = Storage(cache)
    with storage.alone(say):
        storage.tidy()
        old = _forget_old(storage, {image.ref for image in catalog.load(source)})
        pushed_to = [kept_in(cache), *registries]
        folders = (storage.root, *pushed_to)
        before = [files.disk_bytes(folder) for folder in folders]
        _tidy_storage(storage, old)
        for folder in pushed_to:
            _tidy_registry(folder, registry_program, old)
        built, *pushed = (was - files.disk_bytes(folder) for was, folder in zip(before, folders, strict=True))
    return max(0, built), max(0, sum(pushed))


def _forget_old(storage: Storage, wanted: set[str]) -> list[str]:
    """The refs that were built once and are in the catalog no longer; nothing is remembered of them now."""
    old = [ref for ref in storage.recall() if ":" in ref and ref not in wanted]
    if old:
        storage.forget(old)
    return old


def _tidy_storage(storage: Storage, old: list[str]) -> None:
    """The old images, and layers that no image has; those that a later build may go on from stay."""
    there = {name for names in storage.images().values() for name in names}
    if names := [f"localhost/{ref}" for ref in old if f"localhost/{ref}" in there]:
        storage.buildah("rmi", *names, what="Removing old images", timeout_s=300)
    if storage.images():
        storage.buildah("rmi", "--prune", what="Removing old layers", timeout_s=600)


def _tidy_registry(folder: Path, program: Path, old: list[str]) -> None:
    """The old tags, and everything that no tag leads to."""
    if not folder.exists():
        return
    repositories = folder / "docker" / "registry" / "v2" / "repositories"
    for ref in old:
        name, tag = ref.split(":")
        shutil.rmtree(repositories / name / "_manifests" / "tags" / tag, ignore_errors=True)
    settings = {
        "version": 0.1,
        "log": {"level": "warn"},
        "storage": {"filesystem": {"rootdirectory": str(folder)}},
    }
    with tempfile.TemporaryDirectory() as aside:
        conf = Path(aside) / "registry.yaml"
        conf.write_text(yaml.safe_dump(settings))
        run(
            [program, "garbage-collect", "--delete-untagged", conf],
            what="Removing old images from the registry",
            timeout_s=300,
        )
