"""Photos with the face found in them, the name and the status."""

import base64
import io
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any, Protocol

from kubeface.views.tables import Table
from kubeface.views.view import View

THUMBNAIL_PX = 180  # chosen: the longer side; a dozen of them keep a notebook below 200 kB
SIGNS = {"PROCESSED": "✓", "FAILED": "✕", "PROCESSING": "…", "PENDING": "…"}


class Shown(Protocol):
    """What the gallery reads of a result; `box` has top, right, bottom, left in pixels, or is None."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def status(self) -> str: ...  # noqa: D102
    @property
    def person(self) -> str | None: ...  # noqa: D102
    @property
    def reason(self) -> str | None: ...  # noqa: D102
    @property
    def box(self) -> Any: ...  # noqa: D102


class Gallery(View):
    """Results beside their pictures; the pictures are embedded as thumbnails."""

    def __init__(self, results: Sequence[Shown], picture: Callable[[str], bytes]) -> None:
        self._results = sorted(results, key=lambda one: one.path)
        self._picture = picture

    def __repr__(self) -> str:
        rows = [(_file(one), one.status, _words(one)) for one in self._results]
        return repr(Table(["photo", "status", "who"], rows))

    def _repr_html_(self) -> str:
        cards = "".join(_card(one, self._picture(one.path)) for one in self._results)
        return f'<div style="display:flex;flex-wrap:wrap;gap:12px">{cards or "(no photos)"}</div>'


def gallery(results: Iterable[Shown], picture: Callable[[str], bytes]) -> Gallery:
    """Photos with box, name and status.

    Args:
        results: As `pipeline.results()` gives them.
        picture: The file behind a path, such as `pipeline.picture`; asked when the gallery is drawn.

    Raises:
        ApiError: when it is drawn: the frontend, which `pipeline.picture` asks, has no such photo.

    >>> from kubeface.views.canned import RESULTS, drawn_face
    >>> gallery(RESULTS[:2], drawn_face)
    PHOTO          STATUS      WHO
    ada.jpg        PROCESSED   Ada Lovelace
    stranger.jpg   PROCESSED   nobody we know
    """
    return Gallery(list(results), picture)


def thumbnail(picture: bytes, box: Any = None) -> bytes:
    """A small JPEG of a picture, its longer side `THUMBNAIL_PX`, with a frame around the face.

    Args:
        picture: Any file that Pillow reads.
        box: top, right, bottom, left in pixels of the full picture; None for no frame.
    """
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as full:
        small = full.convert("RGB")
    scale = THUMBNAIL_PX / max(small.size)
    small = small.resize((max(1, round(small.width * scale)), max(1, round(small.height * scale))))
    if box is not None:
        _frame(small, [round(side * scale) for side in (box.left, box.top, box.right, box.bottom)])
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()


def _frame(image: Any, corners: list[int]) -> None:
    """A white line inside a black one: it shows on every picture."""
    from PIL import ImageDraw

    pen = ImageDraw.Draw(image)
    pen.rectangle(corners, outline="black", width=4)
    left, top, right, bottom = corners
    pen.rectangle([left + 1, top + 1, right - 1, bottom - 1], outline="white", width=2)


def _card(one: Shown, picture: bytes) -> str:
    data = base64.b64encode(thumbnail(picture, one.box)).decode()
    words, sign = _words(one), SIGNS.get(one.status, "?")
    found = "a face is framed" if one.box is not None else "no face is framed"
    alt = f"{_file(one)}: {words}; {found}"
    style = "margin:0;border:1px solid;border-radius:8px;padding:8px;max-width:200px"
    return (
        f'<figure style="{style}"><img alt="{escape(alt, quote=True)}" src="data:image/jpeg;base64,{data}">'
        f"<figcaption><strong>{escape(words)}</strong><br>{sign} {escape(one.status)}<br>"
        f"<small>{escape(_file(one))}</small></figcaption></figure>"
    )


def _file(one: Shown) -> str:
    return one.path.rpartition("/")[2]


def _words(one: Shown) -> str:
    if one.status == "PROCESSED":
        return one.person or "nobody we know"
    return one.reason or "failed without a reason" if one.status == "FAILED" else "not looked at yet"


if __name__ == "__main__":
    from kubeface.views.canned import RESULTS, draw, drawn_face

    draw(gallery(RESULTS, drawn_face))
