"""How much of what its face-recognition Pods can do the whole pipeline brings to the database."""

import contextlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

from bench import own_cluster, pictures
from bench.benchmark import Benchmark
from bench.pictures import Picture
from bench.recognition import Pods
from kubeface.errors import CommandFailed
from kubeface.util.waiting import wait_until

if TYPE_CHECKING:
    from kubeface.kube import Cluster
    from kubeface.pipeline import Pipeline

PORT = 50051
DONE_S = 600
LOOK_EVERY_S = 1.0  # chosen: the rows say themselves when they were done, and asking costs a core's time
SETS = ("before", "posted", "after")


def pipeline_efficiency() -> float:
    """Photos a second from the first post to the last final row, divided by what the Pods alone identify.

    The Pods are asked directly before and after, with the same pictures in other files; the mean counts.
    """
    with tempfile.TemporaryDirectory() as folder, _deployed() as pipeline:
        sets = pictures.make(Path(folder), SETS)
        pipeline.load_photos(folder)
        with Pods(_addresses(pipeline.cluster)) as pods:
            pods.wait_for_known(len(list(Path(folder, "known_people").iterdir())))
            before = pods.photos_per_s(sets["before"])
            through = _photos_per_s(pipeline, sets["posted"])
            after = pods.photos_per_s(sets["after"])
    print(f"Pods {before:.2f} and {after:.2f}, pipeline {through:.2f} photos/s", file=sys.stderr)
    return through / mean((before, after))


@contextlib.contextmanager
def _deployed() -> Iterator["Pipeline"]:
    """The pipeline on a new cluster, which is gone afterwards."""
    from kubeface.pipeline import Pipeline

    with own_cluster.running() as cluster:
        pipeline = Pipeline(cluster)
        with contextlib.redirect_stdout(sys.stderr):  # the table has standard output for itself
            pipeline.deploy()
        yield pipeline


def _addresses(cluster: "Cluster") -> list[str]:
    """Where each face-recognition Pod listens."""
    pods = cluster.list("pods", labels={"app.kubernetes.io/name": "face-recognition"})
    return [f"{pod.status.podIP}:{PORT}" for pod in pods if pod.is_ready]


def _photos_per_s(pipeline: "Pipeline", posted: Sequence[Picture]) -> float:
    """The pictures' rate through the pipeline, by the times in their rows.

    Raises:
        NotReady: not all of them were done in time.
        CommandFailed: one of them ended with another person.
    """
    for picture in posted:
        pipeline.post(picture.path)
    wait_until(
        lambda: _final(pipeline.counts()) == len(posted),
        what="not all photos were done",
        timeout_s=DONE_S,
        evidence=lambda: str(pipeline.counts()),
        every_s=LOOK_EVERY_S,
    )
    rows = {row["path"]: row for row in _rows(pipeline)}
    wrong = [one.path for one in posted if rows[one.path]["person"] != one.person]
    if wrong:
        raise CommandFailed("the pipeline gave other answers", seen=", ".join(wrong))
    first = min(_moment(rows[one.path]["created_at"]) for one in posted)
    last = max(_moment(rows[one.path]["updated_at"]) for one in posted)
    return len(posted) / (last - first).total_seconds()


def _final(counts: dict[str, int]) -> int:
    return counts["PROCESSED"] + counts["FAILED"]


def _rows(pipeline: "Pipeline") -> list[dict[str, Any]]:
    """What the frontend tells of every photo, with its times; all of them fit in one page."""
    from kubeface.pipeline import http

    service = pipeline.cluster.get("service/frontend", namespace=own_cluster.NAMESPACE)
    port = int(service.spec.ports[0].nodePort)
    found: list[dict[str, Any]] = http.get_json(pipeline.address, port, "/api/images?limit=200")["images"]
    return found


def _moment(told: str) -> datetime:
    """A time such as 2026-01-31T12:00:00.500Z."""
    return datetime.fromisoformat(told)


BENCHMARKS = [
    Benchmark(
        name="pipeline_efficiency",
        unit="ratio",
        goal=">= 0.9",
        how="60 photos through the pipeline on a cluster of its own, first row to last final row: photos/s, "
        "against the same pictures asked of its face-recognition Pods directly over gRPC before and after",
        measure=pipeline_efficiency,
    )
]
