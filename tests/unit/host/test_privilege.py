"""What a program that sudo starts still knows of the user."""

import os

import pytest

from kubeface.errors import Missing
from kubeface.host import privilege


class Became(Exception):
    """execv does not come back."""


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary user, with sudo in /usr/bin and a PATH like Debian's."""

    def become(program: str, arguments: list[str]) -> None:
        raise Became(program, arguments)

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "execv", become)
    monkeypatch.setattr(privilege.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", "/usr/local/bin:/usr/bin:/bin")
    monkeypatch.setenv("KUBEFACE_CACHE", "/somewhere/cache")


@pytest.mark.usefixtures("person")
def test_the_cache_stays_the_user_s_and_administrators_programs_are_found() -> None:
    with pytest.raises(Became) as seen:
        privilege.become_root(["up"])
    program, arguments = seen.value.args
    assert program == "/usr/bin/sudo"
    assert "KUBEFACE_CACHE=/somewhere/cache" in arguments
    assert "PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin" in arguments
    assert arguments[-3:] == ["-m", "kubeface", "up"]


@pytest.mark.usefixtures("person")
def test_without_sudo_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert privilege.can_become_root()
    monkeypatch.setattr(privilege.shutil, "which", lambda name: None)
    assert not privilege.can_become_root()
    with pytest.raises(Missing, match="no sudo"):
        privilege.become_root(["up"])
