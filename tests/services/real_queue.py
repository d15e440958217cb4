"""A real nsqlookupd and a real nsqd, on loopback."""

import os
import socket
import struct
from pathlib import Path
from typing import Any

import httpx
from real_servers import Program

from free_ports import free_port
from kubeface.errors import Crashed, Missing

_http = httpx.Client(
    verify=False, trust_env=False
)  # plain HTTP; the CA bundle would take longer than the call


def _binary(name: str) -> str:
    folder = os.environ.get("KUBEFACE_NSQ_BIN")
    if not folder:
        raise Missing(
            "KUBEFACE_NSQ_BIN is not set", try_next="point it at the folder that holds nsqd and nsqlookupd"
        )
    binary = Path(folder) / name
    if not binary.is_file():
        raise Missing(f"{binary} is missing", try_next="build the nsq toolchain first")
    return str(binary)


class Nsqlookupd:
    """tcp_address is where nsqd registers, http_address where a reader asks for it."""

    def __init__(self) -> None:
        self.tcp_address = f"127.0.0.1:{free_port()}"
        self.http_address = f"127.0.0.1:{free_port()}"

    def start(self) -> "Nsqlookupd":
        """Ready to register and to answer."""
        command = [
            _binary("nsqlookupd"),
            "-tcp-address",
            self.tcp_address,
            "-http-address",
            self.http_address,
        ]
        ready = [f"TCP: listening on {self.tcp_address}", f"HTTP: listening on {self.http_address}"]
        self.program = Program(command, ready=ready).start(20)
        return self

    def stop(self) -> int:
        """The exit code of a clean stop."""
        return self.program.stop()

    def producers(self, topic: str) -> list[dict[str, Any]]:
        """The nsqds that are known to hold `topic`; empty when none is."""
        answer = _http.get(f"http://{self.http_address}/lookup", params={"topic": topic})
        return list(answer.json()["producers"]) if answer.status_code == 200 else []


class Nsqd:
    """An nsqd that keeps its messages in `folder` and registers with `lookup`."""

    def __init__(self, folder: Path, lookup: Nsqlookupd) -> None:
        self.folder = folder
        self.lookup = lookup
        self.tcp_address = f"127.0.0.1:{free_port()}"
        self.http_address = f"127.0.0.1:{free_port()}"

    def start(self) -> "Nsqd":
        """Listening, and known to nsqlookupd."""
        command = [_binary("nsqd"), "-data-path", str(self.folder), "-broadcast-address", "127.0.0.1"]
        command += ["-tcp-address", self.tcp_address, "-http-address", self.http_address]
        command += ["-lookupd-tcp-address", self.lookup.tcp_address]
        ready = [
            f"TCP: listening on {self.tcp_address}",
            f"HTTP: listening on {self.http_address}",
            "peer info",
        ]
        self.program = Program(command, ready=ready).start(20)
        return self

    def is_down(self) -> bool:
        """Nothing runs."""
        return self.program.process.poll() is not None

    def stop(self) -> int:
        """The exit code of a clean stop."""
        return self.program.stop()

    def stats(self, topic: str = "images") -> dict[str, Any] | None:
        """nsqd's own count of a topic (`message_count`, `depth`, `channels`); None without such a topic."""
        answer = _http.get(f"http://{self.http_address}/stats", params={"format": "json", "topic": topic})
        topics = answer.raise_for_status().json()["topics"]
        return dict(topics[0]) if topics else None

    def next_message(self, topic: str = "images", channel: str = "ch", timeout_s: float = 10) -> bytes:
        """The next message of the channel, taken and finished. NSQ's own protocol, in five lines."""
        host, port = self.tcp_address.split(":")
        with (
            socket.create_connection((host, int(port)), timeout_s) as connection,
            connection.makefile("rb") as frames,
        ):
            connection.sendall(b"  V2" + f"SUB {topic} {channel}\nRDY 1\n".encode())
            while True:
                size, kind = struct.unpack(">ii", frames.read(8))
                data = frames.read(size - 4)
                if kind == 2:  # 0 answer, 1 error, 2 message: time (8), attempts (2), id (16), body
                    connection.sendall(
                        b"RDY 0\nFIN " + data[10:26] + b"\nCLS\n"
                    )  # no next one, which nobody would read
                    frames.read(4)
                    return data[26:]
                if kind == 1:
                    raise Crashed("nsqd answered with an error", seen=data.decode())

    def publish(self, body: bytes, topic: str = "images") -> None:
        """One message into the topic."""
        _http.post(
            f"http://{self.http_address}/pub", params={"topic": topic}, content=body
        ).raise_for_status()

    def clear(self) -> None:
        """No topic, here and in nsqlookupd."""
        for topic in _http.get(f"http://{self.http_address}/stats?format=json").json()["topics"]:
            name = {"topic": topic["topic_name"]}
            _http.post(f"http://{self.http_address}/topic/delete", params=name).raise_for_status()
            _http.post(f"http://{self.lookup.http_address}/topic/delete", params=name).raise_for_status()
