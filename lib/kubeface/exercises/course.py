"""The files of the lessons: which there are, and the plan of each."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from kubeface.checks.lesson_files import NoSuchLesson
from kubeface.lesson import Plan


def notebooks() -> list[str]:
    """The numbers of the notebooks that have a file here."""
    return [name[2:] for name in _files() if re.fullmatch(r"nb\d\d", name)]


def _files() -> list[str]:
    return sorted(module.name for module in iter_modules([str(Path(__file__).parent)]))


def number_of(said: str) -> str:
    """The number of a notebook, as people say it: 5, 05, nb05, 05-services-and-dns.ipynb.

    Raises:
        NoSuchLesson: no notebook has that number.

    >>> number_of("5"), number_of("notebooks/05-services-and-dns.ipynb")
    ('05', '05')
    """
    match = re.match(r"(?:nb)?(\d+)(?!\w)", Path(str(said)).name)
    number = match[1].zfill(2) if match else said
    if number not in notebooks():
        raise NoSuchLesson(f"there is no lesson {said!r}", seen=f"there are: {', '.join(notebooks())}")
    return number


def load(notebook: str) -> Plan:
    """The plan of a notebook, now that its questions and exercises are known too, the one of the thread last.

    Those of `nb05_callers.py` follow on those of `nb05.py`.

    Raises:
        NoSuchLesson: no notebook has that number.
    """
    own = f"nb{number_of(notebook)}"
    plan: Plan = import_module(f"kubeface.exercises.{own}").PLAN
    for name in _files():
        if name.startswith(f"{own}_"):
            import_module(f"kubeface.exercises.{name}")
    if (Path(__file__).parent / "own" / f"{own}.py").is_file():
        import_module(f"kubeface.exercises.own.{own}")
    return plan
