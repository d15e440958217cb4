"""What changes, told to everybody who listens, from one look at the database a second.

Nobody looks while nobody listens. A transaction may commit after a later one did; so each look goes back
some seconds, and leaves out what it told already. Nothing is missed; after a reconnection a change may be
told twice: of two versions, a listener keeps the newer one.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from common.database import DatabaseAway
from starlette.concurrency import run_in_threadpool

from frontend import events
from frontend.core import Photo, milliseconds
from frontend.store import Changes, Store

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0  # chosen: people call that "at once"
LOOK_BACK = timedelta(seconds=10)  # chosen: a writing service gives a statement up after as long
MOST_CHANGES = 1000  # chosen: one look costs milliseconds; who has missed more had better ask for the page
WAITING_MESSAGES = 200  # chosen: who lags so far behind is let go, and comes back by itself


class FeedFull(Exception):
    """As many listen as may."""


class FeedEnded(Exception):
    """This process is about to end."""


class Listener:
    """One open stream."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING_MESSAGES)
        self._let_go = False

    async def next(self) -> bytes | None:
        """The next message, as soon as there is one; None: the stream ends."""
        if self._let_go and self._messages.empty():
            return None
        return await self._messages.get()

    def tell(self, message: bytes | None) -> None:
        """Queue a message, None as the last; a listener who does not keep up is let go."""
        if self._let_go:
            return
        is_full = self._messages.full()
        self._let_go = is_full or message is None
        if not is_full:
            self._messages.put_nowait(message)


class Feed:
    """All listeners of this process, and the one task that looks for them.

    Args:
        store: What is looked at.
        told: What listeners are told of a photo: JSON's types.
        most_listeners: At once.
    """

    def __init__(
        self, store: Store, told: Callable[[Photo], dict[str, object]], *, most_listeners: int
    ) -> None:
        self._store = store
        self._told = told
        self._most = most_listeners
        self._listeners: set[Listener] = set()
        self._watching: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = False

    def __len__(self) -> int:
        return len(self._listeners)

    @property
    def is_watching(self) -> bool:
        """Whether the database is looked at."""
        return self._watching is not None

    def join(self) -> Listener:
        """A listener from now on, until it leaves; raises FeedFull and FeedEnded."""
        if self._ended:
            raise FeedEnded
        if len(self._listeners) >= self._most:
            raise FeedFull
        self._loop = asyncio.get_running_loop()
        listener = Listener()
        self._listeners.add(listener)
        if self._watching is None:
            self._watching = self._loop.create_task(self._watch())
        return listener

    def leave(self, listener: Listener) -> None:
        """The last one out ends the looking."""
        self._listeners.discard(listener)
        if not self._listeners and self._watching:
            self._watching.cancel()
            self._watching = None

    async def missed(self, since: datetime | None) -> bytes:
        """What a listener who was last told of `since` has missed; raises DatabaseAway."""
        if since is None:
            await run_in_threadpool(self._store.ping)
            return b""
        return await run_in_threadpool(lambda: self._message(self._changes_after(since), since))

    def end(self) -> None:
        """Every stream ends, and none begins any more. May be called from a signal handler."""
        self._ended = True
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell, None)

    async def _watch(self) -> None:
        """Looks once a second, until it is cancelled."""
        look, answers = _Look(), True
        while True:
            try:
                self._tell(await run_in_threadpool(self._news, look))
                answers = self._tell_of_database(answers, True)
            except DatabaseAway as error:
                log.warning("no look at the database", extra={"reason": str(error)})
                answers = self._tell_of_database(answers, False)
            except Exception:  # what cannot be drawn must not end everybody's stream
                log.exception("a look failed")
            await asyncio.sleep(LOOK_EVERY_S)

    def _news(self, look: "_Look") -> bytes:
        since = look.position or self._store.now()
        look.position = since
        return self._message(look.unseen(self._changes_after(since)), look.position)

    def _changes_after(self, moment: datetime) -> Changes:
        return self._store.changes(moment - LOOK_BACK, MOST_CHANGES)

    def _message(self, changes: Changes, position: datetime) -> bytes:
        if not changes.photos:
            return b""
        latest = milliseconds(max(position, changes.photos[-1].updated_at))
        if not changes.are_all:
            return events.look_again(latest)
        return events.changed(latest, map(self._told, changes.photos), changes.counts)

    def _tell_of_database(self, before: bool, now: bool) -> bool:
        if before != now:
            self._tell(events.database(answers=now))
        return now

    def _tell(self, message: bytes | None) -> None:
        if message == b"":
            return
        for listener in self._listeners:
            listener.tell(message)


class _Look:
    """What the looks so far have seen, so that the next one tells only what is new."""

    def __init__(self) -> None:
        self.position: datetime | None = None
        self._seen: dict[int, Photo] = {}

    def unseen(self, changes: Changes) -> Changes:
        """The changes without those of the look before."""
        new = [photo for photo in changes.photos if self._seen.get(photo.id) != photo]
        self._seen = {photo.id: photo for photo in changes.photos}
        if self.position and changes.photos:
            self.position = max(self.position, changes.photos[-1].updated_at)
        return Changes(new, changes.counts, changes.are_all)
