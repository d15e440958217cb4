"""How fast face-recognition identifies, against the library it stands on and against the way of old."""

import contextlib
import os
import shutil
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from bench import pictures
from bench.benchmark import Benchmark
from bench.pictures import Picture
from bench.servers import SOURCE, use_test_servers
from kubeface.errors import CommandFailed

if TYPE_CHECKING:
    from face_process import FaceRecognition

PEOPLE = ("obama.jpg", "biden.jpg")  # both portraits of the face_recognition package
TOLERANCE = 0.6  # as the service has it
SET = "asked"
#: Each this many-th of the sixty pictures, by the number of known people: the way of old encodes all of them
#: again for each picture, and takes seconds for it.
EVERY = {2: 3, 20: 12}
TURNS = 4  # chosen: how often the service is asked for a picture, which it does not remember
FACES, MATCHES = 100_000, 201
CLIENTS = 32
_TICKS = os.sysconf("SC_CLK_TCK")
Answer = tuple[str, int]  # the person's name, "" for nobody, and how many faces were found


def identify_vs_reencode(people: int) -> float:
    """The service's rate, divided by that of encoding all known faces again for each picture."""
    with _one_core(), tempfile.TemporaryDirectory() as folder:
        asked = pictures.make(Path(folder), (SET,))[SET][:: EVERY[people]]
        known = _make_known(Path(folder, "known_people"), people)
        library = _library()

        def as_of_old(picture: Picture) -> Answer:
            encodings = [_encode(library, file)[0] for file in known]
            return _answer(library, known, encodings, Path(folder, picture.path))

        return _ratio(Path(folder), asked, as_of_old)


def identify_vs_library() -> float:
    """The service's rate, divided by that of the library at full size with the known faces at hand."""
    with _one_core(), tempfile.TemporaryDirectory() as folder:
        asked = pictures.make(Path(folder), (SET,))[SET]
        known = sorted(Path(folder, "known_people").iterdir())
        library = _library()
        encodings = [_encode(library, file)[0] for file in known]
        return _ratio(
            Path(folder),
            asked,
            lambda picture: _answer(library, known, encodings, Path(folder, picture.path)),
        )


def memory_32_clients() -> float:
    """The most memory of face-recognition under 32 clients, divided by its most under one."""
    use_test_servers()
    from face_process import face_recognition

    with tempfile.TemporaryDirectory() as folder:
        asked = [one.path for one in pictures.make(Path(folder), (SET,))[SET]]
        with face_recognition(Path(folder), workers=1) as service:
            for path in asked:
                service.identify(path)
            alone = service.most_memory_mib()
            with ThreadPoolExecutor(CLIENTS) as pool:
                answers = list(pool.map(partial(_status, service), asked * TURNS))
            together = service.most_memory_mib()
    if set(answers) - {"OK", "RESOURCE_EXHAUSTED"}:
        raise CommandFailed("face-recognition failed under load", seen=str(set(answers)))
    print(f"{alone:.0f} and {together:.0f} MiB, {answers.count('OK')} answered", file=sys.stderr)
    return float(together / alone)


def _status(service: "FaceRecognition", path: str) -> str:
    import grpc

    try:
        service.identify(path)
    except grpc.RpcError as refusal:
        return str(refusal.code().name)
    return "OK"


def match_100k_ms() -> float:
    """The median time for the nearest of 100,000 known faces, in ms; the answers are checked."""
    sys.path.append(str(SOURCE / "images/face-recognition"))
    with _one_core():
        import numpy as np
        from face_recognition_service.matching import Index

        numbers = np.random.default_rng(0)
        # As far from each other as people are: 0.6 and more (128 numbers of 0.08 each, and two of them).
        known = numbers.normal(0, 0.08, (FACES, 128))
        index, took_s = Index(known), []
        for person in numbers.integers(FACES, size=MATCHES):
            face = known[[person]] + numbers.normal(0, 0.02, (1, 128))
            start = time.perf_counter()
            _, found, _ = index.nearest(face)
            took_s.append(time.perf_counter() - start)
            if found != np.linalg.norm(known - face, axis=1).argmin():
                raise CommandFailed(f"face {person} was taken for {found}")
    return statistics.median(took_s) * 1000


