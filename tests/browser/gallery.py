"""A frontend of drawn photos: the real application over a real MariaDB, without a cluster."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from drawings import PEOPLE, Drawing, landscape, portrait
from frontend_served import frontend
from real_servers import Mariadb

NAMES = ("Ada Lovelace", "Grace Hopper", "Katherine Johnson", "Alan Turing")
LIVE = "Live: changes appear by themselves"
POSTED = "2026-01-31 12:00:00"  # chosen: the same in each picture that is made


@dataclass(frozen=True)
class Gallery:
    """Where the page is, and the means to change what it shows."""

    url: str
    database: Mariadb
    photos: Path

    def add(self, name: str, drawing: Drawing | None, **columns: object) -> int:
        """The id of a new photo: its row, and its file unless there is no drawing."""
        path = f"unknown_people/{name}"
        if drawing:
            drawing.image.save(self.photos / path)
        given = {"path": path, **_box(drawing, columns), **columns}
        names, marks = ", ".join(given), ", ".join(["%s"] * len(given))
        added = f"INSERT INTO images ({names}) VALUES ({marks}) RETURNING id"
        return int(str(self.database.rows(added, *given.values())[0]["id"]))

    def change(self, photo: int, **columns: object) -> None:
        """Other values in the row of a photo."""
        sets = ", ".join(f"{name} = %s" for name in columns)
        self.database.rows(f"UPDATE images SET {sets} WHERE id = %s", *columns.values(), photo)


@contextmanager
def gallery(database: Mariadb, folder: Path, **env: str) -> Iterator[Gallery]:
    """A gallery without photos; its people are NAMES, with the ids 1 to 4."""
    (folder / "unknown_people").mkdir(parents=True)
    database.rows("DELETE FROM person_images")
    database.rows("DELETE FROM person")
    for number, name in enumerate(NAMES, start=1):
        database.rows("INSERT INTO person (id, name) VALUES (%s, %s)", number, name)
    with frontend(database, folder, **env) as client:
        yield Gallery(str(client.base_url).rstrip("/"), database, folder)


def fill(shown: Gallery) -> list[int]:
    """The ids of eight photos, of each status and kind, the newest last."""
    when = {"created_at": POSTED}
    known = [
        ("alan.jpg", portrait(PEOPLE["alan"]), 4, 0.41),
        ("katherine.jpg", portrait(PEOPLE["katherine"], 600, 600, at=0.56, size=0.46), 3, 0.38),
        ("grace-at-sea.jpg", portrait(PEOPLE["grace"], 640, 480, at=0.36, size=0.56), 2, 0.47),
        ("ada.jpg", portrait(PEOPLE["ada"]), 1, 0.29),
    ]
    ids = [shown.add("hills.jpg", landscape(), status=2, reason="there is no face in the picture", **when)]
    ids += [shown.add("somebody.jpg", portrait(PEOPLE["unknown"]), status=1, **when)]
    ids += [shown.add(n, d, status=1, person_id=p, distance=far, **when) for n, d, p, far in known]
    ids += [shown.add("evening.jpg", landscape(evening=True), status=3, **when)]
    ids += [shown.add("grace-again.jpg", portrait(PEOPLE["grace"], 520, 520, size=0.6), status=0, **when)]
    return ids


def _box(drawing: Drawing | None, columns: dict[str, object]) -> dict[str, object]:
    """Where the face is, once somebody has looked."""
    if drawing is None or drawing.face is None or columns.get("status") != 1:
        return {}
    sides = ("box_top", "box_right", "box_bottom", "box_left")
    return dict(zip(sides, drawing.face, strict=True))
