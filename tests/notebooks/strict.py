"""A pytest plugin for nbval: two failures of a run that nbval lets pass.

- A cell marked as raising an exception raises none.
- A thread or task of an earlier cell prints while a later one runs. nbval drops a task's text; a thread's
  lands in the later cell, in the stored notebook too, so both agree until the day the timing differs.

Load it with `-p strict`, its folder on PYTHONPATH.
"""

from collections.abc import Generator, Iterator
from typing import Any

import pytest
from nbval.plugin import IPyNbCell

SHOWN = {"stream", "display_data", "execute_result", "error"}

# Runs once in the kernel: from then on a thread prints for the cell that started it, as a task does anyway.
THREADS_KNOW_THEIR_CELL = """
def _start(thread, start=__import__("threading").Thread.start):
    context, run = __import__("contextvars").copy_context(), thread.run
    thread.run = lambda: context.run(run)
    start(thread)
__import__("threading").Thread.start = _start
"""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Run the cell, then fail it for what nbval did not see."""
    if not isinstance(item, IPyNbCell):
        return (yield)
    messages, own_ids = _watch(item.parent.kernel)
    try:
        return (yield)
    finally:
        for sentence in _unseen(item, messages, own_ids):
            item.raise_cell_error(sentence)


def _unseen(item: IPyNbCell, messages: list[dict[str, Any]], own_ids: set[str]) -> Iterator[str]:
    if any(m["msg_type"] in SHOWN and m["parent_header"].get("msg_id") not in own_ids for m in messages):
        yield "An earlier cell prints in the background while this one runs"
    if item.options["check_exception"] and not any(o.output_type == "error" for o in item.test_outputs or []):
        yield "The cell is marked as raising an exception and raised none"


def _watch(kernel: Any) -> tuple[list[dict[str, Any]], set[str]]:
    """Two growing collections: every output message read from now on, and the ids of what is executed."""
    messages: list[dict[str, Any]] = []
    own_ids: set[str] = set()
    read, execute = type(kernel).get_message, type(kernel).execute_cell_input
    if not hasattr(kernel, "is_watched"):
        kernel.kc.execute(THREADS_KNOW_THEIR_CELL, silent=True, reply=True, timeout=30)
        kernel.is_watched = True

    def get_message(stream: str, timeout: float | None = None) -> dict[str, Any]:
        messages.append(message := read(kernel, stream, timeout=timeout))
        return message

    def execute_cell_input(source: str, allow_stdin: bool | None = None) -> str:
        own_ids.add(identity := execute(kernel, source, allow_stdin=allow_stdin))
        return identity

    kernel.get_message, kernel.execute_cell_input = get_message, execute_cell_input
    return messages, own_ids
