"""The verb predict: a question is asked, once in a run, and shown to be answered."""

import json
import os
import re
from collections.abc import Sequence
from typing import Any

from kubeface import notebook
from kubeface.checks import questions, session
from kubeface.checks.predictions import Prediction
from kubeface.checks.questions import Question
from kubeface.checks.registry import NAME, is_no_name, nothing_named
from kubeface.checks.widgets import show
from kubeface.errors import BadInput


def predict(
    question: str = "",
    *,
    number: Sequence[float] | None = None,
    choice: Sequence[str] | None = None,
    order: Sequence[str] | None = None,
    answer: Any = None,
) -> Prediction:
    """A prediction, shown to be committed: with buttons in a notebook, else as text.

    Keep it in a name and grade it after the cell that tells. Asking the same again gives the same prediction.

    >>> guess = predict("How many Pods will run?", number=range(0, 11), answer=4)
    ? predict: How many Pods will run?
      a number from 0 to 10
      committed: 4
    >>> guess.grade(9)
    ✗ not this time: you predicted 4; the answer is 9 (5 more).

    Args:
        question: What is asked, or the name of a question that the course declares: `"nb05.pods"`.
        number: The numbers to choose from: `range(0, 11)`.
        choice: The words to choose from.
        order: The words to be put in order.
        answer: Commit this at once. Without it, what the variable KUBEFACE_PREDICTIONS (JSON: an object of
            answers by name or question) holds; in a solved run, what the course expects.

    Raises:
        BadInput: there is no such question, none was named, or not one kind of options is given.
    """
    asked = _question(question, number=number, choice=choice, order=order)
    key = asked.name or asked.text
    found = session.current.asked.get(key)
    if not isinstance(found, Prediction) or found.question != asked:
        found = session.current.asked[key] = Prediction(asked)
    given = answer if answer is not None else _from_outside(asked)
    if given is not None and not (found.is_sealed and answer is None):
        found.commit(given)
    show(found)
    return found


def _question(text: str, **options: Any) -> Question:
    if is_no_name(text):
        raise nothing_named("predict", "a question", text, questions.names)
    if NAME.fullmatch(text) and all(one is None for one in options.values()):
        declared = questions.find(text)
        if declared is None:
            raise BadInput(f"there is no question {text!r}", try_next="run the notebook's first cell")
        return declared
    here = session.current.notebook
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    name = f"nb{here}.{slug}" if here else ""
    return questions.made(text, name=name if NAME.fullmatch(name) else None, **options)


def _from_outside(asked: Question) -> Any:
    """The answer that the environment gives, or None."""
    try:
        given = json.loads(os.environ.get("KUBEFACE_PREDICTIONS") or "{}")
    except ValueError:
        given = {}
    for key in (asked.name, asked.text):
        if isinstance(given, dict) and key in given:
            return given[key]
    return asked.expect if notebook.is_solved() else None
