"""Kubeconfigs, one or several, merged as kubectl merges them: for each name the first file's entry counts.

Specified: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kubeface.errors import BadInput, Missing

Entry = dict[str, Any]

#: The lists of a kubeconfig; each entry has a name, and its body below the second word.
_LISTS = {"clusters": "cluster", "contexts": "context", "users": "user"}
#: What names another file, which is looked for beside the kubeconfig that names it.
_FILES = {
    "cluster": ("certificate-authority",),
    "context": (),
    "user": ("client-certificate", "client-key", "tokenFile"),
}


@dataclass(frozen=True)
class Kubeconfig:
    """One or several kubeconfig files, merged.

    Args:
        files: The files that are there, in order.
        current: The current context; empty when none of them says.
        clusters: Name → cluster.
        contexts: Name → context.
        users: Name → user.
        homes: Context → the file that has it.
    """

    files: tuple[Path, ...]
    current: str
    clusters: dict[str, Entry]
    contexts: dict[str, Entry]
    users: dict[str, Entry]
    homes: dict[str, Path]

    def context(self, wanted: str | None) -> tuple[str, Entry]:
        """The name and the body of a context; without a name, of the current one.

        Raises:
            BadInput: there is no such context.
        """
        name = wanted or self.current
        if not name:
            raise BadInput(
                f"{self} is not a usable kubeconfig: it has no current context",
                seen=self._choice(),
                try_next="say which context is meant",
            )
        if name not in self.contexts:
            raise BadInput(f"{self} has no context {name!r}", seen=self._choice())
        return name, self.contexts[name]

    def alone(self, wanted: str | None) -> Entry:
        """A kubeconfig reduced to one context, its cluster and its user, with every file checked.

        Raises:
            BadInput: there is no such context, or something that it names is not there.
        """
        name, context = self.context(wanted)
        cluster = self._named("cluster", context, self.clusters)
        user = self._named("user", context, self.users) if context.get("user") else {}
        _look_at_files(f"the cluster {context['cluster']} of {self}", "cluster", cluster)
        _look_at_files(f"the user {context.get('user')} of {self}", "user", user)
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "clusters": [{"name": context["cluster"], "cluster": cluster}],
            "contexts": [{"name": name, "context": context}],
            "users": [{"name": context["user"], "user": user}] if user else [],
        }

    def _named(self, word: str, context: Entry, entries: dict[str, Entry]) -> Entry:
        name = context.get(word)
        if name not in entries:
            raise BadInput(
                f"{self} is not a usable kubeconfig: a context names the {word} {name!r}, and there is none",
                seen=f"there is {', '.join(sorted(entries))}" if entries else f"there is no {word} at all",
            )
        return entries[name]

    def _choice(self) -> str:
        return f"it has {', '.join(sorted(self.contexts))}" if self.contexts else "it has no context"

    def __str__(self) -> str:
        return joined(self.files)


def merged(files: Sequence[Path]) -> Kubeconfig:
    """Merge kubeconfig files; missing ones are skipped, as kubectl does.

    Raises:
        Missing: none of them is there.
        BadInput: one of them is not a kubeconfig.
    """
    there = tuple(path for path in files if path.exists())
    if not there:
        raise Missing(f"there is no kubeconfig at {joined(files)}", try_next="kubeface up")
    found: dict[str, dict[str, Entry]] = {part: {} for part in _LISTS}
    homes: dict[str, Path] = {}
    current = ""
    for path in there:
        told = _read(path)
        current = current or str(told.get("current-context") or "")
        for part, word in _LISTS.items():
            for name, body in _entries(path, part, word, told):
                found[part].setdefault(name, body)
                if part == "contexts":
                    homes.setdefault(name, path)
    return Kubeconfig(there, current, homes=homes, **found)


def files_of(given: Path | str) -> tuple[Path, ...]:
    """The files that a path names, or several paths with `:` between them, as in KUBECONFIG.

    >>> [str(path) for path in files_of("/one:/two")]
    ['/one', '/two']
    """
    if isinstance(given, Path) or (given and Path(given).exists()):
        return (Path(given),)
    return tuple(Path(one).expanduser() for one in given.split(os.pathsep) if one)


def joined(files: Sequence[Path]) -> str:
    """Several paths as KUBECONFIG has them."""
    return os.pathsep.join(map(str, files))


def _read(path: Path) -> Entry:
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8-sig")) or {}
    except (OSError, UnicodeError, yaml.YAMLError) as cause:
        raise BadInput(f"{path} is not a usable kubeconfig", seen=str(cause)) from cause
    if not isinstance(told, dict):
        raise BadInput(f"{path} is not a usable kubeconfig", seen=f"it is a {type(told).__name__}")
    return told


def _entries(path: Path, part: str, word: str, told: Entry) -> Iterator[tuple[str, Entry]]:
    try:
        for one in told.get(part) or []:
            yield str(one["name"]), _at_home(dict(one.get(word) or {}), word, path.absolute().parent)
    except (TypeError, KeyError, AttributeError, ValueError) as odd:
        raise BadInput(f"{path} is not a usable kubeconfig", seen=f"its {part} are no list of names") from odd


def _at_home(body: Entry, word: str, folder: Path) -> Entry:
    """An entry with the relative paths of its files and its program resolved against its kubeconfig."""
    for key in _FILES[word]:
        if body.get(key):
            body[key] = str(folder / body[key])
    program = (body.get("exec") or {}).get("command") or ""
    if "/" in program:
        body["exec"] = {**body["exec"], "command": str(folder / program)}
    return body


def _look_at_files(whose: str, word: str, body: Entry) -> None:
    for key in _FILES[word]:
        if not body.get(key) or body.get(f"{key}-data"):
            continue
        try:
            Path(body[key]).read_bytes()
        except OSError as cause:
            raise BadInput(
                f"{body[key]} cannot be read: {cause.strerror}", seen=f"it is the {key} of {whose}"
            ) from cause
