"""Clients that use the receiver without a pause, and count who answered."""

from collections import Counter
from threading import Event, Lock, Thread
from types import TracebackType

from kubeface.errors import KubefaceError
from kubeface.pipeline import http

PACE_S = 0.1  # chosen: a shorter gap nobody would notice, and two processors serve it with ease
PATIENCE_S = 30.0  # chosen: a late answer is no lost one, and a disk that is busy makes the database late


class Traffic:
    """Clients that post one photo again and again, and ask which version they speak to.

    They do so for as long as a with-block lasts; each request is answered, or lost. A photo that is posted
    again keeps its id and makes no work for the rest of the pipeline.

    Args:
        host: The receiver's address.
        port: Its port.
        path: Of a photo that is there: `unknown_people/obama2.jpg`.
        clients: How many at once.
        within_s: How long a client waits for an answer.
    """

    def __init__(
        self, host: str, port: int, path: str, *, clients: int = 3, within_s: float = PATIENCE_S
    ) -> None:
        self._host, self._port, self._photo = host, port, {"path": path}
        self._within_s = within_s
        self._lock, self._end = Lock(), Event()
        self._answers: Counter[str] = Counter()
        self._losses: list[str] = []
        self._clients = [Thread(target=self._use, daemon=True, name="client") for _ in range(clients)]

    def __enter__(self) -> "Traffic":
        for client in self._clients:
            client.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The clients end with the request that they are at."""
        self._end.set()
        for client in self._clients:
            client.join()

    @property
    def answered(self) -> int:
        """How many requests were answered so far."""
        with self._lock:
            return sum(self._answers.values())

    def by_version(self) -> dict[str, int]:
        """How many answers each version of the receiver has given so far, to the question which one it is."""
        with self._lock:
            return {version: self._answers[version] for version in sorted(self._answers.keys() - {""})}

    @property
    def lost(self) -> int:
        """How many were refused, broken off, or had no answer in time."""
        return len(self.losses)

    @property
    def losses(self) -> list[str]:
        """What was seen in the place of each answer that is missing."""
        with self._lock:
            return list(self._losses)

    @property
    def versions(self) -> list[str]:
        """Which versions of the receiver have answered."""
        with self._lock:
            return sorted(self._answers.keys() - {""})

    def _use(self) -> None:
        here = self._host, self._port
        while not self._end.is_set():
            try:
                http.post_json(*here, "/image/post", self._photo, within_s=self._within_s)
                self._note("")
                self._note(str(http.get_json(*here, "/", within_s=self._within_s)["version"]))
            except KubefaceError as loss:
                with self._lock:
                    self._losses.append(str(loss))
            self._end.wait(PACE_S)

    def _note(self, version: str) -> None:
        with self._lock:
            self._answers[version] += 1

    def __repr__(self) -> str:
        who = " and ".join(self.versions) or "nobody"
        return f"{self.answered} requests answered by {who}, {self.lost} lost"
