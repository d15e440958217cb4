"""What the service is told by its environment, read once at the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class BadSetting(Exception):
    """A variable is missing or makes no sense; the message names it."""


@dataclass(frozen=True)
class Settings:
    """photos_dir holds known_people/ and unknown_people/; listen is host:port; workers is how many
    pictures are worked on at once, one core each."""

    photos_dir: Path
    listen: str
    workers: int

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """From PHOTOS_DIR, LISTEN (0.0.0.0:50051) and WORKERS (2)."""
        if not env.get("PHOTOS_DIR"):
            raise BadSetting("PHOTOS_DIR is not set: the folder that holds known_people/")
        workers = env.get("WORKERS", "2")
        if not workers.isdecimal() or int(workers) < 1:
            raise BadSetting(f"WORKERS has to be a number from 1, and is {workers!r}")
        return cls(Path(env["PHOTOS_DIR"]), env.get("LISTEN", "0.0.0.0:50051"), int(workers))
