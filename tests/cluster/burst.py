"""Sixty photos posted while something breaks, and what became of each."""

import contextlib
import itertools
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from kubeface import Cluster, Pipeline, places
from kubeface.errors import KubefaceError
from kubeface.linux import cgroups
from kubeface.pipeline import http
from kubeface.util.waiting import wait_until

PHOTOS = 60
BREAK_AFTER = 20  # the fault comes while the rest is posted and most of these are under way
#: Who is in a photo; None: a cat, which is FAILED with a reason.
SOURCES = {
    "obama2.jpg": "Barack Obama",
    "astronaut_small.jpg": "Eileen Collins",
    "obama3.jpg": "Barack Obama",
    "chelsea.png": None,
}
#: Name of the picture in its folder → the photo that it is made of.
PICTURES = {
    f"{number:02}-{Path(name).stem}.jpg": name
    for number, name in zip(range(PHOTOS), itertools.cycle(SOURCES), strict=False)
}
FINAL_WITHIN_S = 300.0  # chosen: the redeemer's minute, twice, and a slow machine


@dataclass
class Outcome:
    """One line of the table."""

    fault: str
    accepted: int
    rows: dict[int, dict[str, Any]] = field(repr=False)  # as they were when the last became final
    wrong: list[str]
    back_s: float  # until what was broken served again
    final_s: float  # until the last photo was final

    @property
    def lost(self) -> int:
        """Accepted, and never final."""
        return self.accepted - sum(row["status"] in ("PROCESSED", "FAILED") for row in self.rows.values())


def make_photos(folder: Path, faults: tuple[str, ...]) -> None:
    """known_people as it is, and in unknown_people one folder a fault, with PHOTOS distinct pictures."""
    ours = places.cache() / "photos"
    (folder / "known_people").mkdir()
    for photo in (ours / "known_people").iterdir():
        (folder / "known_people" / photo.name).write_bytes(photo.read_bytes())
    sources = {name: Image.open(ours / "unknown_people" / name).convert("RGB") for name in SOURCES}
    for photo in sources.values():
        photo.thumbnail((640, 640))
    for part, fault in enumerate(faults):
        place = folder / "unknown_people" / fault
        place.mkdir(parents=True)
        for number, (name, source) in enumerate(PICTURES.items()):
            picture = sources[source]
            edge = 1 + number // len(SOURCES)  # a few pixels less on one side: another picture
            cut = picture.crop((edge, 0, picture.width, picture.height))
            cut.save(place / name, quality=90 - part)


def send(pipeline: Pipeline, fault: str, strike: Callable[[], None], is_back: Callable[[], bool]) -> Outcome:
    """Post every photo of a fault's folder, striking on the way, and follow each to its end."""
    ids: dict[int, str] = {}
    struck_at = 0.0
    for number, name in enumerate(PICTURES):
        if number == BREAK_AFTER:
            struck_at = time.monotonic()
            strike()
        ids[_accepted(pipeline, f"unknown_people/{fault}/{name}")] = name
    wait_until(is_back, what=f"{fault} is not back", timeout_s=180, every_s=0.3)
    back_s = time.monotonic() - struck_at
    rows = _final_rows(pipeline, set(ids))
    final_s = time.monotonic() - struck_at
    wrong = [f"{ids[number]}: {row}" for number, row in rows.items() if not _is_right(ids[number], row)]
    return Outcome(fault, len(ids), rows, wrong, back_s, final_s)


def rows(pipeline: Pipeline, ids: set[int]) -> dict[int, dict[str, Any]]:
    """Everything the frontend tells of these photos."""
    found: dict[int, dict[str, Any]] = {}
    before = max(ids) + 1
    while before > min(ids):
        port = pipeline.cluster.get("service/frontend").spec.ports[0].nodePort
        page = http.get_json(pipeline.address, port, f"/api/images?limit=200&before={before}")["images"]
        if not page:
            break
        found |= {row["id"]: row for row in page if row["id"] in ids}
        before = min(row["id"] for row in page)
    return found


def kill_pods(cluster: Cluster, cgroup: str, name: str) -> set[str]:
    """SIGKILL to all that a component's Pods run, then they are deleted without grace; their names."""
    pods = cluster.list("pods", labels={"app.kubernetes.io/name": name})
    uids = {pod.metadata.uid for pod in pods}
    for pid in cgroups.processes(cgroup):
        with contextlib.suppress(OSError):
            group = Path(f"/proc/{pid}/cgroup").read_text()
            if any(f"pod{uid}" in group for uid in uids):
                os.kill(pid, signal.SIGKILL)
    for pod in pods:
        cluster.delete(pod.ref, grace_s=0)
    return {pod.name for pod in pods}


def is_replaced(cluster: Cluster, name: str, gone: set[str]) -> bool:
    """As many other Pods of the component as were killed are ready."""
    pods = cluster.list("pods", labels={"app.kubernetes.io/name": name})
    return sum(pod.is_ready for pod in pods if pod.name not in gone) >= len(gone)


def _accepted(pipeline: Pipeline, path: str) -> int:
    """The id of a photo; a client that gets no answer posts again, as clients do."""
    ids: list[int] = []

    def posted() -> bool:
        with contextlib.suppress(KubefaceError):
            ids.append(pipeline.post(path))
        return bool(ids)

    wait_until(posted, what=f"{path} was not accepted", timeout_s=120, every_s=0.2)
    return ids[0]


def _final_rows(pipeline: Pipeline, ids: set[int]) -> dict[int, dict[str, Any]]:
    """The rows once all are final, or as they are when the time is over."""
    seen: dict[int, dict[str, Any]] = {}

    def all_final() -> bool:
        with contextlib.suppress(KubefaceError):
            seen.update(rows(pipeline, ids))
        return len(seen) == len(ids) and all(
            one["status"] in ("PROCESSED", "FAILED") for one in seen.values()
        )

    with contextlib.suppress(KubefaceError):
        wait_until(all_final, what="photos are open", timeout_s=FINAL_WITHIN_S, every_s=0.5)
    return seen


def _is_right(name: str, row: dict[str, Any]) -> bool:
    person = SOURCES[PICTURES[name]]
    if person is None:
        return bool(row["status"] == "FAILED" and "no face" in (row["reason"] or ""))
    return bool(row["status"] == "PROCESSED" and row["person"] == person)
