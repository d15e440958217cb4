"""Whether this runs in a notebook, and whether anybody is there to look on, without importing IPython."""

import os
import sys
from typing import Any

OFF = ("", "0", "false", "no")


def ipython() -> Any:
    """The IPython shell that runs this, or None."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module else None


def kernel() -> Any:
    """The IPython shell of a notebook's kernel, or None: in a program, and in IPython in a terminal."""
    shell = ipython()
    return shell if getattr(shell, "kernel", None) is not None else None


def display(thing: object, **options: Any) -> Any:
    """Show something under the running cell; only where there is an IPython."""
    from IPython import display as untyped

    show: Any = untyped.display
    return show(thing, **options)


def is_solved() -> bool:
    """Whether this run carries out every solution before its check (`KUBEFACE_SOLVED=1`): a test does."""
    return os.environ.get("KUBEFACE_SOLVED", "").lower() not in OFF


def is_static() -> bool:
    """Whether nobody looks on or can click: as KUBEFACE_STATIC says; else when solved, in CI, in pytest.

    Live views are then drawn once, as they are at the end, and predictions have no widgets.
    """
    named = os.environ.get("KUBEFACE_STATIC")
    if named is not None:
        return named.lower() not in OFF
    return is_solved() or os.environ.get("CI", "").lower() not in OFF or "PYTEST_VERSION" in os.environ


def is_watched() -> bool:
    """Whether this runs in a notebook with somebody there, who can click and answer."""
    return kernel() is not None and not is_static()
