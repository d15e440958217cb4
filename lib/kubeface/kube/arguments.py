"""kubectl's command line, taken apart: commands, options, and what follows `--`."""

from collections.abc import Sequence

#: kubectl's general options that take no value (`kubectl options`); all others take the next word.
_SWITCHES = (
    "-h",
    "--help",
    "--disable-compression",
    "--insecure-skip-tls-verify",
    "--match-server-version",
    "--warnings-as-errors",
)


def own(arguments: Sequence[str]) -> list[str]:
    """The arguments that are for kubectl: those after `--` are for a program in a Pod.

    >>> own(["exec", "web", "--", "ls", "-l"])
    ['exec', 'web']
    """
    return list(arguments[: arguments.index("--")] if "--" in arguments else arguments)


def words(arguments: Sequence[str]) -> list[str]:
    """The arguments without options and their values: the command first, as kubectl finds it.

    >>> words(["-n", "face", "rollout", "--context=x", "status", "deployment/web"])
    ['rollout', 'status', 'deployment/web']
    """
    found = []
    coming = iter(own(arguments))
    for one in coming:
        if not one.startswith("-") or one == "-":
            found.append(one)
        elif one not in _SWITCHES and (len(one) == 2 or (one.startswith("--") and "=" not in one)):
            next(coming, None)
    return found


def is_set(arguments: Sequence[str], option: str) -> bool:
    """Whether a switch such as `--tty` is among kubectl's own arguments, and not as `--tty=false`."""
    given = [one for one in own(arguments) if one.partition("=")[0] == option]
    return bool(given) and given[-1].partition("=")[2] not in ("false", "f", "F", "0", "False", "FALSE")
