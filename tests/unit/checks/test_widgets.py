"""A prediction's form: what is clicked is committed, and nothing can be clicked once the answer is known.

A notebook that is opened again has no forms: what is stored says the question, and what became of it.
"""

import contextlib
import os

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

from kubeface import notebook
from kubeface.checks import predict, widgets
from kubeface.checks.predictions import SKIPPED, TOO_LATE

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def form():
    """The parts of a prediction's form: its choosers, its button, the line that says what is committed."""

    def make(prediction):
        *choosers, buttons, said = widgets.form(prediction).children
        return choosers, buttons.children[0], said

    return make


def test_a_click_commits_the_number_that_is_chosen(form):
    guess = predict("How many?", number=range(0, 11))
    (chooser,), button, said = form(guess)
    chooser.value = 9
    button.click()
    assert guess.committed == 9
    assert said.value == "committed: 9"


def test_who_skips_has_the_answer_and_may_still_guess_before_it():
    guess = predict("How many?", number=range(0, 11))
    (chooser, buttons, said) = widgets.form(guess).children
    commit, skip = buttons.children
    skip.click()
    assert guess.is_skipped
    assert said.value == SKIPPED
    chooser.value = 7
    commit.click()
    assert (guess.is_skipped, guess.committed) == (False, 7)
    skip.click()
    assert repr(guess.grade(7)) == "✓ right: you predicted 7."
    assert skip.disabled


def test_a_click_without_a_choice_commits_nothing_and_says_so(form):
    guess = predict("What happens?", choice=["a", "b"])
    _, button, said = form(guess)
    button.click()
    assert guess.committed is None
    assert said.value == "nothing committed yet<br>Choose first; one of: a, b."


def test_an_order_has_a_chooser_a_place(form):
    guess = predict("Who is first?", order=["a", "b", "c"])
    choosers, button, said = form(guess)
    for chooser, value in zip(choosers, ["b", "a", "a"], strict=True):
        chooser.value = value
    button.click()
    assert guess.committed is None
    choosers[2].value = "c"
    button.click()
    assert guess.committed == ["b", "a", "c"]
    assert said.value == "committed: b → a → c"


def test_once_the_answer_is_known_nothing_can_be_clicked(form):
    guess = predict("How many?", number=range(0, 11))
    (chooser,), button, said = form(guess)
    guess.commit(7)
    assert chooser.value == 7
    guess.grade(9)
    assert chooser.disabled
    assert button.disabled
    assert said.value == f"committed: 7<br>{TOO_LATE}"


def test_what_is_chosen_and_not_committed_is_told_apart(form):
    guess = predict("How many?", number=range(0, 11))
    (chooser,), button, said = form(guess)
    chooser.value = 7
    assert said.value == "nothing committed yet<br>chosen, not committed: 7. Press Commit."
    button.click()
    chooser.value = 8
    assert said.value == "committed: 7<br>chosen, not committed: 8. Press Commit."
    chooser.value = 7
    assert said.value == "committed: 7"


def test_the_form_escapes_what_it_shows(form):
    guess = predict("Is 1 < 2 & <b>?", choice=["<yes>", "no"])
    (chooser,), _, said = form(guess)
    chooser.value = "<yes>"
    assert "&lt;yes&gt;" in said.value
    assert "Is 1 &lt; 2 &amp; &lt;b&gt;?" in guess._repr_html_()


@pytest.fixture(scope="module")
def stored():
    """The outputs that JupyterLab would store of two predictions, of which one is graded."""
    cells = [
        "from kubeface import predict",
        "one = predict('How many Pods?', number=range(0, 11)).commit(7)",
        "two = predict('Who is first?', choice=['mysql', 'nsqd'])",
        "one.grade(9)",
        "one = predict('How many Pods?', number=range(0, 11))",
    ]
    book = new_notebook(cells=[new_code_cell(source) for source in cells])
    NotebookClient(book, timeout=60).execute(env=os.environ | {"KUBEFACE_STATIC": "0"})
    return [[output.get("data", {}) for output in cell.outputs] for cell in book.cells]


def test_a_question_is_text_beside_its_form(stored):
    question, below = stored[2]
    assert "Who is first?" in question["text/html"]
    assert "one of: mysql, nsqd" in question["text/plain"]
    assert "run this cell first" in question["text/html"]
    assert VIEW not in question
    assert VIEW in below


def test_once_the_answer_is_known_text_takes_the_forms_place(stored):
    for question, below in (stored[1], stored[4] * 2):
        assert "How many Pods?" in question["text/html"]
        assert "committed: 7" in below["text/plain"]
        assert TOO_LATE in below["text/html"]
        assert VIEW not in below


@pytest.mark.parametrize(
    ("first", "somebody", "stops"),
    [("", "0", True), (".commit(9)", "0", False), (".skip()", "0", False), ("", "1", False)],
    ids=["neither", "committed", "skipped", "nobody there"],
)
def test_a_run_of_all_cells_stops_where_somebody_is_asked(first, somebody, stops):
    cells = [
        f"from kubeface import predict; guess = predict('How many Pods?', number=range(0, 11)){first}",
        "guess.grade(9)",
        "print('on')",
    ]
    book = new_notebook(cells=[new_code_cell(source) for source in cells])
    run = NotebookClient(book, timeout=60)
    with pytest.raises(CellExecutionError) if stops else contextlib.nullcontext():
        run.execute(env=os.environ | {"KUBEFACE_STATIC": somebody})
    assert bool(book.cells[2].outputs) is not stops
    if stops:
        [shown] = book.cells[1].outputs
        assert shown.ename == "NotCommitted"
        assert "press Commit or Skip" in "\n".join(shown.traceback)
        assert len(shown.traceback) == 3  # no way through the library


def test_in_a_test_or_when_told_so_nobody_is_there_to_click(monkeypatch):
    assert notebook.is_static()
    monkeypatch.setenv("KUBEFACE_STATIC", "0")
    assert not notebook.is_static()
    monkeypatch.setenv("KUBEFACE_STATIC", "1")
    assert notebook.is_static()
