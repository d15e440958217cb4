"""What a kernel was built without is found out from what it tells; one that tells nothing has everything."""

import gzip
from pathlib import Path

import pytest

from kubeface.linux import kernel

TEXT = b"CONFIG_NFT_CT=y\nCONFIG_NFT_NAT=m\n# CONFIG_NFT_QUEUE is not set\n"


@pytest.mark.parametrize("name", ["config.gz", "config-6.1.0-cloud"])
def test_what_is_built_in_or_a_module_is_not_lacking(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_bytes(gzip.compress(TEXT) if name.endswith(".gz") else TEXT)
    monkeypatch.setattr(kernel, "TOLD", (tmp_path / "none", tmp_path / name))
    assert not kernel.lacks("CONFIG_NFT_CT")
    assert not kernel.lacks("CONFIG_NFT_NAT")
    assert kernel.lacks("CONFIG_NFT_QUEUE")
    assert kernel.lacks("CONFIG_NFT_NEVER_HEARD_OF")


def test_a_kernel_that_tells_nothing_is_believed_to_have_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "TOLD", (tmp_path / "none",))
    assert not kernel.lacks("CONFIG_NFT_QUEUE")
