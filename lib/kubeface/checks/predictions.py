"""Predict, run, compare: a guess is committed before a cell and graded against the live answer after it."""

from collections.abc import Callable
from typing import Any

from kubeface import notebook
from kubeface.checks import session
from kubeface.checks.progress import Progress
from kubeface.checks.questions import Question
from kubeface.checks.shown import as_html, as_text
from kubeface.errors import BadInput, KubefaceError

TOO_LATE = "The answer is known by now, so this prediction is closed and stays as it is."
NOT_ASKED = "nothing was committed this time, and that is fine."
SKIPPED = "skipped: the answer will come without a guess of yours"
HOW = "To answer: run this cell and choose, or add .commit(…) to it."


class NotCommitted(KubefaceError):
    """A person asked for the answer before committing a prediction; the cells after it did not run."""


class Prediction:
    """A question, and what is committed to it; sealed once the answer is known."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.committed: Any = None
        self.is_sealed = False
        self.is_skipped = False
        self.note = ""
        self.on_change: list[Callable[[], None]] = []

    def commit(self, answer: Any) -> "Prediction":
        """Commit an answer, in the place of an earlier one; refused in words once the answer is known."""
        self.note = ""
        try:
            chosen = self.question.read(answer)
        except BadInput as refusal:
            self.note = f"{refusal.what}; {self.question.offers}."
        else:
            if not self.is_sealed:
                self.committed, self.is_skipped = chosen, False
        self._tell()
        return self

    def skip(self) -> "Prediction":
        """Have the answer without a guess; whoever commits one later, before the answer, has guessed."""
        if self.committed is None and not self.is_sealed:
            self.is_skipped = True
        self._tell()
        return self

    def grade(self, answer: Any, *, because: str = "") -> "Grade":
        """The prediction beside the live answer; from now on it cannot be changed.

        Args:
            answer: What the cluster says; for an order, the list.
            because: Why it is so; without it, what the question's declaration says.

        Raises:
            NotCommitted: somebody runs this in a notebook, and has neither committed nor skipped.
        """
        if self._is_asked_first():
            raise NotCommitted(
                "Your prediction comes before the answer.",
                seen=self.question.text,
                try_next="press Commit or Skip in the cell that asks (or add .commit(…) or .skip() to it), "
                "then run this cell again",
            )
        self.is_sealed = True
        self._tell()
        grade = Grade(self.question, self.committed, answer, because or self.question.because)
        if self.question.name and self.committed is not None:
            _keep(self.question.name, grade)
        return grade

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer: neither committed nor skipped, before the answer is known."""
        return self.committed is None and not self.is_sealed and not self.is_skipped

    @property
    def state(self) -> list[str]:
        """What is committed, and why nothing else can be."""
        if self.committed is not None:
            said = f"committed: {self.question.in_words(self.committed)}"
        else:
            said = "nothing was committed" if self.is_sealed else "nothing committed yet"
            said = SKIPPED if self.is_skipped and not self.is_sealed else said
        note = TOO_LATE if self.is_sealed else self.note
        return [said, note] if note else [said]

    @property
    def lines(self) -> list[str]:
        """What stands below the question where nothing can be clicked."""
        return [self.question.offers, *self.state, *([HOW] if self.is_open else [])]

    def __repr__(self) -> str:
        return as_text("?", "predict", self.question.text, self.lines)

    def _repr_html_(self) -> str:
        return as_html("?", "predict", self.question.text, self.lines)

    def _is_asked_first(self) -> bool:
        """Whether somebody is there who could still commit; a run that nobody watches goes on."""
        return self.is_open and notebook.is_watched()

    def _tell(self) -> None:
        for listener in self.on_change:
            listener()


class Grade:
    """A prediction beside the answer.

    Args:
        question: What was asked.
        predicted: What was committed; None when nothing was.
        answer: What the cluster says.
        because: Why it is so.
    """

    def __init__(self, question: Question, predicted: Any, answer: Any, because: str = "") -> None:
        self.question = question
        self.predicted = predicted
        self.answer = answer
        self.because = because

    @property
    def is_right(self) -> bool:
        """Whether something was committed and it is the answer."""
        return self.predicted is not None and self.question.is_right(self.predicted, self.answer)

    @property
    def sentence(self) -> str:
        """The comparison in words."""
        answer = self.question.in_words(self.answer)
        if self.predicted is None:
            return f"{NOT_ASKED} The answer is {answer}."
        predicted = self.question.in_words(self.predicted)
        if self.is_right:
            return f"you predicted {predicted}."
        return f"you predicted {predicted}; the answer is {answer}{_distance(self)}."

    def __repr__(self) -> str:
        return as_text(*self._head, self.sentence, self._lines)

    def _repr_html_(self) -> str:
        if (
            self.predicted is None
        ):  # as in a notebook that was run by somebody else: the guess is still to come
            answer = f"The answer is {self.question.in_words(self.answer)}."
            return as_html(*self._head, NOT_ASKED, folded=[answer, *self._lines])
        return as_html(*self._head, self.sentence, self._lines)

    @property
    def _head(self) -> tuple[str, str]:
        if self.predicted is None:
            return "○", "no prediction"
        return ("✓", "right") if self.is_right else ("✗", "not this time")

    @property
    def _lines(self) -> list[str]:
        return [self.because] if self.because else []


def _keep(name: str, grade: Grade) -> None:
    if session.current.cluster is not None:
        progress = Progress.of(session.current.cluster)
        progress.keep_grade(name, predicted=grade.predicted, answer=grade.answer, is_right=grade.is_right)


def _distance(grade: Grade) -> str:
    """How far off, where that can be said."""
    predicted, answer = grade.predicted, grade.answer
    if grade.question.kind == "order":
        pairs = enumerate(zip(predicted, answer, strict=False), start=1)
        first = next((place for place, (one, other) in pairs if one != other), None)
        return f" (they part at place {first})" if first else ""
    try:
        off = answer - predicted
    except TypeError:
        return ""
    return f" ({abs(off):g} {'more' if off > 0 else 'fewer'})"
