"""The page that people open. Templates escape everything that comes from the database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from common.photos import PathRefused
from common.pictures import NotAPicture
from jinja2 import Environment, PackageLoader, StrictUndefined

from frontend.core import DEFAULT_LIMIT, Photo, Query, milliseconds
from frontend.label import Label, place_label
from frontend.picture import Picture, open_picture
from frontend.store import Page

# In the order of a photo's life.
MARKS = {"PENDING": "…", "PROCESSING": "↻", "PROCESSED": "✓", "FAILED": "✕"}  # a status is never colour alone
_templates = Environment(
    loader=PackageLoader("frontend"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Card:
    """A photo, its picture if there is one to show, and the name at its box."""

    photo: Photo
    picture: Picture | None
    label: Label | None
    url: str

    @property
    def version(self) -> int:
        """Grows with each change of the photo."""
        return milliseconds(self.photo.updated_at)

    @property
    def alt(self) -> str:
        """What a screen reader says instead of the picture."""
        return f"{self.photo.path}: {self.photo.title}" + (", face marked" if self.photo.box else "")


@dataclass(frozen=True)
class Choice:
    """A link of the filter. status: "" for all photos."""

    status: str
    name: str
    mark: str
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True)
class Turn:
    """A link to another page; without a url it is hidden."""

    name: str
    rel: str
    url: str | None


def draw_page(photos_dir: Path, query: Query, page: Page) -> str:
    """The page as HTML."""
    return _templates.get_template("page.html").render(
        cards=[_card(photos_dir, photo) for photo in page.photos],
        choices=list(_choices(query, page.counts)),
        turns=list(_turns(query, page)),
        marks=MARKS,
        query=query,
        page=page,
        since=milliseconds(page.moment),
    )


def draw_card(photos_dir: Path, photo: Photo) -> str:
    """One photo as it stands in the page, as HTML."""
    return _templates.get_template("card.html").render(card=_card(photos_dir, photo), marks=MARKS)


def draw_error(what: str, try_next: str) -> str:
    """A page that says what is wrong, as HTML."""
    return _templates.get_template("error.html").render(what=what, try_next=try_next)


def _card(photos_dir: Path, photo: Photo) -> Card:
    picture = _picture(photos_dir, photo)
    label = place_label(photo.title, photo.box, picture) if picture and photo.box else None
    return Card(photo, picture, label, f"/photos/{quote(photo.path)}")


def _picture(photos_dir: Path, photo: Photo) -> Picture | None:
    try:
        file, picture = open_picture(photos_dir, photo.path)
    except (PathRefused, NotAPicture, OSError):
        return None
    file.close()
    return picture


def _choices(query: Query, counts: Mapping[str, int]) -> Iterator[Choice]:
    yield Choice("", "All", "", sum(counts.values()), _url(None, query.limit), query.status is None)
    for status, mark in MARKS.items():
        url, is_current = _url(status, query.limit), query.status == status
        yield Choice(status, status.capitalize(), mark, counts[status], url, is_current)


def _turns(query: Query, page: Page) -> Iterator[Turn]:
    first, last = (page.photos[0].id, page.photos[-1].id) if page.photos else (None, None)
    newest = None if query.is_newest else _url(query.status, query.limit)
    newer = _url(query.status, query.limit, after=first) if page.newer and first else None
    older = _url(query.status, query.limit, before=last) if page.older and last else None
    yield Turn("Newest", "first", newest)
    yield Turn("Newer", "prev", newer)
    yield Turn("Older", "next", older)
    yield Turn("Oldest", "last", _url(query.status, query.limit, after=0) if older else None)


def _url(status: str | None, limit: int, *, before: int | None = None, after: int | None = None) -> str:
    """The shortest address of a page."""
    shown = limit if limit != DEFAULT_LIMIT else None
    asked = {"status": status, "limit": shown, "before": before, "after": after}
    given = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"/?{given}" if given else "/"
