"""Wrong predictions come back when a later lesson begins, at most two, until they are answered right."""

import os

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from kubeface.checks import Progress

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def progress(tmp_path):
    """Three wrong predictions of two lessons, and a right one."""
    progress = Progress(tmp_path / "face.json")
    for name, is_right in (("nb02.a", False), ("nb01.b", False), ("nb03.c", False), ("nb01.d", True)):
        progress.keep_grade(name, predicted="this", answer="that", is_right=is_right)
    return progress


def test_those_of_earlier_lessons_are_asked_in_their_order(progress):
    assert progress.to_ask_again("03") == ["nb01.b", "nb02.a"]
    assert progress.to_ask_again("01") == []


def test_what_was_answered_right_when_it_was_asked_again_is_done(progress):
    progress.keep_review("nb01.b")
    assert progress.to_ask_again("04") == ["nb02.a", "nb03.c"]
    assert progress.graded("01") == {"nb01.b": False, "nb01.d": True}  # the first time counts


OPEN = """
import kubeface.exercises
from types import SimpleNamespace
from pathlib import Path
from kubeface.checks import Progress, review
cluster = SimpleNamespace(kubeconfig=Path("face.kubeconfig"), context="face")
progress = Progress.of(cluster)
for name in ("nb01.typo", "nb01.deleted", "nb02.shared"):
    progress.keep_grade(name, predicted="this", answer="that", is_right=False)
"""
ASK = "one, other = review.ask_again(cluster, '05')"
ANSWER = "one.commit(one.question.expect); _ = other.commit(other.question.options[0])"
LEFT = "print(progress.to_ask_again('05'))"


def run(tmp_path, somebody, *cells):
    book = new_notebook(cells=[new_code_cell(source) for source in cells])
    env = os.environ | {"KUBEFACE_STATIC": somebody, "XDG_STATE_HOME": str(tmp_path)}
    NotebookClient(book, timeout=60).execute(env=env)
    return [cell.outputs for cell in book.cells]


def test_two_are_shown_and_graded_as_soon_as_they_are_committed(tmp_path):
    _, asked, _, left = run(tmp_path, "0", OPEN, ASK, ANSWER, LEFT)
    texts = [output["data"]["text/plain"] for output in asked]
    assert sum("once more: a question of lesson 01" in text for text in texts) == 2
    assert sum("right: you predicted it goes too." in text for text in texts) == 1
    assert sum("not this time: you predicted it fails" in text for text in texts) == 1
    assert left[0]["text"] == "['nb01.typo', 'nb02.shared']\n"


def test_nobody_is_asked_who_is_not_there(tmp_path):
    asked = run(tmp_path, "1", OPEN, "print(review.ask_again(cluster, '05'))")[1]
    assert [output["text"] for output in asked] == ["[]\n"]
