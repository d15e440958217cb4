"""A module of the kernel is loaded while it is needed, for us alone, and is gone afterwards."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from kubeface.linux import modules

SWITCHES = ("bridge-nf-call-arptables", "bridge-nf-call-ip6tables", "bridge-nf-call-iptables")


@pytest.fixture
def switches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A kernel whose modprobe makes the switches, and takes them away."""
    folder = tmp_path / "bridge"

    def modprobe(command: Sequence[str | Path], *, what: str) -> str:
        if "--remove" in command:
            for name in SWITCHES:
                (folder / name).unlink()
            folder.rmdir()
        else:
            folder.mkdir()
            for name in SWITCHES:
                (folder / name).write_text("1\n")
        return what

    monkeypatch.setattr(modules, "_SWITCHES", folder)
    monkeypatch.setattr(modules, "find", lambda program: Path("/sbin") / program)
    monkeypatch.setattr(modules, "run", modprobe)
    return folder


def test_the_machine_s_own_bridges_go_on_as_before(switches: Path, tmp_path: Path) -> None:
    modules.have_bridge_netfilter(tmp_path / "record")
    assert [(switches / name).read_text() for name in SWITCHES] == ["0", "0", "0"]
    modules.give_back_bridge_netfilter(tmp_path / "record")
    assert not switches.exists()
    assert not (tmp_path / "record").exists()


def test_what_was_there_stays_as_it_was(switches: Path, tmp_path: Path) -> None:
    switches.mkdir()
    modules.have_bridge_netfilter(tmp_path / "record")
    modules.give_back_bridge_netfilter(tmp_path / "record")
    assert switches.exists()
    assert list(switches.iterdir()) == []


def test_who_has_switched_it_on_meanwhile_keeps_it(switches: Path, tmp_path: Path) -> None:
    modules.have_bridge_netfilter(tmp_path / "record")
    (switches / SWITCHES[2]).write_text("1\n")
    modules.give_back_bridge_netfilter(tmp_path / "record")
    assert switches.exists()
    assert not (tmp_path / "record").exists()


def test_a_module_that_no_kernel_has_cannot_be_loaded() -> None:
    assert not modules.can_load("no_such_module_in_any_kernel")
