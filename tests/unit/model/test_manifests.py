import pytest

from kubeface.errors import BadInput, Missing
from kubeface.model.manifests import edit, in_kind_order, load_manifests, parse


def test_a_folder_is_loaded_in_the_order_of_its_paths(tmp_path):
    (tmp_path / "web").mkdir()
    for path, name in (("b.yaml", "two"), ("a.yaml", "one"), ("web/c.yaml", "three")):
        (tmp_path / path).write_text(f"kind: Pod\nmetadata: {{name: {name}}}\n")
    (tmp_path / "kustomization.yaml").write_text("resources: [a.yaml]\n")
    assert [one["metadata"]["name"] for one in load_manifests(tmp_path)] == ["one", "two", "three"]


def test_one_file_may_hold_several_objects_and_empty_documents():
    text = "---\nkind: Pod\nmetadata: {name: a}\n---\n---\nkind: Pod\nmetadata: {name: b}\n"
    assert len(parse(text)) == 2


@pytest.mark.parametrize("text", ["a: [", "just words", "kind: Pod", "metadata: {name: a}"])
def test_what_is_no_object_is_refused(text):
    with pytest.raises(BadInput):
        parse(text)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Missing, match="no manifest"):
        load_manifests(tmp_path / "none.yaml")


def test_what_others_stand_on_comes_first():
    kinds = ["Ingress", "Deployment", "PersistentVolumeClaim", "Secret", "Widget", "Namespace"]
    ordered = [one["kind"] for one in in_kind_order([{"kind": kind} for kind in kinds])]
    assert ordered == ["Namespace", "Secret", "PersistentVolumeClaim", "Deployment", "Widget", "Ingress"]


def test_an_edit_leaves_the_original_alone():
    before = {"spec": {"replicas": 1, "paused": True}}
    assert edit(before, {"spec": {"replicas": 2, "paused": None}}) == {"spec": {"replicas": 2}}
    assert before == {"spec": {"replicas": 1, "paused": True}}
