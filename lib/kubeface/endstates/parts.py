"""Fields of an object by their path, and whether the object is being deleted; pure."""

from collections.abc import Mapping
from typing import Any

from kubeface.kube import Fields, KubeObject


def at(one: Fields | Mapping[str, Any] | None, *path: str) -> Any:
    """The value at a path of an object; None where a part of the path is missing.

    >>> at({"spec": {"replicas": 3}}, "spec", "replicas"), at({"spec": None}, "spec", "replicas")
    (3, None)
    """
    found: Any = one.raw if isinstance(one, Fields) else one
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def each(one: Fields | Mapping[str, Any] | None, *path: str) -> list[dict[str, Any]]:
    """The items of the list at a path; none where there is no list.

    >>> each({"env": None}, "env")
    []
    """
    found = at(one, *path)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def table(one: Fields | Mapping[str, Any] | None, *path: str) -> dict[str, Any]:
    """A copy of the mapping at a path; empty where there is none."""
    found = at(one, *path)
    return dict(found) if isinstance(found, Mapping) else {}


def standing(found: KubeObject | None, called: str) -> str:
    """Why an object is missing or being deleted, as a sentence; empty when it is neither.

    >>> standing(None, "Secret door")
    'there is no Secret door'
    """
    if found is None:
        return f"there is no {called}"
    return f"the {called} is being deleted" if found.is_terminating else ""


def text_in(found: KubeObject, key: str) -> tuple[str, str]:
    """The text under a key of a ConfigMap, and why there is none.

    >>> text_in(KubeObject({"data": {"author": "me"}}), "author")
    ('me', '')
    >>> text_in(KubeObject({"binaryData": {"author": "/w=="}}), "author")
    ('', 'what it holds under the key author is no text')
    """
    data = table(found, "data")
    if data.get(key) is not None:
        text = str(data[key])
        return text, "" if text.strip() else f"the text under the key {key} is empty"
    if key in table(found, "binaryData"):
        return "", f"what it holds under the key {key} is no text"
    keys = sorted({*data, *table(found, "binaryData")} - {key})
    return "", f"its keys are: {', '.join(keys) or 'none'}"


def named_in(names: list[str]) -> str:
    """Names in a sentence.

    >>> named_in(["a", "b", "c"]), named_in([])
    ('a, b and c', 'nobody')
    """
    if not names:
        return "nobody"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
