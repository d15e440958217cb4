"""nbval with `--nbval-kubectl`: tables of kubectl compare; another status or a missing row is red."""

from pathlib import Path

import live
import pytest
from books import cell, printed, write

BEFORE = """\
NAME                        READY   STATUS    RESTARTS   AGE
nsqd-4z6t8                  1/1     Running   0          19s
receiver-64d8859544-q62vf   1/1     Running   0          19s
"""
NOW = """\
NAME                        READY   STATUS    RESTARTS   AGE
nsqd-tzbwl                  1/1     Running   0          3m
receiver-7c57858886-7gwfj   1/1     Running   0          2d4h
"""
BOOKS = {
    "41-later": (NOW, True),
    "42-another-status": (NOW.replace("Running   0          3m", "Pending   0          3m"), False),
    "43-a-row-less": ("".join(NOW.splitlines(keepends=True)[:2]), False),
    "44-another-name": (NOW.replace("receiver", "reciever"), False),
    "45-restarted": (NOW.replace("Running   0          2d", "Running   1 (3s ago) 2d"), False),
}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A notebook a name: the stored table, and a cell that prints the other one as kubectl would."""
    folder = tmp_path_factory.mktemp("tables")
    return {
        name: write(
            folder, cell(f"kubectl = print\nkubectl({now!r}, end='')", printed(BEFORE)), name=f"{name}.ipynb"
        )
        for name, (now, _) in BOOKS.items()
    }


@pytest.fixture(scope="module")
def compared(books: dict[str, Path]) -> live.Run:
    """How nbval judges all of them."""
    return live.run(*books.values())


@pytest.mark.parametrize("name", BOOKS)
def test_only_what_differs_in_every_run_may_differ(
    name: str, books: dict[str, Path], compared: live.Run
) -> None:
    assert compared.failed(books[name]) is not BOOKS[name][1], compared.report


def test_without_the_option_an_age_is_a_difference(books: dict[str, Path]) -> None:
    assert not live.run(books["41-later"], kubectl=False).green


def test_in_a_cell_without_kubectl_it_is_one(tmp_path: Path) -> None:
    assert not live.run(write(tmp_path, cell(f"print({NOW!r}, end='')", printed(BEFORE)))).green
