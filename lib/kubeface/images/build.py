"""Build the images that have changed."""

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kubeface.errors import Missing
from kubeface.images import base, catalog, cluster_images, inputs
from kubeface.images.catalog import Image
from kubeface.images.storage import Storage, one_at_a_time

#: How many images are built at once (chosen: a build waits for the network about half of its time).
AT_ONCE = 2
#: No image is kept anywhere but in the storage.
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Built:
    """An image in the cache's storage.

    Args:
        id: Its id there, 64 hexadecimal digits.
        is_new: True when it was built just now.
    """

    image: Image
    id: str
    is_new: bool


@dataclass(frozen=True)
class _Plan:
    """One image, what it is made of now, and how to build it (returns its id)."""

    image: Image
    inputs: str
    build: Callable[[], str]


def build_all(
    *,
    cache: Path,
    source: Path,
    binaries: Mapping[str, Path],
    only: set[str] | None = None,
    kept: Mapping[str, str] = NOTHING,
    say: Callable[[str], None],
) -> list[Built]:
    """Have every image of the catalog in the cache's storage; at once when nothing has changed.

    Args:
        cache: Holds storage/, base/, logs/ and images.json.
        source: The course's, which is the build context.
        binaries: Programs by name, such as {"coredns": …}; those not named are looked for on this machine.
        only: Names of images; None means all.
        kept: The digests of images, by NAME:TAG, that need not be stored too: a registry has them.
    Returns:
        In the order of the catalog.
    Raises:
        Missing: a program, a Dockerfile or the catalog is not there.
        CommandFailed: a build failed; its log's last lines are in `seen`. Images built before it are kept.
    """
    storage, say = Storage(cache), one_at_a_time(say)
    plans = [_plan(image, storage, source, binaries) for image in catalog.pick(catalog.load(source), only)]
    if not _changed(plans, storage, kept):
        return _built(plans, storage, new=set())
    with storage.alone(say):
        changed = _changed(plans, storage, kept)
        storage.tidy()
        if any(plan.image.folder for plan in changed):
            base.ensure(storage, say=say)
        try:
            _build_in_order(changed, storage, say)
        except BaseException:
            storage.tidy()  # else what was being built stays mounted
            raise
        return _built(plans, storage, new={plan.image.ref for plan in changed})


def _plan(image: Image, storage: Storage, source: Path, binaries: Mapping[str, Path]) -> _Plan:
    if image.folder is None:
        path = cluster_images.program(image.name, binaries)
        fingerprint = cluster_images.fingerprint(image.name, path)
        return _Plan(image, fingerprint, lambda: _build_program(image, path, storage))
    dockerfile = source / image.folder / "Dockerfile"
    if not dockerfile.exists():
        raise Missing(f"The image {image.name} has no {dockerfile}.")
    given = " ".join(f"{name}={value}" for name, value in image.args)
    fingerprint = inputs.fingerprint(dockerfile, source, base=f"{base.recipe()} {given}".strip())
    return _Plan(image, fingerprint, lambda: _build_folder(image, dockerfile, storage, source))


def _build_program(image: Image, path: Path, storage: Storage) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dockerfile = cluster_images.lay_out(image.name, path, folder)
        same_bytes = (
            "--timestamp",
            "0",
        )  # these have no times worth keeping: the same program, the same digest
        return storage.build(image.ref, *same_bytes, "-f", dockerfile, "-t", image.ref, context=folder)


def _build_folder(image: Image, dockerfile: Path, storage: Storage, source: Path) -> str:
    # No --timestamp: it would put every .py out of step with the .pyc that was compiled from it.
    args = [f"--build-arg={name}={value}" for name, value in image.args]
    with tempfile.TemporaryDirectory() as name:
        laid_out = inputs.lay_out(dockerfile, source, Path(name))
        return storage.build(
            image.ref, *host_settings(), *args, "-f", laid_out, "-t", image.ref, context=Path(name)
        )


def host_settings() -> list[str]:
    """What package clients need of this machine, seen by RUN steps only and never part of an image.

    buildah itself passes on the resolver and the proxy variables.
    """
    mounts = {Path("/etc/ssl/certs"): "/etc/ssl/certs"}
    if conf := next((path for path in _pip_settings() if path.is_file()), None):
        mounts[conf] = "/etc/pip.conf"
    return [f"--volume={path}:{inside}:ro" for path, inside in mounts.items() if path.exists()]


def _pip_settings() -> Iterable[Path]:
    """Where pip's settings may be, the most particular first."""
    if named := os.environ.get("PIP_CONFIG_FILE"):
        yield Path(named)
    yield Path.home() / ".config" / "pip" / "pip.conf"
    yield Path.home() / ".pip" / "pip.conf"
    yield Path("/etc/pip.conf")


def _build_in_order(plans: list[_Plan], storage: Storage, say: Callable[[str], None]) -> None:
    """The first image alone, since it makes the layers that others share; then several at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for group in (plans[:1], plans[1:]):
            list(pool.map(lambda plan: _build_one(plan, storage, say), group))


def _build_one(plan: _Plan, storage: Storage, say: Callable[[str], None]) -> None:
    say(f"Building {plan.image.ref}")
    start = time.monotonic()
    identifier = plan.build()
    storage.remember(plan.image.ref, inputs=plan.inputs, image=identifier)
    say(f"Built {plan.image.ref} in {time.monotonic() - start:.0f} s")


def _changed(plans: list[_Plan], storage: Storage, kept: Mapping[str, str]) -> list[_Plan]:
    """The images that are neither stored nor kept as their inputs would make them now."""
    known, stored = storage.recall(), storage.images()

    def is_current(plan: _Plan) -> bool:
        ref = plan.image.ref
        record = known.get(ref, {})
        is_stored = f"localhost/{ref}" in stored.get(record.get("image", ""), [])
        is_kept = ref in kept and kept[ref] == record.get("pushed")
        return record.get("inputs") == plan.inputs and (is_stored or is_kept)

    return [plan for plan in plans if not is_current(plan)]


def _built(plans: list[_Plan], storage: Storage, *, new: set[str]) -> list[Built]:
    known = storage.recall()
    return [Built(plan.image, known[plan.image.ref]["image"], plan.image.ref in new) for plan in plans]
