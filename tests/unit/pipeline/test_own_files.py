"""In a learner's own folder, lessons apply the manifests and post the photos that are there."""

from pathlib import Path

import pytest

from kubeface import places
from kubeface.errors import Missing
from kubeface.lesson import State
from kubeface.pipeline.deploy import course_manifests, manifests_folder
from kubeface.pipeline.photos import photos_folder

COURSE = places.SOURCE / "manifests"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A learner's own folder, in which this process works."""
    own = tmp_path / "kubeface"
    for folder in (".kubeface", "manifests/mine", "photos", "earlier"):
        (own / folder).mkdir(parents=True)
    (own / "manifests" / "kustomization.yaml").write_text("resources: [mine]\n")
    (own / "manifests" / "mine" / "kustomization.yaml").write_text("resources: [one.yaml]\n")
    (own / "manifests" / "mine" / "one.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: mine}\n"
    )
    monkeypatch.chdir(own / "earlier")
    return own


def test_outside_of_one_it_is_the_course_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEFACE_FOLDER", str(tmp_path))  # names what to open, not where we are
    for place in (tmp_path, places.SOURCE / "notebooks"):
        monkeypatch.chdir(place)
        assert manifests_folder() == course_manifests() == COURSE
        assert photos_folder() == places.cache() / "photos"


def test_in_one_it_is_the_learner_s_and_a_check_compares_with_the_course_s(own: Path) -> None:
    assert manifests_folder() == own / "manifests"
    assert course_manifests() == COURSE
    assert photos_folder() == own / "photos"


def test_a_lesson_begins_with_the_learner_s(own: Path) -> None:
    assert [one["metadata"]["name"] for one in State(folders=(".",)).objects()] == ["mine"]


def test_what_is_gone_is_said_with_how_to_get_it_back(own: Path) -> None:
    (own / "photos").rmdir()
    assert photos_folder() == places.cache() / "photos"
    (own / "manifests" / "kustomization.yaml").unlink()
    with pytest.raises(Missing, match=r"(?s)no manifests at .*Try: kubeface lesson restore manifests"):
        manifests_folder()
