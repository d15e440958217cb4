"""Programs are built once, whole or not at all; what is missing is said."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kubeface.errors import CommandFailed, Missing
from kubeface.local.toolchain import COMPONENTS, OPTIONAL, Toolchain, collect
from kubeface.local.toolchain import components as building
from kubeface.local.toolchain.components import HERE, module
from kubeface.local.toolchain.go import find_go, version


def test_every_component_names_the_module_it_comes_from() -> None:
    assert module("kubernetes") == "k8s.io/kubernetes v1.37.2"
    assert {path.parent.name for path in HERE.glob("*/go.mod")} == {*COMPONENTS, *OPTIONAL}


def test_another_pin_is_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Toolchain(tmp_path).folder("cni")
    (tmp_path / "cni").mkdir()
    for name in ("go.mod", "go.sum"):
        (tmp_path / "cni" / name).write_text((HERE / "cni" / name).read_text() + "\n// changed\n")
    monkeypatch.setattr(building, "HERE", tmp_path)
    assert Toolchain(tmp_path).folder("cni") != before


def test_a_program_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"(?s)kubelet has not been built.*kubeface setup"):
        Toolchain(tmp_path).program("kubernetes", "kubelet")


def test_a_failed_build_leaves_nothing_and_shows_go_s_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "toolchain-source"
    (broken / "cni").mkdir(parents=True)
    text = (
        "module broken\n\ngo 1.26.0\n\ntool example.invalid/none/cmd\n\nrequire example.invalid/none v1.0.0\n"
    )
    (broken / "cni/go.mod").write_text(text)
    (broken / "cni/go.sum").write_text("")
    monkeypatch.setattr(building, "HERE", broken)
    monkeypatch.setattr(building, "COMPONENTS", ("cni",))
    monkeypatch.setenv("GOPROXY", "off")
    monkeypatch.setenv("GOFLAGS", "")
    cache = tmp_path / "cache"
    cache.mkdir()
    with pytest.raises(CommandFailed, match="Compiling cni failed"):
        building.build(cache, say=print)
    assert not Toolchain(cache).folder("cni").exists()


def test_what_is_optional_is_missed_only_when_it_is_named(tmp_path: Path) -> None:
    toolchain = Toolchain(tmp_path)
    for component in COMPONENTS:
        toolchain.folder(component).mkdir(parents=True)
    assert toolchain.missing() == []
    assert toolchain.missing(["cni", "kwok"]) == ["kwok"]


def test_a_second_build_asks_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for component in COMPONENTS:
        Toolchain(tmp_path).folder(component).mkdir(parents=True)
    monkeypatch.setenv("PATH", "/nonexistent")
    said: list[str] = []
    building.build(tmp_path, say=said.append)
    assert said == []


def test_programs_of_other_versions_go_unless_they_run(tmp_path: Path) -> None:
    here = tmp_path / "toolchain"
    current = Toolchain(tmp_path).folder("cni")
    for folder in (
        current,
        here / "cni-old",
        here / "cni-running",
        here / ".cni-x.building",
        tmp_path / "go",
    ):
        folder.mkdir(parents=True)
        (folder / "program").write_bytes(b"x" * 8192)
    program = here / "cni-running" / "sleep"
    shutil.copy("/bin/sleep", program)
    with subprocess.Popen([program, "60"]) as running:
        freed = collect(tmp_path)
        running.kill()
    assert sorted(path.name for path in here.iterdir()) == [".lock", current.name, "cni-running"]
    assert freed >= 3 * 8192
    assert not (tmp_path / "go").exists()


def test_an_old_go_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "go"
    old.write_text("#!/bin/sh\necho go1.19.8\n")
    old.chmod(0o755)
    assert version(old) == (1, 19, 8)
    assert version(tmp_path / "none") == (0,)


def test_no_go_and_no_way_to_fetch_one_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubeface.local.toolchain.go.NEEDED", (99,))
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(Missing, match=r"(?s)needs Go 99 or newer.*https://go\.dev/dl"):
        find_go(tmp_path, print)


def test_kubectl_reports_the_pinned_version() -> None:
    from kubeface.places import cache

    kubectl = Toolchain(cache()).program("kubernetes", "kubectl")
    said = subprocess.run([kubectl, "version", "--client"], capture_output=True, text=True, check=True).stdout
    assert module("kubernetes").split()[1] in said
