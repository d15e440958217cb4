"""Build each component once, into a versioned folder of the cache."""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kubeface.embedded.toolchain.go import find_go
from kubeface.errors import CommandFailed, KubefaceError, Missing

HERE = Path(__file__).parent
#: In the order they are built: small ones first, so that an early failure shows early.
COMPONENTS = ("cni", "nsq", "etcd", "containerd", "registry", "storage", "metrics", "coredns", "kubernetes")
#: Built only when asked for by name.
OPTIONAL = ("kwok",)  # simulated nodes: for the scheduling lesson and for benchmarks
#: Bump when the way of building changes what comes out.
RECIPE = "1"
#: How many packages pass between two lines of progress (chosen: a line every half minute or so).
PROGRESS_PACKAGES = 400


@dataclass(frozen=True)
class Toolchain:
    """Where the built programs of each component are."""

    cache: Path

    def folder(self, component: str) -> Path:
        """The folder of a component's programs; named after everything that decides what they are."""
        sources = b"".join((HERE / component / name).read_bytes() for name in ("go.mod", "go.sum"))
        key = hashlib.sha256(sources + f"{RECIPE} {platform.machine()}".encode()).hexdigest()[:12]
        return self.cache / "toolchain" / f"{component}-{key}"

    def program(self, component: str, name: str) -> Path:
        """One program. Raises `Missing` when it has not been built."""
        path = self.folder(component) / name
        if not path.exists():
            raise Missing(f"The program {name} has not been built yet.", try_next="kubeface setup")
        return path

    def in_images(self) -> dict[str, Path]:
        """The programs that become an image of the cluster each, by the image's name."""
        return {
            "coredns": self.program("coredns", "coredns"),
            "metrics-server": self.program("metrics", "metrics-server"),
        }

    def missing(self, only: Sequence[str] | None = None) -> list[str]:
        """The components that have not been built: of COMPONENTS, or of those named."""
        return [name for name in only or COMPONENTS if not self.folder(name).exists()]


def build(cache: Path, *, say: Callable[[str], None], only: Sequence[str] | None = None) -> Toolchain:
    """Build what is missing of COMPONENTS, or of those named; at once when nothing is.

    An interrupted build leaves no component half-made: each is built aside and renamed into place.
    Go's own caches (about 9 GB) go when all is built.
    """
    toolchain = Toolchain(cache)
    if not toolchain.missing(only):
        return toolchain
    with _alone(cache / "toolchain"):
        wanted = toolchain.missing(only)
        go = find_go(cache, say)
        _check_space(cache)
        for number, component in enumerate(wanted, start=1):
            say(f"Compiling {component} ({number} of {len(wanted)}): {module(component)}")
            seconds = _build(component, go, toolchain.folder(component), cache, say)
            say(f"Compiled {component} in {seconds:.0f} s")
        shutil.rmtree(cache / "go", ignore_errors=True)
    return toolchain


def module(component: str) -> str:
    """The module and version that a component is built from, such as "k8s.io/kubernetes v1.37.2"."""
    text = (HERE / component / "go.mod").read_text()
    tools = re.findall(r"^(?:tool\s+|\t)([\w.]+/\S+)$", text, re.MULTILINE)
    required = re.findall(r"^(?:require\s+|\t)(\S+) (v\S+)(?: // indirect)?$", text, re.MULTILINE)
    path, version = next((p, v) for p, v in required if tools[0] == p or tools[0].startswith(p + "/"))
    return f"{path} {version}"


def _build(component: str, go: Path, target: Path, cache: Path, say: Callable[[str], None]) -> float:
    start = time.monotonic()
    aside = target.with_name(f".{target.name}.building")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    environment = {
        **os.environ,
        "CGO_ENABLED": "0",
        "GOBIN": str(aside),
        "GOCACHE": str(cache / "go" / "build"),
        "GOMODCACHE": str(cache / "go" / "mod"),
        "GOFLAGS": "-mod=readonly -modcacherw -trimpath -buildvcs=false",
        "GOTOOLCHAIN": "local",
    }
    command = [str(go), "install", "-v", f"-ldflags={_ldflags(component)}", "tool"]
    _run_with_progress(command, HERE / component, environment, component, say)
    aside.rename(target)
    return time.monotonic() - start


def _ldflags(component: str) -> str:
    flags = "-s -w"
    if component == "kubernetes":  # else the server reports v0.0.0
        version = module(component).split()[1]
        for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"):
            flags += f" -X {package}.gitVersion={version}"
    return flags


def _run_with_progress(
    command: list[str], cwd: Path, env: dict[str, str], component: str, say: Callable[[str], None]
) -> None:
    """Run `go install -v`, which names each package it has compiled; say how many now and then."""
    packages = 0
    last: list[str] = []
    with subprocess.Popen(command, cwd=cwd, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None  # noqa: S101 (asked for above)
        for line in process.stderr:
            last = [*last, line.rstrip()][-12:]
            if not line.startswith("go: "):
                packages += 1
                if packages % PROGRESS_PACKAGES == 0:
                    say(f"  {component}: {packages} packages compiled")
    if process.returncode != 0:
        raise CommandFailed(
            f"Compiling {component} failed.",
            seen="\n".join(last),
            try_next="check the network, then run this again",
        )


def _check_space(cache: Path) -> None:
    free_gb = shutil.disk_usage(cache).free / 1e9
    if free_gb < 15:  # measured: 9 GB of Go caches, 2 GB of programs, and room for one more of each
        raise KubefaceError(
            f"Compiling needs 15 GB of free disk; {cache} has {free_gb:.0f} GB.",
            try_next="free some space, or set KUBEFACE_CACHE to a folder on a larger disk",
        )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One build at a time: a second one waits for the first and then finds the work done."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
