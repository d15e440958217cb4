"""The learner's own namespace, `mine`, taken away before a notebook is run, so that its outputs come again.

No lesson touches what is in it, and `catch_up` says what it finds. As a pytest plugin for nbval: load it with
`-p own_space`, its folder on PYTHONPATH.
"""

import pytest
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell

from kubeface.exercises.own import board
from kubeface.lesson.context import connect


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Begin a notebook without it."""
    if isinstance(item, IPyNbCell) and item.cell_num == 0:
        begin(item.parent.nb)


def begin(notebook: NotebookNode) -> None:
    """Take it away, if the notebook has to do with it."""
    if any('.own")' in cell.source for cell in notebook.cells if cell.cell_type == "code"):
        board.remove(connect())
