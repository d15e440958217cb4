import base64

import pytest
import yaml

from kubeface.errors import BadInput
from kubeface.model.objects import KubeObject
from kubeface.views.canned import DEPLOYMENTS
from kubeface.views.yaml import show_yaml

RECEIVER = DEPLOYMENTS[1]
IMAGE = "spec.template.spec.containers[0].image"
SECRET = {
    "kind": "Secret",
    "metadata": {
        "name": "s",
        "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": '{"data": {"password": "aHVudGVy"}}'
        },
    },
    "data": {"password": base64.b64encode(b"hunter").decode()},
}


def test_parts_are_called_out_with_marker_number_and_caption():
    drawn = show_yaml(RECEIVER, {"spec.replicas": "how many", IMAGE: "what runs"}, only=True)
    assert repr(drawn) == (
        "    …\n"
        "    spec:\n"
        "▶1    replicas: 3\n"
        "    …\n"
        "      template:\n"
        "        spec:\n"
        "          containers:\n"
        "          - name: receiver\n"
        "▶2          image: registry.kubeface.internal/receiver:v1.0\n"
        "    …\n"
        "\n"
        "1 = how many\n"
        "2 = what runs"
    )


def test_without_parts_it_is_the_object():
    assert yaml.safe_load(repr(show_yaml(RECEIVER))) == RECEIVER


def test_a_part_of_several_lines_is_called_out_to_its_end():
    said = repr(show_yaml(RECEIVER, ["metadata.labels", "spec.selector"])).splitlines()
    marked = [line[4:].strip() for line in said if line[:2] in ("▶1", " │", "▶2")]
    assert marked == [
        "labels:",
        "app.kubernetes.io/name: receiver",
        "selector:",
        "matchLabels:",
        "app.kubernetes.io/name: receiver",
    ]


def test_a_text_of_several_lines_is_called_out_to_its_end():
    one = {"kind": "ConfigMap", "data": {"schema.sql": "one\n\ntwo\n", "other": "x"}}
    said = repr(show_yaml(one, ["data['schema.sql']"])).splitlines()
    assert any("two" in line and line.startswith(" │") for line in said)
    assert not any("other" in line and line.startswith((" │", "▶")) for line in said)


def test_a_path_to_several_places_calls_out_each():
    one = {"kind": "Pod", "spec": {"containers": [{"image": "a"}, {"image": "b"}]}}
    assert repr(show_yaml(one, ["spec.containers[*].image"])).count("▶1") == 2


def test_server_noise_is_removed_on_request():
    assert "uid:" in repr(show_yaml(RECEIVER))
    clean = yaml.safe_load(repr(show_yaml(RECEIVER, clean=True)))
    assert "status" not in clean
    assert sorted(clean["metadata"]) == ["labels", "name", "namespace"]


def test_a_path_that_leads_nowhere_is_refused():
    with pytest.raises(BadInput, match=r"nothing at 'spec\.replica' in this object"):
        show_yaml(RECEIVER, ["spec.replica"])


def test_a_secrets_values_are_shown_on_request_only():
    assert "aHVudGVy" not in repr(show_yaml(SECRET)) + show_yaml(SECRET)._repr_html_()
    assert "password: (hidden, 8 letters)" in repr(show_yaml(SECRET))
    assert "aHVudGVy" in repr(show_yaml(SECRET, reveal=True))


def test_a_wrapped_object_is_drawn_like_a_plain_one():
    assert repr(show_yaml(KubeObject(RECEIVER))) == repr(show_yaml(RECEIVER))
