"""Images as files, for the tool that made a cluster to load."""

from collections.abc import Callable, Iterable
from pathlib import Path

from kubeface.images.build import Built
from kubeface.images.storage import Storage


def save_all(
    built: Iterable[Built], folder: Path, *, cache: Path, registry: str, say: Callable[[str], None]
) -> list[Path]:
    """An archive of each image in a folder, as `docker save` would write it.

    Args:
        built: The images.
        folder: Where to; it is there.
        cache: Where they were built.
        registry: What stands before their names, in the archives and then on the nodes.
        say: Takes a line for each.
    Raises:
        CommandFailed: one could not be written.
    """
    storage = Storage(cache)
    with storage.alone(say):
        return [_save(one, folder, storage, registry, say) for one in built]


def _save(one: Built, folder: Path, storage: Storage, registry: str, say: Callable[[str], None]) -> Path:
    path = folder / f"{one.image.name}-{one.image.tag}.tar"
    path.unlink(missing_ok=True)  # an archive is never written over another
    where = f"docker-archive:{path}:{registry}/{one.image.ref}"
    storage.buildah("push", "--quiet", one.id, where, what=f"Saving {one.image.ref}", timeout_s=600)
    say(f"Saved {one.image.ref}")
    return path
