"""The examples in the docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import kubeface.kube

MODULES = [module.name for module in pkgutil.walk_packages(kubeface.kube.__path__, "kubeface.kube.")]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
