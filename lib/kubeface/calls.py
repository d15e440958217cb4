"""A call that does not fit is answered in a sentence."""

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from kubeface.errors import BadInput

P = ParamSpec("P")
R = TypeVar("R")


def fits(example: str, **kinds: type) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Have every call looked at first: what lacks, is too much or of another kind is said with an example.

    Args:
        example: A call that fits.
        kinds: Argument → what it has to be.

    >>> @fits('greet("Ann")', name=str)
    ... def greet(name: str) -> str:
    ...     return f"hello {name}"
    >>> greet()
    Traceback (most recent call last):
    kubeface.errors.BadInput: greet() cannot be called like that: missing a required argument: 'name'
    Try: greet("Ann")
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)

        def refuse(odd: str) -> BadInput:
            return BadInput(f"{function.__name__}() cannot be called like that: {odd}", try_next=example)

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                given = signature.bind(*args, **kwargs).arguments
            except TypeError as odd:
                raise refuse(str(odd)) from None
            for name, kind in kinds.items():
                if name in given and not isinstance(given[name], kind):
                    raise refuse(f"{name} is {_a(type(given[name]))}, not {_a(kind)}")
            return function(*args, **kwargs)

        return call

    return decorate


def _a(kind: type) -> str:
    return "None" if kind is type(None) else f"a {kind.__name__}"
