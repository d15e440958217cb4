"""What a kernel lacks is one sentence, with advice where Windows runs that kernel."""

import pytest

from kubeface.linux import modules, systems
from kubeface.local import machine


@pytest.fixture(autouse=True)
def no_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel without it."""
    monkeypatch.setattr(modules, "has_bridge_netfilter", lambda: False)
    monkeypatch.setattr(modules, "can_load", lambda name: False)


def told() -> dict[str, str]:
    return {one.subject: one.problem for one in machine._kernel()}


@pytest.mark.parametrize(("advice", "end"), [("", "among a node's Pods."), ("Renew it.", "Pods. Renew it.")])
def test_a_module_that_lacks_is_told_with_what_helps(
    advice: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systems, "is_container", lambda: False)
    monkeypatch.setattr(systems, "wsl_advice", lambda: advice)
    assert told()["module br_netfilter"].endswith(end)
    assert told()["net namespaces"] == ""


def test_in_a_container_it_says_what_to_do_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systems, "is_container", lambda: True)
    assert "there, `sudo modprobe br_netfilter`; or start" in told()["module br_netfilter"]
