"""What the notebooks of the version before import still works, and a warning names the new word."""

import importlib
import warnings

import pytest

import kubeface
from kubeface.kube import Cluster

#: Old module → its names that have another one now, and what they are.
MOVED = {
    "kubeface": {"load": "load_manifests", "yaml": "show_yaml"},
    "kubeface.host.waiting": {"wait_until": "wait_until"},
    "kubeface.lesson.asking": {"Inside": "PodClient", "get": "http_get"},
    "kubeface.kube": {"load": "load_manifests", "render": "kustomize", "wait_ended": "wait_terminated"},
}


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [(module, old, new) for module, names in MOVED.items() for old, new in names.items()],
)
def test_an_old_name_works_and_names_the_new_one(module, old, new):
    with pytest.warns(FutureWarning, match=rf"^{module}\.{old} is now kubeface\S*\.{new};") as told:
        found = getattr(importlib.import_module(module), old)
    assert found.__name__ == new
    assert told[0].filename == __file__


#: Every import of the version before, in its notebooks.
IMPORTS = """
from kubeface import Cluster, Images, KubefaceError, Lesson, Pipeline, apply, changes, check, gallery, hint
from kubeface import kubectl, load, logs, nodes, predict, rollout, solution, table, timeline, topology
from kubeface import wait, yaml
from kubeface.errors import KubefaceError, NotReady
from kubeface.exercises.nb15 import sabotage
from kubeface.host.waiting import wait_until
from kubeface.kube import diff, render, wait_ended
from kubeface.kube.stopping import StoppableTransport
from kubeface.kube.wait import Deadline
from kubeface.lesson.asking import Inside, get
from kubeface.pipeline import events, http
from kubeface.pipeline.deploy import manifests_folder
from kubeface.views.tables import Table
"""


def test_a_notebook_from_before_imports_what_it_did():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        exec(IMPORTS, here := {})
    old = {f"{module}.{name}" for module, names in MOVED.items() for name in names}
    assert {str(one.message).split()[0] for one in told} == old - {"kubeface.kube.load"}
    assert {one.filename for one in told} == {"<string>"}
    assert here["yaml"] is kubeface.show_yaml


def test_the_public_names_do_not_warn():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        exec("from kubeface import *")
    assert told == []


def test_put_applies_as_before(monkeypatch):
    asked = []
    monkeypatch.setattr(Cluster, "apply", lambda self, body, **options: asked.append((body, options)))
    with pytest.warns(FutureWarning, match=r"^Cluster\.put is now Cluster\.apply"):
        Cluster.put(object.__new__(Cluster), {"kind": "Pod"}, dry_run=True)
    assert asked == [({"kind": "Pod"}, {"dry_run": True})]


def test_what_nobody_ever_was_called_is_an_error():
    with pytest.raises(AttributeError, match=r"module 'kubeface\.kube' has no attribute 'nonsense'"):
        _ = kubeface.kube.nonsense
