import io
import tarfile

import pytest

from kubeface.errors import ApiError, BadInput
from kubeface.kube import apply, load_manifests
from kubeface.pipeline import deploy, photos


@pytest.fixture
def folder(tmp_path):
    for path in ("known_people/ada.jpg", "unknown_people/b.PNG", "unknown_people/notes.txt", "other/c.jpg"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(b"picture")
        (tmp_path / path).chmod(0o600)
    return tmp_path


def test_only_pictures_of_the_two_folders_are_taken(folder):
    assert [str(path) for path in photos.pictures(folder)] == ["known_people/ada.jpg", "unknown_people/b.PNG"]


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(BadInput, match="has no pictures"):
        photos.pictures(tmp_path)


def test_everybody_in_the_cluster_may_read_what_is_packed(folder):
    packed = io.BytesIO(photos._archive(folder, photos.pictures(folder)))
    with tarfile.open(fileobj=packed) as archive:
        assert {(m.name, m.mode, m.uid) for m in archive} == {
            ("known_people/ada.jpg", 0o644, 0),
            ("unknown_people/b.PNG", 0o644, 0),
        }


def test_the_loader_passes_the_namespaces_rules(cluster):
    apply(cluster, load_manifests(deploy.manifests_folder() / "namespace"))
    loader = photos._loader("registry.kubeface.internal/receiver:v1.0")
    assert apply(cluster, [loader], namespace="face", dry_run=True)
    loader["spec"]["securityContext"]["runAsUser"] = 0
    with pytest.raises(ApiError, match="PodSecurity"):
        apply(cluster, [loader], namespace="face", dry_run=True)


def test_copies_are_new_pictures_that_tell_of_what_they_are_copies(tmp_path):
    source = tmp_path / "source" / "unknown_people"
    source.mkdir(parents=True)
    (source.parent / "known_people").mkdir()
    (source.parent / "known_people" / "ada.jpg").touch()
    for name in photos.COPIED:
        (source / name).write_text(name)
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        photos.copy_photos(tmp_path / "source", folder, 3)
    known, *paths = photos.pictures(first)
    assert str(known) == "known_people/ada.jpg"
    assert [path.name.partition("-")[2] for path in paths] == [*photos.COPIED, photos.COPIED[0]]
    assert all((first / path).read_text() == path.name.partition("-")[2] for path in paths)
    assert {*paths}.isdisjoint(photos.pictures(second))
