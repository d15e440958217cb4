"""How many states of each exercise, and how many incidents, are driven: `make test-states` drives all."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-state", action="store_true", help="each wrong and right state, each incident")
