"""A picture of a notebook as JupyterLab shows it: `python screenshot.py NOTEBOOK PICTURE [TEXT]`.

With a TEXT, the notebook is scrolled to the first cell that contains it.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chromium import chromium
from playwright.sync_api import Page

ADDRESS = re.compile(r"http://127\S+token=\S+")
NEWS = "@jupyterlab/apputils-extension/notification.jupyterlab-settings"
READY_MS = 120_000  # chosen: JupyterLab's first page on a slow machine
SIZE = (1100, 920)  # CSS pixels: a notebook's width and a reader's screen
HAS_MOVED = "([panel, before]) => panel.scrollTop > before"


def photograph(notebook: Path, picture: Path, text: str = "", *, size: tuple[int, int] = SIZE) -> None:
    """Write a PNG of the notebook with its stored outputs; the size is in CSS pixels."""
    with jupyter(notebook.parent) as address, chromium(width=size[0], height=size[1]) as window:
        page = window.new_page()
        page.goto(address.replace("/lab?", f"/doc/tree/{notebook.name}?"))
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=READY_MS)
        page.get_by_text("| Idle").first.wait_for(timeout=READY_MS)
        if text:
            scroll_to(page, text)
        page.screenshot(path=picture)


def scroll_to(page: Page, text: str) -> None:
    """Bring the first cell with this text to the top; cells far away are drawn only when they come near."""
    cell = page.locator(".jp-Cell", has_text=text).first
    panel = page.locator(".jp-WindowedPanel-outer").first
    while cell.count() == 0:
        before = panel.evaluate("panel => panel.scrollTop")
        panel.evaluate("panel => panel.scrollBy(0, 600)")
        page.wait_for_function(HAS_MOVED, arg=[panel.element_handle(), before])
    cell.evaluate("cell => cell.scrollIntoView({block: 'start'})")
    page.wait_for_load_state("networkidle")


@contextmanager
def jupyter(folder: Path) -> Iterator[str]:
    """The address of a JupyterLab of our own, on loopback, with settings of its own."""
    with tempfile.TemporaryDirectory() as own:
        news = Path(own, "settings", NEWS)
        news.parent.mkdir(parents=True)
        news.write_text('{"fetchNews": "false", "checkForUpdates": false}')
        names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_WORKSPACES_DIR")
        environment = os.environ | dict.fromkeys(names, own) | {"JUPYTERLAB_SETTINGS_DIR": f"{own}/settings"}
        command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--ip=127.0.0.1", "--allow-root"]
        with subprocess.Popen(
            [*command, f"--ServerApp.root_dir={folder}"],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        ) as server:
            try:
                yield next(found[0] for line in server.stderr if (found := ADDRESS.search(line)))
            finally:
                server.terminate()


if __name__ == "__main__":
    photograph(Path(sys.argv[1]).resolve(), Path(sys.argv[2]), *sys.argv[3:4])
