"""The learner's kubeconfig: the course's context is repaired, and what they have added is left alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from kubeface import places
from kubeface.kube.contexts import NAMESPACE, in_namespace
from kubeface.local.spec import ClusterSpec
from kubeface.local.toolchain import Toolchain
from kubeface.places import CONTEXT
from kubeface.util import files
from kubeface.util.privilege import give_to_user, make_user_folder

_LISTS = ("clusters", "users", "contexts")
Config = dict[str, Any]


def hand_over(spec: ClusterSpec, tools: Toolchain, say: Callable[[str], None] = lambda line: None) -> None:
    """Give the user who typed the command a kubeconfig and a kubectl, owned by them."""
    file, kubectl = places.kubeconfig(spec.name), places.programs() / "kubectl"
    for folder in (file.parent, kubectl.parent):
        make_user_folder(folder)
    if (text := repaired_file(spec)) is not None:
        _keep_unreadable(file, say)
        files.write(file, text)
    target = tools.program("kubernetes", "kubectl")
    if not kubectl.is_symlink() or kubectl.readlink() != target:
        kubectl.unlink(missing_ok=True)
        kubectl.symlink_to(target)
    give_to_user(file)


def repaired_file(spec: ClusterSpec) -> str | None:
    """What the kubeconfig of a cluster has to be; None where it is so."""
    file = places.kubeconfig(spec.name)
    ours = in_namespace((spec.pki / "learner.kubeconfig").read_text(), NAMESPACE)
    if not file.exists():
        return ours
    there = file.read_text(errors="replace")
    text = repaired(there, ours)
    return None if text == there else text


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


def _keep_unreadable(file: Path, say: Callable[[str], None]) -> None:
    """Put aside what cannot be repaired."""
    if file.exists() and not is_readable(file.read_text(errors="replace")):
        aside = file.with_name(f"{file.name}.unreadable")
        file.replace(aside)
        give_to_user(aside)
        say(f"{file} was no kubeconfig any more and is made anew; what it was is in {aside}")


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
