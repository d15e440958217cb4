"""The words of the version before: each still works, and says what it is called now."""

import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def moved(module: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """A `__getattr__` for a module with renamed members; each old name warns and gives the new one.

    Args:
        module: The module that had the old names.
        names: Old name → where it is now, such as `kubeface.show_yaml`.

    >>> find = moved("kubeface", {"yaml": "kubeface.show_yaml"})
    >>> find("nonsense")
    Traceback (most recent call last):
    AttributeError: module 'kubeface' has no attribute 'nonsense'
    """

    def find(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        home, _, new = names[name].rpartition(".")
        warn(f"{module}.{name}", names[name])
        return getattr(import_module(home), new)

    return find


def warn(old: str, new: str) -> None:
    """Say that a name is old, at the line that calls the caller: notebooks show a FutureWarning."""
    told = f"{old} is now {new}; the next version knows the new name only"
    warnings.warn(told, FutureWarning, stacklevel=3)
