"""A prediction with something to click; as text where nobody is there to click.

The question stands above the form, as text of its own: a form is gone when a notebook is opened again. Once
the answer is known, text takes the place of the form too.
"""

from html import escape
from typing import Any

from kubeface import notebook
from kubeface.checks.predictions import Prediction
from kubeface.checks.shown import as_html, as_text

_WIDE = "max-content"
BELOW = "Choose below and press Commit, or Skip. In a notebook that was opened again, run this cell first."

Bundle = dict[str, Any]


def show(prediction: Prediction) -> None:
    """Show it under the cell: a form in a notebook, else its text."""
    if notebook.kernel() is None:
        print(prediction)
    elif notebook.is_static() or prediction.is_sealed:
        notebook.display(_said("predict", prediction.question.text, prediction.lines), raw=True)
    else:
        _show_form(prediction)


def form(prediction: Prediction) -> Any:
    """The form: the options, two buttons, and a line that says what is committed and what is only chosen."""
    import ipywidgets as widgets

    asked = prediction.question
    choosers = _choosers(prediction, widgets)
    button = widgets.Button(description="Commit", tooltip="Commit this prediction")
    skip = widgets.Button(description="Skip", tooltip="Have the answer without a guess")
    said = widgets.HTML()
    shown = [prediction.committed]

    def chosen() -> Any:
        values = [one.value for one in choosers]
        if None in values:
            return None
        return values if asked.kind == "order" else values[0]

    def refresh(*, extra: str = "") -> None:
        if prediction.committed != shown[0]:
            shown[0] = prediction.committed
            _choose(choosers, prediction)
        if not extra and not prediction.is_sealed and chosen() not in (None, prediction.committed):
            extra = f"chosen, not committed: {asked.in_words(chosen())}. Press Commit."
        said.value = "<br>".join(map(escape, [*prediction.state, *([extra] if extra else [])]))
        for one in (*choosers, button, skip):
            one.disabled = prediction.is_sealed

    def commit(_: object) -> None:
        if chosen() is None:
            refresh(extra=f"Choose first; {asked.offers}.")
        else:
            prediction.commit(chosen())

    button.on_click(commit)
    skip.on_click(lambda _: prediction.skip())
    for one in choosers:
        one.observe(lambda _: refresh(), names="value")
    prediction.on_change[:] = [refresh]
    refresh()
    return widgets.VBox([*choosers, widgets.HBox([button, skip]), said])


def _show_form(prediction: Prediction) -> None:
    """The question as text, and below it the form; text again once the answer is known."""
    asked = prediction.question
    notebook.display(_said("predict", asked.text, [asked.offers, BELOW]), raw=True)
    drawn = form(prediction)
    as_state = _said("prediction", *_state(prediction))
    handle = notebook.display(drawn._repr_mimebundle_() | as_state, raw=True, display_id=True)

    def close() -> None:
        if prediction.is_sealed:
            prediction.on_change.clear()
            handle.update(_said("prediction", *_state(prediction)), raw=True)

    prediction.on_change.append(close)


def _state(prediction: Prediction) -> tuple[str, list[str]]:
    first, *rest = prediction.state
    return first, rest


def _said(word: str, sentence: str, lines: list[str]) -> Bundle:
    """The question as text and as HTML."""
    told = ("?", word, sentence, lines)
    return {"text/plain": as_text(*told), "text/html": as_html(*told)}


def _choosers(prediction: Prediction, widgets: Any) -> list[Any]:
    asked = prediction.question
    if asked.kind == "order":
        now = prediction.committed or [None] * len(asked.options)
        return [
            widgets.Dropdown(options=asked.options, value=now[place], description=f"{place + 1}.")
            for place in range(len(asked.options))
        ]
    if asked.kind == "choice":
        layout = widgets.Layout(width=_WIDE)
        return [widgets.RadioButtons(options=asked.options, value=prediction.committed, layout=layout)]
    return [widgets.Dropdown(options=asked.options, value=prediction.committed, description="Number")]


def _choose(choosers: list[Any], prediction: Prediction) -> None:
    """What is committed, as the choice: whoever committed it."""
    now = prediction.committed if prediction.question.kind == "order" else [prediction.committed]
    for one, value in zip(choosers, now, strict=True):
        one.value = value
