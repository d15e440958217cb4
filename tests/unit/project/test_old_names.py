"""What the notebooks of the version before import still works, and a warning names the new word."""

import importlib
import warnings

import pytest

import kubeface
from kubeface.kube import Cluster

#: Old module → its names that have another one now, and what they are.
MOVED = {
    "kubeface": {"load": "load_manifests", "yaml": "show_yaml"},
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


def test_a_notebook_from_before_imports_what_it_did():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        exec("from kubeface import Lesson, load, yaml\nfrom kubeface.kube import diff, render, wait_ended")
    assert {str(one.message).split()[0] for one in told} >= {"kubeface.load", "kubeface.yaml"}
    assert {one.filename for one in told} == {"<string>"}


def test_put_applies_as_before(monkeypatch):
    asked = []
    monkeypatch.setattr(Cluster, "apply", lambda self, body, **options: asked.append((body, options)))
    with pytest.warns(FutureWarning, match=r"^Cluster\.put is now Cluster\.apply"):
        Cluster.put(object.__new__(Cluster), {"kind": "Pod"}, dry_run=True)
    assert asked == [({"kind": "Pod"}, {"dry_run": True})]


def test_what_nobody_ever_was_called_is_an_error():
    with pytest.raises(AttributeError, match=r"module 'kubeface\.kube' has no attribute 'nonsense'"):
        _ = kubeface.kube.nonsense
