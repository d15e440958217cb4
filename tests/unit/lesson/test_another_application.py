"""The page about a course on another application is right: its files and commands make such a course."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from kubeface.checks import lesson_files
from kubeface.lesson import opening

PAGE = Path(__file__).parents[3] / "docs/book/another-application.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CELL = "# %%\n"
#: Say the title of the lesson that is opened as 01, once the verbs are there.
TITLE = "from kubeface import check; from kubeface.checks.lesson_files import load; print(load('01').title)"


def files():
    """The page's files by their path, which each block begins with."""
    blocks = [text.partition("\n") for kind, text in BLOCK.findall(PAGE.read_text()) if kind != "sh"]
    return {head.removeprefix("# "): text for head, _, text in blocks}


def commands():
    """The page's shells, in their order."""
    return [text for kind, text in BLOCK.findall(PAGE.read_text()) if kind == "sh"]


@pytest.fixture
def tea(tmp_path):
    """The folder that the page describes."""
    home = tmp_path / "tea-house"
    for path, text in files().items():
        file = home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".ipynb":
            cells = [nbformat.v4.new_code_cell(one.strip()) for one in text.split(CELL) if one.strip()]
            nbformat.write(nbformat.v4.new_notebook(cells=cells), file)
        else:
            file.write_text(text)
    return home


def shell(command, folder, **more):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    fixed = {"PATH": path, "JUPYTER_PREFER_ENV_PATH": "1", "IPYTHONDIR": str(folder / "profile")}
    env = own | fixed | {"NO_COLOR": "1", "PY_COLORS": "0"} | more
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], cwd=folder, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def shown(notebook):
    """What the cells of a notebook show, as text."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        for output in cell.outputs:
            yield output.get("text") or output["data"]["text/plain"]


def verdicts(notebook):
    """The verdicts that were shown, in their order."""
    return re.findall(r"^\S (not started|not yet|passed)", "\n".join(shown(notebook)), re.MULTILINE)


def test_two_lessons_of_another_application_are_opened_judged_and_tested(tea, here, node):
    node("node1")
    test_it, for_learners = commands()
    said = shell(test_it, tea)
    assert re.findall(r"(\d+) passed", said) == ["13", "2"]  # the cells, then the exercises
    first, second = sorted((tea / "notebooks").glob("*.ipynb"))
    for notebook in (first, second):
        assert verdicts(notebook) == ["not started", "not yet", "passed"]
    opened = next(shown(first))
    assert "Lesson 00: The menu" in opened
    assert "Time" not in opened, "the minutes are those of a lesson about faces"
    assert "1 node ready, 1 object in place" in opened
    assert "{'rooibos': '5'}" in list(shown(second))
    assert here.get("configmap/menu", namespace="tea").raw["data"] == {"rooibos": "5"}

    shell(for_learners, tea, PYTHONPATH=str(tea))
    own = tea / "learner" / first.name
    assert "..." in own.read_text()
    assert "Your turn: let green tea cost 4" in own.read_text()
    shell(f"jupyter execute --inplace {own}", tea, PYTHONPATH=str(tea), KUBEFACE_STATIC="1")
    assert verdicts(own) == ["not started", "not yet", "passed"], "the record's answer was not found"


def test_the_courses_own_lessons_do_not_take_the_place_of_others(tea):
    assert shell(f'python -c "import tea; {TITLE}"', tea, PYTHONPATH=str(tea)) == "The evening\n"


def test_without_another_course_it_is_the_one_of_faces(tea):
    assert shell(f'python -c "{TITLE}"', tea) == "Nodes, contexts and namespaces\n"


def test_minutes_are_those_of_the_course_that_is_open(tmp_path, monkeypatch):
    monkeypatch.setattr(lesson_files, "_source", tmp_path)
    assert opening.minutes("00") is None
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/minutes.json").write_text('{"00": 12}')
    assert opening.minutes("00") == 12
