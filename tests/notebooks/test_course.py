"""The notebooks of the course: sound as files, and true when run again on the cluster."""

from pathlib import Path

import live
import pytest
from rules import violations

COURSE = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = [pytest.param(path, id=path.stem) for path in sorted(COURSE.glob("*.ipynb"))]


def test_the_course_starts_at_00() -> None:
    assert [path.name[:2] for path in sorted(COURSE.glob("*.ipynb"))][:1] == ["00"]


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_the_file_keeps_the_rules(path: Path) -> None:
    assert violations(path) == []


@pytest.mark.cluster
@pytest.mark.usefixtures("course")
@pytest.mark.parametrize("path", NOTEBOOKS)
def test_a_live_run_gives_the_stored_outputs(path: Path) -> None:
    result = live.run(path)
    assert result.green, result.report
