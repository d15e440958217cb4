"""A part of the tests for one machine of several: `--shard 2/4`, or `make test SHARD=2/4`.

What belongs together stays together: a file, or what carries one mark `together` (a notebook and its
exercises). These units are dealt like cards, in their order, so that each machine gets some of every folder.
"""

import re

import pytest

USAGE = "which of how many parts to run, such as 2/4"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shard", metavar="N/COUNT", type=read, help=USAGE)


def read(text: str) -> tuple[int, int]:
    """`2/4` as two numbers; pytest names the option when it is none."""
    match = re.fullmatch(r"(\d+)/(\d+)", text)
    number, count = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= number <= count:
        raise pytest.UsageError(f"--shard {text}: {USAGE}")
    return number, count


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if shard := config.getoption("--shard"):
        mine = part(items, *shard)
        config.hook.pytest_deselected(items=[item for item in items if item not in mine])
        items[:] = mine


def part(items: list[pytest.Item], number: int, count: int) -> list[pytest.Item]:
    """The tests of one part, in their order; the parts together are all of them, each once."""
    units = sorted({unit(item) for item in items})
    mine = set(units[number - 1 :: count])
    return [item for item in items if unit(item) in mine]


def unit(item: pytest.Item) -> str:
    """What a test is not to be parted from."""
    group = item.get_closest_marker("together")
    return str(group.args[0]) if group else item.nodeid.partition("::")[0]
