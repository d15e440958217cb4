"""A cell with a part to write: it stops while that is open, and the course's way is shown after a try."""

import os

import pytest
from jupyter_client.manager import start_new_kernel

from kubeface import notebook, places
from kubeface.checks import session, solution, turns
from kubeface.errors import BadInput
from kubeface.kube import kustomize
from kubeface.model import gaps
from kubeface.model.manifests import load_manifests

PATIENCE_S = 60
OPEN = "# Your turn: add two and two.\n..."
NOTEBOOK = '{"cells": [{"cell_type": "code", "source": ["# Your turn: add two and two.\\n", "2 + 2"]}]}'
MANIFEST = "# Your turn: name it.\n# Left out: `face`\nkind: Namespace\nmetadata: {name: face}\n"


@pytest.fixture(autouse=True)
def course(tmp_path, monkeypatch):
    """A course of one notebook and one manifest, and a learner's folder."""
    for name in ("notebooks/99-sums.ipynb", "manifests/one.yaml", "mine/.kubeface/given.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "notebooks" / "99-sums.ipynb").write_text(NOTEBOOK)
    (tmp_path / "manifests" / "one.yaml").write_text(MANIFEST)
    (tmp_path / "mine" / "manifests").mkdir()
    (tmp_path / "mine" / "manifests" / "one.yaml").write_text(gaps.gapped(MANIFEST))
    monkeypatch.setattr(places, "SOURCE", tmp_path)
    monkeypatch.chdir(tmp_path / "mine")
    monkeypatch.setattr(gaps, "_instead", gaps._nothing)
    session.current.notebook = "99"


@pytest.fixture
def somebody(monkeypatch):
    """A learner is at the keyboard."""
    monkeypatch.setattr(notebook, "kernel", object)
    monkeypatch.setenv("KUBEFACE_STATIC", "0")


def run(text):
    """What a cell of this text is run as."""
    return "".join(turns.begin(text.splitlines(keepends=True)))


def test_a_cell_that_is_as_it_was_given_says_what_to_do(somebody):
    with pytest.raises(turns.NotWritten) as stopped:
        run(OPEN)
    assert str(stopped.value).splitlines() == [
        "A part of this cell is yours to write.",
        "add two and two.",
        "Try: write it in the place of the ..., then run the cell again; "
        "solution() shows one way after a try",
    ]


def test_a_cell_in_which_something_is_written_is_run_as_it_is(somebody):
    assert run("1 + 1\n") == "1 + 1\n"
    assert run("# Your turn: add two and two.\n5") == "# Your turn: add two and two.\n5"


def test_where_nobody_is_there_to_write_the_course_s_way_is_run():
    assert run(OPEN) == "# Your turn: add two and two.\n2 + 2"


def test_a_task_that_the_course_does_not_have_is_not_passed_over():
    with pytest.raises(turns.NotWritten):
        run("# Your turn: something else.\n...")


def test_the_course_s_way_is_shown_after_a_try_or_at_once_when_asked(somebody):
    with pytest.raises(turns.NotWritten):
        run(OPEN)
    assert repr(solution()).startswith("→ try it first")
    assert "2 + 2" in repr(solution(now=True))
    run("# Your turn: add two and two.\n5")
    assert repr(solution()) == "# One way to solve it\n# Your turn: add two and two.\n2 + 2"


def test_a_manifest_that_is_not_complete_says_what_to_do(tmp_path, somebody):
    with pytest.raises(BadInput, match=r"name it.\nTry: open .*one.yaml in JupyterLab, .* place of the ___"):
        load_manifests(tmp_path / "mine" / "manifests")


def test_a_kustomization_that_is_not_complete_says_what_to_do(tmp_path, somebody):
    text = "# Your turn: which version?\n# Left out: `v1`\nimages: [{name: web, newTag: v1}]\n"
    (tmp_path / "kustomization.yaml").write_text(gaps.gapped(text))
    with pytest.raises(BadInput, match=r"A part of kustomization.yaml is yours to write.\nwhich version\?"):
        kustomize(tmp_path)


def test_the_course_s_manifest_is_shown_after_a_try_or_at_once_when_asked(tmp_path, somebody):
    file = tmp_path / "mine" / "manifests" / "one.yaml"
    gaps.replace_with(turns._in_place_of)
    with pytest.raises(BadInput):
        load_manifests(file)
    assert repr(solution()).startswith("→ try it first: write something in one.yaml")
    assert "{name: face}" in repr(solution(now=True))
    file.write_text(file.read_text().replace("___", "fcae"))
    assert repr(solution()).startswith("# One way to solve it\n# Your turn: name it.")


def test_where_nobody_is_there_to_write_the_course_s_manifest_is_read(tmp_path):
    gaps.replace_with(turns._in_place_of)
    assert load_manifests(tmp_path / "mine" / "manifests")[0]["metadata"]["name"] == "face"


def test_the_rest_of_a_notebook_waits_in_a_real_kernel(tmp_path):
    env = os.environ | {"IPYTHONDIR": str(tmp_path), "KUBEFACE_STATIC": "0"}
    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=PATIENCE_S, env=env)
    try:
        shown = []

        def reply(cell):
            hook = lambda message: shown.append(message["content"].get("traceback"))  # noqa: E731
            return client.execute_interactive(cell, timeout=PATIENCE_S, output_hook=hook)["content"]["status"]

        begin = "from kubeface.checks import turns\nturns.register(get_ipython())"
        assert reply(begin) == "ok"
        for cell in (OPEN, "%%time\n# Your turn: count.\nlen(___)"):
            assert reply(cell) == "error"
            assert [one for one in shown if one][-1][0] == "A part of this cell is yours to write."
        assert reply("# Your turn: add two and two.\n2 + 2") == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
