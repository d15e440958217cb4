"""The base of all views: a text form and an HTML form."""

from collections.abc import Callable
from typing import TypeVar


class View:
    """Something drawn. A cell that ends in it shows the HTML; `print` shows the text."""

    #: Whether the running cell shows it already, being the last frame of a live view.
    _is_on_page: Callable[[], bool] | None = None

    def __repr__(self) -> str:
        raise NotImplementedError

    def _repr_html_(self) -> str:
        raise NotImplementedError

    def _ipython_display_(self) -> None:
        if self._is_on_page is None or not self._is_on_page():
            raise NotImplementedError  # IPython then draws it as it draws everything else


V = TypeVar("V", bound=View)
