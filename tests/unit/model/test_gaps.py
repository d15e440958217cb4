"""A task marked by comments, and what of its answer the learner gets."""

import pytest

from kubeface.model import gaps

WHOLE = """def sizes():
    names = ["a", "bc"]
    # Your turn: the length of each name,
    # as a list.
    return [len(name) for name in names]
# Given: what it says.
sizes()"""
PART = """%%kubectl apply --server-side -f -
# Your turn: complete the Service.
# Left out: `selector`, `8080`
kind: Service
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
"""


def test_all_of_the_answer_is_left_out_and_what_is_given_stays():
    assert gaps.gapped(WHOLE).splitlines() == [
        "def sizes():",
        '    names = ["a", "bc"]',
        "    # Your turn: the length of each name,",
        "    # as a list.",
        "    ...",
        "# Given: what it says.",
        "sizes()",
    ]
    assert gaps.read(WHOLE).sentence == "the length of each name, as a list."


def test_the_named_words_are_left_out_and_nobody_is_told_which():
    assert gaps.gapped(PART).splitlines() == [
        "%%kubectl apply --server-side -f -",
        "# Your turn: complete the Service.",
        "kind: Service",
        "spec:",
        "  ___: {app: web}",
        "  ports: [{port: 80, targetPort: ___}]",
    ]


@pytest.mark.parametrize("text", [WHOLE, PART])
def test_what_is_given_is_open_and_what_is_written_is_not(text):
    assert not gaps.read(text).is_open
    assert gaps.read(gaps.gapped(text)).is_open


@pytest.mark.parametrize("rest", ["", "...", "  ...", "# a thought", "f(___)", "1 + 1\n..."])
def test_an_answer_is_open_until_something_stands_there_and_no_mark(rest):
    assert gaps.read(f"# Your turn: do it.\n{rest}").is_open


@pytest.mark.parametrize("rest", ["f(...)", "pass", "x = 1  # Your guess"])
def test_what_only_looks_like_a_mark_is_none(rest):
    gap = gaps.read(f"# Your turn: do it.\n{rest}")
    assert not gap.is_open
    assert gap.faults == []
