"""An answer before its question is found, in a list, a heading, a comment or an output; else nothing is."""

import re
from pathlib import Path

import pytest
from answers import TELLS, given_away, words
from books import cell, printed, write
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from kubeface.checks import questions

ASK = 'guess = predict("nb08.not-alive")'
INNOCENT = "A **probe** is a question that the kubelet asks a container again and again."
TELLING = {
    "a list": new_markdown_cell("You will see\n\n- a Pod not alive: its container is started again;\n"),
    "a heading": new_markdown_cell("## Its container starts again"),
    "a comment": cell("# not alive: the container is started again\n1"),
    "a caption": cell('show(x, {"livenessProbe": "If not, the container is started again."})'),
    "an output": cell("1", printed("the container was started again\n")),
}


def found(folder: Path, *before: NotebookNode) -> list[str]:
    return given_away(
        write(folder, *before, cell(ASK), new_markdown_cell("Its container was started again."))
    )


@pytest.mark.parametrize("place", TELLING)
def test_an_answer_before_its_question_is_found(place: str, tmp_path: Path) -> None:
    (said,) = found(tmp_path, new_markdown_cell(INNOCENT), TELLING[place])
    assert said.startswith("nb08.not-alive is answered before it is asked: ")


def test_what_comes_after_the_question_and_what_the_question_offers_tell_nothing(tmp_path: Path) -> None:
    offers = "? predict: What happens?\n  one of: its container is started again, nothing\n"
    assert found(tmp_path, new_markdown_cell(INNOCENT), cell("1", printed(offers))) == []


@pytest.mark.parametrize("name", TELLS)
def test_other_words_for_an_answer_belong_to_a_question_that_is_asked(name: str) -> None:
    question = questions.find(name)
    assert question is not None
    assert not re.search(TELLS[name], question.text)


def test_words_are_compared_without_their_endings() -> None:
    assert words("Nobody starts the container's Pods") == ["nobody", "start", "container", "pod"]
