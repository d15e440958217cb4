"""The map of the pipeline: true to its manifests, the same in words, and marked by more than colour."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kubeface.errors import BadInput
from kubeface.exercises import load, notebooks
from kubeface.kube import kustomize
from kubeface.views.pipeline_map import ARROWS, MARK, PLACES, WORDS, html, svg, words

ROOT = Path(__file__).parents[3]
SVG = "{http://www.w3.org/2000/svg}"


def flows():
    """Who may speak to whom, by the policies of the pipeline."""
    for one in kustomize(ROOT / "manifests"):
        if one["kind"] == "NetworkPolicy" and one["metadata"]["name"] in PLACES:
            for rule in one["spec"].get("egress", []):
                for peer in rule["to"]:
                    name = peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
                    yield one["metadata"]["name"], name


def test_it_has_the_programs_of_the_pipeline_that_serve():
    served = {"Deployment", "DaemonSet"}
    assert set(PLACES) == {
        one["metadata"]["name"] for one in kustomize(ROOT / "manifests") if one["kind"] in served
    }


def test_its_arrows_are_the_ways_that_the_policies_allow():
    assert set(ARROWS) == set(flows())


def test_its_words_name_each_program():
    assert [name for name in PLACES if not re.search(rf"\b{name}\b", WORDS)] == []


@pytest.mark.parametrize("marked", [(), ("mysql",), ("nsqd", "image-processor"), tuple(PLACES)])
def test_what_is_marked_has_a_sign_and_a_thick_border(marked):
    tree = ElementTree.fromstring(svg(marked))
    texts = [one.text for one in tree.iter(f"{SVG}text")]
    assert [text.removeprefix(f"{MARK} ") for text in texts if MARK in text] == [
        name for name in PLACES if name in marked
    ]
    thick = [one for one in tree.iter(f"{SVG}rect") if "here" in one.get("class")]
    assert len(thick) == len(marked)
    assert tree.get("aria-label") == words(marked)
    assert words(marked) in html(marked)


def test_no_box_lies_on_another():
    assert len(set(PLACES.values())) == len(PLACES)


def test_a_stranger_cannot_be_marked():
    with pytest.raises(BadInput, match="no part of the pipeline is called receivr"):
        svg(["receivr"])


def test_the_picture_of_notebook_00_is_this_one():
    assert (ROOT / "notebooks/pipeline.svg").read_text() == svg()


@pytest.mark.parametrize("number", notebooks())
def test_each_lesson_marks_programs_that_there_are(number):
    assert svg(load(number).parts)
