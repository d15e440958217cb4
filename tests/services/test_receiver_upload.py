"""A picture itself is sent: what is stored, and what is left when it cannot be."""

import hashlib
import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from real_queue import Nsqd
from real_servers import Mariadb, until
from receiver.uploads import FOLDER, MAX_PICTURE_BYTES, Room, StorageFull, sweep
from receiver_served import figures, published, receiving

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 40
STORED = f"{FOLDER}/{hashlib.sha256(JPEG).hexdigest()[:16]}.jpg"


@pytest.fixture
def client(database: Mariadb, queue: Nsqd, tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of a running receiver v1.0 whose photos folder is `tmp_path`."""
    with receiving(database, queue, tmp_path, version="v1.0") as client:
        yield client


def upload(client: httpx.Client, picture: bytes, name: str = "me.jpg") -> httpx.Response:
    return client.post("/image/upload", params={"name": name}, content=picture)


def files(photos: Path) -> list[str]:
    """Every file in the uploads folder, hidden ones too."""
    folder = photos / FOLDER
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


def test_a_picture_is_stored_by_its_content_and_accepted(
    client: httpx.Client, database: Mariadb, queue: Nsqd, tmp_path: Path
) -> None:
    answer = upload(client, JPEG)
    assert answer.json() == {"id": 1, "path": STORED, "status": "PENDING", "name": "me.jpg"}
    assert (tmp_path / STORED).read_bytes() == JPEG
    assert (tmp_path / STORED).stat().st_mode & 0o777 == 0o644
    assert database.rows("SELECT id, path FROM images") == [{"id": 1, "path": STORED}]
    until(lambda: published(queue) == 1, "a message")


def test_the_same_picture_has_the_same_id(client: httpx.Client, tmp_path: Path) -> None:
    assert upload(client, JPEG, "one.jpg").json()["id"] == upload(client, JPEG, "other.jpg").json()["id"]
    assert upload(client, JPEG + b"more").json()["id"] != upload(client, JPEG).json()["id"]
    assert len(files(tmp_path)) == 2


@pytest.mark.parametrize(
    ("head", "ending"),
    [
        (b"\xff\xd8\xff\xdb", "jpg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"RIFF\x00\x00\x01\x00WEBPVP8 ", "webp"),
        (b"GIF89a", "gif"),
        (b"BM", "bmp"),
    ],
)
def test_the_kind_is_seen_and_not_believed(
    client: httpx.Client, tmp_path: Path, head: bytes, ending: str
) -> None:
    answer = client.post(
        "/image/upload?name=me.txt", content=head + bytes(99), headers={"content-type": "text/html"}
    )
    assert answer.json()["path"].endswith(f".{ending}")
    assert (tmp_path / answer.json()["path"]).read_bytes() == head + bytes(99)


@pytest.mark.parametrize(
    ("picture", "status"),
    [
        (b"", 422),
        (b"\xff\xd8\xff", 422),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", 415),
        (b"RIFF\x00\x00\x01\x00WAVEfmt ", 415),
        (b"--boundary\r\nContent-Disposition: form-data", 415),
        (b"%PDF-1.7 and so on", 415),
    ],
)
def test_what_is_no_picture_is_refused_and_not_stored(
    client: httpx.Client, database: Mariadb, tmp_path: Path, picture: bytes, status: int
) -> None:
    answer = upload(client, picture)
    assert (answer.status_code, set(answer.json())) == (status, {"error", "try"})
    assert (files(tmp_path), database.rows("SELECT id FROM images")) == ([], [])


@pytest.mark.parametrize("name", ["x" * 256, "a\nb.jpg", "a\x00.jpg"])
def test_a_name_that_no_file_could_have_is_refused(client: httpx.Client, tmp_path: Path, name: str) -> None:
    assert upload(client, JPEG, name).status_code == 422
    assert files(tmp_path) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "Фото 👩‍🚀.jpg", ""])
def test_a_name_decides_nothing(client: httpx.Client, name: str) -> None:
    assert upload(client, JPEG, name).json()["path"] == STORED
    assert client.post("/image/upload", content=JPEG).json()["path"] == STORED


def test_the_largest_picture_fits_and_one_byte_more_does_not(client: httpx.Client, tmp_path: Path) -> None:
    largest = JPEG.ljust(MAX_PICTURE_BYTES, b"\0")
    assert upload(client, largest).status_code == 200
    answer = upload(client, largest + b"\0")
    assert (answer.status_code, set(answer.json())) == (413, {"error", "try"})
    assert len(files(tmp_path)) == 1


def test_a_body_that_does_not_say_its_length_is_bounded_too(client: httpx.Client, tmp_path: Path) -> None:
    pieces = (JPEG for _ in range(MAX_PICTURE_BYTES // len(JPEG) + 2))
    assert client.post("/image/upload", content=pieces).status_code == 413
    assert files(tmp_path) == []


def test_nothing_is_left_when_the_client_goes_away(
    client: httpx.Client, database: Mariadb, tmp_path: Path
) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as half:
        half.sendall(b"POST /image/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n" + JPEG)
        until(lambda: files(tmp_path), "it is being stored")
        assert all(name.startswith(".") for name in files(tmp_path))
    until(lambda: not files(tmp_path), "nothing is left")
    assert not database.rows("SELECT id FROM images")


def test_an_uploads_folder_that_leads_elsewhere_takes_nothing(
    client: httpx.Client, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (tmp_path / FOLDER).parent.mkdir()
    (tmp_path / FOLDER).symlink_to(elsewhere)
    assert upload(client, JPEG).status_code == 503
    assert list(elsewhere.iterdir()) == []


def test_an_upload_without_a_database_is_kept_for_the_next_try(
    client: httpx.Client, database: Mariadb, tmp_path: Path
) -> None:
    database.stop()
    try:
        assert upload(client, JPEG).status_code == 503
        assert files(tmp_path) == [Path(STORED).name]
    finally:
        database.start()
    assert upload(client, JPEG).json()["status"] == "PENDING"


def test_what_a_killed_receiver_left_is_swept_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir(parents=True)
    for name in (".old.part", ".new.part", "kept.jpg"):
        (tmp_path / FOLDER / name).touch()
    os.utime(tmp_path / FOLDER / ".old.part", (0, 0))
    os.utime(tmp_path / FOLDER / "kept.jpg", (0, 0))
    assert sweep(tmp_path) == 1
    assert files(tmp_path) == [".new.part", "kept.jpg"]


def test_refused_uploads_are_counted(client: httpx.Client) -> None:
    upload(client, b"no picture at all")
    told = figures(client)
    assert told["receiver_photos_refused_total{status=415}"] == 1
    assert told["receiver_http_request_duration_seconds_count{route=/image/upload,status=415}"] == 1


def test_clients_who_send_equal_pictures_at_once_are_all_answered(client: httpx.Client) -> None:
    """Sixteen replace one file again and again, while each looks whether its own is there."""
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: upload(client, JPEG), range(400)))
    assert {(answer.status_code, answer.json()["path"]) for answer in answers} == {(200, STORED)}


def test_uploads_fill_what_they_may_and_no_more(database: Mariadb, queue: Nsqd, tmp_path: Path) -> None:
    picture = JPEG + bytes(400_000)
    with receiving(database, queue, tmp_path, version="v1.0", UPLOADS_MIB="1") as client:
        answers = [upload(client, picture + bytes([number])) for number in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 507, 507, 507]
        assert answers[-1].json() == {
            "error": "the photos volume is full, so the picture is not stored: "
            f"uploads take {2 * len(picture) + 2:,} of 1,048,576 bytes",
            "try": "make room in unknown_people/uploads, send it again",
        }
        assert len(files(tmp_path)) == 2  # no half of a refused one
        assert client.get("/readyz").status_code == 200
        assert client.post("/image/post", json={"path": f"{FOLDER}/{files(tmp_path)[0]}"}).status_code == 200
        (tmp_path / FOLDER / files(tmp_path)[0]).unlink()
        assert upload(client, picture).status_code == 200  # at once, when there is room again


def test_another_receivers_uploads_count_too(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir(parents=True)
    one, other = Room(tmp_path, 1000), Room(tmp_path, 1000)
    one.take(1)
    (tmp_path / FOLDER / "a.jpg").write_bytes(bytes(900))
    with pytest.raises(StorageFull, match="uploads take 900 of 1,000 bytes"):
        other.take(200)
    other.take(100)


@pytest.mark.parametrize(
    ("begin", "named"),
    [
        (b"\0\0\0\x1cftypheic\0\0\0\0mif1heic", "it is a HEIC picture"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1", "it is an AVIF picture"),
        (b"II*\0\x08\0\0\0\0\0\0\0", "it is a TIFF picture"),
    ],
)
def test_a_format_that_is_not_read_is_refused_by_its_name(
    client: httpx.Client, begin: bytes, named: str
) -> None:
    answer = upload(client, begin)
    assert answer.status_code == 415
    assert named in answer.json()["error"]
    assert answer.json()["try"] == "convert it to JPEG"


def test_a_form_is_told_from_a_picture(client: httpx.Client) -> None:
    answer = client.post("/image/upload", files={"file": JPEG})
    assert (answer.status_code, answer.json()["try"]) == (415, "send the picture itself, not a form")
