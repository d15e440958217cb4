"""The system is told by its os-release file, as systems write theirs; what to type follows from it."""

from pathlib import Path

import pytest

from kubeface.linux import systems
from kubeface.linux.systems import System

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n'


@pytest.mark.parametrize(
    ("text", "name", "family"),
    [
        (DEBIAN, "Debian GNU/Linux", "debian"),
        ('NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', "Ubuntu", "debian"),
        ('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', "Linux Mint", "debian"),
        ("NAME='Raspbian GNU/Linux'\nID='raspbian'\nID_LIKE='debian'\n", "Raspbian GNU/Linux", "debian"),
        ('NAME="Fedora Linux"\nID=fedora\nVARIANT_ID=workstation\n', "Fedora Linux", "fedora"),
        (
            'NAME="Red Hat Enterprise Linux"\nID="rhel"\nID_LIKE="fedora"\n',
            "Red Hat Enterprise Linux",
            "fedora",
        ),
        ('NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\n', "Rocky Linux", "fedora"),
        ('NAME="Something"\nID=something\nID_LIKE="rhel"\n', "Something", "fedora"),
        ('NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\n', "Arch Linux", "arch"),
        ('NAME="Manjaro Linux"\nID=manjaro\nID_LIKE=arch\n', "Manjaro Linux", "arch"),
        ('NAME="openSUSE Tumbleweed"\nID="opensuse-tumbleweed"\n', "openSUSE Tumbleweed", "suse"),
        ('NAME="SLES"\nID="sles"\nID_LIKE="suse"\n', "SLES", "suse"),
        ('NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.1\n', "Alpine Linux", "alpine"),
        ("NAME=NixOS\nID=nixos\n", "NixOS", ""),
        ("NAME=Gentoo\nID=gentoo\n", "Gentoo", ""),
        # its own name counts before those that it is like, whichever way round they stand
        ('ID_LIKE="debian"\nID=alpine\nNAME=Odd\n', "Odd", "alpine"),
        ('# ID=debian\n\nNAME="A \\"quoted\\" name"\nID=FEDORA\n', 'A "quoted" name', "fedora"),
        ("ID=void\n", "void", ""),
        ("NAME=\nID=\n", "this system", ""),
        ('NAME="not closed\nID=arch\n', "not closed", "arch"),
        ("", "this system", ""),
        ("no assignment at all\n", "this system", ""),
    ],
)
def test_a_system_is_known_by_what_it_says_of_itself(
    text: str, name: str, family: str, tmp_path: Path
) -> None:
    file = tmp_path / "os-release"
    file.write_text(text)
    assert systems.this([file]) == System(name, family)


def test_the_first_file_that_is_there_counts_and_no_other(tmp_path: Path) -> None:
    absent, first, second = (tmp_path / name for name in ("absent", "first", "second"))
    first.write_text("NAME=NixOS\nID=nixos\n")
    second.write_text(DEBIAN)
    assert systems.this([absent, first, second]).name == "NixOS"
    assert systems.this([absent]) == System("this system")
    first.write_bytes(b"NAME=Caf\xe9\nID=debian\n")
    assert systems.this([first]).family == "debian"


def test_what_a_person_types_is_known_for_each_family() -> None:
    assert System("x", "arch").install == "pacman -S"
    assert System("x", "alpine").install == "apk add"
    assert System("NixOS").install == ""


@pytest.mark.parametrize(
    ("release", "advice"),
    [
        ("5.10.16.3-microsoft-standard-WSL2\n", "wsl --update"),
        ("4.19.104-microsoft-standard\n", "wsl --update"),
        ("4.4.0-19041-Microsoft\n", "wsl --set-version"),
        ("6.1.0-40-amd64\n", ""),
    ],
)
def test_a_kernel_of_windows_is_told_how_it_is_renewed(release: str, advice: str, tmp_path: Path) -> None:
    (tmp_path / "osrelease").write_text(release)
    said = systems.wsl_advice(tmp_path / "osrelease")
    assert advice in said if advice else said == ""
    assert systems.wsl_advice(tmp_path / "absent") == ""


def test_docker_tells_by_a_file_and_others_by_a_variable(tmp_path, monkeypatch):
    mark = tmp_path / ".dockerenv"
    monkeypatch.delenv("container", raising=False)
    assert not systems.is_container(mark)
    monkeypatch.setenv("container", "podman")
    assert systems.is_container(mark)
    monkeypatch.delenv("container")
    mark.touch()
    assert systems.is_container(mark)
