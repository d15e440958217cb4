"""Each mutation of the course can still be made, and there is one for every notebook."""

import pytest
from tracked import ROOT

from mutations import MUTATIONS


def test_every_notebook_has_one():
    numbers = [path.name[:2] for path in sorted(ROOT.glob("notebooks/[0-9]*.ipynb"))]
    assert [one.notebook for one in MUTATIONS] == numbers


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.notebook)
def test_what_it_changes_is_there(mutation):
    [path] = ROOT.glob(mutation.file)
    assert mutation.old in path.read_text()
