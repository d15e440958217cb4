"""Each promise of a notebook's text goes red when it is broken, and only then."""

import json
from pathlib import Path

import nbformat
import pytest
from books import cell, write
from minutes import Measured, holds, measured, page
from nbformat.v4 import new_markdown_cell
from prose import broken_promises, kubectl_verbs, plain

HEAD = "# 00 Small\n\n**Time** 5 minutes."
SOUND = """
A **cluster** has **nodes**; see [the other](other.md) and `manifests/receiver/service.yaml`, run `make lab`,
`kubeface node stop node2` and `kubectl get pods`.

```yaml
  selector:
    app.kubernetes.io/name: receiver
```
"""

BROKEN = {
    "a link": ("[nowhere](missing.md)", "leads nowhere"),
    "a file": ("`manifests/receiver/nothing.yaml`", "no file"),
    "a command of ours": ("`kubeface fly`", "no command"),
    "a target": ("`make coffee`", "no target"),
    "a command of kubectl": ("`kubectl fetch pods`", "kubectl knows no 'fetch'"),
    "an apply by the client": ("`kubectl apply -f x.yaml`", "--server-side is missing"),
    "a verb": ('Stuck? `hint("nb00.x")`', "the notebook has no hint"),
    "a verb without its parentheses": ("`hint` helps", "the notebook has no hint"),
    "a method": ("`lesson.tidy()` ends it", "the notebook has no lesson"),
    "a method of what a call gives": ('`predict("nb00.x").commit(9)`', "the notebook has no predict"),
    "a manifest": ("```yaml\nkind: Dream\n```", "no file holds"),
    "a term": ("A **flux capacitor** spins.", "not in glossary.md"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "other.md").write_text("there")
    (tmp_path / "glossary.md").write_text("| **cluster** | machines |\n| **node** | a machine |\n")
    (tmp_path / "minutes.json").write_text(json.dumps({"00": {"minutes": 5, "run_s": 1}}))
    return tmp_path


def told(folder: Path, *texts: str) -> list[str]:
    return broken_promises(write(folder, *(new_markdown_cell(text) for text in texts), cell("1")))


def test_what_is_kept_is_not_complained_of(folder: Path) -> None:
    assert told(folder, HEAD, SOUND) == []


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_not_kept_is_named(folder: Path, name: str) -> None:
    text, sentence = BROKEN[name]
    (said,) = told(folder, HEAD, text)
    assert sentence in said


def test_minutes_that_were_not_measured_are_named(folder: Path) -> None:
    assert told(folder, HEAD.replace("5", "25")) == ["it does not say the 5 minutes that were measured"]
    assert "no line such as" in told(folder, "# 00 Small")[0]
    (folder / "minutes.json").unlink()
    assert "never measured" in told(folder, HEAD)[0]


def test_a_name_is_there_from_the_cell_after_the_text_on(folder: Path) -> None:
    said = '`hint("nb00.x")`, `lesson.tidy()`, `%kubectl get pods`, `spec.replicas`, `print(1)`'
    texts = [new_markdown_cell(said) for _ in range(2)]
    cells = [
        new_markdown_cell(HEAD),
        texts[0],
        cell("from kubeface import hint"),
        cell("lesson = 1"),
        texts[1],
    ]
    assert broken_promises(write(folder, *cells)) == [
        "the text offers lesson.tidy(), and the notebook has no lesson"
    ]


def test_a_term_is_one_word_however_it_is_written() -> None:
    assert {plain("Nodes"), plain("node"), plain("`node`")} == {"node"}
    assert plain("retries") == "retry"
    assert plain("DNS") == "dns"


def test_kubectl_says_which_verbs_it_has() -> None:
    assert {"get", "apply", "scale", "rollout", "kustomize", "api-resources"} <= kubectl_verbs()


def test_minutes_are_rounded_and_hold_within_half(folder: Path) -> None:
    book = write(folder, new_markdown_cell("# 00 Small\n" + "word " * 1300), cell('check("nb00.x")'))
    assert measured(nbformat.read(book, as_version=4), 60.0) == Measured(15, 60)
    assert holds(Measured(15, 60), 89)
    assert not holds(Measured(15, 60), 91)
    assert "| 00 | [Small](00-small.ipynb) | 5 | 1 |" in page(folder)
