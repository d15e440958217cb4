"""What decides how an image comes out: its Dockerfile, the files it copies, its base."""

import hashlib
import json
import shlex
import shutil
import stat
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

from kubeface.errors import BadInput


def fingerprint(dockerfile: Path, source: Path, *, base: str) -> str:
    """A hash that changes when the image would: 64 hexadecimal digits.

    Args:
        dockerfile: Read for its COPY and ADD instructions.
        source: The build context, which those are relative to.
        base: What stands for the base image.
    Raises:
        BadInput: it copies something that is not there.
    """
    return digest(dockerfile, *copied(dockerfile, source), source=source, extra=base)


def digest(*paths: Path, source: Path, extra: str = "") -> str:
    """A hash over `extra` and over the name, mode and content of each file."""
    total = hashlib.sha256(extra.encode())
    for path in paths:
        total.update(f"\0{path.relative_to(source)}\0{mode(path):o}\0".encode())
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def mode(path: Path) -> int:
    """A file's mode in an image: for everybody to read, whatever umask the source was written with."""
    return 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644


def lay_out(dockerfile: Path, source: Path, folder: Path) -> Path:
    """Fill `folder` with what a Dockerfile copies, and with itself; where it is there.

    A Pod's user is not the source's: each file gets the `mode` that it has in an image.
    """
    for path in {dockerfile, *copied(dockerfile, source)}:
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
        target.chmod(mode(path))
    for inside in folder.rglob("*"):
        if inside.is_dir():
            inside.chmod(0o755)
    return folder / dockerfile.relative_to(source)


def copied(dockerfile: Path, source: Path) -> list[Path]:
    """Every file that a Dockerfile takes from its context, sorted, each once."""
    files: set[Path] = set()
    for pattern in _sources(dockerfile.read_text()):
        every = list(_glob(source, pattern))
        found = [path for path in every if not _is_ignored(path.relative_to(source), source)]
        if not found:
            raise BadInput(
                f"{dockerfile} copies {pattern}, which is not there.", seen=f"looked below {source}"
            )
        files.update(found)
    return sorted(files)


def _glob(source: Path, pattern: str) -> Iterator[Path]:
    """The files that one source of a COPY means: a file, a folder with all below it, or a wildcard."""
    relative = pattern.strip("/").removeprefix("./") or "."
    matches: Iterable[Path] = [source] if relative == "." else source.glob(relative)
    for match in matches:
        yield from ([match] if match.is_file() else (path for path in match.rglob("*") if path.is_file()))


def _sources(text: str) -> Iterator[str]:
    """The sources of all COPY and ADD instructions that come from the context."""
    for line in text.replace("\\\n", " ").splitlines():
        keyword, _, rest = line.strip().partition(" ")
        if keyword.upper() not in ("COPY", "ADD"):
            continue
        words = json.loads(rest) if rest.lstrip().startswith("[") else shlex.split(rest)
        options = [word for word in words if word.startswith("--")]
        if not any(option.startswith("--from=") for option in options):
            yield from words[len(options) : -1]


def _is_ignored(path: Path, source: Path) -> bool:
    """True when .dockerignore leaves this file (relative to the context) out."""
    for rule in _ignore_rules(source):
        parts = path.parts if rule.startswith("**/") else path.parts[:1]
        if any(fnmatch(part, rule.removeprefix("**/")) for part in parts):
            return True
    return False


@lru_cache
def _ignore_rules(source: Path) -> tuple[str, ...]:
    """The rules of .dockerignore. Only the forms NAME and **/NAME are understood."""
    file = source / ".dockerignore"
    lines = [line.strip() for line in file.read_text().splitlines()] if file.exists() else []
    rules = tuple(line for line in lines if line and not line.startswith("#"))
    for rule in rules:
        if rule.startswith("!") or "/" in rule.removeprefix("**/"):
            raise BadInput(f"{file}: only NAME and **/NAME are understood, not {rule}.")
    return rules
