"""The picture of the frontend in the README: `python frontend_picture.py ../../docs/frontend.png`."""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SERVICES = HERE.parent / "services"
IMAGES = HERE.parents[1] / "images"
sys.path[:0] = [str(SERVICES.parent), str(SERVICES), str(IMAGES / "common"), str(IMAGES / "frontend")]

from chromium import chromium  # noqa: E402
from gallery import LIVE, fill, gallery  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import BrowserContext, expect  # noqa: E402
from real_servers import Mariadb, own_folder  # noqa: E402

SIZE = (1180, 800)  # CSS pixels: four cards a row; the picture is as high as the page
# Pictures load when they come into view; here all of them do.
ALL_DRAWN = """() => Promise.all([...document.images].map((image) => {
  image.loading = "eager";
  return image.decode();
}))"""


def photograph(window: BrowserContext, url: str, picture: Path) -> None:
    """Write a PNG of the page once all pictures are drawn and the stream is open."""
    page = window.new_page()
    page.goto(url)
    expect(page.locator("#connection")).to_have_text(LIVE)
    page.evaluate(ALL_DRAWN)
    page.screenshot(path=picture, full_page=True)
    page.close()


def make(picture: Path, *, size: tuple[int, int] = SIZE, dark: bool = False) -> None:
    """Write the picture, from a database and a frontend that are gone afterwards."""
    with own_folder("mariadb") as data, tempfile.TemporaryDirectory() as photos:
        data.chmod(0o755)
        database = Mariadb(data).start()
        try:
            with (
                gallery(database, Path(photos)) as shown,
                chromium(width=size[0], height=size[1], dark=dark) as window,
            ):
                fill(shown)
                photograph(window, shown.url, picture)
        finally:
            database.stop()
    Image.open(picture).convert("RGB").save(picture, optimize=True)


if __name__ == "__main__":
    make(Path(sys.argv[1]), dark="--dark" in sys.argv)
