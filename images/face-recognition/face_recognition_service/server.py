"""The gRPC server: the contract's services and the standard health service, on one port."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import face_recognition_pb2_grpc as pb_grpc
import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from face_recognition_service.answers import Answers
from face_recognition_service.known import KnownPeople
from face_recognition_service.models import ModelPool
from face_recognition_service.settings import Settings

log = logging.getLogger(__name__)

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING

THREADS = 32  # chosen: they only wait, for the few that work
PLACES = 24  # chosen: as many questions as are answered in time; the other threads are for probes
LOOK_EVERY_S = 5.0  # chosen: a new known photo is encoded soon, before somebody asks
STOP_WITHIN_S = 20.0  # chosen: below the Pod's grace period of 30 s
OPTIONS = (
    ("grpc.so_reuseport", 0),  # a taken port is an error, not a second listener
    ("grpc.max_connection_age_ms", 60_000),  # callers look the name up again, and so find new replicas
    ("grpc.max_connection_age_grace_ms", 60_000),
)


class Server:
    """Health service "" is liveness; "ready" is serving while the known people can be read."""

    def __init__(self, settings: Settings) -> None:
        self._models = ModelPool(settings.workers)
        self._known = KnownPeople(settings.photos_dir, self._models)
        self._health = health.HealthServicer()
        self._grpc = grpc.server(ThreadPoolExecutor(THREADS), options=OPTIONS)
        answers = Answers(settings.photos_dir, self._known, self._models, PLACES)
        pb_grpc.add_IdentifyServicer_to_server(answers, self._grpc)
        pb_grpc.add_HealthCheckServicer_to_server(answers, self._grpc)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._grpc)
        self.port: int = self._grpc.add_insecure_port(settings.listen)
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._keep_fresh, name="known people")

    def start(self) -> None:
        """Listening; ready as soon as the known people are encoded."""
        self._health.set("", SERVING)
        self._health.set("ready", NOT_SERVING)
        self._grpc.start()
        log.info("listening", extra={"port": self.port})
        self._watch.start()

    def stop(self) -> None:
        """Unready first, then the calls in hand are finished, for at most STOP_WITHIN_S seconds."""
        self._stopping.set()
        self._health.set("ready", NOT_SERVING)
        log.info("stopping")
        self._grpc.stop(STOP_WITHIN_S).wait()
        self._watch.join()
        self._models.close()
        log.info("stopped")

    def _keep_fresh(self) -> None:
        ready = False
        while True:
            was_ready, ready = ready, self._can_serve()
            if self._stopping.is_set():
                return
            if ready != was_ready:
                self._health.set("ready", SERVING if ready else NOT_SERVING)
                log.info("ready" if ready else "not ready")
            self._stopping.wait(LOOK_EVERY_S)

    def _can_serve(self) -> bool:
        try:
            self._known.current()
        except OSError as error:
            log.warning("known people cannot be read", extra={"reason": str(error)})
            return False
        return True
