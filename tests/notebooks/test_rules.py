"""Each rule for committed notebooks goes red on a small notebook with that one fault, and only then."""

from pathlib import Path

import pytest
from books import cell, printed, shown, write
from nbformat.v4 import new_output
from rules import IGNORES, violations

SOUND = cell("print('hello')", printed("hello\n"))
BROKEN = new_output("error", ename="ValueError", evalue="no", traceback=["no"])

FAULTS = {
    "never run": ([SOUND, cell("x = 1", count=None)], "was never run"),
    "run out of order": (
        [cell("x = 1", count=2), cell("print(x)", printed("1\n"), count=1)],
        "top to bottom",
    ),
    "empty cell": ([SOUND, cell("")], "is empty"),
    "nothing stored": ([cell("x = 1")], "nothing is compared"),
    "everything ignored": ([cell("print(1)", printed("1\n"), tags=(IGNORES,))], "nothing is compared"),
    "test mark in a cell": ([SOUND, cell("# NBVAL_IGNORE_OUTPUT\nx = 1")], "in what a learner reads"),
    "test mark after code": ([SOUND, cell("x = 1  # NBVAL_IGNORE_OUTPUT")], "in what a learner reads"),
    "cell skipped": ([SOUND, cell("# NBVAL_SKIP\nx = 1")], "in what a learner reads"),
    "tag misspelt": ([SOUND, cell("x = 1", tags=("nbval-ignore-outputs",))], "has the tag"),
    "applied by the client": ([SOUND, cell("%kubectl apply --filename x.yaml")], "without --server-side"),
    "applied by the client, a line a command": (
        [SOUND, cell("%%kubectl\napply --kustomize folder")],
        "without --server-side",
    ),
    "applied by the client, from Python": (
        [SOUND, cell('kubectl(f"apply --kustomize {folder}", cluster=cluster)')],
        "without --server-side",
    ),
    "unknown tag": ([SOUND, cell("x = 1", tags=("nbval-skip",))], "has the tag 'nbval-skip'"),
    "error stored": ([SOUND, cell("raise ValueError('no')", BROKEN)], "stores the error ValueError"),
    "no error stored": ([SOUND, cell("x = 1", tags=("raises-exception",))], "stores no error"),
    "any error passes": (
        [SOUND, cell("raise ValueError('no')", BROKEN, tags=("raises-exception", IGNORES))],
        "any error at all would pass",
    ),
    "shell line": ([SOUND, cell("!false")], "runs a shell command"),
    "shell line in a block": ([SOUND, cell("if True:\n    !false")], "runs a shell command"),
    "captured shell line": ([SOUND, cell("lines = !false")], "runs a shell command"),
    "shell cell": ([SOUND, cell("%%bash\nfalse\ntrue")], "runs a shell command"),
    "shell from Python": ([SOUND, cell("import os\nos.system('false')")], "runs a shell command"),
    "unchecked program": (
        [SOUND, cell("import subprocess\nsubprocess.run(['false'])")],
        "without check=True",
    ),
    "sleep": ([SOUND, cell("import time\ntime.sleep(1)")], "sleeps"),
    "import from a room": ([SOUND, cell("from kubeface.kube import wait")], "imports from kubeface.kube"),
    "import of a room": ([SOUND, cell("import kubeface.kube")], "imports from kubeface.kube"),
    "import of no public name": ([SOUND, cell("from kubeface import yaml")], "imports yaml, no public name"),
    "task without an answer": ([SOUND, cell("# Your turn: add them.\n...")], "has no answer"),
    "task misspelt": ([SOUND, cell("# your turn: add them.\n1 + 1")], "has a mark of a task, and no task"),
    "task that says nothing": ([SOUND, cell("# Your turn:\n1 + 1")], "has a mark of a task, and no task"),
    "two tasks": (
        [SOUND, cell("# Your turn: add them.\n1 + 1\n# Your turn: again.\n2 + 2")],
        "has a mark where none is read",
    ),
    "nothing left out": (
        [SOUND, cell("# Your turn: add.\n# Left out: `3`\n1 + 2")],
        "which its answer has 0",
    ),
    "left out twice": ([SOUND, cell("# Your turn: add.\n# Left out: `1`\n1 + 1")], "which its answer has 2"),
    "gap that is no Python": (
        [SOUND, cell("# Your turn: add.\n# Left out: `:`\nif True:\n    1 + 2")],
        "is not Python",
    ),
    "one task for two cells": (
        [cell("# Your turn: add them.\n1 + 1"), cell("# Your turn: add them.\n1 + 2")],
        "stands in two cells",
    ),
    "task where an error is no stop": (
        [SOUND, cell("# Your turn: fail.\nraise ValueError('no')", BROKEN, tags=("raises-exception",))],
        "a notebook goes on after it",
    ),
    "not Python": ([SOUND, cell("print(")], "is not Python"),
    "photo stored": (
        [SOUND, cell("show()", shown(text_html="<img src='data:image/jpeg;base64,aGk='>"))],
        "a photo",
    ),
    "mute picture": ([SOUND, cell("show()", shown(image_png="aGk=", text_plain="<Image>"))], "picture"),
    "photo": (
        [SOUND, cell("gallery()", shown(text_html='<img src="data:image/jpeg;base64,aGk=">'))],
        "a photo",
    ),
}


def test_a_sound_notebook_breaks_no_rule(tmp_path: Path) -> None:
    cells = [
        cell("import subprocess\nsubprocess.run(['true'], check=True)\n'ready'", shown(text_plain="'ready'")),
        cell("print(object())", printed("<object>"), tags=(IGNORES,)),
        cell("%kubectl apply --server-side --filename x.yaml"),
        cell("import json\nfrom pathlib import Path\n\nfrom kubeface import Lesson, wait"),
        cell("raise ValueError('no')", BROKEN, tags=("raises-exception",)),
        cell(
            "# Your turn: list them,\n# with names.\n# Left out: `pods`\n%kubectl get pods\n# Given: all.\n1"
        ),
        cell("%%kubectl apply --server-side -f -\n# Your turn: a note.\nkind: ConfigMap"),
        cell("gallery()", shown(image_png="aGk=", text_plain="obama.jpg: Barack Obama")),
    ]
    assert violations(write(tmp_path, *cells)) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named(tmp_path: Path, fault: str) -> None:
    cells, sentence = FAULTS[fault]
    assert any(sentence in found for found in violations(write(tmp_path, *cells)))


def test_the_name_and_the_kernel_are_fixed(tmp_path: Path) -> None:
    path = write(tmp_path, SOUND, name="Untitled.ipynb")
    path.write_text(path.read_text().replace('"name": "python3"', '"name": "conda-env-mine"'))
    assert [sentence.partition(": ")[2].split(" should")[0] for sentence in violations(path)] == [
        "the name",
        "the kernel",
    ]
