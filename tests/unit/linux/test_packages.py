"""What is missing is one sentence each, with the command of this system that brings it."""

import subprocess
from pathlib import Path

import pytest

from kubeface.errors import Missing
from kubeface.linux import packages, systems
from kubeface.linux.packages import PACKAGES, Package
from kubeface.linux.systems import System
from kubeface.util import environment


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that programs are looked for in, on a Debian."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(environment, "ADMIN_PATHS", ())
    monkeypatch.setattr(systems, "this", lambda: System("Debian GNU/Linux", "debian"))
    return tmp_path


@pytest.mark.parametrize(
    ("family", "program", "command"),
    [
        ("debian", "busybox", "apt install busybox-static"),
        ("fedora", "busybox", "dnf install busybox"),
        ("arch", "busybox", "pacman -S busybox"),
        ("suse", "busybox", "zypper install busybox-static"),
        ("alpine", "busybox", "apk add busybox-static"),
        ("debian", "nsenter", "apt install util-linux"),
        ("alpine", "nsenter", "apk add util-linux-misc"),
        ("fedora", "mount", "dnf install util-linux"),
        ("alpine", "mount", "apk add mount"),
        ("fedora", "mmdebstrap", "dnf install mmdebstrap"),
    ],
)
def test_a_missing_program_is_told_with_this_system_s_command(
    family: str, program: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systems, "this", lambda: System("This one", family))
    package = next(package for package in PACKAGES if package.program == program)
    told = f"{program} is missing: it {package.purpose}. To install it: {command}"
    assert package.sentence == told


@pytest.mark.parametrize(
    ("family", "program"), [("", "busybox"), ("arch", "mmdebstrap"), ("alpine", "mmdebstrap")]
)
def test_where_no_package_is_known_it_is_said_with_debian_s(
    family: str, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systems, "this", lambda: System("NixOS", family))
    package = next(package for package in PACKAGES if package.program == program)
    assert package.sentence == (
        f"{program} is missing: it {package.purpose}. "
        f"Which package of NixOS brings it is not known here; Debian's is {package.debian}"
    )


@pytest.mark.parametrize(
    ("family", "advice"),
    [
        ("fedora", "Try: dnf install package-0 package-1 package-2"),
        ("arch", "Try: pacman -S package-0 package-1; and install, as This one does it: none-2"),
        ("", "Try: install, as This one does it: none-0, none-1, none-2"),
        ("debian", "Try: apt install package-0 package-1 package-2"),  # a Debian without apt-get
    ],
)
def test_where_apt_is_not_used_each_is_named_and_one_command_brings_all(
    family: str, advice: str, system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = tuple(
        Package(
            f"none-{number}", f"package-{number}", "is needed", others={"arch": ""} if number == 2 else {}
        )
        for number in range(3)
    )
    monkeypatch.setattr(packages, "PACKAGES", wanted)
    monkeypatch.setattr(systems, "this", lambda: System("This one", family))
    if family != "debian":
        _program(system, "apt-get")  # also where it is there: it is not the system's own
    with pytest.raises(Missing) as stopped:
        packages.install_missing(for_tests=False, say=print)
    assert [line.partition(" ")[0] for line in str(stopped.value.seen).splitlines()] == [
        "none-0",
        "none-1",
        "none-2",
    ]
    assert str(stopped.value).endswith(advice)
    _program(system, "none-0")
    assert [package.program for package in packages.missing()] == ["none-1", "none-2"]


def test_names_elsewhere_are_those_of_families_that_are_known() -> None:
    for package in PACKAGES:
        assert set(package.others) <= set(systems.FAMILIES)


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
