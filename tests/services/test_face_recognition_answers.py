"""Questions over real gRPC, about real photos."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import photos
import pytest
from face_process import FaceRecognition, face_recognition
from PIL import Image

INVALID = grpc.StatusCode.INVALID_ARGUMENT
MISSING = grpc.StatusCode.NOT_FOUND


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaceRecognition]:
    folder = photos.copy_photos(tmp_path_factory.mktemp("volume") / "photos")
    with face_recognition(folder) as running:
        yield running


def put(service: FaceRecognition, name: str, data: bytes) -> str:
    (service.photos_dir / "unknown_people" / name).write_bytes(data)
    return f"unknown_people/{name}"


@pytest.mark.parametrize("name", photos.OBAMA)
def test_obama_is_recognised(service: FaceRecognition, name: str) -> None:
    answer = service.identify(f"unknown_people/{name}")
    assert (answer.image_name, answer.faces_found) == ("obama.jpg", 1)
    assert 0.1 < answer.distance < 0.6


def test_the_astronaut_is_recognised_as_herself(service: FaceRecognition) -> None:
    assert service.identify(f"unknown_people/{photos.ASTRONAUT}").image_name == "astronaut.png"


def test_a_known_photo_is_at_no_distance_from_itself(service: FaceRecognition) -> None:
    answer = service.identify("known_people/biden.jpg")
    assert (answer.image_name, answer.distance) == ("biden.jpg", 0)


def test_a_photo_without_a_face_is_a_failed_precondition(service: FaceRecognition) -> None:
    path = f"unknown_people/{photos.without_face().name}"
    assert service.refusal(path) == grpc.StatusCode.FAILED_PRECONDITION


def test_an_absolute_path_inside_the_folder_is_accepted(service: FaceRecognition) -> None:
    path = service.photos_dir / "unknown_people" / photos.ASTRONAUT
    assert service.identify(str(path)).image_name == "astronaut.png"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", INVALID),
        ("..", INVALID),
        ("unknown_people/../../etc/passwd", INVALID),
        ("unknown_people/../known_people/obama.jpg", INVALID),
        ("/etc/passwd", INVALID),
        ("unknown_people/\0.jpg", INVALID),
        ("unknown_people", INVALID),
        ("unknown_people/nobody.jpg", MISSING),
        ("unknown_people/obama2.jpg/inside.jpg", MISSING),
        ("unknown_people/" + "x" * 5000, MISSING),
    ],
)
def test_a_path_that_cannot_be_read_is_refused(
    service: FaceRecognition, path: str, status: grpc.StatusCode
) -> None:
    assert service.refusal(path) == status


def test_a_link_out_of_the_folder_is_refused(service: FaceRecognition, tmp_path: Path) -> None:
    outside = tmp_path / "private.jpg"
    outside.write_bytes(photos.known("obama.jpg").read_bytes())
    (service.photos_dir / "unknown_people/link.jpg").symlink_to(outside)
    (service.photos_dir / "unknown_people/linked").symlink_to(tmp_path)
    assert service.refusal("unknown_people/link.jpg") == INVALID
    assert service.refusal("unknown_people/linked/private.jpg") == INVALID


def test_a_link_inside_the_folder_is_followed(service: FaceRecognition) -> None:
    (service.photos_dir / "unknown_people/inside.jpg").symlink_to("obama2.jpg")
    assert service.identify("unknown_people/inside.jpg").image_name == "obama.jpg"


def test_a_pipe_is_refused_without_waiting_for_it(service: FaceRecognition) -> None:
    os.mkfifo(service.photos_dir / "unknown_people/pipe.jpg")
    assert service.refusal("unknown_people/pipe.jpg") == INVALID


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("text.jpg", b"not a picture at all\n"),
        ("empty.jpg", b""),
        ("huge.png", photos.png_head(60_000, 60_000)),
        ("vector.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n"),
    ],
)
def test_a_file_that_is_no_picture_is_refused(service: FaceRecognition, name: str, data: bytes) -> None:
    assert service.refusal(put(service, name, data)) == INVALID


def test_a_photo_that_ends_before_its_first_pixel_is_refused(service: FaceRecognition) -> None:
    data = photos.unknown("obama2.jpg").read_bytes()
    assert service.refusal(put(service, "head.jpg", data[:300])) == INVALID


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1)])
def test_a_sliver_of_a_picture_has_no_face(service: FaceRecognition, size: tuple[int, int]) -> None:
    path = put(service, "sliver.jpg", photos.jpeg(Image.new("RGB", size)))
    assert service.refusal(path) == grpc.StatusCode.FAILED_PRECONDITION


def test_of_several_faces_the_nearest_match_is_named_and_boxed(service: FaceRecognition) -> None:
    pair = photos.beside(photos.unknown("obama_partial_face2.jpg"), photos.known("biden.jpg"))
    answer = service.identify(put(service, "pair.jpg", photos.jpeg(pair)))
    assert (answer.image_name, answer.faces_found) == ("biden.jpg", 2)
    with Image.open(photos.unknown("obama_partial_face2.jpg")) as left:
        assert answer.box.left > left.width


def test_a_photo_taken_sideways_is_turned_first(service: FaceRecognition) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn me a quarter to the right"
    with Image.open(photos.unknown("obama2.jpg")) as upright:
        data = photos.jpeg(upright.rotate(90, expand=True), exif=exif)
    assert service.identify(put(service, "sideways.jpg", data)).image_name == "obama.jpg"


def test_answers_asked_at_once_are_not_mixed_up(service: FaceRecognition) -> None:
    expected = {f"unknown_people/{name}": "obama.jpg" for name in photos.OBAMA}
    expected |= {f"unknown_people/{photos.ASTRONAUT}": "astronaut.png", "known_people/biden.jpg": "biden.jpg"}
    alone = {path: service.identify(path) for path in expected}
    with ThreadPoolExecutor(12) as pool:
        together = list(pool.map(service.identify, [*expected, *expected]))
    assert together == [*alone.values(), *alone.values()]
    assert {path: answer.image_name for path, answer in alone.items()} == expected


def test_both_kinds_of_health_are_serving(service: FaceRecognition) -> None:
    assert (service.health(""), service.health("ready")) == ("SERVING", "SERVING")
    details = service.health_details()
    assert (details.known_faces, dict(details.skipped)) == (3, {})
