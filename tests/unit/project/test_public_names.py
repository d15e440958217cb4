"""The names that a notebook imports: which they are, what each says of itself, and that they cost nothing."""

import ast
import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import kubeface
from kubeface.lesson import Lesson

NAMES = [
    "Cluster",
    "Exam",
    "Images",
    "KubefaceError",
    "Lesson",
    "NotReady",
    "Pipeline",
    "PodClient",
    "StoppableCluster",
    "Table",
    "apply",
    "catch_up",
    "changes",
    "check",
    "diff",
    "drill",
    "gallery",
    "hint",
    "http_get",
    "kubectl",
    "kustomize",
    "load_manifests",
    "logs",
    "nodes",
    "plot",
    "port_forward",
    "predict",
    "rollout",
    "show_yaml",
    "solution",
    "table",
    "timeline",
    "topology",
    "wait",
    "wait_terminated",
    "wait_until",
]
HEAVY = {"kubernetes", "IPython", "ipywidgets", "numpy", "PIL", "urllib3", "cryptography", "supervisor"}
#: What a name that holds a number of something ends in.
UNITS = ("_s", "_mib", "_millis", "_px")


def said(thing):
    return inspect.getdoc(thing) or ""


def classes():
    """The public classes."""
    found = [getattr(kubeface, name) for name in NAMES]
    return [one for one in found if inspect.isclass(one)]


def methods():
    """What a person may call of them, by name."""
    for one in classes():
        for name, value in vars(one).items():
            function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
            is_old = "The old name of" in said(function)
            if not name.startswith("_") and inspect.isfunction(function) and not is_old:
                yield f"{one.__name__}.{name}", function, one


def test_these_are_the_public_names():
    assert sorted(kubeface.__all__) == NAMES
    assert kubeface.__all__ == NAMES  # in that order, too


def test_a_type_checker_is_told_of_the_same_names():
    """They stand twice: for the import on first use, and for mypy and editors, which do not see that one."""
    [told] = [one for one in ast.parse(Path(kubeface.__file__).read_text()).body if isinstance(one, ast.If)][
        :1
    ]
    imports = {alias.asname: one.module for one in told.body for alias in one.names}
    assert imports == kubeface._HOMES


def test_the_class_of_a_lesson_is_public():
    assert isinstance(kubeface.Lesson, type)
    assert kubeface.Lesson is Lesson


def test_the_kinds_of_options_of_a_prediction_are_known():
    assert {"number", "choice", "order", "answer"} <= inspect.signature(kubeface.predict).parameters.keys()


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_says_what_it_gives_what_goes_wrong_and_how_it_is_used(name):
    text = said(getattr(kubeface, name))
    assert "Raises:" in text or issubclass(getattr(kubeface, name), Exception)
    assert ">>>" in text


@pytest.mark.parametrize("name", NAMES)
def test_every_argument_of_a_public_name_is_explained(name):
    thing = getattr(kubeface, name)
    told = said(thing) + said(getattr(thing, "connect", ""))
    if thing is kubeface.NotReady:
        told += said(kubeface.KubefaceError)
    for argument in inspect.signature(getattr(thing, "connect", thing)).parameters:
        assert re.search(rf"\b{argument}\b(:|` )", told) or argument in ("name", "path", "command")


@pytest.mark.parametrize(("name", "function", "of"), [pytest.param(*one, id=one[0]) for one in methods()])
def test_a_public_method_says_what_it_gives_and_is_in_an_example(name, function, of):
    assert said(function)
    short = name.rpartition(".")[2]
    assert ">>>" in said(function) or re.search(rf"(>>>|\.\.\.) .*\.{short}\b", said(of))


@pytest.mark.parametrize("one", classes(), ids=lambda one: one.__name__)
def test_the_examples_call_what_is_there(one):
    """Also those inside a function, which are not run for want of a whole cluster."""
    variable = one.__name__.lower()
    for text in map(said, [*classes(), *(function for _, function, _ in methods())]):
        for example in doctest.DocTestParser().get_examples(text):
            for called in re.findall(rf"\b{variable}\.(\w+)", example.source):
                assert hasattr(one, called) or called in inspect.signature(one).parameters


@pytest.mark.parametrize(("name", "function", "of"), [pytest.param(*one, id=one[0]) for one in methods()])
def test_a_number_of_something_has_its_unit_in_its_name(name, function, of):
    for argument in inspect.signature(function).parameters.values():
        if argument.annotation is float:
            assert argument.name.endswith(UNITS)


def test_what_is_no_public_name_is_said():
    with pytest.raises(AttributeError, match="'kubeface' has no attribute 'nonsense'"):
        _ = kubeface.nonsense


def test_importing_the_library_imports_nothing_heavy():
    program = "import sys, kubeface; print(*(name.partition('.')[0] for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(done.stdout.split())
    assert "kubeface" in done.stdout.split()
