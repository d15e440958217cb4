"""The commands that the texts name exist, and `make help` names every target."""

import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer
import yaml
from tracked import ROOT

from kubeface.cli.commands import app

MAKEFILE = (ROOT / "Makefile").read_text()
TEXTS = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/any-cluster.md",
    "docs/book/another-application.md",
    "docs/package.md",
    "docs/start/cloud.md",
    "docs/start/codespaces.md",
    "docs/start/docker.md",
    "docs/start/existing-cluster.md",
    "docs/start/linux.md",
    "docs/start/macos.md",
    "docs/start/windows.md",
)
#: Files that make a machine for the course, and what reads each.
MACHINES: dict[str, Callable[[str], Any]] = {
    ".devcontainer/devcontainer.json": json.loads,
    "docs/start/cloud-init.yaml": yaml.safe_load,
    "docs/start/lima.yaml": yaml.safe_load,
}
#: What `make lab` begins with, and a stock Debian may lack.
PACKAGES = {"git", "make", "python3-venv"}
#: Targets that others need; nobody types them.
INNER = {"ready-to-test", "test-unit", "test-waiting", "test-computing", "test-alone"}


def targets() -> set[str]:
    return set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())


def commands(text: str) -> list[str]:
    """Every `make …` and `kubeface …` in code blocks and between backticks."""
    code = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL) + re.findall(
        r"`([^`\n]+)`", text
    )
    each = [
        line.split("#")[0].strip().removeprefix(".venv/bin/") for part in code for line in part.splitlines()
    ]
    return [line for line in each if re.match(r"(make|kubeface)\b", line)]


def texts(thing: Any) -> Iterator[str]:
    """Every text in what JSON or YAML holds."""
    if isinstance(thing, str):
        yield thing
    for one in thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ():
        yield from texts(one)


def typed(thing: Any) -> list[str]:
    """Every shell command in what JSON or YAML holds."""
    lines = [line for text in texts(thing) for line in re.split(r"\n|&&|;", text)]
    return [line.strip() for line in lines if re.match(r"\s*(make|kubeface|apt-get) [a-z]", line)]


def is_known(command: str) -> bool:
    program, *words = shlex.split(command)
    if program == "make":
        return all(word in targets() for word in words if "=" not in word)
    return takes(typer.main.get_command(app), words)


def takes(command: Any, words: list[str]) -> bool:
    """True when the command line knows these words, as far as they are commands and options."""
    inner = getattr(command, "commands", None)
    if inner and words and not words[0].startswith("-"):
        return words[0] in inner and takes(inner[words[0]], words[1:])
    options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    return all(word.split("=")[0] in options for word in words if word.startswith("-"))


def test_make_alone_lists_every_target() -> None:
    said = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True).stdout
    listed = set(re.findall(r"^  make ([\w-]+) ", said, re.MULTILINE))
    assert listed == targets() - INNER


def test_a_python_that_is_not_here_is_named_in_a_sentence_and_not_fetched() -> None:
    command = ["make", "-C", str(ROOT), "test-fast", "PYTHON=3.99"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Python 3.99 is not on this machine" in done.stderr
    assert not (ROOT / "build" / "python-3.99").exists()


def test_the_pythons_that_are_tested_are_those_that_are_promised() -> None:
    tested = re.search(r"^PYTHONS := (.*)$", MAKEFILE, re.MULTILINE)[1].split()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    stated = [one.rpartition(" ")[2] for one in project["classifiers"] if "Python :: 3." in one]
    assert stated == tested[: len(stated)]  # a newer one is tested where it is, and stated once it was
    assert project["requires-python"] == f">={tested[0]}"


def test_every_rule_is_declared_phony() -> None:
    rules = set(re.findall(r"^([a-z][\w-]*):", MAKEFILE, re.MULTILINE))
    assert rules == targets()


@pytest.mark.parametrize("name", TEXTS)
def test_every_command_in_a_text_exists(name: str) -> None:
    found = commands((ROOT / name).read_text())
    assert found
    assert [command for command in found if not is_known(command)] == []


@pytest.mark.parametrize(
    "command", ["make everything", "kubeface fly", "kubeface down --all", "kubeface node jump"]
)
def test_a_command_that_does_not_exist_is_seen(command: str) -> None:
    assert commands(f"Say `{command}`.") == [command]
    assert not is_known(command)


@pytest.mark.parametrize("name", TEXTS)
def test_every_link_inside_the_repository_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / name).read_text())
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("name", MACHINES)
def test_a_file_that_makes_a_machine_can_be_read_and_its_commands_exist(name: str) -> None:
    said = MACHINES[name]((ROOT / name).read_text())
    ours = [line for line in typed(said) if not line.startswith("apt-get")]
    assert ours
    assert [command for command in ours if not is_known(command)] == []


@pytest.mark.parametrize("name", MACHINES)
def test_a_file_that_makes_a_machine_installs_what_make_needs(name: str) -> None:
    said = MACHINES[name]((ROOT / name).read_text())
    installed = {word for line in typed(said) if line.startswith("apt-get install") for word in line.split()}
    assert installed | set(said.get("packages", [])) >= PACKAGES


def test_cloud_init_takes_its_file_for_what_it_is() -> None:
    """It goes by the first line (cloud-init's documents, User-data formats)."""
    assert (ROOT / "docs/start/cloud-init.yaml").read_text().startswith("#cloud-config\n")


@pytest.mark.parametrize("command", ["make everything", "kubeface fly"])
def test_a_command_that_does_not_exist_is_seen_in_such_a_file(command: str) -> None:
    assert typed({"run": [["su", "-c", f"cd here && {command}"]]}) == [command]
    assert not is_known(command)
