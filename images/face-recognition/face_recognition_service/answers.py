"""The gRPC methods: a question in, core's answer out, every outcome with a status of its own."""

import logging
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

import face_recognition_pb2 as pb
import grpc
from common.photos import NotAFile, OutsideFolder, PhotoMissing
from common.pictures import NotAPicture, PictureTooLarge

from face_recognition_service.core import Known, Match, identify
from face_recognition_service.known import KnownPeople
from face_recognition_service.models import ModelPool, Models
from face_recognition_service.picture import read_photo
from face_recognition_service.refusals import REFUSALS, NoFace

log = logging.getLogger(__name__)

STATUS = {
    PhotoMissing: grpc.StatusCode.NOT_FOUND,
    OutsideFolder: grpc.StatusCode.INVALID_ARGUMENT,
    NotAFile: grpc.StatusCode.INVALID_ARGUMENT,
    NotAPicture: grpc.StatusCode.INVALID_ARGUMENT,
    PictureTooLarge: grpc.StatusCode.INVALID_ARGUMENT,
    NoFace: grpc.StatusCode.FAILED_PRECONDITION,
}


class NobodyWaits(Exception):
    """The caller's deadline passed before its picture had its turn."""


class Answers:
    """Both services of the contract. Holds nothing of a request: each lives on its own stack.

    Args:
        photos_dir: The folder that holds all photos.
        known: Whose faces are known.
        models: Where pictures are worked on.
        places: How many questions may be open; one more is told to come later.
    """

    def __init__(self, photos_dir: Path, known: KnownPeople, models: ModelPool, places: int) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._busy = f"{places} questions are open, as many as may be: ask again in some seconds"
        self._photos_dir = photos_dir
        self._known = known
        self._models = models

    def Identify(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Who is in the picture at `request.image_path`; the sentence of a refusal is in the details."""
        started = time.monotonic()
        about = {"image_path": request.image_path, "image_id": _image_id(context)}
        if not self._places.acquire(blocking=False):
            _refuse(context, grpc.StatusCode.RESOURCE_EXHAUSTED, self._busy, about)
        try:
            known = self._known.current()
            match = self._models.run(
                lambda models: self._identify(request.image_path, known, models, context)
            )
        except REFUSALS as refusal:
            _refuse(context, STATUS[type(refusal)], str(refusal), about)
        except OSError as error:
            _refuse(context, grpc.StatusCode.UNAVAILABLE, f"the photos cannot be read now: {error}", about)
        except NobodyWaits as late:
            _refuse(context, grpc.StatusCode.CANCELLED, str(late), about)
        finally:
            self._places.release()
        about |= {"image_name": match.image_name, "distance": match.distance, "faces": match.faces_found}
        log.info("identified", extra={**about, "seconds": round(time.monotonic() - started, 3)})
        return _response(match)

    def HealthCheck(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Serving, with the number of known faces and the known photos that were skipped."""
        try:
            known = self._known.current()
        except OSError:
            return pb.HealthCheckResponse(status=pb.HealthCheckResponse.NOT_SERVING)
        serving = pb.HealthCheckResponse.SERVING
        return pb.HealthCheckResponse(status=serving, known_faces=len(known.names), skipped=known.skipped)

    def _identify(
        self, image_path: str, known: Known, models: Models, context: grpc.ServicerContext
    ) -> Match:
        if not context.is_active():
            raise NobodyWaits("nobody waits for this answer any more")
        return identify(read_photo(self._photos_dir, image_path), known, models)


def _refuse(
    context: grpc.ServicerContext, status: grpc.StatusCode, words: str, about: dict[str, str]
) -> NoReturn:
    log.warning("refused", extra={**about, "status": status.name, "reason": words})
    context.abort(status, words)
    raise AssertionError("abort raises")


def _response(match: Match) -> Any:
    box = match.box
    return pb.IdentifyResponse(
        image_name=match.image_name,
        distance=match.distance,
        box=pb.Box(top=box.top, right=box.right, bottom=box.bottom, left=box.left),
        faces_found=match.faces_found,
    )


def _image_id(context: grpc.ServicerContext) -> str:
    """The id that the caller put beside the question, for the log; empty when there is none."""
    return str(dict(context.invocation_metadata()).get("image-id", ""))
