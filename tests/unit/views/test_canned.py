import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "view", ["tables", "nodes", "gallery", "topology", "rollout", "timeline", "logs", "yaml", "changes"]
)
def test_a_view_draws_itself_without_a_cluster(view, tmp_path):
    page = tmp_path / "page.html"
    command = [sys.executable, "-W", "error", "-m", f"kubeface.views.{view}", str(page)]
    drawn = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert drawn.strip()
    assert page.read_text().startswith("<!doctype html>")
