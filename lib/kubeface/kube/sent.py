"""What kubectl is given on a cluster with stand-ins: the same command, with what that cluster has."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import yaml

from kubeface.kube.manifests import Manifest, parse
from kubeface.kube.stand_ins import StandIns

#: The commands that send the objects of files; others only take names out of them.
_SENDS = ("apply", "create", "replace", "diff")
_FILE, _FOLDER = ("-f", "--filename"), ("-k", "--kustomize")

Render = Callable[[str], list[Manifest]]


def sent(
    arguments: Sequence[str], stdin: bytes, stand_ins: StandIns, render: Render
) -> tuple[list[str], bytes]:
    """The arguments and the input of kubectl, with what stands in for the course's registry and storage.

    Objects that a command would read from files are read here, and reach it through its input.

    Args:
        arguments: What follows the word kubectl.
        stdin: Its input.
        stand_ins: What the cluster has.
        render: The objects of a kustomization.

    >>> set_image = ["set", "image", "pod/a", "a=registry.kubeface.internal/b:v1"]
    >>> sent(set_image, b"", StandIns("localhost:5001"), render=lambda folder: [])
    (['set', 'image', 'pod/a', 'a=localhost:5001/b:v1'], b'')
    """
    words = [stand_ins.fit_text(one) for one in arguments]
    rest, sources = _apart(words)
    is_remote = any("://" in value for _, value in sources)
    if not sources or is_remote or words[0] not in _SENDS:
        return words, stdin
    objects: list[Manifest] = []
    for option, value in sources:
        if option in _FOLDER:
            objects += render(value)
        else:
            objects += _read(value, stdin, is_deep="-R" in words or "--recursive" in words)
    fitted = yaml.safe_dump_all(map(stand_ins.fit, objects), sort_keys=False)
    return [*rest, "--filename", "-"], fitted.encode()


def _apart(words: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """The words without those that name files, and these: (option, value)."""
    rest: list[str] = []
    found: list[tuple[str, str]] = []
    coming = iter(words)
    for word in coming:
        option = next((one for one in (*_FILE, *_FOLDER) if _is(word, one)), None)
        if option is None:
            rest.append(word)
        elif value := word.removeprefix(option).removeprefix("="):
            found.append((option, value))
        else:
            found.append((option, next(coming, "")))
    return rest, found


def _is(word: str, option: str) -> bool:
    """Whether a word is that option, maybe with its value: `-f`, `-fx`, `-f=x`, `--filename=x`."""
    return word == option or word.startswith(option if len(option) == 2 else f"{option}=")


def _read(value: str, stdin: bytes, *, is_deep: bool) -> Iterable[Manifest]:
    """The objects of a file or a folder, or of the input for `-`, as kubectl reads them."""
    if value == "-":
        return parse(stdin.decode(), source="the input")
    path = Path(value)
    if not path.is_dir():
        return parse(path.read_text(), source=value)
    inside = sorted(path.rglob("*") if is_deep else path.iterdir())
    files = [one for one in inside if one.suffix in (".yaml", ".yml", ".json")]
    return [one for file in files for one in parse(file.read_text(), source=str(file))]
