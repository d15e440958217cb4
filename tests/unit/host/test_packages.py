"""What is missing is one sentence each, with the command of this system that brings it."""

from pathlib import Path

import pytest

from kubeface.errors import Missing
from kubeface.host import packages, process
from kubeface.host.packages import PACKAGES, Package


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that programs are looked for in."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(process, "ADMIN_PATHS", ())
    return tmp_path


@pytest.mark.parametrize(
    ("installer", "command"),
    [
        ("apt-get", "apt install busybox-static"),
        ("dnf", "dnf install busybox"),
        ("pacman", "pacman -S busybox"),
        ("zypper", "zypper install busybox-static"),
    ],
)
def test_a_missing_program_is_told_with_this_system_s_command(
    installer: str, command: str, system: Path
) -> None:
    _program(system, installer)
    busybox = next(package for package in PACKAGES if package.program == "busybox")
    assert busybox.sentence == f"busybox is missing: it prepares volumes. To install it: {command}"


def test_an_unknown_system_is_told_what_debian_calls_it(system: Path) -> None:
    sentence = Package("thing", "some-package", "does a thing").sentence
    assert sentence.startswith("thing is missing: it does a thing.")
    assert "on Debian it is called some-package" in sentence


def test_without_apt_each_is_named_and_one_command_brings_all(
    system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = tuple(Package(f"none-{number}", f"package-{number}", "is needed") for number in range(2))
    monkeypatch.setattr(packages, "PACKAGES", wanted)
    _program(system, "dnf")
    with pytest.raises(Missing, match=r"(?s)none-0 is missing.*none-1.*Try: dnf install package-0 package-1"):
        packages.install_missing(for_tests=False, say=print)
    _program(system, "none-0")
    assert [package.program for package in packages.missing()] == ["none-1"]


def test_every_installer_has_a_name_for_every_package() -> None:
    for package in PACKAGES:
        assert set(package.others) <= set(packages.INSTALLERS)
        assert all(package.name_for(installer) for installer in packages.INSTALLERS)


def _program(folder: Path, name: str) -> None:
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)
