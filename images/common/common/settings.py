"""Reads what a service is told by its environment, once, at its start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


class SettingWrong(Exception):
    """A setting is missing or makes no sense; the sentence names it."""


@dataclass(frozen=True)
class DatabaseSettings:
    """Where the database `kube` is, and as whom to enter it."""

    host: str
    port: int
    name: str
    user: str
    password: str = field(repr=False)  # never in a log


def require(env: Mapping[str, str], names: Iterable[str]) -> None:
    """Returns when all of them are set and not empty; SettingWrong names every one that is not."""
    missing = [name for name in names if not env.get(name)]
    if missing:
        raise SettingWrong(f"not set: {', '.join(missing)}")


def whole(env: Mapping[str, str], name: str, default: int, *, least: int = 0, most: int = 2**31 - 1) -> int:
    """A whole number from `least` to `most`."""
    given = env.get(name) or str(default)
    if not (given.isascii() and given.isdigit() and len(given) <= 10 and least <= int(given) <= most):
        raise SettingWrong(f"{name} is not a whole number from {least} to {most}: {given!r}")
    return int(given)


def seconds(env: Mapping[str, str], name: str, default: float) -> float:
    """A time in seconds, 0 or more."""
    given = env.get(name) or str(default)
    try:
        value = float(given)
    except ValueError:
        value = -1
    if not 0 <= value < float("inf"):
        raise SettingWrong(f"{name} is not a number of seconds: {given!r}")
    return value


def address(env: Mapping[str, str], name: str, default: str) -> tuple[str, int]:
    """Host and port of a "host:port"; an IPv6 host stands in brackets."""
    given = env.get(name) or default
    host, colon, port = given.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and int(port) < 2**16):
        raise SettingWrong(f"{name} is not host:port: {given!r}")
    return host.strip("[]"), int(port)


def database(env: Mapping[str, str]) -> DatabaseSettings:
    """From MYSQL_HOST, MYSQL_USER and MYSQL_PASSWORD, which must be set, MYSQL_PORT and MYSQL_DATABASE."""
    require(env, ("MYSQL_HOST", "MYSQL_USER", "MYSQL_PASSWORD"))
    return DatabaseSettings(
        host=env["MYSQL_HOST"],
        port=whole(env, "MYSQL_PORT", 3306, least=1, most=2**16 - 1),
        name=env.get("MYSQL_DATABASE") or "kube",
        user=env["MYSQL_USER"],
        password=env["MYSQL_PASSWORD"],
    )
