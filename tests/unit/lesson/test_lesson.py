"""A lesson begins on the course's cluster only, says how it is, and tidies up."""

import json
import os
import subprocess
from dataclasses import replace

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from kubeface.checks import session
from kubeface.editions import Folder
from kubeface.kube import Cluster
from kubeface.kube.kubectl import find_kubectl
from kubeface.lesson import Lesson, LessonStopped, Plan, State, opening
from kubeface.lesson.context import connect, is_course


@pytest.fixture
def plan(folder, named):
    state = State(folders=("base",), manifests=folder("base", greeting={"to": "you"}))
    return Plan("99", "Greetings", ("greet somebody", "be greeted"), "nothing yet", state, nodes=0)


def test_a_lesson_brings_its_state_and_introduces_itself(here, plan, named, capsys):
    lesson = Lesson(plan)
    assert here.get("cm/greeting", namespace=named).data.to == "you"
    text = (
        "Lesson 99: Greetings\n"
        "After it you can\n"
        "  - greet somebody\n"
        "  - be greeted\n"
        "You need: nothing yet\n"
        'After a restart of the kernel: Lesson("99", keep=True) goes on with what you made; '
        "without keep, it begins anew\n"
        "How far you are: kubeface progress, in a terminal\n"
        "The cluster is as this lesson needs it: 0 nodes ready, 1 object in place."
    )
    assert repr(lesson) == text
    assert capsys.readouterr().out == text + "\n"


def test_a_namespace_of_its_own_is_called_empty_only_when_it_is(here, plan, named):
    state = replace(plan.state, namespaces=(named, f"{named}-two"))
    lesson = Lesson(replace(plan, state=state))
    assert repr(lesson).endswith(f"1 object in place, namespace {named}-two empty.")


def test_what_it_says_does_not_depend_on_what_was_there(here, plan, named):
    first = repr(Lesson(plan))
    here.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "stray"}}, namespace=named)
    assert repr(Lesson(plan)) == first


def test_a_lesson_injects_the_faults_that_its_plan_declares(here, plan, named):
    def fault(cluster):
        cluster.patch("cm/greeting", {"data": {"to": "nobody"}}, namespace=named)

    lesson = Lesson(replace(plan, faults=(fault,)))
    assert here.get("cm/greeting", namespace=named).data.to == "you"
    lesson.inject_faults()
    assert here.get("cm/greeting", namespace=named).data.to == "nobody"


def test_it_goes_on_with_what_was_made_and_changes_nothing(here, plan, named):
    Lesson(plan)
    here.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mine"}}, namespace=named)
    here.patch("cm/greeting", {"data": {"to": "me"}}, namespace=named)
    before = versions(here, named)
    lesson = Lesson(plan, keep=True)
    assert versions(here, named) == before
    assert "nothing was changed: 0 nodes." in repr(lesson)
    assert session.cluster() is lesson.cluster
    assert session.current.notebook == "99"


def test_going_on_says_what_is_not_there_any_more(here, plan, named):
    Lesson(plan)
    here.delete("cm/greeting", namespace=named)
    assert "not there, unlike in the beginning: configmap/greeting." in repr(Lesson(plan, keep=True))
    assert here.find("cm/greeting", namespace=named) is None


def test_a_lesson_that_has_not_begun_cannot_go_on(here, plan, named):
    Lesson(plan)
    elsewhere = replace(plan, state=replace(plan.state, namespaces=(f"{named}-two",)))
    with pytest.raises(LessonStopped, match="nothing of lesson 99 to go on with") as stopped:
        Lesson(elsewhere, keep=True)
    assert stopped.value.seen == f"there is no namespace {named}-two"
    assert here.find(f"namespace/{named}-two") is None
    Lesson(elsewhere)
    assert "nothing was changed" in repr(Lesson(elsewhere, keep=True))


def versions(cluster, namespace):
    """Each ConfigMap's version: another one after any change."""
    found = cluster.list("configmaps", namespace=namespace)
    return {one.name: one.metadata.resourceVersion for one in found}


class Watching(NotebookClient):
    """Runs a notebook, and notes all that JupyterLab would show on the way."""

    def process_message(self, msg, cell, index):
        if shown := msg["content"].get("data"):
            self.__dict__.setdefault("seen", []).append(shown["text/plain"])
        return super().process_message(msg, cell, index)


def test_while_it_begins_the_cell_says_what_is_done(here, plan, named, tmp_path):
    source = f"""
from pathlib import Path
from kubeface.lesson import Lesson, Plan, State
state = State(folders=("base",), manifests=Path({str(plan.state.manifests)!r}))
lesson = Lesson(Plan("99", "Greetings", state=state, nodes=0))"""
    book = new_notebook(cells=[new_code_cell(source)])
    client = Watching(book, timeout=120)
    client.execute(env=os.environ | {"KUBEFACE_STATIC": "0"})
    *before, last = client.seen
    assert before[0] == "Lesson 99 begins: looking for the cluster …"
    assert before[-1] == "Lesson 99 begins: putting the lesson's objects in place …"
    assert last.startswith("Lesson 99: Greetings")
    assert [output["data"]["text/plain"] for output in book.cells[0].outputs] == [last]


def test_the_html_says_the_same(here, plan):
    html = Lesson(replace(plan, title="Greet & meet"))._repr_html_()
    assert "Lesson 99: Greet &amp; meet" in html
    assert "<li>be greeted</li>" in html


def test_the_verbs_speak_of_the_lessons_cluster_from_then_on(here, plan):
    lesson = Lesson(plan)
    assert session.cluster() is lesson.cluster
    assert session.current.notebook == "99"


