"""What a run of the tests tells at its end, and keeps beside its JUnit XML: what ran twice, what took long.

A test that needed a second run is listed by name with what it said the first time; how many they are stands
in the closing line, too. `NAME.slowest.md` beside `NAME.xml` has the fifty tests that took longest, set-up
and teardown included.
"""

from collections import defaultdict
from pathlib import Path

import pytest

COUNT = 50  # specified: as many as one looks through


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    again = {report.nodeid: reason(report) for report in terminalreporter.stats.get("rerun", [])}
    if again:
        terminalreporter.section(f"needed a second run: {len(again)}")
        for name, why in again.items():
            terminalreporter.line(f"RERUN {name} - {why}")
    if xml := terminalreporter.config.getoption("xmlpath", None):
        reports = [one for stat in terminalreporter.stats.values() for one in stat]
        slowest = Path(xml).with_suffix(".slowest.md")
        slowest.parent.mkdir(parents=True, exist_ok=True)
        slowest.write_text(table([one for one in reports if isinstance(one, pytest.TestReport)]))


def reason(report: pytest.TestReport) -> str:
    """Why a test failed, in a line."""
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash else str(report.longrepr)
    return next((line.strip() for line in text.splitlines() if line.strip()), "it said nothing")


def table(reports: list[pytest.TestReport]) -> str:
    """The longest tests, in Markdown; a test's set-up, call and teardown count together."""
    took: dict[str, float] = defaultdict(float)
    for report in reports:
        took[report.nodeid] += report.duration
    longest = sorted(took.items(), key=lambda one: -one[1])[:COUNT]
    rows = [f"| {seconds:.1f} | {name.replace('|', '/')} |" for name, seconds in longest]
    head = f"{len(took)} tests took {sum(took.values()) / 60:.1f} minutes, one after the other."
    return "\n".join([head, "", "| seconds | test |", "|---|---|", *rows, ""])
