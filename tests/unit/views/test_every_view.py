"""What holds for all views: they read well as text, as HTML, by ear, and whatever the cluster says."""

import doctest
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

import pytest

import kubeface.views
from kubeface.views import canned
from kubeface.views.page import page_of, views

MODULES = sorted(path.stem for path in Path(kubeface.views.__file__).parent.glob("[a-z]*.py"))
VOID = {"br", "img", "meta", "hr"}
HOSTILE = "<script x='y'>\"&"
EVERY = pytest.mark.parametrize("view", [pytest.param(view, id=line) for line, view in views().items()])


class Reader(HTMLParser):
    """Reads a page as strictly as XML: every tag is closed, in order."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.said = [], [], []
        self.feed(page)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said.append(data)


@EVERY
def test_its_html_is_well_formed(view):
    assert Reader(view._repr_html_()).tags


def test_the_page_of_all_views_is_well_formed_and_has_each():
    page = Reader(page_of(views()))
    assert [tag for tag, _ in page.tags].count("h2") == len(views())


@EVERY
def test_it_needs_neither_script_nor_style_sheet_nor_anything_from_elsewhere(view):
    for tag, attributes in Reader(view._repr_html_()).tags:
        assert tag not in ("script", "style", "link", "iframe")
        assert attributes.get("src", "data:").startswith("data:")
        assert not [name for name in attributes if name.startswith("on")]


@EVERY
def test_its_words_and_borders_take_the_colour_of_the_page_around_it(view):
    for _, attributes in Reader(view._repr_html_()).tags:
        declared = dict(
            part.split(":", 1) for part in filter(None, (attributes.get("style") or "").split(";"))
        )
        assert declared.get("color", "inherit") == "inherit"
        assert declared.get("border", "2px solid").count(" ") == 1  # a width and a style, no colour
        assert re.search(r"transparent|0\.16\)", declared.get("background", "transparent"))  # see-through


@EVERY
def test_every_picture_has_words_for_those_who_do_not_see_it(view):
    for tag, attributes in Reader(view._repr_html_()).tags:
        if tag == "img":
            assert attributes["alt"]
        assert tag != "svg"  # JupyterLab takes it out of a notebook that it does not trust


@EVERY
def test_nothing_in_its_text_differs_from_run_to_run(view):
    assert not re.search(r"7d9c5b6f4|x2x9z|b8k4t|z5lqw|\d+\.\d+\.\d+\.\d+", repr(view))


#: Module → the function that draws, where it is called otherwise.
NAMES = {"tables": "table", "yaml": "show_yaml"}


def hostile(value):
    """The same objects, with every name and message a piece of HTML."""
    text = json.dumps(value)
    for word in ("receiver", "node1", "Scaled up", "stored", "Running"):
        text = text.replace(word, json.dumps(HOSTILE)[1:-1])
    return json.loads(text)


@pytest.mark.parametrize(
    ("module", "objects"),
    [
        ("nodes", canned.NODES + canned.PODS),
        ("tables", canned.PODS),
        ("topology", canned.PIPELINE),
        ("rollout", canned.UPDATING),
        ("timeline", canned.EVENTS),
        ("logs", canned.LOGS),
        ("yaml", canned.DEPLOYMENTS[1]),
    ],
)
def test_what_the_cluster_says_cannot_break_out_of_the_page(module, objects):
    draw = getattr(import_module(f"kubeface.views.{module}"), NAMES.get(module, module))
    page = Reader(draw(hostile(objects))._repr_html_())
    assert "script" not in [tag for tag, _ in page.tags]
    assert "<script x='y'>" in "".join(page.said)


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_in_its_docstrings_run(module):
    outcome = doctest.testmod(import_module(f"kubeface.views.{module}"))
    assert outcome.failed == 0


@pytest.mark.parametrize(
    "module",
    ["tables", "nodes", "topology", "rollout", "timeline", "logs", "yaml", "gallery", "changes", "plot"],
)
def test_it_shows_an_example_in_its_docstring(module):
    assert ">>>" in getattr(import_module(f"kubeface.views.{module}"), NAMES.get(module, module)).__doc__


def test_drawing_lists_needs_neither_the_client_of_a_cluster_nor_a_notebook():
    program = "import sys, kubeface.views.page as page; page.page_of(page.views()); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert {"kubernetes", "IPython", "kubeface.kube"}.isdisjoint(loaded.split())
