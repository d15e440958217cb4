"""What one receiver holds, and what it does with a request. Knows no HTTP server."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from common.database import DatabaseAway

from receiver.core import MAX_PATHS, Refused, find_photo, read_paths
from receiver.metrics import Metrics
from receiver.queue import Queue, QueueAway
from receiver.relay import Relay
from receiver.settings import Settings
from receiver.store import Accepted, Store
from receiver.together import Together
from receiver.uploads import Room, sweep

log = logging.getLogger("receiver")


class Receiver:
    """The database, the queue, the relay, and whether the end is near. Used by several threads."""

    def __init__(self, settings: Settings) -> None:
        self.photos_dir: Path = settings.photos_dir
        self.metrics = Metrics(settings.version)
        self.store = Store(settings.database)
        self.queue = Queue(settings.nsqd_http_address)
        self.relay = Relay(self.store, self.queue, self.metrics)
        self.room = Room(settings.photos_dir, settings.uploads_bytes)
        self.stopping = False
        self.together = Together(self._take_each, most=MAX_PATHS)

    def start(self) -> None:
        """The relay turns, and what killed uploads left is gone."""
        if removed := sweep(self.photos_dir):
            log.info("swept", extra={"partial_uploads": removed})
        self.relay.start()

    async def take(self, asked: str) -> Accepted:
        """The photo of that path, written down; raises Refused, StorageAway or DatabaseAway."""
        return await self.together.ask(asked)

    def take_many(self, body: bytes) -> list[tuple[str | None, Accepted | Refused]]:
        """For each photo that `body` names, in order, its path as asked for, and what became of it.

        All that are not refused are written down, or none is.

        Raises:
            Refused: for the request as a whole. StorageAway, DatabaseAway: nothing is promised.
        """
        asked = read_paths(body)
        found = [self._find(one) for one in asked]
        accepted = iter(self._accept([path for path in found if isinstance(path, str)]))
        results = [one if isinstance(one, Refused) else next(accepted) for one in found]
        for one in results:
            if isinstance(one, Refused):
                self.note_refusal(one)
        return [
            (path if isinstance(path, str) else None, one) for path, one in zip(asked, results, strict=True)
        ]

    def note_refusal(self, refused: Refused) -> None:
        """A line in the log, and one more in the count."""
        self.metrics.refused.labels(refused.status).inc()
        log.info("refused", extra={"status": refused.status, "reason": refused.what})

    def readiness(self) -> tuple[bool, dict[str, str]]:
        """Whether it can take photos now, and what it sees. Without nsqd it can: they wait in the outbox."""
        seen = {
            "database": self._look("database", self.store.ping, DatabaseAway),
            "nsqd": self._look("nsqd", self.queue.ping, QueueAway),
            "photos": "ok" if self.photos_dir.is_dir() else f"no folder {self.photos_dir}",
            "process": "stopping" if self.stopping else "ok",
        }
        return all(state == "ok" for name, state in seen.items() if name != "nsqd"), seen

    def stop(self) -> None:
        """From now on it is not ready; it still serves."""
        self.stopping = True

    def close(self) -> None:
        """A last turn of the relay, then every connection is given back."""
        self.relay.stop()
        self.queue.close()
        self.store.close()

    def _take_each(self, asked: Sequence[str]) -> list[Accepted | Exception]:
        """What became of each photo; what is wrong with one is no matter of the others."""
        found = [self._look_for(one) for one in asked]
        accepted = iter(self._accept_each([path for path in found if isinstance(path, str)]))
        return [next(accepted) if isinstance(one, str) else one for one in found]

    def _accept_each(self, paths: Sequence[str]) -> Sequence[Accepted | Exception]:
        """All in one transaction; if the database refuses that, each in one of its own."""
        try:
            return self._accept(paths)
        except DatabaseAway as error:
            if len(paths) == 1 or not error.is_refusal:
                return [error] * len(paths)
        return [self._accept_each([path])[0] for path in paths]

    def _look_for(self, asked: str) -> str | Exception:
        try:
            return find_photo(self.photos_dir, asked)
        except Exception as error:
            return error

    def _find(self, asked: str | Refused) -> str | Refused:
        if isinstance(asked, Refused):
            return asked
        try:
            return find_photo(self.photos_dir, asked)
        except Refused as refused:
            return refused

    def _accept(self, paths: Sequence[str]) -> list[Accepted]:
        accepted = self.store.accept(paths) if paths else []
        self.relay.nudge()
        for event, is_new, count in (
            ("accepted", True, self.metrics.accepted),
            ("accepted before", False, self.metrics.accepted_before),
        ):
            each = [{"image_id": one.id, "path": one.path} for one in accepted if one.is_new == is_new]
            if each:
                count.inc(len(each))
                log.info(event, extra={"each": each})
        return accepted

    def _look(self, dependency: str, ping: Callable[[], None], away: type[Exception]) -> str:
        try:
            ping()
        except away as error:
            self.metrics.saw(dependency, answering=False)
            return f"away: {error}"
        self.metrics.saw(dependency, answering=True)
        return "ok"
