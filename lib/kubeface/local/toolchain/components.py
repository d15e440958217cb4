"""Build each component once, into a versioned folder of the cache."""

import contextlib
import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kubeface.errors import CommandFailed, KubefaceError, Missing
from kubeface.local.toolchain import releases
from kubeface.local.toolchain.go import environment, find_go, flags
from kubeface.util import files, room
from kubeface.util.locks import locked
from kubeface.util.process import started

HERE = Path(__file__).parent
#: In the order they are built: small ones first, so that an early failure shows early.
COMPONENTS = (
    "cni",
    "nsq",
    "etcd",
    "containerd",
    "registry",
    "storage",
    "metrics",
    "netpol",
    "coredns",
    "kubernetes",
)
#: Built only when asked for by name.
OPTIONAL = ("kwok",)  # simulated nodes: for the scheduling lesson and for benchmarks
#: Bump when the way of building changes what comes out.
RECIPE = "2"
#: How many packages pass between two lines of progress (chosen: a line every half minute or so).
PROGRESS_PACKAGES = 400


class Way(StrEnum):
    """How to get the programs of a component: download, build, or either."""

    AUTO = "auto"
    DOWNLOAD = "download"
    BUILD = "build"


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


def build(
    cache: Path, *, say: Callable[[str], None], only: Sequence[str] | None = None, way: Way = Way.AUTO
) -> Toolchain:
    """Build the missing components, of COMPONENTS or of those named; does nothing if there are none.

    With `Way.DOWNLOAD` those that have official binaries are fetched instead, with `Way.AUTO` where they can
    be had; on a CI machine nothing is fetched unless asked for. An interrupted build leaves no component
    half-made: each is built aside and renamed into place. Go's own caches (about 9 GB) go when all is built.
    """
    toolchain = Toolchain(cache)
    if not toolchain.missing(only):
        return toolchain
    with locked(_lock(cache)):
        _download(toolchain, toolchain.missing(only), way, say)
        wanted = toolchain.missing(only)
        if not wanted:
            return toolchain
        go = find_go(cache, say)
        _check_space(cache)
        with _fetching(wanted, go, cache):
            for number, component in enumerate(wanted, start=1):
                say(f"Compiling {component} ({number} of {len(wanted)}): {module(component)}")
                seconds = _build(component, go, toolchain.folder(component), cache, say)
                say(f"Compiled {component} in {seconds:.0f} s")
        shutil.rmtree(cache / "go", ignore_errors=True)
    return toolchain


def _download(toolchain: Toolchain, wanted: list[str], way: Way, say: Callable[[str], None]) -> None:
    """Download the components that have official binaries; with AUTO, failures are left to be compiled."""
    if way is Way.BUILD or (way is Way.AUTO and os.environ.get("CI")):
        return
    tags = {name: module(name).split()[1] for name in wanted if name in releases.RELEASES}
    for component in releases.offered(tags) if way is Way.AUTO else tags:
        say(f"Downloading {component} {tags[component]}")
        try:
            with _aside(toolchain.folder(component)) as folder:
                releases.fetch(component, tags[component], folder)
        except CommandFailed as error:
            if way is Way.DOWNLOAD:
                raise
            say(f"{error.what} It is compiled instead. ({error.seen})")


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """A temporary folder that becomes `target` on success, and is deleted on failure."""
    folder = target.with_name(f".{target.name}.building")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
        folder.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def collect(cache: Path) -> int:
    """Remove the programs of other versions, what broken builds left, and Go's caches; the bytes given back.

    Programs that run, such as those of a cluster that was started before an update, stay. Waits for a build.
    """
    folder = cache / "toolchain"
    with locked(_lock(cache)):
        current = {Toolchain(cache).folder(component) for component in (*COMPONENTS, *OPTIONAL)}
        running = _running_programs()
        old = [
            one
            for one in folder.iterdir()
            if one.is_dir() and one not in current and not any(path.is_relative_to(one) for path in running)
        ]
        freed = 0
        for one in (*old, cache / "go"):
            freed += files.disk_bytes(one)
            shutil.rmtree(one, ignore_errors=True)
    return freed


def _running_programs() -> set[Path]:
    found = set()
    for link in Path("/proc").glob("[0-9]*/exe"):
        with contextlib.suppress(OSError):  # it has just ended
            found.add(link.readlink())
    return found


def module(component: str) -> str:
    """The module and version that a component is built from, such as "k8s.io/kubernetes v1.37.2"."""
    text = (HERE / component / "go.mod").read_text()
    tools = re.findall(r"^(?:tool\s+|\t)([\w.]+/\S+)$", text, re.MULTILINE)
    required = re.findall(r"^(?:require\s+|\t)(\S+) (v\S+)(?: // indirect)?$", text, re.MULTILINE)
    path, version = next((p, v) for p, v in required if tools[0] == p or tools[0].startswith(p + "/"))
    return f"{path} {version}"


@contextmanager
def _fetching(components: Sequence[str], go: Path, cache: Path) -> Iterator[None]:
    """Download the modules of the next components while this one is compiled.

    What does not come is fetched, or missed aloud, when its turn has come.
    """
    each = 'for folder; do "$0" -C "$folder" mod download; done'
    command = ["sh", "-c", each, str(go), *(str(HERE / component) for component in components)]
    quiet = subprocess.DEVNULL
    env = environment(programs=cache, caches=cache / "go")
    with started(command, env=env, stdout=quiet, stderr=quiet) as process:
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):  # it has ended
                os.killpg(process.pid, signal.SIGKILL)


def _build(component: str, go: Path, target: Path, cache: Path, say: Callable[[str], None]) -> float:
    start = time.monotonic()
    kubernetes = module(component).split()[1] if component == "kubernetes" else None
    with _aside(target) as aside:
        _run_with_progress(
            [str(go), "install", "-v", *flags(kubernetes), "tool"],
            HERE / component,
            environment(programs=aside, caches=cache / "go"),
            component,
            say,
        )
    return time.monotonic() - start


def _run_with_progress(
    command: list[str], cwd: Path, env: dict[str, str], component: str, say: Callable[[str], None]
) -> None:
    """Run `go install -v`, and print from time to time how many packages it has compiled."""
    packages = 0
    last: list[str] = []
    with started(command, cwd=cwd, env=env, stderr=subprocess.PIPE, encoding="utf-8") as process:
        for line in process.stderr or ():
            last = [*last, line.rstrip()][-12:]
            if not line.startswith("go: "):
                packages += 1
                if packages % PROGRESS_PACKAGES == 0:
                    say(f"  {component}: {packages} packages compiled")
    if process.returncode != 0:
        raise CommandFailed(
            f"Compiling {component} failed.",
            seen="\n".join(last),
            try_next=room.advice("\n".join(last)) or "check the network, then run this again",
        )


def _check_space(cache: Path) -> None:
    free_gb = shutil.disk_usage(cache).free / 1e9
    if free_gb < 15:  # measured: 9 GB of Go caches, 2 GB of programs, and room for one more of each
        raise KubefaceError(
            f"Compiling needs 15 GB of free disk; {cache} has {free_gb:.0f} GB.",
            try_next="free some space, or set KUBEFACE_CACHE to a folder on a larger disk",
        )


def _lock(cache: Path) -> Path:
    """One build at a time: a second one waits for the first and then finds the work done."""
    return cache / "toolchain" / ".lock"
