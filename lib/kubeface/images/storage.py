"""The images of one cache, in a storage of their own: nothing of the user's Docker or podman is touched."""

import hashlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kubeface.errors import CommandFailed, KubefaceError
from kubeface.util import files, room
from kubeface.util.environment import fetching
from kubeface.util.locks import locked
from kubeface.util.process import find, run, started

#: Kernel overlay: measured on ext4 as root, without fuse. Its images.json is read below.
DRIVER = "overlay"
#: Chosen: the slowest build (pip and apt, a slow network) with room to spare.
BUILD_TIMEOUT_S = 1800


@dataclass(frozen=True)
class Storage:
    """buildah's storage below `cache`, and the record of what was made from what."""

    cache: Path

    @property
    def root(self) -> Path:
        """Where the layers are."""
        return self.cache / "storage"

    @property
    def run_folder(self) -> Path:
        """Where buildah keeps what lasts until the next boot."""
        return Path("/run/kubeface") / f"images-{hashlib.sha256(bytes(self.root)).hexdigest()[:8]}"

    @cached_property
    def command(self) -> list[str]:
        """buildah, told to use this storage. Raises `Missing` where it is not installed."""
        if os.geteuid() != 0:
            raise KubefaceError("Building images needs root.", try_next="run the same command with sudo")
        where = ["--root", str(self.root), "--runroot", str(self.run_folder), "--storage-driver", DRIVER]
        return [str(find("buildah")), *where]

    def buildah(
        self, *arguments: str, what: str, timeout_s: float = 120, env: Mapping[str, str] | None = None
    ) -> str:
        """Run buildah; what it printed."""
        return run([*self.command, *arguments], what=what, timeout_s=timeout_s, env=env)

    def build(self, name: str, *arguments: str | Path, context: Path) -> str:
        """Build an image in a chroot, keeping the log; its id.

        Nothing is ever pulled: a base that is not in this storage is an error.
        """
        log = self.log(name)
        result = log.with_suffix(".id")
        log.parent.mkdir(parents=True, exist_ok=True)
        fixed = ["build", "--isolation", "chroot", "--layers", "--pull=never", "--iidfile", str(result)]
        command = [*self.command, *fixed, *map(str, arguments), str(context)]
        _run_logged(command, log, what=f"Building the image {name}")
        identifier = result.read_text().strip().removeprefix("sha256:")
        result.unlink()
        return identifier

    def log(self, name: str) -> Path:
        """Where the last build of an image is logged."""
        return self.cache / "logs" / f"build-{name.replace(':', '-')}.log"

    def images(self) -> dict[str, list[str]]:
        """The names of every image, by id. Reads a file, starts nothing."""
        index = self.root / f"{DRIVER}-images" / "images.json"
        if not index.exists():
            return {}
        return {image["id"]: image.get("names") or [] for image in json.loads(index.read_text() or "[]")}

    def recall(self) -> dict[str, dict[str, str]]:
        """What is remembered of each image by NAME:TAG: "inputs", "image" (its id), "pushed" (a digest)."""
        try:
            known = json.loads((self.cache / "images.json").read_text())
        except (FileNotFoundError, json.JSONDecodeError):  # nothing known: everything is looked at again
            return {}
        return known if isinstance(known, dict) else {}

    def remember(self, name: str, **facts: str) -> None:
        """Add to what is remembered of an image; another id makes the older facts void."""
        with locked(self.cache / ".images.json.lock"):
            known = self.recall()
            before = known.get(name, {})
            is_same = before.get("image") == facts["image"]
            known[name] = {**before, **facts} if is_same else facts
            files.write(self.cache / "images.json", json.dumps(known, indent=1, sort_keys=True))

    def forget(self, names: Iterable[str]) -> None:
        """Remember nothing of these images."""
        with locked(self.cache / ".images.json.lock"):
            kept = {name: facts for name, facts in self.recall().items() if name not in set(names)}
            files.write(self.cache / "images.json", json.dumps(kept, indent=1, sort_keys=True))

    @contextmanager
    def alone(self, say: Callable[[str], None]) -> Iterator[None]:
        """Hold this storage: a second builder waits for the first, and then finds the work done."""
        waiting = "Waiting for another build of the images to end"
        with locked(self.cache / ".images.lock", when_held=lambda: say(waiting)):
            try:
                yield
            finally:
                self._forget_run()

    def _forget_run(self) -> None:
        """Leave nothing in /run: the next buildah makes what it needs there."""
        shutil.rmtree(self.run_folder, ignore_errors=True)
        with suppress(OSError):  # clusters are there
            self.run_folder.parent.rmdir()

    def tidy(self) -> None:
        """Remove the working containers that an interrupted build has left."""
        if (self.root / f"{DRIVER}-containers" / "containers.json").exists():
            self.buildah("rm", "--all", what="Removing left-over build containers")


def one_at_a_time(say: Callable[[str], None]) -> Callable[[str], None]:
    """The same `say` for use from several threads: no two lines at once."""
    lock = threading.Lock()

    def said(line: str) -> None:
        with lock:
            say(line)

    return said


def _run_logged(command: list[str], log: Path, *, what: str) -> None:
    """Run a program to its end with everything it prints in `log`."""
    with log.open("wb") as output:
        try:
            with started(command, stdout=output, stderr=output, env=fetching()) as done:
                done.wait(BUILD_TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            seen = files.tail(log, 12)
            raise CommandFailed(f"{what} did not end within {BUILD_TIMEOUT_S} s.", seen=seen) from error
    if done.returncode != 0:
        seen = files.tail(log, 12)
        raise CommandFailed(
            f"{what} failed.", seen=seen, try_next=room.advice(seen) or f"read all of it: {log}"
        )
