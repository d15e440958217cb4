"""The pipeline as one thing to talk to."""

from collections.abc import Iterable
from pathlib import Path
from threading import Event
from typing import Any

from kubeface import places
from kubeface.errors import NotReady
from kubeface.kube import Cluster
from kubeface.kube.wait import Deadline
from kubeface.pipeline import deploy, http, photos
from kubeface.pipeline.results import Result, Results

PAGE = 200  # chosen: rows a request; the frontend may give fewer
# Chosen: the frontend tells when asked and sends no event. A photo takes longer than this.
ASK_AGAIN_S = 0.3


class Pipeline:
    """The face pipeline of one cluster.

    Args:
        cluster: Where it runs, or is to run.
        manifests: The kustomization to deploy; without one, the course's own.
    """

    def __init__(self, cluster: Cluster, *, manifests: Path | str | None = None) -> None:
        self.cluster = cluster
        self._manifests = Path(manifests) if manifests else None
        self._ports: dict[str, int] = {}

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
            folder: Has known_people/ and unknown_people/; without one, the course's own photos.

        Raises:
            BadInput: it has no pictures.
        """
        folder = Path(folder) if folder else places.cache() / "photos"
        receiver = self.cluster.get("deployment/receiver", namespace=deploy.NAMESPACE)
        image = receiver.spec.template.spec.containers[0].image
        return photos.load_photos(self.cluster, folder, namespace=deploy.NAMESPACE, image=image)

    def post(self, path: str) -> int:
        """The id that the receiver gives to a photo; posting it again answers with the same id.

        Args:
            path: Relative to the photos folder: `unknown_people/obama2.jpg`.

        Raises:
            ApiRefused: the receiver says what is wrong with it.
        """
        told = http.post_json(self.address, self._port("receiver"), "/image/post", {"path": path})
        return int(told["id"])

    def post_all(self, paths: Iterable[str]) -> dict[str, int]:
        """The ids of those paths that are in unknown_people, by path."""
        return {path: self.post(path) for path in paths if path.startswith("unknown_people/")}

    def results(self) -> Results:
        """What the pipeline knows of every photo that was posted, by path."""
        found: list[Result] = []
        told = self._page(None)
        while told:
            found += told
            told = self._page(min(one.id for one in told))
        return Results(found)

    def counts(self) -> dict[str, int]:
        """How many photos have each status."""
        counts = self._images("limit=1")["counts"]
        return {status: int(count) for status, count in sorted(counts.items())}

    def picture(self, path: str) -> bytes:
        """A photo as the frontend serves it from the shared volume.

        Raises:
            ApiRefused: it has no such photo.
        """
        return http.get(self.address, self._port("frontend"), f"/photos/{http.quoted(path)}")

    def wait_until_done(self, ids: Iterable[int], *, timeout_s: float = 120) -> Results:
        """The results of those ids, as soon as all of them are final.

        Raises:
            NotReady: some are not, in time; they are in `seen`.
        """
        wanted, deadline = set(ids), Deadline.after(timeout_s)
        while True:
            seen = Results(one for one in self.results() if one.id in wanted)
            if len(seen) == len(wanted) and not seen.pending:
                return seen
            if not deadline.left_s:
                raise _not_done(wanted, seen, timeout_s)
            Event().wait(min(ASK_AGAIN_S, deadline.left_s))

    @property
    def address(self) -> str:
        """The address of a node that is ready: every node answers at every NodePort.

        Raises:
            NotReady: no node is ready.
        """
        for node in self.cluster.nodes():
            internal = [one.address for one in node.status.addresses or [] if one.type == "InternalIP"]
            if node.is_ready and internal:
                return str(internal[0])
        raise NotReady("no node is ready", try_next="kubeface status")

    def _page(self, before: int | None) -> list[Result]:
        query = f"limit={PAGE}" + (f"&before={before}" if before is not None else "")
        return [Result.read(told) for told in self._images(query)["images"]]

    def _images(self, query: str) -> dict[str, Any]:
        told: dict[str, Any] = http.get_json(self.address, self._port("frontend"), f"/api/images?{query}")
        return told

    def _port(self, service: str) -> int:
        if service not in self._ports:
            found = self.cluster.get(f"service/{service}", namespace=deploy.NAMESPACE)
            self._ports[service] = int(found.spec.ports[0].nodePort)
        return self._ports[service]

    def __repr__(self) -> str:
        return f"Pipeline in {self.cluster.context}, namespace {deploy.NAMESPACE}"


def _not_done(wanted: set[int], seen: Results, timeout_s: float) -> NotReady:
    open_ones = [f"{one.name} is {one.status}" for one in seen.pending]
    lost = len(wanted) - len(seen)
    evidence = [*open_ones[:10], *([f"{lost} are not known to the frontend"] if lost else [])]
    return NotReady(
        f"{len(open_ones) + lost} of {len(wanted)} photos were not done after {timeout_s:g} s",
        seen="; ".join(evidence),
        try_next="kubectl logs deployment/image-processor -n face",
    )
