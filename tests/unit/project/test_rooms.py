"""What `make rooms` draws is what the files import."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "rooms.py"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A library of two rooms: one looks into the other, whose two files look at each other."""
    for path, text in {
        "__init__.py": "",
        "upper/__init__.py": "",
        "upper/door.py": "from kubeface.lower import first\n\ndef open() -> None:\n    first.go()\n",
        "lower/__init__.py": "",
        "lower/first.py": "def go() -> None:\n    from kubeface.lower import second\n",
        "lower/second.py": "from kubeface.lower import first\n",
    }.items():
        file = tmp_path / "lib/kubeface" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def test_rooms_arrows_and_circles_are_drawn(checkout: Path) -> None:
    said = subprocess.run(
        [sys.executable, SCRIPT, checkout], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert "| lower | 3 | 3 | 1 | 1 |  |" in said
    assert "| upper | 2 | 4 | 2 | 1 | lower |" in said
    assert said[-3:] == [
        "2 rooms, 1 arrows.",
        "No circle between rooms.",
        "A circle: kubeface.lower.first ↔ kubeface.lower.second",
    ]