def test_a_bare_kubectl_in_a_terminal_looks_where_the_lesson_looks(here, course, plan, named):
    assert said_by_kubectl(course, "get", "configmaps", "-o", "name") != ["configmap/greeting"]
    Lesson(replace(plan, namespace=named))
    assert said_by_kubectl(course, "get", "configmaps", "-o", "name") == ["configmap/greeting"]


def test_the_next_lesson_leads_kubectl_back_from_a_context_of_the_learners(here, course, plan, named):
    mine = ["--cluster=test", "--user=admin", "--namespace=elsewhere"]
    said_by_kubectl(course, "config", "set-context", "mine", *mine)
    said_by_kubectl(course, "config", "use-context", "mine")
    Lesson(replace(plan, namespace=named))
    assert said_by_kubectl(course, "get", "configmaps", "-o", "name") == ["configmap/greeting"]
    assert "mine" in said_by_kubectl(course, "config", "get-contexts", "-o", "name")


def test_a_lesson_on_another_cluster_leaves_its_kubeconfig_alone(kubeconfig, plan, named):
    before = kubeconfig.read_bytes()
    Lesson(replace(plan, namespace=named), cluster=Cluster.connect(kubeconfig, context="admin"))
    assert kubeconfig.read_bytes() == before


def test_tidying_up_takes_the_lessons_own_namespace_away(here, plan, named, later, let_go, capsys):
    own = f"{named[:40]}-own"
    lesson = Lesson(replace(plan, state=replace(plan.state, namespaces=(own,))))
    here.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "stray"}}, namespace=named)
    later(lambda: let_go(own))
    lesson.tidy()
    assert here.find(f"namespace/{own}") is None
    assert [one.name for one in here.list("configmaps", namespace=named)] == ["greeting"]
    assert capsys.readouterr().out.endswith("Lesson 99 is tidied up.\n")


def test_without_a_cluster_it_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(tmp_path / "none"))
    with pytest.raises(LessonStopped, match="needs a running cluster, and there is none yet") as stopped:
        connect()
    assert "kubeface up" in str(stopped.value)
    assert stopped.value._render_traceback_() == str(stopped.value).splitlines()


def test_a_cluster_that_does_not_answer_is_said(course):
    text = course.read_text()
    address = next(line for line in text.splitlines() if "server: " in line)
    course.write_text(text.replace(address, "    server: https://127.0.0.1:1"))
    with pytest.raises(LessonStopped, match="does not answer") as stopped:
        connect()
    assert "kubeface up" in str(stopped.value)


def test_a_kubeconfig_that_is_not_the_courses_is_refused(kubeconfig, monkeypatch):
    monkeypatch.setenv("KUBEFACE_KUBECONFIG", str(kubeconfig))
    with pytest.raises(LessonStopped, match="is not the course's, so nothing was touched") as stopped:
        connect()
    assert "it has admin, guest" in str(stopped.value)
    assert 'Lesson("05", context=' in str(stopped.value)


def test_another_context_is_used_when_told_to(kubeconfig, course, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    cluster = connect("admin")
    assert (cluster.context, cluster.kubeconfig) == ("admin", kubeconfig)
    assert not is_course(cluster)


def test_a_context_that_nobody_has_is_said_with_where_it_was_looked_for(course, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    with pytest.raises(LessonStopped, match="no context 'minikube'") as stopped:
        connect("minikube")
    assert str(course) in str(stopped.value)


def test_a_context_of_the_courses_name_elsewhere_is_not_the_courses(here, tmp_path):
    assert is_course(here)
    assert not is_course(Cluster(tmp_path / "elsewhere" / "config", here.context, "face", here.transport))


def test_a_state_that_cannot_be_brought_stops_the_lesson_with_its_reason(here, plan, named):
    Lesson(plan)
    meta = {"name": "stuck", "finalizers": ["kubeface.test/hold"]}
    here.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}, namespace=named)
    with pytest.raises(LessonStopped, match="configmap/stuck was still there"):
        Lesson(plan, timeout_s=0.5)


def test_manifests_that_the_learner_has_changed_are_named_when_a_lesson_cannot_begin(
    here, plan, tmp_path, monkeypatch
):
    own = Folder(tmp_path / "kubeface")
    own.renew({"manifests/kustomization.yaml": b"resources: []\n", "manifests/nsqd/service.yaml": b""})
    monkeypatch.chdir(own.path)
    mine = replace(plan, state=State(folders=(".",)))
    (own.path / "manifests" / "kustomization.yaml").write_text("resources: [nowhere.yaml]\n")
    with pytest.raises(LessonStopped, match=r"nowhere\.yaml") as stopped:
        Lesson(mine)
    assert stopped.value.seen.endswith("you have changed manifests/kustomization.yaml")
    assert "kubeface lesson restore manifests/kustomization.yaml, if that is why" in stopped.value.try_next


@pytest.mark.parametrize("written", [{"99": 30}, {"99": {"minutes": 30, "run_s": 41}}])
def test_measured_minutes_are_shown(plan, tmp_path, written):
    path = tmp_path / "minutes.json"
    path.write_text(json.dumps(written))
    assert "Time: about 30 minutes, estimated" in opening.as_text(plan, opening.minutes("99", path), "")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"99": "long"}', '{"98": 30}'])
def test_minutes_that_nobody_measured_are_not_shown(plan, tmp_path, text):
    path = tmp_path / "minutes.json"
    path.write_text(text)
    assert opening.minutes("99", path) is None
    assert "Time" not in opening.as_text(plan, None, "")


def said_by_kubectl(kubeconfig, *words):
    command = [find_kubectl(), "--kubeconfig", kubeconfig, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
