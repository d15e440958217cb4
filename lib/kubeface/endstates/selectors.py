"""Labels and who selects them, as the API server does; pure."""

from collections.abc import Mapping
from typing import Any

from kubeface.endstates.parts import each, table


def selects(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector selects labels; an empty one selects all, None nothing.

    >>> wish = {"key": "tier", "operator": "In", "values": ["a", "b"]}
    >>> selects({"matchExpressions": [wish]}, {"tier": "a"})
    True
    """
    if selector is None:
        return False
    exact = table(selector, "matchLabels")
    return exact.items() <= dict(labels).items() and all(
        meets(one, labels) for one in each(selector, "matchExpressions")
    )


def meets(wish: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether labels meet one expression, of a LabelSelector or of a node affinity.

    >>> meets({"key": "kubernetes.io/hostname", "operator": "NotIn", "values": ["node3"]}, {})
    True
    """
    has, value = wish.get("key") in labels, labels.get(str(wish.get("key")), "")
    values = [str(one) for one in wish.get("values") or []]
    match wish.get("operator"):
        case "In":
            return has and value in values
        case "NotIn":
            return not (has and value in values)
        case "Exists":
            return has
        case "DoesNotExist":
            return not has
        case "Gt" | "Lt" as sign if has and values and _is_whole(value) and _is_whole(values[0]):
            return int(value) > int(values[0]) if sign == "Gt" else int(value) < int(values[0])
    return False


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdigit()
