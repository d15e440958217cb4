"""The examples in the docstrings run: where they speak of a `cluster`, on a real API server."""

import doctest
import importlib
import pkgutil

import pytest

import kubeface
from kubeface.checks import session
from kubeface.kube import Cluster

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(kubeface.__path__, "kubeface.")
    if not module.name.endswith("__main__")
)


@pytest.fixture
def here(kubeconfig, space, tmp_path, monkeypatch):
    """The `cluster` of the examples; what they keep as progress is the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(session, "current", session.Session())
    return Cluster.connect(kubeconfig, namespace=space)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name, request):
    module = importlib.import_module(name)
    found = [one for one in doctest.DocTestFinder(exclude_empty=True).find(module) if one.examples]
    needs = any("cluster" in example.source for one in found for example in one.examples)
    given = {"cluster": request.getfixturevalue("here")} if needs else {}
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for one in found:
        one.globs.update(given)
        runner.run(one)
    assert runner.failures == 0


def test_there_are_examples_all_over_the_library():
    """The runner finds them: else nothing above could fail."""
    found = doctest.DocTestFinder().find(importlib.import_module("kubeface.kube.client"))
    assert any("cluster.get(" in example.source for one in found for example in one.examples)
