"""What a valid request is, and which photo it means. Knows no HTTP server, no SQL, no queue."""

import json
import unicodedata
from pathlib import Path, PurePosixPath
from typing import NoReturn

MAX_BODY_BYTES = 64 * 1024  # chosen: a path has at most 512 characters
MAX_PATH_CHARACTERS = 512  # the width of images.path
STATUSES = ("PENDING", "PROCESSED", "FAILED", "PROCESSING")  # by images.status


class Refused(Exception):
    """A request that is answered with `status` (an HTTP 4xx): what is wrong with it, and what to try."""

    def __init__(self, status: int, what: str, try_next: str) -> None:
        self.status = status
        self.what = what
        self.try_next = try_next
        super().__init__(what)


def read_path(body: bytes) -> str:
    """The path in a body such as `{"path": "unknown_people/obama2.jpg"}`.

    Raises:
        Refused: 400 if it is not JSON, 422 if it is JSON of another shape.
    """
    example = 'send {"path": "unknown_people/obama2.jpg"}'
    try:
        photo = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"the body is not JSON: {error}", example) from error
    if not isinstance(photo, dict):
        raise Refused(422, "the body is not a JSON object", example)
    if "path" not in photo:
        raise Refused(422, 'the body has no "path"', example)
    if not isinstance(photo["path"], str):
        raise Refused(422, f'"path" is not a string but {_json_kind(photo["path"])}', example)
    return photo["path"]


def find_photo(photos_dir: Path, asked: str) -> str:
    """Where the asked photo lies, relative to `photos_dir`, written in one way only.

    An absolute path below `photos_dir` is made relative. The file is there, inside the folder even
    after its links are followed, not empty, and readable.

    Raises:
        Refused: 422 for a path that cannot be one or a file that cannot be read, 403 for one outside
            the folder, 404 for a file that is not there.
    """
    path = _relative(photos_dir, _plain(asked))
    try:
        file = (photos_dir / path).resolve(strict=True)
        if not file.is_relative_to(photos_dir.resolve()):
            _outside(path)
        _try_reading(file, path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Refused(
            404, f"there is no file {path}", "put the photo into the photos folder first"
        ) from error
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        raise Refused(422, f"{path} cannot be read", "look at its permissions and links") from error
    return path


def _plain(asked: str) -> str:
    """The path as asked for, if a file system and the database can hold it."""
    choose = "choose another file name"
    if not asked:
        raise Refused(422, "the path is empty", "name a photo")
    if len(asked) > MAX_PATH_CHARACTERS:
        raise Refused(422, f"the path is longer than {MAX_PATH_CHARACTERS} characters", choose)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in asked):  # NUL, line ends, halves
        raise Refused(422, "the path has a character that no file name should have", choose)
    if asked.endswith(" "):  # the database takes "a" and "a " for the same path
        raise Refused(422, "the path ends with a space", choose)
    return asked


def _relative(photos_dir: Path, asked: str) -> str:
    path = PurePosixPath(asked)
    if ".." in path.parts:
        _outside(asked)
    if path.is_absolute():
        if not path.is_relative_to(photos_dir):
            _outside(asked)
        path = path.relative_to(photos_dir)
    if not path.parts:
        raise Refused(422, f"{asked} is the photos folder itself", "name a photo in it")
    return str(path)


def _try_reading(file: Path, path: str) -> None:
    if not file.is_file():  # a folder, or something that would block a reader
        raise Refused(422, f"{path} is not a file", "name a photo")
    with file.open("rb") as content:
        if not content.read(1):
            raise Refused(422, f"{path} is empty", "copy the photo again")


def _outside(path: str) -> NoReturn:
    raise Refused(403, f"{path} is outside the photos folder", "name a photo by its path in the folder")


def _json_kind(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null")
