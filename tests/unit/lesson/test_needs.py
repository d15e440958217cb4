"""What a lesson needs, and cells that are left out where it is not there."""

import json

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from kubeface.checks import session
from kubeface.cli.lessons import Facts
from kubeface.errors import BadInput
from kubeface.exercises.course import load, notebooks
from kubeface.lesson import NOTHING, PIPELINE, Plan, State, magics
from kubeface.lesson.needs import OWN, Cell, Needs, lacking, needs_of
from kubeface.pipeline.deploy import NAMESPACE


@pytest.fixture
def notebook(tmp_path):
    """Write a notebook of code cells, each after a cell of text."""

    def write(*sources):
        text = {"cell_type": "markdown", "source": ["power_off(node) and %%needs 9 nodes are words here"]}
        cells = [one for source in sources for one in (text, {"cell_type": "code", "source": [source]})]
        path = tmp_path / "99-made-for-a-test.ipynb"
        path.write_text(json.dumps({"cells": cells}))
        return path

    return write


def test_the_pipeline_needs_its_namespace_labels_and_both_kinds_of_volume():
    needs = needs_of(Plan("99", "Made for a test", state=PIPELINE, nodes=2))
    assert needs == Needs(2, (NAMESPACE,), True, ("ReadWriteMany", "ReadWriteOnce"))


def test_a_namespace_to_be_removed_is_needed_too():
    needs = needs_of(Plan("99", "Made for a test", state=NOTHING, practice=State(namespaces=("practice",))))
    assert needs.namespaces == (NAMESPACE, "practice")


def test_what_cells_do_outside_of_namespaces_is_seen(notebook):
    plan = Plan("99", "Made for a test")
    assert needs_of(plan, notebook("%kubectl cordon node2")).changes_nodes
    assert not needs_of(plan, notebook("%kubectl get nodes")).changes_nodes
    assert needs_of(plan, notebook("lesson.power_off(victim)")).own == ("to switch nodes off",)
    assert needs_of(plan, notebook("images = Images.of(cluster)")).own == ("for its registry",)


def test_a_marked_cell_is_left_out_alone(notebook):
    path = notebook("first()", "%%needs own cluster\nlesson.power_off(victim)", "%%needs 3 nodes\nspread()")
    needs = needs_of(Plan("99", "Made for a test"), path)
    assert needs.own == ()
    assert needs.cells == (Cell(2, "own cluster"), Cell(3, "3 nodes"))
    assert Facts(3, True, True).verdict(needs) == "yes, without cells [2]"
    assert Facts(1, True, True).verdict(needs) == "yes, without cells [2], [3]"


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (Facts(3, True, True), "yes"),
        (Facts(1, True, True), "no: 1 node"),
        (
            Facts(None, False, False),
            "no: no right to list nodes, no right to make namespaces, no right to label nodes",
        ),
    ],
)
def test_what_is_missing_is_told(facts, verdict):
    assert facts.verdict(Needs(2, (NAMESPACE,), True)) == verdict


def test_a_lesson_that_switches_nodes_off_stays_on_the_courses_cluster():
    needs = Needs(1, own=("to switch nodes off",))
    assert OWN in needs.in_words()
    assert (
        Facts(3, True, True).verdict(needs) == f"no: only {OWN.removesuffix(' cluster')}, to switch nodes off"
    )


def test_every_lesson_of_the_course_is_understood():
    assert {needs_of(load(number)).nodes for number in notebooks()} <= {1, 2, 3}


def test_a_package_is_there_or_is_named():
    assert lacking("package json", None, is_own=False) == ""
    assert "no_such_package, which is not installed" in lacking("package no_such_package", 3, is_own=True)


def test_a_need_that_is_none_is_refused():
    with pytest.raises(BadInput, match="%%needs more nodes is not understood"):
        lacking("more nodes", 3, is_own=True)


@pytest.fixture
def shell(cluster, here, tmp_path, monkeypatch):
    """The IPython that runs a notebook's cells, on a cluster that is not the course's."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    session.current.cluster = cluster
    made = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    magics.register()
    yield made
    InteractiveShell.clear_instance()


def test_a_cell_is_run_where_its_need_is_met(shell, node):
    node("node1")
    node("node2")
    done = shell.run_cell("%%needs 2 nodes\nseen = 6 * 7\nseen")
    assert done.success, done.error_in_exec
    assert (done.result, shell.user_ns["seen"]) == (42, 42)


def test_a_cell_is_left_out_where_it_is_not_and_says_so(shell, node, capsys):
    node("node1")
    for need in ("2 nodes", "own cluster"):
        assert shell.run_cell(f"%%needs {need}\nseen = 6 * 7\nseen").success
    assert "seen" not in shell.user_ns
    assert capsys.readouterr().out.splitlines() == [
        "Left out: this takes 2 nodes, and there is one.",
        f"Left out: this takes {OWN}, made by `kubeface up`.",
    ]


def test_an_error_in_such_a_cell_is_the_cells(shell, node):
    node("node1")
    assert not shell.run_cell("%%needs 1 nodes\n1 / 0").success
