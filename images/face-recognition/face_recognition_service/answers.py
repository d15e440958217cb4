"""The gRPC methods: a question in, core's answer out, every outcome with a status of its own."""

import logging
import time
from pathlib import Path
from typing import Any, NoReturn

import face_recognition_pb2 as pb
import grpc

from face_recognition_service import refusals
from face_recognition_service.core import Match, identify
from face_recognition_service.known import KnownPeople
from face_recognition_service.models import ModelPool
from face_recognition_service.photos import read_photo

log = logging.getLogger(__name__)

STATUS = {
    refusals.PhotoMissing: grpc.StatusCode.NOT_FOUND,
    refusals.OutsideFolder: grpc.StatusCode.INVALID_ARGUMENT,
    refusals.NotAPicture: grpc.StatusCode.INVALID_ARGUMENT,
    refusals.PictureTooLarge: grpc.StatusCode.INVALID_ARGUMENT,
    refusals.NoFace: grpc.StatusCode.FAILED_PRECONDITION,
}


class Answers:
    """Both services of the contract. Holds nothing of a request: each lives on its own stack."""

    def __init__(self, photos_dir: Path, known: KnownPeople, models: ModelPool) -> None:
        self._photos_dir = photos_dir
        self._known = known
        self._models = models

    def Identify(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Who is in the picture at `request.image_path`; the sentence of a refusal is in the details."""
        started = time.monotonic()
        about = {"image_path": request.image_path, "image_id": _image_id(context)}
        try:
            match = self._identify(request.image_path, context)
        except refusals.Refusal as refusal:
            _refuse(context, STATUS[type(refusal)], str(refusal), about)
        except OSError as error:
            _refuse(context, grpc.StatusCode.UNAVAILABLE, f"the photos cannot be read now: {error}", about)
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

    def _identify(self, image_path: str, context: grpc.ServicerContext) -> Match:
        data = read_photo(self._photos_dir, image_path)
        known = self._known.current()
        with self._models.borrow() as models:
            if not context.is_active():  # the caller's deadline passed while we waited for models
                context.abort(grpc.StatusCode.CANCELLED, "nobody waits for this answer any more")
            return identify(data, known, models)


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
