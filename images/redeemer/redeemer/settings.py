"""What the redeemer is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.settings import DatabaseSettings, database, whole

from redeemer.core import Rules

_DAY_S = 24 * 60 * 60


@dataclass(frozen=True)
class Settings:
    """Where the database is, and the rules."""

    database: DatabaseSettings
    rules: Rules


def read_settings(env: Mapping[str, str]) -> Settings:
    """The settings that `env` holds.

    Raises:
        SettingWrong: names what is missing or makes no sense.
    """
    rules = Rules(
        hanging_s=whole(env, "HANGING_SECONDS", 60, most=_DAY_S),
        retry_s=whole(env, "RETRY_SECONDS", 60, most=_DAY_S),
        most_retries=whole(env, "MOST_RETRIES", 5, most=1000),
        keep_s=whole(env, "KEEP_SECONDS", _DAY_S),
    )
    return Settings(database(env), rules)
