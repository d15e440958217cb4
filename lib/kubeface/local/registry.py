"""The images of a cluster's own registry: what the course brings, and what people have pushed since."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from kubeface import images, places
from kubeface.images.registry_data import copy_images, kept_in, tags
from kubeface.local import node_start
from kubeface.local.programs import supervisor
from kubeface.local.spec import REGISTRY_HOST, ClusterSpec, Node
from kubeface.local.steps import Say
from kubeface.local.toolchain import Toolchain
from kubeface.util.process import run
from kubeface.util.waiting import wait_until


def prepare(spec: ClusterSpec, tools: Toolchain) -> None:
    """Give a new cluster's registry the course's images, as far as the cache has them."""
    if not spec.registry_data.exists():
        _course_images(kept_in(tools.cache), _beside(spec, "new")).rename(spec.registry_data)


def kept(tools: Toolchain) -> dict[str, str]:
    """The digest of each image that is kept for every new registry, by NAME:TAG."""
    return tags(kept_in(tools.cache))


def fill(spec: ClusterSpec, tools: Toolchain, built: Sequence[images.Built], say: Say) -> None:
    """Bring the registry what it lacks, by a copy of what is kept, else by a push; then that is kept, too.

    Nodes delete what they have of older ones.
    """
    there, at_hand = tags(spec.registry_data), kept(tools)
    known = images.digests(built, cache=tools.cache)
    ready = [ref for ref, digest in known.items() if at_hand.get(ref) == digest != there.get(ref)]
    copied = copy_images(ready, kept_in(tools.cache), spec.registry_data)
    authority = spec.pki / "ca.crt"
    pushed = images.push_all(built, cache=tools.cache, registry=spec.registry, ca=authority, say=say)
    copy_images(pushed, spec.registry_data, kept_in(tools.cache))
    if changed := [*copied, *pushed]:
        _delete_from_nodes(spec, tools, changed)


def reset(spec: ClusterSpec, tools: Toolchain) -> None:
    """Have the course's images in the running registry and no others; nodes delete the others, too."""
    before, kept = tags(spec.registry_data), tags(kept_in(tools.cache))
    refs = [one.ref for one in images.load(places.SOURCE)]
    course = {ref: kept.get(ref, before.get(ref)) for ref in refs}
    changed = [ref for ref, digest in before.items() if course.get(ref) != digest]
    if not changed and before.keys() == course.keys():
        return
    new = _course_images(kept_in(tools.cache), _beside(spec, "new"))
    copy_images([ref for ref in refs if ref not in kept], spec.registry_data, new)
    old = _beside(spec, "old")
    spec.registry_data.rename(old)
    new.rename(spec.registry_data)
    shutil.rmtree(old)
    if changed:
        _delete_from_nodes(spec, tools, changed)


def images_of(one: Node, tools: Toolchain, pid: int, *arguments: str) -> str:
    """The output of `ctr images` on a node, once its containerd runs; its socket is seen through /proc.

    Args:
        pid: The node's process 1, seen from the host.
    """
    socket = Path(f"/proc/{pid}/root{node_start.CONTAINERD}")
    wait_until(socket.exists, what=f"containerd of {one.name} did not start", timeout_s=30, pid=pid)
    ctr = tools.program("containerd", "ctr")
    command = [str(ctr), "--address", str(socket), "--namespace", "k8s.io", "images", *arguments]
    return run(command, what=f"Looking at the images of {one.name}")


def _course_images(source: Path, folder: Path) -> Path:
    """A new data folder with the course's images that the source has."""
    folder.mkdir(parents=True)
    copy_images([one.ref for one in images.load(places.SOURCE)], source, folder)
    return folder


def _beside(spec: ClusterSpec, word: str) -> Path:
    """A folder beside the registry's, where nothing is: what a killed command left there goes."""
    folder = spec.registry_data.with_suffix(f".{word}")
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _delete_from_nodes(spec: ClusterSpec, tools: Toolchain, changed: Sequence[str]) -> None:
    """Have the nodes pull these images ("receiver:v1.0") again: what they hold under those names is old."""
    refs = {f"{REGISTRY_HOST}/{image}" for image in changed}
    pids = {one["name"]: one["pid"] for one in supervisor(spec).programs()}
    for one in spec.nodes:
        if old := refs.intersection(images_of(one, tools, pids[one.name], "ls", "--quiet").split()):
            images_of(one, tools, pids[one.name], "rm", *sorted(old))
