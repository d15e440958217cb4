"""nbval itself, run on tiny notebooks: what it sees, what it lets pass, and that our suite sees all of it.

The suite is `rules.violations` on the file and `live.run` with `--nbval-strict`. Where plain nbval stays
green the test says so: on the day that nbval learns to see it, that line fails and the extra rule can go.
"""

from pathlib import Path

import live
import pytest
from books import cell, printed, shown, write
from nbformat.v4 import new_output
from rules import violations

SOUND = cell("print('hello')", printed("hello\n"))
ERROR = new_output("error", ename="ZeroDivisionError", evalue="division by zero", traceback=[])
TASK = """import asyncio
async def late():
    await asyncio.sleep(0.5)
    print('late')
t = asyncio.create_task(late())"""
THREAD = "import threading\nt = threading.Timer(0.5, print, ['late'])\nt.start()"
DRAW = (
    "from IPython.display import display\ndisplay({'image/png': 'Yg==', 'text/plain': '<Image>'}, raw=True)"
)

SEEN_BY_NBVAL = {
    "01-other-text": [cell("print(2)", printed("1\n"))],
    "02-nothing-stored": [SOUND, cell("print(2)")],
    "03-other-value": [cell("2", shown(text_plain="1"))],
    "04-other-kind": [cell("1", printed("1\n"))],
    "05-a-cell-that-fails": [SOUND, cell("1 / 0")],
    "07-a-tag-misspelt": [SOUND, cell("print(2)", printed("1\n"), tags=("nbval-ignore-outputs",))],
    "06-a-marker-with-words-after-it": [SOUND, cell("# NBVAL_IGNORE_OUTPUT times\nprint(2)", printed("1\n"))],
}
SEEN_IN_THE_FILE = {
    "11-a-failed-command": [SOUND, cell("!false")],
    "12-a-cell-never-run": [SOUND, cell("print('nobody compares me')", count=None)],
    "13-no-outputs": [cell("x = 1"), cell("y = 2")],
    "14-a-cell-skipped": [SOUND, cell("# NBVAL_SKIP\n1 / 0")],
    "15-a-mute-picture": [SOUND, cell(DRAW, shown(image_png="YQ==", text_plain="<Image>"))],
    "16-an-error-stored": [SOUND, cell("# NBVAL_RAISES_EXCEPTION\n1 / 0", ERROR)],
    "17-a-marker-that-is-not-the-line": [SOUND, cell("x = 1  # NBVAL_IGNORE_OUTPUT")],
}
SEEN_IN_THE_RUN = {
    "21-no-exception": [SOUND, cell("x = 1", tags=("raises-exception",))],
    "22-a-thread-prints-late": [SOUND, cell(THREAD), cell("t.join()", printed("late\n"))],
    "23-a-task-prints-late": [SOUND, cell(TASK), cell("await t")],
    "24-a-cell-never-run": [SOUND, cell("print('nobody compares me')", count=None)],
}
RIGHT = {
    "31-sound": [
        SOUND,
        cell("6 * 7", shown(text_plain="42")),
        cell("1 / 0", ERROR, tags=("raises-exception",)),
        cell("print(2)", printed("1\n"), tags=("nbval-ignore-output",)),
    ]
}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One notebook file for each name above."""
    folder = tmp_path_factory.mktemp("holes")
    every = SEEN_BY_NBVAL | SEEN_IN_THE_FILE | SEEN_IN_THE_RUN | RIGHT
    return {name: write(folder, *cells, name=f"{name}.ipynb") for name, cells in every.items()}


@pytest.fixture(scope="module")
def plain(books: dict[str, Path]) -> live.Run:
    """How plain nbval judges all of them."""
    return live.run(*books.values(), strict=False)


@pytest.fixture(scope="module")
def strict(books: dict[str, Path]) -> live.Run:
    """How nbval with `--nbval-strict` judges those that only a run can tell."""
    return live.run(*(books[name] for name in SEEN_IN_THE_RUN | RIGHT))


@pytest.mark.parametrize("name", SEEN_BY_NBVAL)
def test_nbval_sees_it(name: str, books: dict[str, Path], plain: live.Run) -> None:
    assert plain.failed(books[name]), plain.report


@pytest.mark.parametrize("name", SEEN_IN_THE_FILE)
def test_only_the_rules_see_it(name: str, books: dict[str, Path], plain: live.Run) -> None:
    assert not plain.failed(books[name]), plain.report
    assert violations(books[name])


@pytest.mark.parametrize("name", SEEN_IN_THE_RUN)
def test_only_the_strict_run_sees_it(
    name: str, books: dict[str, Path], plain: live.Run, strict: live.Run
) -> None:
    assert not plain.failed(books[name]), plain.report
    assert strict.failed(books[name]), strict.report


@pytest.mark.parametrize("name", RIGHT)
def test_a_sound_notebook_is_green(
    name: str, books: dict[str, Path], plain: live.Run, strict: live.Run
) -> None:
    assert violations(books[name]) == []
    assert not plain.failed(books[name]), plain.report
    assert not strict.failed(books[name]), strict.report


def test_a_run_in_which_a_cell_failed_is_not_green(plain: live.Run) -> None:
    assert not plain.green
