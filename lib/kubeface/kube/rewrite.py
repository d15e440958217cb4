"""Rewrite a kubectl command for a cluster with overrides: its registry and StorageClass in what is sent."""

from collections.abc import Callable, Sequence
from glob import glob
from pathlib import Path

import yaml

from kubeface.kube.arguments import is_set, own
from kubeface.kube.arguments import words as commands
from kubeface.kube.overrides import ClusterOverrides
from kubeface.model.manifests import Manifest

#: The commands that send the objects of files; others only take names out of them.
_SENDS = ("apply", "create", "replace", "diff")
_FILE, _FOLDER = ("-f", "--filename"), ("-k", "--kustomize")

Render = Callable[[str], list[Manifest]]


def rewrite_command(
    arguments: Sequence[str], stdin: bytes, overrides: ClusterOverrides, render: Render
) -> tuple[list[str], bytes]:
    """Replace registry and StorageClass in a kubectl command's arguments and manifests.

    Objects that the command would read from files are read here, and passed to it on its input.

    Args:
        arguments: What follows the word kubectl.
        stdin: Its input.
        overrides: The cluster's.
        render: The objects of a kustomization.

    >>> set_image = ["set", "image", "pod/a", "a=registry.kubeface.internal/b:v1"]
    >>> rewrite_command(set_image, b"", ClusterOverrides("localhost:5001"), render=lambda folder: [])
    (['set', 'image', 'pod/a', 'a=localhost:5001/b:v1'], b'')
    """
    words = [overrides.rewrite_text(one) for one in arguments]
    rest, sources = _apart(words)
    is_remote = any("://" in value for _, value in sources)
    is_raw = any(one.partition("=")[0] == "--raw" for one in own(words))  # what it sends is no object
    if not sources or is_remote or is_raw or not set(commands(words)[:1]) & set(_SENDS):
        return words, stdin
    is_deep = is_set(words, "-R") or is_set(words, "--recursive")
    objects: list[Manifest] = []
    try:
        for option, value in sources:
            objects += render(value) if option in _FOLDER else _read(value, stdin, is_deep=is_deep)
    except (OSError, UnicodeError, yaml.YAMLError):
        return words, stdin  # kubectl says itself what is wrong with a file
    fitted = yaml.safe_dump_all(map(overrides.rewrite, objects), sort_keys=False)
    return [*rest, "--filename", "-", *words[len(own(words)) :]], fitted.encode()


def _apart(words: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """The words for kubectl itself without those that name files, and these: (option, value)."""
    rest: list[str] = []
    found: list[tuple[str, str]] = []
    coming = iter(own(words))
    for word in coming:
        option = next((one for one in (*_FILE, *_FOLDER) if _is(word, one)), None)
        if option is None:
            rest.append(word)
            continue
        value = word.removeprefix(option).removeprefix("=") or next(coming, "")
        parts = value.split(",") if option in _FILE else [value]
        found += [(option, part) for part in parts]
    return rest, found


def _is(word: str, option: str) -> bool:
    """Whether a word is that option, maybe with its value: `-f`, `-fx`, `-f=x`, `--filename=x`."""
    return word == option or word.startswith(option if len(option) == 2 else f"{option}=")


def _read(value: str, stdin: bytes, *, is_deep: bool) -> list[Manifest]:
    """The objects of a file, a folder or a pattern, or of the input for `-`, as kubectl reads them."""
    if value == "-":
        return _objects(stdin.decode())
    path = Path(value)
    if path.is_dir():
        inside = sorted(path.rglob("*") if is_deep else path.iterdir())
        files = [one for one in inside if one.suffix in (".yaml", ".yml", ".json")]
    else:
        files = [path] if path.exists() else sorted(map(Path, glob(value))) or [path]  # noqa: PTH207  # it may be absolute
    return [one for file in files for one in _objects(file.read_text())]


def _objects(text: str) -> list[Manifest]:
    return [one for one in yaml.safe_load_all(text) if one is not None]
