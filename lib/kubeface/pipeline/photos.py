"""Put photos on the cluster's shared volume."""

import io
import shutil
import tarfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

from kubeface import places
from kubeface.errors import BadInput
from kubeface.kube import Cluster, wait
from kubeface.kube.kubectl import run

LOADER = "photo-loader"
LOAD_S = 120  # chosen: a folder of some hundred photos
FOLDERS = ("known_people", "unknown_people")
PICTURES = (".jpg", ".jpeg", ".png")
#: What is copied when many photos are wanted: small, quick to look at, and of two people.
COPIED = ("astronaut_small.jpg", "obama2.jpg")


def photos_folder() -> Path:
    """The photos that are posted: the learner's own, in a folder of theirs; else the course's."""
    own = places.folder_here()
    return own / "photos" if own and (own / "photos").is_dir() else places.cache() / "photos"


def pictures(folder: Path) -> list[Path]:
    """The pictures of a photos folder, relative to it, by path.

    Raises:
        BadInput: there are none in known_people or unknown_people.
    """
    found = sorted(path.relative_to(folder) for path in _pictures(folder))
    if not found:
        raise BadInput(
            f"{folder} has no pictures", seen=f"looked in {' and '.join(FOLDERS)} for {', '.join(PICTURES)}"
        )
    return found


def copy_photos(source: Path, folder: Path, count: int) -> None:
    """known_people as it is; below unknown_people that many pictures, under names that nobody has used.

    Args:
        source: A photos folder that has the pictures to copy.
        folder: The photos folder to make.
        count: How many; their names end in that of what they are a copy of.
    """
    shutil.copytree(source / "known_people", folder / "known_people")
    place = folder / "unknown_people" / f"copies-{uuid4().hex[:8]}"
    place.mkdir(parents=True)
    for number, name in zip(range(count), cycle(COPIED), strict=False):
        shutil.copyfile(source / "unknown_people" / name, place / f"{number:03}-{name}")


def load_photos(cluster: Cluster, folder: Path, *, namespace: str, image: str) -> list[str]:
    """The paths of the pictures that are now on the volume `photos`, relative to it.

    A short-lived Pod mounts the volume and unpacks what it is sent; it is gone afterwards.

    Args:
        cluster: Where the pipeline runs.
        folder: Has known_people/ and unknown_people/.
        namespace: Where the claim `photos` is.
        image: Any image with sh and tar.

    Raises:
        BadInput: the folder has no pictures.
        NotReady: the Pod did not start; the reasons are in `seen`.
        CommandFailed: the pictures could not be written.
    """
    paths = pictures(folder)
    ref = f"pod/{LOADER}"
    _remove(cluster, ref, namespace)  # left by somebody who was interrupted
    cluster.create(_loader(image), namespace=namespace)
    try:
        wait(cluster, ref, for_="Ready", timeout_s=60, namespace=namespace)
        # Modes say what everybody may do with a file; the owner's numbers of this machine mean nothing there.
        unpack = ["tar", "--extract", "--directory=/photos", "--no-same-owner", "--no-same-permissions"]
        run(
            ["exec", "--stdin", "--namespace", namespace, LOADER, "--", *unpack],
            cluster=cluster,
            stdin=_archive(folder, paths),
            timeout_s=LOAD_S,
        )
    finally:
        _remove(cluster, ref, namespace)
    return [str(path) for path in paths]


def _pictures(folder: Path) -> Iterator[Path]:
    for name in FOLDERS:
        yield from (path for path in (folder / name).rglob("*") if path.suffix.lower() in PICTURES)


def _archive(folder: Path, paths: list[Path]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in paths:
            archive.add(folder / path, arcname=str(path), filter=_readable)
    return packed.getvalue()


def _readable(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mode = 0o644
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _remove(cluster: Cluster, ref: str, namespace: str) -> None:
    if cluster.delete(ref, namespace=namespace, grace_s=0):
        wait(cluster, ref, for_="deleted", timeout_s=30, namespace=namespace)


def _loader(image: str) -> dict[str, Any]:
    locked = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    amount = {"cpu": "20m", "memory": "64Mi"}
    container = {
        "name": LOADER,
        "image": image,
        "command": ["tail", "-f", "/dev/null"],  # it stays until it is deleted
        "resources": {"requests": amount, "limits": {"cpu": "500m", "memory": "64Mi"}},
        "securityContext": locked,
        "volumeMounts": [{"name": "photos", "mountPath": "/photos"}],
    }
    spec = {
        "restartPolicy": "Never",
        "activeDeadlineSeconds": LOAD_S + 60,  # if nobody comes back for it
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "runAsGroup": 10001,
            "fsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [{"name": "photos", "persistentVolumeClaim": {"claimName": "photos"}}],
    }
    labels = {"app.kubernetes.io/name": LOADER, "app.kubernetes.io/part-of": "face-pipeline"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": LOADER, "labels": labels}, "spec": spec}
