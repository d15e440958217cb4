"""What `make test-changed` chooses: by imports, by a notebook's number, by what reads a kind of file."""

import pytest

import changed

pytestmark = pytest.mark.project


@pytest.mark.parametrize(
    ("file", "test"),
    [
        ("lib/kubeface/views/rollout.py", "tests/unit/views/test_rollout.py"),  # imported
        ("lib/kubeface/model/noise.py", "tests/unit/kube/test_apply.py"),  # through others
        ("tests/unit/checks/greetings.py", "tests/unit/checks/test_harness.py"),  # a helper beside it
        ("tests/unit/real_plane.py", "tests/unit/kube/test_apply.py"),  # through a conftest.py above it
        ("images/common/common/settings.py", "tests/services/test_receiver_server.py"),  # a service's package
        ("lib/kubeface/exercises/nb05.py", "tests/notebooks/test_course.py"),  # imported by its number
        ("manifests/receiver/service.yaml", "tests/unit/manifests/test_pipeline_manifests.py"),
        ("README.md", "tests/unit/project/test_repository.py"),
        ("uv.lock", "tests/unit/kube/test_apply.py"),
        ("tests/unit/kube/test_wait.py", "tests/unit/kube/test_wait.py"),
    ],
)
def test_what_may_be_broken_is_run(file: str, test: str) -> None:
    assert (changed.ROOT / file).exists()
    assert (changed.ROOT / test).exists()
    assert test in changed.choose([file]).files


@pytest.mark.parametrize(
    "file",
    [
        "notebooks/05-services-and-dns.ipynb",
        "lib/kubeface/exercises/nb05.py",
        "lib/kubeface/exercises/nb05_callers.py",
        "lib/kubeface/exercises/own/nb05.py",
        "manifests/lessons/05-services-and-dns/lost.yaml",
    ],
)
def test_a_notebook_is_run_live_when_something_of_its_own_has_changed(file: str) -> None:
    assert (changed.ROOT / file).exists()
    assert changed.choose([file]).notebooks == ["05"]


def test_what_has_nothing_to_do_with_it_is_not_run() -> None:
    choice = changed.choose(["lib/kubeface/views/rollout.py"])
    assert "tests/unit/local/test_network.py" not in choice.files
    assert choice.notebooks == []
    assert changed.choose([]) == changed.Choice()


def test_what_takes_a_cluster_is_named_unless_it_was_changed_itself() -> None:
    one = "tests/cluster/test_snapshots.py"
    choice = changed.choose(["lib/kubeface/local/snapshots.py"])
    assert one in choice.left_out
    assert one not in choice.files
    assert one in changed.choose([one]).files


@pytest.mark.parametrize(
    ("file", "is_of_it"),
    [("docs/book/conf.py", True), ("manifests/receiver/service.yaml", True), ("bench/scale.py", False)],
)
def test_the_book_is_tested_by_itself_when_it_can_be_another_one(file: str, is_of_it: bool) -> None:
    choice = changed.choose([file])
    assert choice.book == is_of_it
    assert not any(test.startswith("tests/book/") for test in choice.files)
