"""What the frontend is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingWrong(Exception):
    """A setting is missing or makes no sense; the sentence names it."""


@dataclass(frozen=True)
class Settings:
    """Where everything is. drain_s is in seconds."""

    mysql_host: str
    mysql_port: int
    mysql_database: str
    mysql_user: str
    mysql_password: str
    photos_dir: Path
    listen_host: str
    listen_port: int
    drain_s: float  # how long it still serves after SIGTERM, unready, until no client is sent here any more


def read_settings(env: Mapping[str, str]) -> Settings:
    """The settings that `env` holds.

    Raises:
        SettingWrong: names what is missing, or is not a number.
    """
    missing = [name for name in ("MYSQL_HOST", "MYSQL_USER", "MYSQL_PASSWORD") if not env.get(name)]
    if missing:
        raise SettingWrong(f"not set: {', '.join(missing)}")
    host, _, port = env.get("LISTEN", "0.0.0.0:8081").rpartition(":")
    return Settings(
        mysql_host=env["MYSQL_HOST"],
        mysql_port=int(_number("MYSQL_PORT", env.get("MYSQL_PORT", "3306"))),
        mysql_database=env.get("MYSQL_DATABASE", "kube"),
        mysql_user=env["MYSQL_USER"],
        mysql_password=env["MYSQL_PASSWORD"],
        photos_dir=Path(env.get("PHOTOS_DIR", "/photos")),
        listen_host=host,
        listen_port=int(_number("the port in LISTEN", port)),
        drain_s=_number("DRAIN_SECONDS", env.get("DRAIN_SECONDS", "1")),
    )


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise SettingWrong(f"{name} is not a number: {value!r}") from None
