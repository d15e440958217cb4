"""A pytest plugin for nbval: failures of a notebook's run that nbval lets pass are failures.

- A cell marked as raising an exception raises none.
- A thread or task of an earlier cell prints while a later one runs. nbval drops a task's text; a thread's
  lands in the later cell, in the stored notebook too, so both agree until the day the timing differs.
- A cell was stored without having been run: nbval then compares none of its outputs.

It is installed with the package, and does nothing without its option: `pytest --nbval --nbval-strict`.
With `--nbval-kubectl`, what kubectl prints is compared without its ages, hashes, addresses and widths.
"""

from collections.abc import Generator, Iterator
from typing import Any, cast

import pytest

OPTION = "--nbval-strict"
KUBECTL = "--nbval-kubectl"
SHOWN = {"stream", "display_data", "execute_result", "error"}

# Runs once in the kernel: from then on a thread prints for the cell that started it, as a task does anyway.
THREADS_KNOW_THEIR_CELL = """
def _start(thread, start=__import__("threading").Thread.start):
    context, run = __import__("contextvars").copy_context(), thread.run
    thread.run = lambda: context.run(run)
    start(thread)
__import__("threading").Thread.start = _start
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The two options."""
    group = parser.getgroup("general")
    group.addoption(OPTION, action="store_true", help="with --nbval: also fail what nbval itself lets pass")
    group.addoption(
        KUBECTL, action="store_true", help="with --nbval: compare what kubectl prints without ages and hashes"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Watch the cells, where that is asked for.

    Raises:
        pytest.UsageError: nbval is not installed.
    """
    chosen = [(option, watch) for option, watch in _WATCHES.items() if config.getoption(option)]
    for option, watch in chosen:
        try:
            from nbval.plugin import IPyNbCell
        except ImportError as error:
            raise pytest.UsageError(f"{option} needs nbval: pip install nbval") from error
        config.pluginmanager.register(watch(IPyNbCell), f"kubeface-{option.strip('-')}-cells")


class Strict:
    """Looks at each cell while it runs.

    Args:
        cell: The class of nbval's test items.
    """

    def __init__(self, cell: type[pytest.Item]) -> None:
        self._cell = cell

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Run the cell, then fail it for what nbval did not see."""
        if not isinstance(item, self._cell):
            return (yield)
        cell: Any = item
        messages, own_ids = _watch(cell.parent.kernel)
        try:
            return (yield)
        finally:
            for sentence in _unseen(cell, messages, own_ids):
                cell.raise_cell_error(sentence)


class Kubectl:
    """Compares what a cell has printed that runs kubectl by what it says.

    Args:
        cell: The class of nbval's test items.
    """

    def __init__(self, cell: type[pytest.Item]) -> None:
        self._cell = cell

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Both outputs, the stored one and the new one, are read so before they are compared."""
        if isinstance(item, self._cell) and "kubectl" in (cell := cast(Any, item)).cell.source:
            from kubeface.views.kubectl_text import steady

            sanitize = cell.sanitize
            cell.sanitize = lambda text: sanitize(steady(text) if isinstance(text, str) else text)


_WATCHES = {OPTION: Strict, KUBECTL: Kubectl}


def _unseen(item: Any, messages: list[dict[str, Any]], own_ids: set[str]) -> Iterator[str]:
    if any(m["msg_type"] in SHOWN and m["parent_header"].get("msg_id") not in own_ids for m in messages):
        yield "An earlier cell prints in the background while this one runs"
    if item.options["check_exception"] and not any(o.output_type == "error" for o in item.test_outputs or []):
        yield "The cell is marked as raising an exception and raised none"
    if item.cell.execution_count is None and item.options["check"] and item.cell.source.strip():
        yield "The stored cell was never run, so its outputs are not compared"


def _watch(kernel: Any) -> tuple[list[dict[str, Any]], set[str]]:
    """Two growing collections: every output message read from now on, and the ids of what is executed."""
    messages: list[dict[str, Any]] = []
    own_ids: set[str] = set()
    read, execute = type(kernel).get_message, type(kernel).execute_cell_input
    if not hasattr(kernel, "is_watched"):
        kernel.kc.execute(THREADS_KNOW_THEIR_CELL, silent=True, reply=True, timeout=30)
        kernel.is_watched = True

    def get_message(stream: str, timeout: float | None = None) -> dict[str, Any]:
        message: dict[str, Any] = read(kernel, stream, timeout=timeout)
        messages.append(message)
        return message

    def execute_cell_input(source: str, allow_stdin: bool | None = None) -> str:
        identity: str = execute(kernel, source, allow_stdin=allow_stdin)
        own_ids.add(identity)
        return identity

    kernel.get_message, kernel.execute_cell_input = get_message, execute_cell_input
    return messages, own_ids
