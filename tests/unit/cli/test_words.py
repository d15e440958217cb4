"""What the command line says: its help, its versions, and advice that names the cluster that was meant."""

import re

import pytest
import typer
from typer.testing import CliRunner

from kubeface import places
from kubeface.cli import advice, application
from kubeface.cli.commands import app
from kubeface.cli.report import what_to_do
from kubeface.errors import Missing
from kubeface.local.cluster import LocalCluster
from kubeface.local.status import NodeStatus, Status

TREE = typer.main.get_command(app)
LINE = 64  # specified: what a help of 80 columns leaves of a line for a command's first sentence


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """No cluster of the learner's is asked."""
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(tmp_path / "kube-face-cluster.kubeconfig"))
    monkeypatch.delenv("KUBEFACE_CLUSTER", raising=False)


def commands(command=TREE, path=()):
    """Every command with the words that lead to it."""
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


def said(*words, code=0):
    done = CliRunner().invoke(app, list(words), prog_name="kubeface")
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.parametrize("path", [path for path, _ in commands()], ids=" ".join)
def test_every_help_is_plain(path):
    text = said(*path, "-h")
    assert text == said("help", *path) == said(*path, "--help")
    usage, first = text.split("\n\n")[:2]
    assert not re.search(r"[{}]|\[\[", usage), usage
    assert first.strip().endswith(".")
    assert "..." not in re.sub(r"[A-Z]\]?\.\.\.", "", text)  # no sentence is cut off


@pytest.mark.parametrize("path", [path for path, _ in commands()][1:], ids=" ".join)
def test_the_first_line_of_a_help_is_a_sentence_that_fits(path):
    first = dict(commands())[path].help.splitlines()[0]
    assert len(first) <= LINE
    assert re.match(r"[A-Z].*\.$", first)


def test_the_versions_are_told():
    assert re.fullmatch(r"kubeface \d+\.\d+\.\d+, Kubernetes v1\.\d+\.\d+\n", said("--version"))


def test_what_keeps_jupyterlab_closed_is_in_the_help():
    assert "KUBEFACE_NO_BROWSER" in said("lab", "--help")


@pytest.mark.parametrize(("old", "new"), [("cut", "disconnect"), ("join", "reconnect")])
def test_an_old_word_works_and_names_the_new_one(old, new, monkeypatch):
    asked = []
    monkeypatch.setattr(application, "become_root", lambda arguments: None)
    monkeypatch.setattr(LocalCluster, f"{new}_node", lambda cluster, node: asked.append(node))
    done = CliRunner().invoke(app, ["node", old, "node2"])
    assert (done.exit_code, asked) == (0, ["node2"])
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"kubeface: `node {old}` is now `node {new}`")
    assert old not in said("node", "--help").split()


def test_who_has_no_root_rights_gets_them_before_a_cluster_is_touched(monkeypatch):
    def refuse(arguments):
        raise Missing("Nodes need root rights")

    monkeypatch.setattr(application, "become_root", refuse)
    touching = ["up", "down", "reset", "status", "gc", "logs etcd", "images", "setup", "snapshot list"]
    touching += ["snapshot remove one", "node add", "node stop node1", "node disconnect node1"]
    for words in touching:
        assert "need root rights" in said(*words.split(), code=1)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_tab_completes_in_every_shell(shell):
    asked = {"COMP_WORDS": "kubeface sta", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "kubeface sta"}
    asked |= {"_TYPER_COMPLETE_FISH_ACTION": "get-args", "_KUBEFACE_COMPLETE": f"complete_{shell}"}
    assert "status" in CliRunner().invoke(app, [], prog_name="kubeface", env=asked).output


@pytest.mark.parametrize("number", ["5", "05", "nb05", "notebooks/05-services-and-dns.ipynb"])
def test_a_notebook_may_be_named_as_people_do(number, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert "Services and DNS" in said("progress", number)


@pytest.mark.parametrize("number", ["99", "five", "5x"])
def test_a_notebook_that_is_not_there_is_said(number):
    assert "there is no lesson" in said("progress", number, code=1)


@pytest.mark.parametrize(
    ("text", "about_trial"),
    [
        ("Try: kubeface up", "Try: kubeface up --name trial"),
        ("run `kubeface up` in a terminal", "run `kubeface up --name trial` in a terminal"),
        ("kubeface logs kubelet node2", "kubeface logs --name trial kubelet node2"),
        ("kubeface down --purge, then up", "kubeface down --name trial --purge, then up"),
        ("kubeface node start node2", "kubeface node start --name trial node2"),
        ("kubeface setup", "kubeface setup"),  # no cluster has a part in that
        ("kubeface up --name other", "kubeface up --name other"),
        ("kubeface is here", "kubeface is here"),
    ],
)
def test_advice_names_the_cluster_that_was_meant(text, about_trial):
    assert advice.about(text, "trial", TREE) == about_trial
    assert advice.about(text, "face", TREE) == text


def test_where_another_cluster_is_meant_anyway_advice_need_not_name_it(monkeypatch):
    monkeypatch.setenv("KUBEFACE_CLUSTER", "trial")
    assert advice.about("kubeface up", "trial", TREE) == "kubeface up"
    assert advice.about("kubeface up", "face", TREE) == "kubeface up --name face"
    assert places.kubeconfig("face").name == "kube-face-cluster.kubeconfig"


def cluster(*nodes, **processes):
    state = "running" if set(processes.values()) == {"RUNNING"} else "broken"
    return Status("trial", state, "https://10.0.0.1:6443", "/trial.kubeconfig", list(nodes), processes)


def node(name, *, ready=True, running=True, **more):
    return NodeStatus(name, "10.0.0.11", ready=ready, running=running, **more)


def test_a_node_that_is_off_is_said_with_what_switches_it_on():
    status = cluster(
        node("node1"), node("node2", ready=False, running=False), node1="RUNNING", node2="STOPPED"
    )
    assert list(what_to_do(status)) == [
        "node2 is off. To switch it on: kubeface node start node2 --name trial"
    ]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"frozen": True}, "node2 is frozen. To let it go on: kubeface node thaw node2 --name trial"),
        (
            {"disconnected": True},
            "node2 is disconnected. To connect it again: kubeface node reconnect node2 --name trial",
        ),
        ({}, "node2 is on, and not Ready. What its kubelet says: kubeface logs kubelet node2 --name trial"),
    ],
)
@pytest.mark.parametrize("ready", [True, False])  # the cluster has noticed, or not yet
def test_a_node_that_hangs_is_said_with_what_frees_it(how, said, ready):
    found = cluster(node("node1"), node("node2", ready=ready, **how), node1="RUNNING", node2="RUNNING")
    assert list(what_to_do(found)) == ([said] if how or not ready else [])


def test_a_program_that_ended_is_said_with_its_log_and_what_repairs_it():
    lines = list(what_to_do(cluster(node("node1"), node1="RUNNING", etcd="FATAL")))
    assert "kubeface logs etcd --name trial" in lines[0]
    assert "kubeface up --name trial" in lines[1]


def test_a_cluster_that_runs_needs_nothing():
    assert list(what_to_do(cluster(node("node1"), node1="RUNNING", etcd="RUNNING"))) == []