@contextlib.contextmanager
def _one_core() -> Iterator[None]:
    """This process, and the servers that it starts, share one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _ratio(folder: Path, asked: Sequence[Picture], other: Callable[[Picture], Answer]) -> float:
    """How many times less processor time the service takes; both ways take turns, picture by picture.

    Raises:
        CommandFailed: the two ways give different answers.
    """
    use_test_servers()
    from face_process import face_recognition

    ours_s = theirs_s = 0.0
    with face_recognition(folder, workers=1) as service, _asking(service) as ask:
        ask(asked[0])  # both ways are warm
        other(asked[0])
        for picture in asked:
            start = _used_s(service)
            answers = {ask(picture) for _ in range(TURNS)}
            ours_s += (_used_s(service) - start) / TURNS
            start = time.process_time()
            answers.add(other(picture))
            theirs_s += time.process_time() - start
            if len(answers) > 1:
                raise CommandFailed(f"{picture.path} has several answers", seen=str(answers))
    said = f"{len(asked) / ours_s:.2f} against {len(asked) / theirs_s:.3f} photos per s of processor time"
    print(said, file=sys.stderr)
    return theirs_s / ours_s


@contextlib.contextmanager
def _asking(service: "FaceRecognition") -> Iterator[Callable[[Picture], Answer]]:
    """Asks `Identify` over gRPC, on one connection."""
    import face_recognition_pb2 as pb
    import face_recognition_pb2_grpc as pb_grpc

    with service.channel() as channel:
        identify = pb_grpc.IdentifyStub(channel).Identify

        def ask(picture: Picture) -> Answer:
            answer = identify(pb.IdentifyRequest(image_path=picture.path), timeout=120)
            return _person(answer.image_name), answer.faces_found

        yield ask


def _used_s(service: "FaceRecognition") -> float:
    """Processor time of the service and of this process, which asks, in s."""
    told = Path(f"/proc/{service.program.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / _TICKS + time.process_time()


def _make_known(folder: Path, people: int) -> list[Path]:
    """So many known photos in `folder`, in full size: the two portraits, more of them in another light."""
    from PIL import Image, ImageEnhance

    kept = folder.with_name("portraits")
    folder.rename(kept)
    folder.mkdir()
    for number, name in enumerate(islice(cycle(PEOPLE), people)):
        if number < len(PEOPLE):
            shutil.copy(kept / name, folder / name)
            continue
        with Image.open(kept / name) as photo:
            light = 0.8 + 0.4 * number / people
            lit = ImageEnhance.Brightness(photo.convert("RGB")).enhance(light)
        lit.save(folder / f"{Path(name).stem}-{number}.jpg", quality=95)
    return sorted(folder.iterdir())


def _library() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for a part of setuptools that is on its way out
        import face_recognition
    return face_recognition


def _encode(library: ModuleType, file: Path) -> list[Any]:
    """The library's way: full size, its own detector, its own encoder."""
    return list(library.face_encodings(library.load_image_file(file)))


def _answer(library: ModuleType, known: Sequence[Path], encodings: Sequence[Any], photo: Path) -> Answer:
    found = _encode(library, photo)
    pairs = (
        (distance, file)
        for face in found
        for distance, file in zip(library.face_distance(encodings, face), known, strict=True)
    )
    distance, nearest = min(pairs, default=(1.0, Path()))
    return _person(nearest.name) if distance <= TOLERANCE else "", len(found)


def _person(file: str) -> str:
    """`obama` for obama.jpg and for obama-7.jpg."""
    return Path(file).stem.partition("-")[0]


_HOW = (
    "photos/s of processor time: Identify of a service process over gRPC, the asking included, against {}; "
    "one core for both, in turns, the same answers; {} pictures made of five photos"
)
BENCHMARKS = [
    *(
        Benchmark(
            name=f"identify_vs_reencode_{people}",
            unit="ratio",
            goal=goal,
            how=_HOW.format(
                f"the library's load_image_file and face_encodings on all {people} known photos anew for "
                "each picture, as in the original",
                60 // EVERY[people],
            ),
            measure=partial(identify_vs_reencode, people),
        )
        for people, goal in ((2, ">= 15"), (20, ">= 100"))
    ),
    Benchmark(
        name="identify_vs_library",
        unit="ratio",
        goal=">= 5",
        how=_HOW.format("the face_recognition library at full size, known encodings at hand", 60),
        measure=identify_vs_library,
    ),
    Benchmark(
        name="memory_32_clients",
        unit="ratio",
        goal="<= 1.3",
        how=f"the most memory (VmHWM) of a face-recognition process with WORKERS=1 after {60 * TURNS} "
        f"questions of {CLIENTS} clients at once, against that after 60 questions of one client",
        measure=memory_32_clients,
    ),
    Benchmark(
        name="match_100k_ms",
        unit="ms",
        goal="<= 5",
        how=f"one face against {FACES:,} known encodings (random, as far apart as people), one core: the "
        f"median of {MATCHES}, each answer checked by plain distances",
        measure=match_100k_ms,
    ),
]
