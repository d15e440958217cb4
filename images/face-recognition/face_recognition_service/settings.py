"""What the service is told by its environment, read once at the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from common.settings import require, whole


@dataclass(frozen=True)
class Settings:
    """photos_dir holds known_people/ and unknown_people/; listen is host:port; workers is how many
    pictures are worked on at once, one core each."""

    photos_dir: Path
    listen: str
    workers: int

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Settings":
        """From PHOTOS_DIR, LISTEN (0.0.0.0:50051) and WORKERS (2); raises SettingWrong."""
        require(env, ["PHOTOS_DIR"])
        workers = whole(env, "WORKERS", 2, least=1, most=100)
        return cls(Path(env["PHOTOS_DIR"]), env.get("LISTEN") or "0.0.0.0:50051", workers)
