"""Quantities of Kubernetes, such as 250m and 1Gi, as numbers and back."""

import re
from decimal import Decimal

from kubeface.errors import BadInput

#: Specified: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
_UNITS = {
    "": Decimal(1),
    **{unit: Decimal(10) ** power for unit, power in (("n", -9), ("u", -6), ("m", -3))},
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", start=1)},
}
_QUANTITY = re.compile(
    r"(?P<number>[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?)(?P<unit>[numkMGTPE]|[KMGTPE]i)?", re.ASCII
)
_BYTES = (("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10))


def amount(quantity: str | int | float) -> Decimal:
    """A quantity as a number: CPUs, bytes, pieces.

    Raises:
        BadInput: it is none.

    >>> amount("250m"), amount("1Ki")
    (Decimal('0.250'), Decimal('1024'))
    """
    found = _QUANTITY.fullmatch(str(quantity))
    if found is None:
        raise BadInput(f"{quantity!r} is no quantity", try_next="such as 250m or 500Mi")
    return Decimal(found["number"]) * _UNITS[found["unit"] or ""]


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
