"""A real face-recognition service, as a child process on a loopback port, and a client for it."""

import atexit
import contextlib
import functools
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_tools import protoc
from real_servers import Program

ROOT = Path(__file__).parents[2]
DEADLINE_S = 60


@functools.cache
def grpc_code() -> Path:
    """A folder with the Python code of the contract, made as the image's build makes it."""
    folder = tempfile.mkdtemp(prefix="kubeface-grpc-")
    atexit.register(shutil.rmtree, folder)
    contracts = ROOT / "images/contracts"
    out = [f"--python_out={folder}", f"--grpc_python_out={folder}"]
    assert protoc.main(["protoc", f"-I{contracts}", *out, str(contracts / "face_recognition.proto")]) == 0
    sys.path.append(folder)
    return Path(folder)


def python_path() -> str:
    """Where the service finds its code."""
    return f"{ROOT}/images/common:{ROOT}/images/face-recognition:{grpc_code()}"


class FaceRecognition:
    """The service over `photos_dir`; `address` stays the same when it is stopped and started again."""

    def __init__(self, photos_dir: Path, *, workers: int = 2) -> None:
        self.photos_dir = photos_dir
        self.workers = workers
        self.address = "127.0.0.1:0"

    def start(self) -> "FaceRecognition":
        """Ready: the known people are encoded."""
        env = {"PHOTOS_DIR": str(self.photos_dir), "LISTEN": self.address, "WORKERS": str(self.workers)}
        env["PYTHONPATH"] = python_path()
        command = [sys.executable, "-m", "face_recognition_service"]
        self.program = Program(command, ready=['"event": "ready"'], env=env).start()
        self.address = f"127.0.0.1:{self.events('listening')[0]['port']}"
        return self

    def stop(self) -> int:
        """The exit code after SIGTERM."""
        return self.program.stop(30)

    def events(self, event: str) -> list[dict[str, Any]]:
        """What it has logged about `event` so far."""
        lines = [json.loads(line) for line in self.program.log if line.startswith("{")]
        return [line for line in lines if line["event"] == event]

    def most_memory_mib(self) -> float:
        """The most memory that it has had so far."""
        status = Path(f"/proc/{self.program.process.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) / 1024

    @contextlib.contextmanager
    def channel(self) -> Iterator[grpc.Channel]:
        """A gRPC channel to it."""
        with grpc.insecure_channel(self.address) as channel:
            yield channel

    def identify(self, image_path: str) -> Any:
        """The answer to one question; grpc.RpcError when it is refused."""
        grpc_code()
        import face_recognition_pb2 as pb
        import face_recognition_pb2_grpc as pb_grpc

        with self.channel() as channel:
            question = pb.IdentifyRequest(image_path=image_path)
            return pb_grpc.IdentifyStub(channel).Identify(question, timeout=DEADLINE_S)

    def refusal(self, image_path: str) -> grpc.StatusCode:
        """The status with which a question is refused; its words are never empty."""
        with pytest.raises(grpc.RpcError) as refusal:
            self.identify(image_path)
        assert refusal.value.details()
        status: grpc.StatusCode = refusal.value.code()
        return status

    def health_details(self) -> Any:
        """The answer of the contract's own HealthCheck."""
        grpc_code()
        import face_recognition_pb2 as pb
        import face_recognition_pb2_grpc as pb_grpc

        with self.channel() as channel:
            return pb_grpc.HealthCheckStub(channel).HealthCheck(pb.Empty(), timeout=DEADLINE_S)

    def health(self, service: str) -> str:
        """What the standard health service says: SERVING or NOT_SERVING."""
        with self.channel() as channel:
            question = health_pb2.HealthCheckRequest(service=service)
            answer = health_pb2_grpc.HealthStub(channel).Check(question, timeout=DEADLINE_S)
            return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))


@contextlib.contextmanager
def face_recognition(photos_dir: Path, *, workers: int = 2) -> Iterator[FaceRecognition]:
    """A running service; at the end it has to stop cleanly."""
    service = FaceRecognition(photos_dir, workers=workers).start()
    try:
        yield service
    finally:
        assert service.stop() == 0, service.program.log[-20:]
