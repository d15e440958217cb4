"""What the image-processor is told by its environment, read once at the start."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.settings import DatabaseSettings, SettingWrong, address, database, require, seconds, whole

NEEDED = (
    "MYSQL_HOST",
    "MYSQL_USER",
    "MYSQL_PASSWORD",
    "NSQLOOKUPD_HTTP_ADDRESSES",
    "FACE_RECOGNITION_ADDRESS",
)
MAX_ATTEMPTS = 10  # chosen: with the growing delays a photo waits for about a minute
BREAKER_SECONDS = 10.0  # chosen: the longest that work waits after face-recognition is back


@dataclass(frozen=True)
class Settings:
    """Where everything is; addresses are "host:port".

    workers: photos worked on at once.
    max_attempts: how often face-recognition may leave one photo without an answer.
    breaker_s: how long the circuit breaker stays open before it asks how face-recognition is.
    """

    database: DatabaseSettings
    nsqlookupd_http_addresses: tuple[str, ...]
    face_recognition_address: str
    listen_host: str
    listen_port: int
    workers: int
    max_attempts: int
    breaker_s: float


def read_settings(env: Mapping[str, str]) -> Settings:
    """The settings that `env` holds; SettingWrong names what is missing, or makes no sense."""
    require(env, NEEDED)
    host, port = address(env, "LISTEN", "0.0.0.0:8002")
    breaker_s = seconds(env, "BREAKER_SECONDS", BREAKER_SECONDS)
    if not 0 < breaker_s <= 3600:
        raise SettingWrong(f"BREAKER_SECONDS is not above 0 and up to 3600: {breaker_s}")
    return Settings(
        database=database(env),
        nsqlookupd_http_addresses=tuple(env["NSQLOOKUPD_HTTP_ADDRESSES"].split(",")),
        face_recognition_address=env["FACE_RECOGNITION_ADDRESS"],
        listen_host=host,
        listen_port=port,
        workers=whole(env, "WORKERS", 4, least=1, most=100),
        max_attempts=whole(env, "MAX_ATTEMPTS", MAX_ATTEMPTS, least=1, most=1000),
        breaker_s=breaker_s,
    )
