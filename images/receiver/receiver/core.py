"""What a valid request is, and which photo it means. Knows no HTTP server, no SQL, no queue."""

import json
import unicodedata
from pathlib import Path
from typing import NoReturn

from common.photos import NotAFile, OutsideFolder, PhotoMissing, open_photo

MAX_BODY_BYTES = 64 * 1024  # chosen: a path has at most 512 characters
MAX_PATHS = 1000  # specified: what one bulk request may hold
MAX_BULK_BYTES = 1024 * MAX_PATHS  # chosen: a KiB a path; a few times as much memory while it is read
MAX_PATH_CHARACTERS = 512  # the width of images.path
MAX_NAME_CHARACTERS = 255  # what file systems allow
ONE = 'send {"path": "unknown_people/obama2.jpg"}'
MANY = 'send {"paths": [{"path": "unknown_people/obama2.jpg"}]}'


class Refused(Exception):
    """A request that is answered with `status` (an HTTP 4xx): what is wrong with it, and what to try."""

    def __init__(self, status: int, what: str, try_next: str) -> None:
        self.status = status
        self.what = what
        self.try_next = try_next
        super().__init__(what)


class StorageAway(Exception):
    """The photos folder does not answer as a folder should; the same request may pass later."""


def read_path(body: bytes) -> str:
    """The path in a body such as `{"path": "unknown_people/obama2.jpg"}`.

    Raises:
        Refused: 400 if it is not JSON, 422 if it is JSON of another shape.
    """
    return _path_in(_read_json(body, ONE), "the body")


def read_paths(body: bytes) -> list[str | Refused]:
    """The paths in a body such as `{"paths": [{"path": ...}, ...]}`, or what is wrong with one, in order.

    Raises:
        Refused: 400 if it is not JSON, 422 if it is no object with a list, 413 if the list is too long.
    """
    photos = _read_json(body, MANY)
    if not isinstance(photos, dict) or not isinstance(photos.get("paths"), list):
        raise Refused(422, 'the body is not a JSON object with a list "paths"', MANY)
    if len(photos["paths"]) > MAX_PATHS:
        what = f"{len(photos['paths'])} paths are more than {MAX_PATHS}"
        raise Refused(413, what, f"post at most {MAX_PATHS} at a time")
    return [_path_or_why_not(photo) for photo in photos["paths"]]


def find_photo(photos_dir: Path, asked: str) -> str:
    """Where the asked photo lies, relative to `photos_dir`, written in one way only.

    An absolute path below `photos_dir` is made relative. The file is there, inside the folder even
    after its links are followed, not empty, and readable.

    Raises:
        Refused: 422 for a path that cannot be one or a file that cannot be read, 403 for one outside
            the folder, 404 for a file that is not there.
        StorageAway: the folder did not answer.
    """
    path = _relative(photos_dir, _plain(asked))
    try:
        with open_photo(photos_dir, path) as photo:
            if not photo.read(1):
                raise Refused(422, f"{path} is empty", "copy the photo again")
    except OutsideFolder:
        _outside(path)
    except NotAFile as error:  # a folder, or something that would block a reader
        raise Refused(422, f"{path} is not a file", "name a photo") from error
    except PhotoMissing as error:
        what_next = "put the photo into the photos folder first"
        raise Refused(404, f"there is no file {path}", what_next) from error
    except PermissionError as error:
        raise Refused(422, f"{path} cannot be read", "look at its permissions") from error
    except OSError as error:
        raise StorageAway(f"{path}: {error.strerror}") from error
    return path


def plain_name(asked: str | None) -> str | None:
    """The name that a client gives to a picture, for logs and answers; no file is called so.

    Raises:
        Refused: 422 for what no file could be called.
    """
    if asked is not None and (len(asked) > MAX_NAME_CHARACTERS or _has_odd_characters(asked)):
        raise Refused(
            422, "the name is too long, or has a character that no name should have", "?name=me.jpg"
        )
    return asked


def _read_json(body: bytes, example: str) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"the body is not JSON: {error}", example) from error


def _path_or_why_not(photo: object) -> str | Refused:
    try:
        return _path_in(photo, "this one")
    except Refused as refused:
        return refused


def _path_in(photo: object, what: str) -> str:
    if not isinstance(photo, dict):
        raise Refused(422, f"{what} is not a JSON object", ONE)
    if "path" not in photo:
        raise Refused(422, f'{what} has no "path"', ONE)
    if not isinstance(photo["path"], str):
        raise Refused(422, f'"path" is not a string but {_json_kind(photo["path"])}', ONE)
    return photo["path"]


def _plain(asked: str) -> str:
    """The path as asked for, if a file system and the database can hold it."""
    choose = "choose another file name"
    if not asked:
        raise Refused(422, "the path is empty", "name a photo")
    if len(asked) > MAX_PATH_CHARACTERS:
        raise Refused(422, f"the path is longer than {MAX_PATH_CHARACTERS} characters", choose)
    if _has_odd_characters(asked):
        raise Refused(422, "the path has a character that no file name should have", choose)
    return asked


def _has_odd_characters(text: str) -> bool:
    """NUL, line ends and the like, and halves of characters."""
    if text.isprintable():  # nearly always, and fast
        return False
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in text)


def _relative(photos_dir: Path, asked: str) -> str:
    parts = _parts(asked)
    if ".." in parts:
        _outside(asked)
    if asked.startswith("/"):
        folder = _parts(str(photos_dir))
        if parts[: len(folder)] != folder:
            _outside(asked)
        parts = parts[len(folder) :]
    if not parts:
        raise Refused(422, f"{asked} is the photos folder itself", "name a photo in it")
    return "/".join(parts)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def _outside(path: str) -> NoReturn:
    raise Refused(403, f"{path} is outside the photos folder", "name a photo by its path in the folder")


def _json_kind(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null")
