"""Asks face-recognition who is in a photo."""

import face_recognition_pb2 as pb
import face_recognition_pb2_grpc as pb_grpc
import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from image_processor.channel import Channel
from image_processor.core import Answer, Away, Box, Refused, Unanswered
from image_processor.metrics import identify_seconds

IDENTIFY_WITHIN_S = 30.0  # chosen: a photo takes under 2 s on a slow core; the rest is queueing
CHECK_WITHIN_S = 2.0
# The answers that stay the same however often we ask. Every other status is a passing trouble.
FINAL = (
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.FAILED_PRECONDITION,
)


class Recognition:
    """What face-recognition answers, for all threads."""

    def __init__(self, address: str) -> None:
        self._channel = Channel(address)
        self._closed = False

    def identify(self, image_id: int, path: str) -> Answer:
        """Who is in the photo; the id goes along for the log.

        Raises:
            Refused: no name for it, now or later; the words of the service.
            Unanswered: the service did not answer in time, or not with one of its own answers.
            Away: it has too much to do and was not asked in earnest; or we have hung up.
        """
        question = pb.IdentifyRequest(image_path=path)
        metadata = (("image-id", str(image_id)),)
        try:
            with identify_seconds.time(), self._channel.call() as channel:
                ask = pb_grpc.IdentifyStub(channel).Identify
                answer = ask(question, timeout=IDENTIFY_WITHIN_S, metadata=metadata)
        except (grpc.RpcError, ValueError) as error:  # ValueError: the channel is closed
            if self._closed:
                raise Away("the image-processor stops") from error
            if not isinstance(error, grpc.RpcError):
                raise
            words = error.details() or error.code().name
            if error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED:
                raise Away(f"face-recognition is busy: {words}") from error
            if error.code() in FINAL:
                raise Refused(words) from error
            raise Unanswered(f"face-recognition: {error.code().name}, {words}") from error
        box = Box(answer.box.top, answer.box.right, answer.box.bottom, answer.box.left)
        distance = answer.distance if answer.HasField("distance") else None
        return Answer(answer.image_name, distance, box)

    def check(self) -> None:
        """Returns when face-recognition says that it can serve; raises Away."""
        question = health_pb2.HealthCheckRequest(service="ready")
        try:
            with self._channel.call() as channel:
                answer = health_pb2_grpc.HealthStub(channel).Check(question, timeout=CHECK_WITHIN_S)
        except grpc.RpcError as error:
            raise Away(f"face-recognition: {error.code().name}") from error
        if answer.status != health_pb2.HealthCheckResponse.SERVING:
            raise Away("face-recognition: not serving")

    def close(self) -> None:
        """Ends the channel; open calls are cancelled."""
        self._closed = True
        self._channel.close()
