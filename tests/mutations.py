"""Break the course once in each notebook: every time the suite has to turn red. `make test-mutations`.

A mutation is what a hand may do: a wrong label, port or image, a probe taken away, a lenient check. Each is
made in a copy of this checkout, whose tests of that notebook then run on the tests' cluster. All of them take
most of an hour; NB=05 is one.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from kubeface.util.process import started
from left_behind import end_in_order

ROOT = Path(__file__).parents[1]
LIVE = "tests/notebooks/test_course.py"
RED = re.compile(r"^FAILED (.*)", re.MULTILINE)  # an ERROR is a cluster that is not there


@dataclass(frozen=True)
class Mutation:
    """One change of one file, which the tests of one notebook have to see.

    Args:
        notebook: Whose tests are run, by number.
        what: The change, in words.
        file: From the checkout's root.
        old: What stands there.
        new: What stands in its place afterwards.
        tests: The file of tests.
    """

    notebook: str
    what: str
    file: str
    old: str
    new: str
    tests: str = LIVE


MUTATIONS = tuple(Mutation(**row) for row in yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text()))


def main(*notebooks: str) -> int:
    """Make each mutation of these notebooks, or of all.

    Returns:
        1 when the suite stayed green once, else 0.
    """
    end_in_order()
    with tempfile.TemporaryDirectory() as folder:
        copy = _copy(Path(folder) / "checkout")
        chosen = [one for one in MUTATIONS if not notebooks or one.notebook in notebooks]
        seen = [_is_seen(copy, one) for one in chosen]
    print(f"{sum(seen)} of {len(seen)} mutations turned the suite red.")
    return 0 if all(seen) else 1


def _copy(folder: Path) -> Path:
    """What git knows of this checkout, as it is now, with packages of its own."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    for name in filter(None, names.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    subprocess.run(["make", ".venv/.synced"], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return folder


def _is_seen(copy: Path, mutation: Mutation) -> bool:
    """Whether the suite turns red; said in a line."""
    with _made(copy, mutation):
        chosen = f"[{mutation.notebook}- or [nb{mutation.notebook}."
        command = [copy / ".venv/bin/pytest", "-qx", mutation.tests, "-k", chosen]
        with started(command, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as tests:
            output, _ = tests.communicate()
    red = RED.findall(output)
    said = red[0] if red else f"GREEN (exit code {tests.returncode})"
    print(f"{mutation.notebook} {mutation.what}: {said[:160]}", flush=True)
    return bool(red)


@contextmanager
def _made(copy: Path, mutation: Mutation) -> Iterator[None]:
    """The mutation, while the body runs."""
    [path] = copy.glob(mutation.file)
    before = path.read_text()
    if mutation.old not in before:
        raise SystemExit(f"{mutation.file} has no {mutation.old!r} any more: mend tests/mutations.py")
    path.write_text(before.replace(mutation.old, mutation.new))
    try:
        yield
    finally:
        path.write_text(before)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
