"""A prediction with something to click; as text where nobody is there to click."""

from html import escape
from typing import Any

from kubeface.checks import session
from kubeface.checks.predictions import Prediction
from kubeface.checks.shown import notebook_display

_WIDE = "max-content"


def show(prediction: Prediction) -> None:
    """Show it under the cell: a form in a notebook, else its text."""
    display = notebook_display()
    if display is None:
        print(prediction)
        return
    bundle: dict[str, Any] = {"text/plain": repr(prediction)}
    if not session.is_headless():
        bundle |= form(prediction)._repr_mimebundle_() | {"text/plain": repr(prediction)}
    display(bundle, raw=True)


def form(prediction: Prediction) -> Any:
    """The form: the question, its options, a button, and a line that says what is committed."""
    import ipywidgets as widgets

    asked = prediction.question
    head = widgets.HTML(f"<b>Predict:</b> {escape(asked.text)}")
    choosers = _choosers(prediction, widgets)
    button = widgets.Button(description="Commit", tooltip="Commit this prediction")
    said = widgets.HTML()

    def refresh() -> None:
        said.value = "<br>".join(map(escape, prediction.lines[1:]))
        for one in (*choosers, button):
            one.disabled = prediction.is_sealed

    def commit(_: object) -> None:
        values = [one.value for one in choosers]
        if None in values:
            said.value = "<br>".join(
                [*map(escape, prediction.lines[1:]), f"Choose first; {escape(asked.offers)}."]
            )
        else:
            prediction.commit(values if asked.kind == "order" else values[0])

    button.on_click(commit)
    prediction.on_change[:] = [refresh]
    refresh()
    return widgets.VBox([head, *choosers, button, said])


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
