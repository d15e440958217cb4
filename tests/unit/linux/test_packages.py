"""What is missing is one sentence each, with the command of this system that brings it."""

import subprocess
from pathlib import Path

import pytest

from kubeface.errors import Missing
from kubeface.linux import packages
from kubeface.linux.packages import PACKAGES, Package
from kubeface.util import environment


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that programs are looked for in."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(environment, "ADMIN_PATHS", ())
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


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(packages, "POLICY", tmp_path / "policy-rc.d")
    return tmp_path / "policy-rc.d"


def test_services_are_left_off_while_packages_come_and_not_afterwards(policy: Path) -> None:
    with packages._services_left_off():
        assert subprocess.run([policy, "ssh", "start"], check=False).returncode == 101
    assert not policy.exists()


@pytest.mark.parametrize("is_needed", [True, False])
def test_what_a_killed_installation_left_is_taken_away(
    policy: Path, system: Path, monkeypatch: pytest.MonkeyPatch, is_needed: bool
) -> None:
    _program(system, "apt-get")
    monkeypatch.setattr(packages, "PACKAGES", (Package("none", "none", "is needed"),) if is_needed else ())
    policy.write_text(packages.OUR_POLICY)
    packages.install_missing(for_tests=False, say=print)
    assert not policy.exists()


def test_an_administrator_s_policy_stays(policy: Path) -> None:
    policy.write_text("#!/bin/sh\nexit 101\n")
    packages._remove_our_policy()
    with packages._services_left_off():
        assert "kubeface" not in policy.read_text()
    assert policy.read_text() == "#!/bin/sh\nexit 101\n"


def _program(folder: Path, name: str, script: str = "") -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
