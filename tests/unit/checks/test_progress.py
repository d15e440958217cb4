"""Progress outlives the kernel, two notebooks at once, and a file that is broken."""

import threading

import pytest

from kubeface.checks import Outcome, Progress, Verdict
from kubeface.checks.progress import folder, name_of
from kubeface.kube import Cluster


def verdict(outcome, name="nb05.scale"):
    return Verdict(outcome, "because", exercise=name)


@pytest.fixture
def said():
    return []


@pytest.fixture
def progress(said):
    return Progress(folder() / "face.json", said.append)


def test_what_was_never_tried_is_not_started(progress):
    assert progress.outcome("nb05.scale") is Outcome.NOT_STARTED
    assert not progress.path.exists()


def test_what_is_kept_is_there_for_the_next_kernel(progress):
    progress.keep_verdict(verdict(Outcome.NOT_YET))
    assert Progress(progress.path).outcome("nb05.scale") is Outcome.NOT_YET


def test_what_is_passed_stays_passed(progress):
    for outcome in (Outcome.PASSED, Outcome.NOT_YET, Outcome.NOT_STARTED):
        progress.keep_verdict(verdict(outcome))
    assert progress.outcome("nb05.scale") is Outcome.PASSED


def test_a_check_that_broke_changes_nothing(progress):
    progress.keep_verdict(verdict(Outcome.NOT_YET))
    progress.keep_verdict(verdict(Outcome.BROKE))
    assert progress.outcome("nb05.scale") is Outcome.NOT_YET


@pytest.mark.parametrize(
    "text", ["{", "[]", "null", '{"version": 9}', '{"version": 1, "exercises": {"nb05.a": "won"}}', "\0"]
)
def test_a_broken_file_is_kept_aside_and_said(progress, said, text):
    progress.path.parent.mkdir(parents=True)
    progress.path.write_text(text)
    progress.keep_verdict(verdict(Outcome.PASSED))
    assert (folder() / "face.broken.json").read_text() == text
    assert "could not be read" in said[0]
    assert "It is kept as face.broken.json" in said[1]
    assert progress.outcome("nb05.scale") is Outcome.PASSED


def test_a_second_broken_file_does_not_overwrite_the_first(progress):
    progress.path.parent.mkdir(parents=True)
    for text in ("first", "second"):
        progress.path.write_text(text)
        progress.notebooks()
    assert (folder() / "face.broken.json").read_text() == "first"
    assert (folder() / "face.broken-2.json").read_text() == "second"


def test_a_folder_that_cannot_be_written_is_said_and_is_no_error(tmp_path, said):
    (tmp_path / "file").write_text("not a folder")
    Progress(tmp_path / "file" / "face.json", said.append).keep_verdict(verdict(Outcome.PASSED))
    assert "could not be saved" in said[0]


def test_notebooks_that_write_at_once_lose_nothing(progress):
    def write(notebook):
        for number in range(5):
            Progress(progress.path).keep_verdict(verdict(Outcome.PASSED, f"nb{notebook}.e{number}"))

    writers = [threading.Thread(target=write, args=[f"{n:02}"]) for n in range(6)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    names = [f"nb{n:02}.e{number}" for n in range(6) for number in range(5)]
    assert {progress.outcome(name) for name in names} == {Outcome.PASSED}


def test_one_notebook_can_be_forgotten_alone(progress):
    progress.keep_verdict(verdict(Outcome.PASSED, "nb05.a"))
    progress.keep_verdict(verdict(Outcome.PASSED, "nb06.a"))
    progress.keep_grade("nb05.pods", predicted=4, answer=9, is_right=False)
    progress.reset("05")
    assert progress.notebooks() == {"06"}
    progress.reset()
    assert progress.notebooks() == set()


def test_predictions_are_counted_by_notebook(progress):
    progress.keep_grade("nb05.pods", predicted=4, answer=9, is_right=False)
    progress.keep_grade("nb06.pods", predicted=9, answer=9, is_right=True)
    assert progress.graded("05") == {"nb05.pods": False}
    assert progress.graded() == {"nb05.pods": False, "nb06.pods": True}


def test_an_answer_that_is_no_json_is_kept_as_text(progress, said):
    progress.keep_grade("nb05.pods", predicted=4, answer={9}, is_right=False)
    assert said == []
    assert progress.graded() == {"nb05.pods": False}


def test_each_cluster_has_its_own_file(cluster, tmp_path):
    embedded = Cluster(tmp_path / "test.kubeconfig", "kube-face-cluster", "face", cluster.transport)
    foreign = Cluster(tmp_path / "config", "team/minikube", "face", cluster.transport)
    assert name_of(embedded) == "test"
    assert Progress.of(foreign).path == folder() / "team-minikube.json"
