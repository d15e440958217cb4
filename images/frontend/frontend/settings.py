"""What the frontend is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from common.settings import DatabaseSettings, address, database, seconds, whole


@dataclass(frozen=True)
class Settings:
    """Where everything is. drain_s is in seconds."""

    database: DatabaseSettings
    photos_dir: Path
    listen_host: str
    listen_port: int
    drain_s: float  # how long it still serves after SIGTERM, unready, until no client is sent here any more
    max_streams: int  # live streams at once


def read_settings(env: Mapping[str, str]) -> Settings:
    """The settings that `env` holds; raises SettingWrong, which names what is missing or makes no sense."""
    host, port = address(env, "LISTEN", "0.0.0.0:8081")
    return Settings(
        database=database(env),
        photos_dir=Path(env.get("PHOTOS_DIR") or "/photos"),
        listen_host=host,
        listen_port=port,
        drain_s=seconds(env, "DRAIN_SECONDS", 1),
        max_streams=whole(env, "MAX_STREAMS", 100, least=1, most=10_000),
    )
