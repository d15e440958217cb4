"""The machine's name servers, as a cluster with a way outside asks them."""

from pathlib import Path

import pytest

from kubeface.local import egress


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["nameserver 192.0.2.53\n# nameserver 192.0.2.54\noptions ndots:2\n"], ["192.0.2.53"]),
        (["nameserver 127.0.0.53\n", "nameserver 192.0.2.1\nnameserver ::1\n"], ["192.0.2.1"]),
        (["nameserver fe80::1%eth0\n"], ["fe80::1%eth0"]),
        (["nameserver 127.0.0.1\n", "nameserver\n"], []),
        ([], []),
    ],
)
def test_only_those_that_nodes_can_reach(
    files: list[str], found: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / str(number) for number in range(len(files))]
    for path, text in zip(paths, files, strict=True):
        path.write_text(text)
    monkeypatch.setattr(egress, "RESOLVERS", (*paths, tmp_path / "none"))
    assert egress.resolvers() == found
