"""The page that people open. Templates escape everything that comes from the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from frontend.core import DEFAULT_LIMIT, Photo, Query, Refused, find_file
from frontend.picture import NotAPicture, Picture, look_at
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
    """A photo, and its picture if there is one to show."""

    photo: Photo
    picture: Picture | None
    url: str

    @property
    def alt(self) -> str:
        """What a screen reader says instead of the picture."""
        return f"{self.photo.path}: {self.photo.title}" + (", face marked" if self.photo.box else "")


@dataclass(frozen=True)
class Choice:
    """A link of the filter."""

    name: str
    mark: str
    count: int
    url: str
    is_current: bool


def draw_page(photos_dir: Path, query: Query, page: Page, counts: Mapping[str, int]) -> str:
    """The page as HTML."""
    older = _url(query.status, query.limit, page.photos[-1].id) if page.older else None
    return _templates.get_template("page.html").render(
        cards=[_card(photos_dir, photo) for photo in page.photos],
        choices=list(_choices(query, counts)),
        older=older,
        newest=_url(query.status, query.limit) if query.before else None,
        marks=MARKS,
    )


def draw_error(what: str, try_next: str) -> str:
    """A page that says what is wrong, as HTML."""
    return _templates.get_template("error.html").render(what=what, try_next=try_next)


def _card(photos_dir: Path, photo: Photo) -> Card:
    try:
        picture = look_at(find_file(photos_dir, photo.path))
    except (Refused, NotAPicture):
        picture = None
    return Card(photo, picture, f"/photos/{quote(photo.path)}")


def _choices(query: Query, counts: Mapping[str, int]) -> list[Choice]:
    everything = Choice("All", "", sum(counts.values()), _url(None, query.limit), query.status is None)
    return [everything] + [
        Choice(name.capitalize(), MARKS[name], counts[name], _url(name, query.limit), query.status == name)
        for name in MARKS
    ]


def _url(status: str | None, limit: int, before: int | None = None) -> str:
    """The shortest address of a page."""
    asked = {"status": status, "limit": limit if limit != DEFAULT_LIMIT else None, "before": before}
    given = urlencode({name: value for name, value in asked.items() if value})
    return f"/?{given}" if given else "/"
