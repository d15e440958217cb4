"""How much of a resource: Kubernetes' quantities as numbers, and back in words."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

_BYTES = (("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10))


def amount(quantity: str | int | float) -> Decimal:
    """A quantity as a number: CPUs, bytes, pieces.

    Raises:
        ValueError: it is none.

    >>> amount("250m"), amount("1Ki")
    (Decimal('0.250'), Decimal('1024'))
    """
    from kubernetes.utils import quantity as untyped

    parser: Any = untyped
    number: Decimal = parser.parse_quantity(quantity)
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


def requested(pod: Mapping[str, Any], resource: str) -> Decimal:
    """What the scheduler sets aside for a Pod: all its containers together, or its largest init container.

    >>> asks = [{"resources": {"requests": {"cpu": "100m"}}}, {"resources": {"requests": {"cpu": "1"}}}]
    >>> requested({"spec": {"containers": asks}}, "cpu")
    Decimal('1.100')
    """
    spec = pod.get("spec") or {}
    first = max(_asked(spec.get("initContainers") or [], resource), default=Decimal(0))
    return max(sum(_asked(spec.get("containers") or [], resource), Decimal(0)), first)


def _asked(containers: Iterable[Mapping[str, Any]], resource: str) -> list[Decimal]:
    asks = ((c.get("resources") or {}).get("requests") or {} for c in containers)
    return [amount(ask[resource]) for ask in asks if resource in ask]
