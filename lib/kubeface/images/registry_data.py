"""Copy images between the data folders of registries, without a registry (the layout of distribution v3)."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

_V2 = Path("docker", "registry", "v2")


def kept_in(cache: Path) -> Path:
    """The data folder with the images that the course builds: every new registry begins with them."""
    return cache / "registry"


def copy_images(refs: Iterable[str], source: Path, target: Path) -> list[str]:
    """Copy images, blobs as hard links where that goes; those that the source has whole, as NAME:TAG.

    A tag is written last: a registry that serves the target never sees half an image.

    Args:
        refs: The images, as NAME:TAG.
        source: The data folder of a registry.
        target: Another one; it need not exist.
    """
    return [ref for ref in refs if _copy(ref, source / _V2, target / _V2)]


def tags(folder: Path) -> dict[str, str]:
    """The digest of each image in a registry's data folder, by NAME:TAG."""
    repositories = folder / _V2 / "repositories"
    links = repositories.glob("**/_manifests/tags/*/current/link")
    return {
        f"{link.parents[4].relative_to(repositories)}:{link.parents[1].name}": link.read_text()
        for link in links
    }


def _copy(ref: str, source: Path, target: Path) -> bool:
    name, _, tag = ref.rpartition(":")
    current = Path("repositories", name, "_manifests", "tags", tag, "current", "link")
    if not (source / current).exists():
        return False
    digest = (source / current).read_text()
    needed = list(_blobs(source, digest))
    if not all((source / _data(blob)).exists() for blob in needed):
        return False
    for blob in needed:
        _share(source / _data(blob), target / _data(blob))
        _link(target / "repositories" / name / "_layers", blob)
    _link(target / "repositories" / name / "_manifests" / "revisions", digest)
    _link(target / "repositories" / name / "_manifests" / "tags" / tag / "index", digest)
    _write(target / current, digest)
    return True


def _blobs(source: Path, digest: str) -> Iterator[str]:
    """The digests of a manifest and of all that it names."""
    yield digest
    data = source / _data(digest)
    manifest = json.loads(data.read_text()) if data.exists() else {}
    named = [manifest.get("config"), *manifest.get("layers", ()), *manifest.get("manifests", ())]
    yield from (one["digest"] for one in named if one)


def _data(digest: str) -> Path:
    kind, _, number = digest.partition(":")
    return Path("blobs", kind, number[:2], number, "data")


def _link(folder: Path, digest: str) -> None:
    _write(folder.joinpath(*digest.split(":")) / "link", digest)


def _write(place: Path, text: str) -> None:
    """Whole or not at all, as far as a registry that reads meanwhile can see."""
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.with_name(f".{os.getpid()}.part")
    aside.write_text(text)
    aside.replace(place)


def _share(source: Path, target: Path) -> None:
    """The same bytes: a registry never writes into a blob that is whole."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{os.getpid()}.part")
    aside.unlink(missing_ok=True)
    try:
        aside.hardlink_to(source)
    except OSError:  # another file system
        shutil.copyfile(source, aside)
    aside.replace(target)
