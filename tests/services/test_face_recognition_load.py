"""Many who ask at once: memory goes by WORKERS, and one question too many is told to come later."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import photos
import pytest
from face_process import FaceRecognition, face_recognition
from real_servers import until

CLIENTS = 32
PLACES = 24  # as the service's README says


@pytest.fixture
def service(tmp_path: Path) -> Iterator[FaceRecognition]:
    """A service with one worker."""
    folder = photos.copy_photos(tmp_path / "photos")
    with face_recognition(folder, workers=1) as running:
        yield running


def ask(service: FaceRecognition, path: str) -> str:
    """Who was recognised, or the status of a refusal."""
    try:
        return str(service.identify(path).image_name)
    except grpc.RpcError as refusal:
        return str(refusal.code().name)


def test_memory_is_a_matter_of_the_workers_not_of_the_clients(service: FaceRecognition) -> None:
    path = "unknown_people/obama3.jpg"
    for _ in range(3):
        ask(service, path)
    alone = service.most_memory_mib()
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(lambda _: ask(service, path), range(CLIENTS * 2)))
    assert set(answers) <= {"obama.jpg", "RESOURCE_EXHAUSTED"}
    assert answers.count("obama.jpg") >= PLACES
    assert service.most_memory_mib() <= 1.3 * alone


def test_one_question_too_many_is_told_to_come_later_and_probes_are_answered(
    service: FaceRecognition,
) -> None:
    refused = threading.Event()

    def hold(_: int) -> str:
        answer = ask(service, "unknown_people/obama3.jpg")
        if answer == "RESOURCE_EXHAUSTED":
            refused.set()
        return answer

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = [pool.submit(hold, number) for number in range(CLIENTS)]
        until(refused.is_set, "a question is refused")
        assert service.health("") == "SERVING"  # while all places are taken
        ended = {answer.result() for answer in answers}
    assert ended == {"obama.jpg", "RESOURCE_EXHAUSTED"}
    assert ask(service, "unknown_people/obama2.jpg") == "obama.jpg"  # there is room again
    refusals = [line for line in service.events("refused") if line["status"] == "RESOURCE_EXHAUSTED"]
    assert "ask again in some seconds" in refusals[0]["reason"]
