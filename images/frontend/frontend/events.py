"""Server-sent events: what a browser's EventSource and the course's client read from GET /events. Pure.

    event: photo    JSON as in /api/images, and `card`, its card as HTML
    event: counts   JSON, by status; ends the photos of one look at the database
    event: again    more has changed than is told one by one: ask for the page, or for /api/images
    event: database "ok" or "away"; the first event of a stream, after all that was missed

The first three carry an id, a time in milliseconds: the stream resumes there, by Last-Event-ID or `?since=`.
"""

import json
from collections.abc import Iterable, Mapping

RECONNECT_MS = 2000  # chosen: what browsers wait before they come back
STILL_HERE = b": still here\n\n"  # a comment: for proxies, that cut what is silent


def begin() -> bytes:
    """How long a client waits before it comes back."""
    return f"retry: {RECONNECT_MS}\n\n".encode()


def changed(position: int, photos: Iterable[Mapping[str, object]], counts: Mapping[str, int]) -> bytes:
    """One event a photo, then the counts."""
    told = [_event("photo", photo, position) for photo in photos]
    return b"".join([*told, _event("counts", counts, position)])


def look_again(position: int) -> bytes:
    """One event."""
    return _event("again", {}, position)


def database(*, answers: bool) -> bytes:
    """One event, without an id: it is no place to resume at."""
    return _event("database", "ok" if answers else "away")


def _event(name: str, data: object, position: int | None = None) -> bytes:
    """One `data:` line: JSON holds no line break."""
    place = "" if position is None else f"id: {position}\n"
    return f"event: {name}\n{place}data: {json.dumps(data)}\n\n".encode()
