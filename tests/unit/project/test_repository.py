"""What is committed: small, ours, and true on every machine."""

import re
from pathlib import Path

import pytest
from tracked import ROOT, files

LARGEST_BYTES = 1_000_000  # chosen: what a reviewer can still open; the lock file is just below
LOCKS = {"uv.lock", "go.sum"}
# Put together here, so that this file does not name them either.
REGISTRIES = [".".join(parts) for parts in (
    ("pypi", "org"), ("pythonhosted", "org"), ("proxy", "golang", "org"), ("sum", "golang", "org"),
    ("npmjs", "org"), ("crates", "io"), ("deb", "debian", "org"), ("maven", "org"), ("anaconda", "org"),
)]  # fmt: skip
FOLDERS_OF_ONE_MACHINE = re.compile(r"(?<![\w.}-])/(?:home/\w|Users/\w|root/|work/|workspace/)")


def lines() -> list[tuple[str, str]]:
    """(file:line, text) of every line of text that people wrote."""
    found = []
    for path in files():
        if path.name not in LOCKS and (text := text_of(path)) is not None:
            name = path.relative_to(ROOT)
            found += [(f"{name}:{number}", line) for number, line in enumerate(text.splitlines(), start=1)]
    return found


def text_of(path: Path) -> str | None:
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return None


def names_a_registry(line: str) -> bool:
    return any(host in line.lower() for host in REGISTRIES)


def names_a_machine(line: str) -> bool:
    return bool(FOLDERS_OF_ONE_MACHINE.search(line)) or str(ROOT) in line


def test_no_file_is_large() -> None:
    sizes = {str(path.relative_to(ROOT)): path.stat().st_size for path in files()}
    assert {name: size for name, size in sizes.items() if size > LARGEST_BYTES} == {}


def test_no_line_names_a_package_registry() -> None:
    assert [where for where, line in lines() if names_a_registry(line)] == []


def test_no_line_names_a_folder_of_one_machine() -> None:
    assert [where for where, line in lines() if names_a_machine(line)] == []


@pytest.mark.parametrize("host", REGISTRIES)
def test_a_registry_is_seen(host: str) -> None:
    assert names_a_registry(f"index-url = https://{host}/simple")


@pytest.mark.parametrize("folder", ["home/ada/kubeface", "Users/ada", "root/.cache"])
def test_a_folder_of_one_machine_is_seen(folder: str) -> None:
    assert names_a_machine(f"cd /{folder}")
    assert not names_a_machine(f"{{cache}}/{folder} and $HOME/{folder}".replace("$HOME", "${HOME}"))


def test_the_changelog_opens_with_what_is_unreleased() -> None:
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"


def test_every_decision_has_its_six_lines() -> None:
    text = (ROOT / "DECISIONS.md").read_text()
    for decision in text.split("\n## ")[1:]:
        asked = re.findall(r"^- ([A-Z][^:]*):", decision, re.MULTILINE)
        assert asked == ["Date", "Question", "Choice", "Why", "Would change our mind", "Evidence"], decision
