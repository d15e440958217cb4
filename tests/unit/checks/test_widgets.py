"""A prediction's form: what is clicked is committed, and nothing can be clicked once the answer is known."""

import pytest

from kubeface.checks import predict, session, widgets


@pytest.fixture
def form():
    """The parts of a prediction's form: its choosers, its button, the line that says what is committed."""

    def make(prediction):
        _, *choosers, button, said = widgets.form(prediction).children
        return choosers, button, said

    return make


def test_a_click_commits_the_number_that_is_chosen(form):
    guess = predict("How many?", number=range(0, 11))
    (chooser,), button, said = form(guess)
    chooser.value = 9
    button.click()
    assert guess.committed == 9
    assert said.value == "committed: 9"


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
    (chooser,), button, _ = form(guess)
    guess.grade(9)
    assert chooser.disabled
    assert button.disabled


def test_the_form_escapes_what_it_shows(form):
    guess = predict("Is 1 < 2 & <b>?", choice=["<yes>", "no"])
    head = widgets.form(guess).children[0]
    assert head.value == "<b>Predict:</b> Is 1 &lt; 2 &amp; &lt;b&gt;?"


def test_in_a_test_or_when_told_so_nobody_is_there_to_click(monkeypatch):
    assert session.is_headless()
    monkeypatch.setenv("KUBEFACE_STATIC", "0")
    assert not session.is_headless()
    monkeypatch.setenv("KUBEFACE_STATIC", "1")
    assert session.is_headless()
