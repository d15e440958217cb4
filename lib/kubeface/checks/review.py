"""Predictions of earlier lessons that came out wrong are asked again when a later lesson begins."""

from typing import Any

from kubeface import notebook as here
from kubeface.checks import questions
from kubeface.checks.predictions import Prediction
from kubeface.checks.progress import Progress
from kubeface.checks.questions import Question
from kubeface.checks.shown import as_html, as_text
from kubeface.checks.widgets import show
from kubeface.kube import Cluster

MOST = 2  # specified: a lesson is about something new


def ask_again(cluster: Cluster, notebook: str) -> list[Prediction]:
    """Show up to two of them, each graded as soon as it is committed; one that is right is not asked again.

    A run that nobody watches asks nothing.

    Args:
        cluster: Whose progress counts.
        notebook: The lesson that begins, `05`.
    """
    if not here.is_watched():
        return []
    progress = Progress.of(cluster)
    found = map(questions.find, progress.to_ask_again(notebook))
    due = [one for one in found if one and one.expect is not None]
    return [_ask(one, progress) for one in due[:MOST]]


def _ask(asked: Question, progress: Progress) -> Prediction:
    prediction = Prediction(asked)
    lesson = (asked.name or "")[2:4]
    here.display(
        _said("↺", "once more", f"a question of lesson {lesson}, where you guessed otherwise"), raw=True
    )
    show(prediction)
    answer = here.display(_said("○", "the answer", "it comes with your guess"), raw=True, display_id=True)

    def grade() -> None:
        if prediction.is_sealed or prediction.is_open:
            return
        found = prediction.grade(asked.expect)
        answer.update(found)
        if found.is_right and asked.name:
            progress.keep_review(asked.name)

    prediction.on_change.append(grade)
    return prediction


def _said(mark: str, word: str, sentence: str) -> dict[str, Any]:
    return {"text/plain": as_text(mark, word, sentence), "text/html": as_html(mark, word, sentence)}
