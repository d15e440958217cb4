"""The frontend's application for tests: served on loopback, with rows and pictures of the test's own."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx
from frontend.server import create_app
from frontend.settings import read_settings
from PIL import Image
from real_servers import Mariadb
from serving import serving

BOX: dict[str, object] = {"box_top": 10, "box_right": 120, "box_bottom": 110, "box_left": 20}


@contextlib.contextmanager
def frontend(database: Mariadb, photos: Path, **env: str) -> Iterator[httpx.Client]:
    """A client of a running frontend with those settings."""
    settings = read_settings({**database.env_for("frontend"), "PHOTOS_DIR": str(photos), **env})
    with serving(create_app(settings)) as client:
        yield client


def add(database: Mariadb, **given: object) -> int:
    """The id of a new row in `images`."""
    columns = {"path": "unknown_people/a.jpg", **given}
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    added = f"INSERT INTO images ({names}) VALUES ({marks}) RETURNING id"
    return int(str(database.rows(added, *columns.values())[0]["id"]))


def many(database: Mariadb, count: int) -> None:
    """Rows in bulk, an hour old; of the first fifty FAILED, all others PROCESSED."""
    database.rows(
        "INSERT INTO images (path, status, person_id, updated_at)"
        " SELECT CONCAT('unknown_people/', seq, '.jpg'), IF(seq <= 50, 2, 1), IF(seq <= 50, NULL, 1 + seq % 3),"
        f" NOW() - INTERVAL 1 HOUR FROM seq_1_to_{count}"
    )


def picture(folder: Path, name: str) -> Path:
    """A plain picture of 400 by 300 pixels in a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (400, 300), "teal").save(folder / name)
    return folder / name
