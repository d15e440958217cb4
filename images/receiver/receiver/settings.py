"""What the receiver is told by its environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from common.settings import DatabaseSettings, SettingWrong, address, database, seconds, whole

UPLOADS_MIB = 768  # chosen: three quarters of the photos volume's claim


@dataclass(frozen=True)
class Settings:
    """Where everything is, and which version this is. nsqd_http_address is "host:port"."""

    version: str  # "v1.0"; the image's tag
    database: DatabaseSettings
    nsqd_http_address: str
    photos_dir: Path
    listen_host: str
    listen_port: int
    uploads_bytes: int  # what all uploads together may take of the photos volume
    drain_s: float  # how long it still serves after SIGTERM, unready, until no client is sent here any more

    @property
    def takes_many(self) -> bool:
        """From v1.1 on there is a bulk endpoint."""
        return _numbers(self.version) >= (1, 1)


def read_settings(env: Mapping[str, str]) -> Settings:
    """The settings that `env` holds.

    Raises:
        SettingWrong: names what is missing or makes no sense.
    """
    listen_host, listen_port = address(env, "LISTEN", "0.0.0.0:8000")
    version = env.get("VERSION") or "v1.0"
    _numbers(version)
    return Settings(
        version=version,
        database=database(env),
        nsqd_http_address="{}:{}".format(*address(env, "NSQD_HTTP_ADDRESS", "nsqd:4151")),
        photos_dir=Path(env.get("PHOTOS_DIR") or "/photos").absolute(),
        listen_host=listen_host,
        listen_port=listen_port,
        uploads_bytes=whole(env, "UPLOADS_MIB", UPLOADS_MIB, least=1, most=2**20) * 2**20,
        drain_s=seconds(env, "DRAIN_SECONDS", 1),
    )


def _numbers(version: str) -> tuple[int, ...]:
    if not re.fullmatch(r"v\d{1,4}\.\d{1,4}", version, re.ASCII):
        raise SettingWrong(f"VERSION is not like v1.0: {version!r}")
    return tuple(map(int, version[1:].split(".")))
