"""What a kernel lacks is one sentence, with advice where Windows runs that kernel."""

import pytest

from kubeface.linux import modules, systems
from kubeface.local import machine


@pytest.mark.parametrize(("advice", "end"), [("", "among a node's Pods."), ("Renew it.", "Pods. Renew it.")])
def test_a_module_that_lacks_is_told_with_what_helps(
    advice: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systems, "wsl_advice", lambda: advice)
    monkeypatch.setattr(modules, "has_bridge_netfilter", lambda: False)
    monkeypatch.setattr(modules, "can_load", lambda name: False)
    told = {one.subject: one.problem for one in machine._kernel()}
    assert told["module br_netfilter"].endswith(end)
    assert told["net namespaces"] == ""
