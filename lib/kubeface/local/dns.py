"""Ask the cluster's DNS one question, from the host."""

import secrets
import socket
import struct

#: A question for an A record of class IN (RFC 1035).
_TYPE_A, _CLASS_IN = 1, 1


def resolve(name: str, server: str, *, timeout_s: float = 0.5) -> str | None:
    """The IPv4 address that `server` gives for `name`; None without an answer."""
    number = secrets.randbelow(1 << 16)
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    question = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0"
    question += struct.pack(">HH", _TYPE_A, _CLASS_IN)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(timeout_s)
        try:
            udp.sendto(question, (server, 53))
            answer = udp.recv(512)
        except OSError:
            return None
    back, _, _, answers = struct.unpack(">HHHH", answer[:8])
    if back != number or answers == 0:
        return None
    return socket.inet_ntoa(answer[-4:])  # one A record: its address is the end of the message
