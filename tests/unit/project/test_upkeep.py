"""What keeps the project up: issue templates, release notes, the configuration of Renovate, one version."""

import json
import subprocess
import tomllib
from fnmatch import fnmatch

import pytest
import yaml
from tracked import ROOT, files
from typer.testing import CliRunner

from kubeface.cli.commands import app

#: Which files each of Renovate's managers reads.
READS = {
    "pep621": "pyproject.toml",
    "pip_requirements": "*/requirements.txt",
    "gomod": "*/go.mod",
    "github-actions": ".github/workflows/*.yml",
}
RENOVATE = json.loads((ROOT / "renovate.json").read_text())
NAMES = [str(path.relative_to(ROOT)) for path in files()]
TEMPLATES = sorted(ROOT.glob(".github/ISSUE_TEMPLATE/*.yml"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_an_issue_template_asks_by_fields_of_different_names(template):
    form = yaml.safe_load(template.read_text())
    assert {"name", "description", "labels", "body"} == set(form)
    assert all(
        field["type"] in ("input", "textarea") and field["attributes"]["label"] for field in form["body"]
    )
    assert len({field["id"] for field in form["body"]}) == len(form["body"])


def test_there_are_issue_templates():
    assert [template.stem for template in TEMPLATES] == ["lesson", "problem"]


@pytest.mark.parametrize("manager", RENOVATE["enabledManagers"])
def test_each_manager_of_renovate_has_something_to_read(manager):
    assert any(fnmatch(name, READS[manager]) for name in NAMES)


def test_the_rules_of_renovate_name_managers_and_files_that_there_are():
    for rule in RENOVATE["packageRules"]:
        assert set(rule["matchManagers"]) <= set(RENOVATE["enabledManagers"])
        assert set(rule.get("matchFileNames", [])) <= set(NAMES)


def test_release_notes_are_the_newest_part_of_the_changelog():
    made = subprocess.run(
        ["make", "--no-print-directory", "release-notes"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    newest = (ROOT / "CHANGELOG.md").read_text().split("\n## ")[1].partition("\n")[2]
    assert made.stdout.strip() == newest.strip() != ""


def test_the_command_tells_the_version_of_the_package():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert CliRunner().invoke(app, ["--version"]).output.startswith(f"kubeface {version},")
