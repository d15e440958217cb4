"""Asks face-recognition Pods directly, over gRPC, as fast as they can answer."""

import contextlib
import importlib
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any

from bench.pictures import Picture
from bench.servers import use_test_servers
from kubeface.errors import CommandFailed

AT_ONCE = 4  # chosen: calls a Pod has in hand, so that none waits for the next; it works on as many as it can
ANSWER_S = 120
_OPTIONS = (("grpc.enable_http_proxy", 0),)  # a Pod's address means nothing to a proxy


class Pods:
    """The face-recognition of some addresses ("10.0.0.1:50051"); use it in a `with`."""

    def __init__(self, addresses: Sequence[str]) -> None:
        use_test_servers()
        importlib.import_module("face_process").grpc_code()  # makes the contract's code importable
        self._pb: Any = importlib.import_module("face_recognition_pb2")
        self._stubs: Any = importlib.import_module("face_recognition_pb2_grpc")
        self._addresses = list(addresses)
        self._open = contextlib.ExitStack()

    def __enter__(self) -> "Pods":
        import grpc

        open_channel = grpc.insecure_channel
        self._channels = [
            self._open.enter_context(open_channel(address, options=_OPTIONS)) for address in self._addresses
        ]
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def photos_per_s(self, pictures: Sequence[Picture]) -> float:
        """How many pictures a second all Pods together identify.

        Raises:
            CommandFailed: an answer names somebody else.
        """
        todo: SimpleQueue[Picture] = SimpleQueue()
        for picture in pictures:
            todo.put(picture)
        askers = [channel for channel in self._channels for _ in range(AT_ONCE)]
        start = time.perf_counter()
        with ThreadPoolExecutor(len(askers)) as pool:
            done = sum(pool.map(lambda channel: self._ask_on(channel, todo), askers))
        return done / (time.perf_counter() - start)

    def _ask_on(self, channel: Any, todo: "SimpleQueue[Picture]") -> int:
        """How many pictures were asked for on this channel, until none was left."""
        identify, done = self._stubs.IdentifyStub(channel).Identify, 0
        with contextlib.suppress(Empty):
            while True:
                picture = todo.get_nowait()
                answer = identify(self._pb.IdentifyRequest(image_path=picture.path), timeout=ANSWER_S)
                if answer.image_name != picture.known:
                    raise CommandFailed(f"{picture.path} was taken for {answer.image_name or 'nobody'}")
                done += 1
        return done
