"""Quantities of Kubernetes, such as 250m and 1Gi, as numbers and back."""

from decimal import Decimal
from typing import Any

from kubeface.errors import BadInput

_BYTES = (("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10))


def amount(quantity: str | int | float) -> Decimal:
    """A quantity as a number: CPUs, bytes, pieces.

    Raises:
        BadInput: it is none.

    >>> amount("250m"), amount("1Ki")
    (Decimal('0.250'), Decimal('1024'))
    """
    from kubernetes.utils import quantity as untyped

    parser: Any = untyped
    try:
        number: Decimal = parser.parse_quantity(quantity)
    except ValueError as cause:
        raise BadInput(f"{quantity!r} is no quantity", try_next="such as 250m or 500Mi") from cause
    return number


def spelled(resource: str, number: Decimal) -> str:
    """A number of a resource as people write it.

    >>> spelled("cpu", Decimal("0.25")), spelled("memory", Decimal(2**29)), spelled("pods", Decimal(3))
    ('250m', '512Mi', '3')
    """
    if resource == "cpu":
        return f"{number:.0f}" if number == int(number) else f"{number * 1000:.0f}m"
    if "memory" in resource or "storage" in resource:
        unit, size = next(((u, s) for u, s in _BYTES if abs(number) >= s), ("", 1))
        return f"{number / size:.0f}{unit}"
    return f"{number:f}"
