"""A prediction is committed before and graded after: against the live answer, kindly."""

import pytest

from kubeface.checks import Progress, predict, question, session
from kubeface.errors import BadInput


def pods():
    return predict("How many Pods will run?", number=range(0, 11))


def test_a_prediction_that_is_right_says_so():
    assert repr(pods().commit(9).grade(9)) == "✓ right: you predicted 9."


def test_a_number_that_is_wrong_says_how_far_and_why():
    grade = pods().commit(4).grade(9, because="nsqd runs once on every node.")
    assert repr(grade) == (
        "✗ not this time: you predicted 4; the answer is 9 (5 more).\n  nsqd runs once on every node."
    )
    assert "(2 fewer)" in repr(pods().commit(4).grade(2))


def test_nothing_committed_is_graded_kindly_with_the_answer():
    grade = pods().grade(9)
    assert repr(grade) == (
        "○ no prediction: nothing was committed this time, and that is fine. The answer is 9."
    )
    assert not grade.is_right


def test_an_answer_that_nobody_guessed_yet_is_folded():
    shown, _, folded = pods().grade(9, because="One a node.")._repr_html_().partition("<details>")
    assert "nothing was committed" in shown
    assert "The answer is 9" not in shown
    assert "The answer is 9." in folded
    assert "One a node." in folded
    guessed = predict("How many?", number=range(0, 11), answer=4)
    assert "<details>" not in guessed.grade(9)._repr_html_()


def test_a_choice_is_compared_as_it_is_said():
    guess = predict("What happens to it?", choice=["it is replaced", "it is gone"])
    assert guess.commit("it is replaced").grade("it is replaced").is_right
    assert repr(guess.grade("it is gone")) == (
        "✗ not this time: you predicted it is replaced; the answer is it is gone."
    )


def test_an_order_says_where_it_parts():
    guess = predict("Who starts first?", order=["mysql", "nsqd", "receiver"])
    grade = guess.commit(["mysql", "receiver", "nsqd"]).grade(["mysql", "nsqd", "receiver"])
    assert repr(grade) == (
        "✗ not this time: you predicted mysql → receiver → nsqd; "
        "the answer is mysql → nsqd → receiver (they part at place 2)."
    )
    assert guess.grade(["mysql", "receiver", "nsqd"]).is_right


def test_another_answer_takes_the_place_of_the_first_until_it_is_known():
    guess = pods().commit(4).commit(9)
    assert guess.grade(9).is_right


def test_a_prediction_cannot_be_changed_once_the_answer_is_known():
    guess = pods().commit(4)
    guess.grade(9)
    guess.commit(9)
    assert "The answer is known by now" in repr(guess)
    assert not guess.grade(9).is_right


def test_nothing_can_be_committed_once_the_answer_is_known():
    guess = pods()
    guess.grade(9)
    assert not guess.commit(9).grade(9).is_right
    assert predict("How many Pods will run?", number=range(0, 11), answer=9).committed is None


def test_asking_again_gives_the_same_prediction():
    pods().commit(4)
    assert pods().committed == 4


def test_an_answer_that_is_none_of_them_is_not_committed_and_not_an_error():
    guess = pods().commit(4).commit(12)
    assert guess.committed == 4
    assert guess.note == "12 is none of the answers; a number from 0 to 10."
    assert pods().commit(True).committed == 4


@pytest.mark.parametrize("given", ["mysql", ["mysql"], ["mysql", "mysql"], 3, None])
def test_an_order_that_lacks_one_is_not_committed(given):
    guess = predict("Who starts first?", order=["mysql", "nsqd"])
    assert guess.commit(given).committed is None
    assert "put in order: mysql, nsqd" in guess.note


@pytest.mark.parametrize("answer", [None, "nine", 9.5, [9], {}, 99])
def test_no_answer_makes_grading_fail(answer):
    assert "not this time" in repr(pods().commit(4).grade(answer))


def test_as_text_it_shows_what_is_asked_and_what_is_committed(capsys):
    guess = pods()
    guess.commit("4")
    assert capsys.readouterr().out == (
        "? predict: How many Pods will run?\n  a number from 0 to 10\n  nothing committed yet\n"
        "  To answer: run this cell and choose, or add .commit(…) to it.\n"
    )
    assert repr(guess).endswith("committed: 4")
    assert "<b>predict</b>: How many Pods will run?" in guess._repr_html_()


def test_headless_an_answer_comes_as_an_argument():
    assert predict("How many?", number=range(5), answer=3).grade(3).is_right


def test_headless_an_answer_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("KUBEFACE_PREDICTIONS", '{"How many Pods will run?": 9}')
    assert pods().grade(9).is_right


@pytest.mark.parametrize("text", ["{", "[]", '{"another question": 9}'])
def test_an_environment_that_says_nothing_commits_nothing(monkeypatch, text):
    monkeypatch.setenv("KUBEFACE_PREDICTIONS", text)
    assert pods().committed is None


def test_a_declared_question_is_asked_by_its_name_and_explains_itself():
    question("nb99.pods", "How many Pods?", number=range(0, 11), because="nsqd runs on every node.")
    guess = predict("nb99.pods")
    assert guess.question.text == "How many Pods?"
    assert "nsqd runs on every node." in repr(guess.commit(4).grade(9))


def test_a_solved_run_commits_what_the_course_expects(monkeypatch):
    question("nb99.pods", "How many Pods?", number=range(0, 11), expect=9)
    assert predict("nb99.pods").committed is None
    monkeypatch.setenv("KUBEFACE_SOLVED", "1")
    assert predict("nb99.pods").grade(9).is_right


def test_a_question_that_expects_what_it_does_not_offer_is_refused():
    with pytest.raises(BadInput, match="none of the answers"):
        question("nb99.pods", "How many Pods?", number=range(0, 5), expect=9)


@pytest.mark.parametrize(
    "options", [{}, {"number": [1]}, {"choice": ["a", "a"]}, {"number": [1, 2], "choice": ["a", "b"]}]
)
def test_a_question_without_one_kind_of_options_is_refused(options):
    with pytest.raises(BadInput):
        predict("How many?", **options)


def test_a_question_that_nobody_declared_is_refused():
    with pytest.raises(BadInput, match=r"nb99\.pods"):
        predict("nb99.pods")


def test_in_a_lesson_the_first_grade_is_kept(here):
    session.begin(here, "99")
    pods().commit(4).grade(9)
    session.begin(here, "99")
    assert pods().commit(9).grade(9).is_right
    assert Progress.of(here).graded() == {"nb99.how-many-pods-will-run": False}


def test_what_was_not_committed_is_not_kept(here):
    session.begin(here, "99")
    pods().grade(9)
    assert Progress.of(here).graded() == {}
