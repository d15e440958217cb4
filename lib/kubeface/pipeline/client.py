"""The pipeline as one thing to talk to."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kubeface import places
from kubeface.errors import ApiError, NotReady
from kubeface.kube import Cluster
from kubeface.kube.wait import Deadline
from kubeface.pipeline import breaker, deploy, events, http, outbox, photos, queue
from kubeface.pipeline.reach import NodePorts, Tunnels, way_to
from kubeface.pipeline.results import Awaited, Result, Results
from kubeface.pipeline.traffic import PATIENCE_S, Traffic
from kubeface.util.audience import Tell, telling
from kubeface.util.waiting import attempts

PAGE = 200  # chosen: rows a request; the frontend may give fewer
BULK = 500  # chosen: paths a request; the receiver takes 1000, and a mebibyte
COME_BACK_S = 1.0  # chosen: a Pod that died is replaced in some seconds


class Pipeline:
    """The face pipeline of one cluster.

    Args:
        cluster: Where it runs, or is to run.
        manifests: The kustomization to deploy; without one, the course's own.

    Raises:
        ApiError: by every call: the API server, the receiver or the frontend said no, and why.
        NotReady: by every call: nobody answers, or not in time.

    >>> def all_of_it(pipeline: Pipeline) -> None:
    ...     print(pipeline.manifests)
    ...     pipeline.deploy(timeout_s=180)
    ...     ids = pipeline.post_all(pipeline.load_photos())
    ...     results = pipeline.wait_until_done(ids.values(), timeout_s=120)
    ...     print(results.people, pipeline.counts())
    ...     pipeline.delete()
    >>> def one_photo(pipeline: Pipeline, path: str) -> bytes:
    ...     number = pipeline.post(path)
    ...     print(number, pipeline.results(), pipeline.address, pipeline.url)
    ...     return pipeline.picture(path)
    >>> def under_load(pipeline: Pipeline, count: int) -> int:
    ...     paths = pipeline.load_copies(count)
    ...     ids = {**pipeline.post_many(paths[1:]), **pipeline.post_until_accepted(paths[:1], timeout_s=60)}
    ...     pipeline.wait_until_published(ids.values())
    ...     print(pipeline.outbox(), pipeline.queue())
    ...     with pipeline.traffic(paths[0], clients=3) as traffic:
    ...         pipeline.wait_for_breaker("closed", timeout_s=60)
    ...         print(pipeline.breaker())
    ...     return traffic.lost
    """

    def __init__(self, cluster: Cluster, *, manifests: Path | str | None = None) -> None:
        self.cluster = cluster
        self._manifests = Path(manifests) if manifests else None
        self._found_way: NodePorts | Tunnels | None = None

    @property
    def manifests(self) -> Path:
        """The folder that `deploy` applies."""
        return self._manifests or deploy.manifests_folder()

    def deploy(self, *, timeout_s: float = 180) -> None:
        """Bring the pipeline up, and print what is done; doing it twice changes nothing.

        Raises:
            NotReady: a part of it did not get ready in time; the reasons are in `seen`.
        """
        deploy.deploy(self.cluster, self.manifests, print, timeout_s=timeout_s)

    def delete(self, *, timeout_s: float = 120) -> None:
        """Nothing of the pipeline left: no Pod, no database, no photo on the cluster."""
        deploy.remove(self.cluster, timeout_s=timeout_s)

    def load_photos(self, folder: Path | str | None = None) -> list[str]:
        """The paths of the pictures of a folder, now that they are on the cluster's shared volume.

        Args:
            folder: Has known_people/ and unknown_people/; without one, the learner's own photos, or the
                course's.

        Raises:
            BadInput: it has no pictures.
        """
        folder = Path(folder) if folder else photos.photos_folder()
        receiver = self.cluster.get("deployment/receiver", namespace=deploy.NAMESPACE)
        image = receiver.spec.template.spec.containers[0].image
        return photos.load_photos(self.cluster, folder, namespace=deploy.NAMESPACE, image=image)

    def load_copies(self, count: int) -> list[str]:
        """The paths of that many photos that nobody has posted yet, now that they are on the volume.

        They are copies of two of the course's own photos; the known people come with them.
        """
        with TemporaryDirectory() as folder:
            photos.copy_photos(places.cache() / "photos", Path(folder), count)
            return [path for path in self.load_photos(folder) if path.startswith("unknown_people/")]

    def post(self, path: str) -> int:
        """The id that the receiver gives to a photo; posting it again answers with the same id.

        Args:
            path: Relative to the photos folder: `unknown_people/obama2.jpg`.

        Raises:
            ApiError: the receiver says what is wrong with it.
        """
        told = http.post_json(self.address, self._port("receiver"), "/image/post", {"path": path})
        return int(told["id"])

    def upload(self, picture: bytes) -> int:
        """The id that the receiver gives to a picture that it is sent; the same bytes have the same id.

        Args:
            picture: A JPEG, PNG, WebP, GIF or BMP, at most 16 MiB.

        Raises:
            ApiError: the receiver says what is wrong with it.

        >>> def mine(pipeline: Pipeline) -> int:
        ...     return pipeline.upload(Path("me.jpg").read_bytes())
        """
        told = http.post_bytes(self.address, self._port("receiver"), "/image/upload", picture)
        return int(told["id"])

    def post_all(self, paths: Iterable[str]) -> dict[str, int]:
        """The ids of those paths that are in unknown_people, by path."""
        return {path: self.post(path) for path in paths if path.startswith("unknown_people/")}

    def post_until_accepted(self, paths: Iterable[str], *, timeout_s: float = 110) -> dict[str, int]:
        """The ids of photos, by path. A client that gets no answer posts again, until it has one.

        Raises:
            ApiError: the receiver says what is wrong with a photo; no other try would change that.
            NotReady: the receiver did not accept one in time.
        """
        deadline = Deadline.after(timeout_s)
        with telling("photos to be accepted", timeout_s) as tell:
            return {path: self._posted(path, deadline, tell) for path in paths}

    def _posted(self, path: str, deadline: Deadline, tell: Tell) -> int:
        silence = NotReady(f"{path} was not accepted in time")
        for _ in attempts(timeout_s=deadline.left_s, every_s=COME_BACK_S):
            try:
                return self.post(path)
            except NotReady as error:
                silence = error
                tell(error.what)
        raise silence

    def post_many(self, paths: Iterable[str]) -> dict[str, int]:
        """The ids that the receiver gives to photos, by path; some hundred photos a request.

        Raises:
            ApiError: the receiver refuses some, and says why (the others are accepted; posting them again
                answers with the same ids); or it is too old for many photos at once.
        """
        asked = list(paths)
        ids: dict[str, int] = {}
        refused: list[str] = []
        for start in range(0, len(asked), BULK):
            some = asked[start : start + BULK]
            for path, told in zip(some, self._post_bulk(some), strict=True):
                if "id" in told:
                    ids[path] = int(told["id"])
                else:
                    refused.append(f"{path}: {told['error']}")
        if refused:
            raise ApiError(
                f"{len(refused)} of {len(asked)} photos were refused", seen="; ".join(refused[:10])
            )
        return ids

    def results(self) -> Results:
        """What the pipeline knows of every photo that was posted, by path."""
        return Results(one for page in self._pages() for one in page)

    def counts(self) -> dict[str, int]:
        """How many photos have each status."""
        counts = self._images("limit=1")["counts"]
        return {status: int(count) for status, count in sorted(counts.items())}

    @property
    def url(self) -> str:
        """The address of the frontend's page, for a browser on this machine: `http://10.89.0.2:30801/`.

        Raises:
            NotReady: nobody answers.
        """
        return f"http://{self.address}:{self._port('frontend')}/"

    def picture(self, path: str) -> bytes:
        """A photo as the frontend serves it from the shared volume.

        Raises:
            ApiError: it has no such photo.
        """
        return http.get(self.address, self._port("frontend"), f"/photos/{http.quoted(path)}")

    def outbox(self) -> dict[int, bool]:
        """Whether the queue has taken over each photo's latest entry in the outbox, by the photo's id.

        Raises:
            CommandFailed: the database cannot be asked.
        """
        return outbox.entries(self.cluster)

    def wait_until_published(self, ids: Iterable[int], *, timeout_s: float = 60) -> None:
        """Comes back when the queue has taken over every one of these photos.

        Raises:
            NotReady: it has not, in time.
        """
        outbox.wait_until_published(self.cluster, set(ids), timeout_s=timeout_s)

    def queue(self) -> dict[str, int]:
        """How many messages are `waiting` for a consumer, and how many one has `in hand`.

        Raises:
            ApiError: an nsqd cannot be asked.
        """
        return queue.numbers(self.cluster)

    def breaker(self) -> str:
        """How image-processor's circuit breaker is: `closed`, `open` or `half-open`.

        Raises:
            NotReady: no image-processor runs.
            ApiError: it cannot be asked.
        """
        return breaker.state(self.cluster)

    def wait_for_breaker(self, state: str, *, timeout_s: float = 60) -> str:
        """The state, as soon as image-processor's circuit breaker is in it.

        Raises:
            NotReady: it is not, in time.
        """
        return breaker.wait_for(self.cluster, state, timeout_s=timeout_s)

    def wait_until_done(self, ids: Iterable[int], *, timeout_s: float = 120) -> Results:
        """The results of those ids, as soon as all of them are final.

        The frontend tells what changes; while it is away, this waits for it.

        Raises:
            NotReady: some are not, in time; they are in `seen`.
        """
        awaited, deadline = Awaited(ids), Deadline.after(timeout_s)
        silence: NotReady | None = None
        with telling(f"{len(awaited.ids)} photos to be done", timeout_s) as tell:
            for _ in attempts(timeout_s=timeout_s, every_s=COME_BACK_S):
                try:
                    self._follow(awaited, deadline, tell)
                    silence = None
                except NotReady as error:
                    silence = error
                if awaited.are_done:
                    return awaited.results
                if not deadline.left_s:  # the stream was followed to the end
                    break
            raise _not_done(awaited, timeout_s, silence)

    def _follow(self, awaited: Awaited, deadline: Deadline, tell: Tell) -> None:
        """Notes what the frontend tells, until all is done or the stream ends.

        Raises:
            NotReady: the frontend does not answer, or has no stream to give; what it knows is noted.
        """
        address, port = self.address, self._port("frontend")
        try:
            listening = events.listen(address, port, "/events", after=awaited.last_event, deadline=deadline)
            with listening as told:
                self._ask_for(awaited, deadline)  # the stream is open: whatever comes now is told
                while not awaited.are_done and (event := next(told, None)):
                    awaited.last_event = event.id or awaited.last_event
                    if event.name == "photo":
                        awaited.note([Result.read(event.data)])
                    elif event.name == "again":
                        self._ask_for(awaited, deadline)
                    tell(f"{awaited.done} are done")
        except NotReady:
            self._ask_for(awaited, deadline)
            raise

    def _ask_for(self, awaited: Awaited, deadline: Deadline) -> None:
        for page in self._pages(newest=max(awaited.ids, default=0), within_s=max(0.05, deadline.left_s)):
            awaited.note(page)
            if min(one.id for one in page) <= min(awaited.ids, default=0):
                return

    def events(self, *, timeout_s: float = 60) -> AbstractContextManager[Iterator[events.Event]]:
        """The frontend's server-sent events from now on, for as long as a with-block lasts.

        Args:
            timeout_s: When they end at the latest, in seconds.

        >>> def statuses(pipeline: Pipeline, path: str) -> list[str]:
        ...     with pipeline.events(timeout_s=60) as events:
        ...         id = pipeline.post(path)
        ...         return [one.data["status"] for one in events if one.data["id"] == id]
        """
        deadline = Deadline.after(timeout_s)
        return events.listen(self.address, self._port("frontend"), "/events", after="", deadline=deadline)

    def traffic(self, path: str, *, clients: int = 3, within_s: float = PATIENCE_S) -> Traffic:
        """Clients that use the receiver for as long as a with-block lasts, and count what is lost.

        Args:
            path: Of a photo that is there.
            clients: How many at once.
            within_s: How long a client waits for an answer.
        """
        return Traffic(self.address, self._port("receiver"), path, clients=clients, within_s=within_s)

    @property
    def address(self) -> str:
        """Where the services are reached: at a node that is ready, or at this machine's end of a tunnel.

        Raises:
            NotReady: no node is ready.
        """
        return self._way.address

    def _pages(self, *, newest: int | None = None, within_s: float = http.ANSWER_S) -> Iterator[list[Result]]:
        """All photos, or those up to an id, the newest first."""
        before = f"&before={newest + 1}" if newest is not None else ""
        while told := self._images(f"limit={PAGE}{before}", within_s=within_s)["images"]:
            yield [Result.read(one) for one in told]
            before = f"&before={min(one['id'] for one in told)}"

    def _images(self, query: str, *, within_s: float = http.ANSWER_S) -> dict[str, Any]:
        patience_s = min(within_s, http.ANSWER_S)
        port = self._port("frontend")
        told: dict[str, Any] = http.get_json(self.address, port, f"/api/images?{query}", within_s=patience_s)
        return told

    def _post_bulk(self, paths: list[str]) -> list[dict[str, Any]]:
        body = {"paths": [{"path": path} for path in paths]}
        try:
            told = http.post_json(self.address, self._port("receiver"), "/images/post", body)
        except http.NoSuchPath as refusal:
            raise ApiError(
                "this receiver takes one photo at a time: many at once need its version v1.1",
                seen=refusal.seen,
                try_next="post_all(), or roll the receiver out as v1.1",
            ) from refusal
        results: list[dict[str, Any]] = told["results"]
        return results

    def _port(self, service: str) -> int:
        return self._way.port(service)

    @property
    def _way(self) -> NodePorts | Tunnels:
        if self._found_way is None:
            self._found_way = way_to(self.cluster, deploy.NAMESPACE)
        return self._found_way

    def __repr__(self) -> str:
        return f"Pipeline in {self.cluster.context}, namespace {deploy.NAMESPACE}"


def _not_done(awaited: Awaited, timeout_s: float, silence: NotReady | None) -> NotReady:
    seen = awaited.results
    open_ones = [f"{one.name} is {one.status}" for one in seen.pending]
    lost = len(awaited.ids) - len(seen)
    evidence = [*open_ones[:10], *([f"{lost} are not known to the frontend"] if lost else [])]
    if silence:
        evidence.append(f"the frontend is away: {silence.what}")
    return NotReady(
        f"{len(open_ones) + lost} of {len(awaited.ids)} photos were not done after {timeout_s:g} s",
        seen="; ".join(evidence),
        try_next="kubectl logs deployment/image-processor -n face",
    )
