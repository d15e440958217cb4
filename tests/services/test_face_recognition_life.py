"""Start, stop and the bounds of what is decoded."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import photos
import pytest
from common.pictures import NotAPicture, PictureTooLarge
from face_process import FaceRecognition, python_path
from face_recognition_service.picture import read_picture, shrink
from PIL import Image
from real_servers import until


def start(**env: str) -> "subprocess.CompletedProcess[str]":
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": python_path()}
    command = [sys.executable, "-m", "face_recognition_service"]
    return subprocess.run(command, env=path | env, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("size", [(5001, 5000), (12_000, 12_000), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(PictureTooLarge, match="pixels"):
        read_picture(photos.png_head(*size))


def test_a_picture_whose_pixels_are_garbage_is_none() -> None:
    webp = b"RIFF\x1e\0\0\0WEBPVP8 \x12\0\0\0" + bytes(6) + b"\x32\0\x32\0" + bytes(20)
    with pytest.raises(NotAPicture, match="the WEBP cannot be decoded") as failure:
        read_picture(webp)
    assert failure.type is NotAPicture


def test_a_picture_is_shrunk_only_when_it_is_larger() -> None:
    pixels = read_picture(photos.jpeg(Image.new("RGB", (400, 200))))
    small, factor = shrink(pixels, 100)
    assert (small.shape, factor) == ((50, 100, 3), 4)
    assert shrink(pixels, 400) == (pixels, 1)


def test_a_missing_setting_stops_the_start_and_names_itself() -> None:
    ended = start(LISTEN="127.0.0.1:0")
    assert ended.returncode == 1
    assert "not set: PHOTOS_DIR" in ended.stderr


def test_a_taken_port_stops_the_start(tmp_path: Path) -> None:
    service = FaceRecognition(tmp_path).start()
    ended = start(PHOTOS_DIR=str(tmp_path), LISTEN=service.address)
    assert service.stop() == 0
    assert ended.returncode == 1
    assert service.address in ended.stderr


def test_sigterm_finishes_the_calls_in_hand(tmp_path: Path) -> None:
    service = FaceRecognition(photos.copy_photos(tmp_path / "photos"), workers=1).start()
    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(service.identify, "unknown_people/obama3.jpg") for _ in range(3)]
        answers[0].result()  # the others wait for the only set of models
        service.program.process.send_signal(signal.SIGTERM)
        until(lambda: service.events("stopping"), "it has heard")
        service.program.process.send_signal(signal.SIGTERM)  # as impatient callers do; it changes nothing
        names = [answer.result().image_name for answer in answers]
    assert names == ["obama.jpg"] * 3
    assert service.program.process.wait(30) == 0
    assert [line["event"] for line in service.events("stopped")] == ["stopped"]
