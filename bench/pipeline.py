"""How much of what face-recognition can do the whole pipeline brings to the database."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from bench import pictures, receiver, servers
from bench.benchmark import Benchmark
from bench.pictures import Picture
from bench.recognition import Pods
from kubeface.errors import CommandFailed

if TYPE_CHECKING:
    from real_servers import Mariadb

DONE_S = 600
TURNS = 5  # chosen: each of the sixty pictures so often, which are 300 photos
ASKED = ("before", "after")


@dataclass(frozen=True)
class _Pipeline:
    """All services as processes: where the receiver and face-recognition listen, and the database."""

    database: "Mariadb"
    receiver_port: int
    face_recognition: str


def pipeline_efficiency() -> float:
    """Photos a second from the first post to the last final row, divided by what is identified alone.

    face-recognition is asked directly before and after, with the same pictures in other files; the mean
    counts. It has a core of its own, all others share the rest.
    """
    with tempfile.TemporaryDirectory() as folder:
        posted = [f"posted{turn}" for turn in range(TURNS)]
        asked = [f"{when}{turn}" for when in ASKED for turn in range(TURNS)]
        sets = pictures.make(Path(folder), [*posted, *asked])
        with _running(Path(folder)) as pipeline, Pods([pipeline.face_recognition]) as pods:
            alone = {when: _all(sets, when) for when in ASKED}
            before = pods.photos_per_s(alone["before"])
            through = _photos_per_s(pipeline, _all(sets, "posted"))
            after = pods.photos_per_s(alone["after"])
    print(f"alone {before:.2f} and {after:.2f}, pipeline {through:.2f} photos/s", file=sys.stderr)
    return through / mean((before, after))


def _all(sets: dict[str, list[Picture]], name: str) -> list[Picture]:
    return [picture for turn in range(TURNS) for picture in sets[f"{name}{turn}"]]


@contextlib.contextmanager
def _running(photos: Path) -> Iterator[_Pipeline]:
    """The pipeline, as the tests start its services."""
    servers.use_test_servers()
    from face_process import face_recognition
    from processor_process import image_processor

    cores = os.sched_getaffinity(0)
    own = {max(cores)}
    with contextlib.ExitStack() as stack:
        os.sched_setaffinity(0, own)  # what is started has the cores of who starts it
        stack.callback(os.sched_setaffinity, 0, cores)
        face = stack.enter_context(face_recognition(photos, workers=1))
        os.sched_setaffinity(0, cores - own or cores)
        database = stack.enter_context(servers.mariadb())
        queue = stack.enter_context(servers.nsqd())
        port = stack.enter_context(receiver.running(database, queue, photos))
        settings = {"WORKERS": 4, "BREAKER_SECONDS": 10}  # as in the cluster
        stack.enter_context(image_processor(queue, database, face.address, **settings))
        yield _Pipeline(database, port, face.address)


def _photos_per_s(pipeline: _Pipeline, posted: Sequence[Picture]) -> float:
    """The pictures' rate through the pipeline, by the times in their rows.

    Raises:
        NotReady: not all of them were done in time.
        CommandFailed: one of them ended with another person.
    """
    from real_servers import until

    with contextlib.closing(HTTPConnection("127.0.0.1", pipeline.receiver_port)) as connection:
        for picture in posted:
            receiver.ask(connection, "/image/post", {"path": picture.path})
    left = "SELECT id FROM images WHERE status IN (0, 3) LIMIT 1"
    until(lambda: not pipeline.database.rows(left), "all photos are done", DONE_S, every_s=1)
    named = pipeline.database.rows("SELECT path, name FROM images LEFT JOIN person ON person.id = person_id")
    names = {row["path"]: row["name"] for row in named}
    if wrong := [one.path for one in posted if names[one.path] != one.person]:
        raise CommandFailed("the pipeline gave other answers", seen=", ".join(wrong))
    took = "SELECT TIMESTAMPDIFF(MICROSECOND, MIN(created_at), MAX(updated_at)) / 1e6 AS s FROM images"
    (row,) = pipeline.database.rows(took)
    return len(posted) / float(str(row["s"]))


BENCHMARKS = [
    Benchmark(
        name="pipeline_efficiency",
        unit="ratio",
        goal=">= 0.95",
        how=f"{60 * TURNS} photos posted to a receiver and carried by nsqd and image-processor, all of them "
        "processes, first row to last final row: photos/s, against the same pictures asked of the same "
        "face-recognition (WORKERS=1, a core of its own) directly over gRPC before and after",
        measure=pipeline_efficiency,
    )
]
