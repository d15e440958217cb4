"""What the image-processor is told by its environment, read once at the start."""

from collections.abc import Mapping
from dataclasses import dataclass, field

NEEDED = (
    "MYSQL_HOST",
    "MYSQL_USER",
    "MYSQL_PASSWORD",
    "NSQLOOKUPD_HTTP_ADDRESSES",
    "FACE_RECOGNITION_ADDRESS",
)


class SettingWrong(Exception):
    """A setting is missing or makes no sense; the sentence names it."""


@dataclass(frozen=True)
class Settings:
    """Where everything is; addresses are "host:port". workers: photos in hand at once."""

    mysql_host: str
    mysql_port: int
    mysql_database: str
    mysql_user: str
    mysql_password: str = field(repr=False)
    nsqlookupd_http_addresses: tuple[str, ...]
    face_recognition_address: str
    listen_host: str
    listen_port: int
    workers: int


def read_settings(env: Mapping[str, str]) -> Settings:
    """The settings that `env` holds; SettingWrong names what is missing, or is not a number."""
    missing = [name for name in NEEDED if not env.get(name)]
    if missing:
        raise SettingWrong(f"not set: {', '.join(missing)}")
    host, _, port = env.get("LISTEN", "0.0.0.0:8002").rpartition(":")
    return Settings(
        mysql_host=env["MYSQL_HOST"],
        mysql_port=_number("MYSQL_PORT", env.get("MYSQL_PORT", "3306")),
        mysql_database=env.get("MYSQL_DATABASE", "kube"),
        mysql_user=env["MYSQL_USER"],
        mysql_password=env["MYSQL_PASSWORD"],
        nsqlookupd_http_addresses=tuple(env["NSQLOOKUPD_HTTP_ADDRESSES"].split(",")),
        face_recognition_address=env["FACE_RECOGNITION_ADDRESS"],
        listen_host=host,
        listen_port=_number("the port in LISTEN", port),
        workers=_number("WORKERS", env.get("WORKERS", "4"), smallest=1),
    )


def _number(name: str, value: str, smallest: int = 0) -> int:
    if not value.isdecimal() or int(value) < smallest:
        raise SettingWrong(f"{name} is not a number from {smallest}: {value!r}")
    return int(value)
