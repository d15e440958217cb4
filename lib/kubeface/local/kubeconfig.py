"""The learner's kubeconfig: the course's context put right, and what they have added left alone. Pure."""

from typing import Any

import yaml

from kubeface.local.credentials import CONTEXT

_LISTS = ("clusters", "users", "contexts")
Config = dict[str, Any]


def repaired(text: str, ours: str) -> str:
    """`text` with the cluster, user and context of `ours` as they must be; as it was where they are.

    A namespace that the context has stays. A current context of the learner's own stays while ours is whole.
    What is no kubeconfig at all becomes `ours`.
    """
    mine, theirs = yaml.safe_load(ours), _read(text)
    if theirs is None:
        return ours
    whole = _with_ours(theirs, mine)
    return text if whole == theirs else yaml.safe_dump(whole, sort_keys=False)


def is_readable(text: str) -> bool:
    """Whether this is a kubeconfig, or an empty one."""
    return _read(text) is not None


def server(text: str) -> str:
    """The URL of the API server that the course's context leads to; "" without one."""
    there = _entries(_read(text) or {}, "clusters")
    return next(
        (str((one.get("cluster") or {}).get("server")) for one in there if one.get("name") == CONTEXT), ""
    )


def _read(text: str) -> Config | None:
    try:
        found = yaml.safe_load(text) or {}
    except yaml.YAMLError:
        return None
    is_config = isinstance(found, dict) and all(isinstance(found.get(kind) or [], list) for kind in _LISTS)
    return found if is_config else None


def _with_ours(theirs: Config, mine: Config) -> Config:
    context = mine["contexts"][0]
    there = next((one for one in _entries(theirs, "contexts") if one.get("name") == context["name"]), None)
    kept = (there or {}).get("context") or {}
    told = {**context, "context": {**context["context"], **kept, **_ends(context)}}
    whole = {
        **{key: mine[key] for key in ("apiVersion", "kind")},
        **theirs,
        "clusters": _put(theirs, "clusters", mine["clusters"][0]),
        "users": _put(theirs, "users", mine["users"][0]),
        "contexts": _put(theirs, "contexts", told),
    }
    if told != there or not _is_usable(whole, whole.get("current-context")):
        whole["current-context"] = context["name"]
    return whole


def _ends(context: Config) -> Config:
    return {key: context["context"][key] for key in ("cluster", "user")}


def _entries(config: Config, kind: str) -> list[Config]:
    return [one for one in config.get(kind) or [] if isinstance(one, dict)]


def _put(theirs: Config, kind: str, one: Config) -> list[Config]:
    """The entries with this one in the place of all that have its name."""
    there = _entries(theirs, kind)
    place = next((at for at, other in enumerate(there) if other.get("name") == one["name"]), len(there))
    others = [other for other in there if other.get("name") != one["name"]]
    return [*others[:place], one, *others[place:]]


def _is_usable(config: Config, current: object) -> bool:
    """Whether a context is there, and the cluster and the user that it names."""
    found = next((one for one in _entries(config, "contexts") if one.get("name") == current), None)
    ends = (found or {}).get("context") or {}
    names = {kind: [one.get("name") for one in _entries(config, f"{kind}s")] for kind in ("cluster", "user")}
    return all(ends.get(kind) in there for kind, there in names.items())
