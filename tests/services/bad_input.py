"""What should never be sent to the pipeline, and what comes back: the table, and how it is sent."""

import contextlib
import json
import socket
import zlib
from collections.abc import Iterable
from http.client import HTTPResponse
from typing import NamedTuple

ANSWER_S = 60  # nothing may hang: every input is answered within this
IDENTIFY = "/facerecog.Identify/Identify"
GARBAGE = b"\xff\xfe\xfd"
#: It answers and ends the connection; whoever is still sending by then may not get to read the answer.
HUNG_UP = "400, or the connection ends"


class BadInput(NamedTuple):
    """One row of the table.

    Args:
        what: What is wrong with it, in words.
        sent: An HTTP request or a gRPC message, byte for byte; the body of an NSQ message; a photo's path.
        answer: The HTTP status, the gRPC status, or what becomes of the message or of the photo's row.
    """

    what: str
    sent: bytes
    answer: str


def request(method: str, target: str, body: bytes = b"", *headers: str, length: object = None) -> bytes:
    """An HTTP request; `length` is what it says of its body's length, if not the truth ("": nothing)."""
    said = len(body) if length is None else length
    lines = [f"{method} {target} HTTP/1.1", "Host: pipeline", "Connection: close", *headers]
    if said != "":
        lines.append(f"Content-Length: {said}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def post(body: bytes) -> bytes:
    """A body for POST /image/post."""
    return request("POST", "/image/post", body)


def path(asked: object) -> bytes:
    """A photo's path for the receiver."""
    return post(json.dumps({"path": asked}).encode())


def get(target: str) -> bytes:
    """A GET of the target as it stands, nothing quoted or tidied."""
    return request("GET", target)


def question(image_path: bytes) -> bytes:
    """An IdentifyRequest, encoded by hand so that it may hold what no library would write."""
    size, length = len(image_path), b""
    while size >= 128:
        length, size = length + bytes([size % 128 + 128]), size // 128
    return b"\x0a" + length + bytes([size]) + image_path


def bomb_png(side: int = 30_000) -> bytes:
    """A valid PNG of `side`² black pixels, one bit each: some 110 kB that become gigabytes of colours."""
    pack = zlib.compressobj()
    row = bytes(1 + side // 8)
    pixels = b"".join([*(pack.compress(row) for _ in range(side)), pack.flush()])
    head = side.to_bytes(4) * 2 + bytes([1, 0, 0, 0, 0])  # one bit a pixel, grey
    parts = (b"IHDR", head), (b"IDAT", pixels), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4) for name, data in parts
    )


def ask(port: int, sent: bytes) -> tuple[int, str, bytes]:
    """Status, content type and body of the answer; the request's side stays open until it is there.

    Without an answer, because the connection ended before, the status is 0.
    """
    with socket.create_connection(("127.0.0.1", port), ANSWER_S) as connection:
        with contextlib.suppress(ConnectionError):  # it may answer, and hang up, before it has heard all
            connection.sendall(sent)
        answer = HTTPResponse(connection)
        try:
            answer.begin()
            return answer.status, answer.headers.get_content_type(), answer.read()
        except ConnectionError:
            return 0, "", b""


def as_markdown(tables: Iterable[tuple[str, Iterable[BadInput]]]) -> str:
    """All tables as one, as documentation shows it; each row says to whom it is sent."""
    lines = [f"| {to} | {row.what} | {row.answer} |" for to, rows in tables for row in rows]
    return "\n".join(["| to | what is sent | what comes back |", "|---|---|---|", *lines])


RECEIVER = [
    BadInput("no body", post(b""), "400"),
    BadInput("a body that is not JSON", post(b"path=x.jpg"), "400"),
    BadInput("half of a JSON body", post(b'{"path": "unknown_people/x.jpg"'), "400"),
    BadInput("bytes that are no text", post(GARBAGE), "400"),
    BadInput("60,000 brackets in brackets", post(b"[" * 60_000), "400"),
    BadInput("a number of 5,000 digits", post(b'{"path": ' + b"9" * 5000 + b"}"), "400"),
    BadInput("a body of 10 MB", post(b'{"path": "' + b"x" * 10_000_000 + b'"}'), "413"),
    BadInput("a list instead of an object", post(b'["unknown_people/x.jpg"]'), "422"),
    BadInput("null", post(b"null"), "422"),
    BadInput("an object without a path", post(b"{}"), "422"),
    BadInput("a number as the path", path(7), "422"),
    BadInput("null as the path", path(None), "422"),
    BadInput("an object as the path", path({"path": "unknown_people/x.jpg"}), "422"),
    BadInput("an empty path", path(""), "422"),
    BadInput("a path of 600 characters", path("a/" * 300), "422"),
    BadInput("a name of 300 characters", path("unknown_people/" + "a" * 300), "404"),
    BadInput("a NUL in the path", path("unknown_people/x.jpg\0"), "422"),
    BadInput("a line break in the path", path("unknown_people/\nx.jpg"), "422"),
    BadInput("half of a surrogate pair in the path", post(b'{"path": "\\ud800.jpg"}'), "422"),
    BadInput("a space behind the path", path("unknown_people/x.jpg "), "404"),
    BadInput("..", path("../outside.jpg"), "403"),
    BadInput(".. that comes back in", path("unknown_people/../unknown_people/x.jpg"), "403"),
    BadInput("an absolute path outside the folder", path("/etc/passwd"), "403"),
    BadInput("a link out of the folder", path("unknown_people/escape.jpg"), "403"),
    BadInput("a photo behind a linked folder", path("unknown_people/escape/outside.jpg"), "403"),
    BadInput("a link to itself", path("unknown_people/circle.jpg"), "404"),
    BadInput("a folder", path("unknown_people"), "422"),
    BadInput("a pipe", path("unknown_people/pipe.jpg"), "422"),
    BadInput("an empty file", path("unknown_people/empty.jpg"), "422"),
    BadInput("a file that may not be read", path("unknown_people/locked.jpg"), "422"),
    BadInput("a photo that is not there", path("unknown_people/none.jpg"), "404"),
    BadInput("SQL in the path", path("x' OR 1=1; DROP TABLE images; -- .jpg"), "404"),
    BadInput("another method", get("/image/post"), "405"),
    BadInput("a method that does not exist", request("FETCH", "/image/post"), "405"),
    BadInput("another address", request("POST", "/image/nothing", b"{}"), "404"),
    BadInput("chunks that never end", request("POST", "/image/post", b'9\r\n{"path": \r\n',
             "Transfer-Encoding: chunked", length=""), "408"),
    BadInput("less body than was said", request("POST", "/image/post", b"{", length=100), "408"),
    BadInput("a body of −1 bytes", request("POST", "/image/post", b"{}", length=-1), "400"),
    BadInput("a body of many bytes, in words", request("POST", "/image/post", b"{}", length="many"), "400"),
    BadInput("two lengths of one body", request("POST", "/image/post", b"{}", "Content-Length: 1"), "400"),
    BadInput("a header without an end", b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 1_000_000, HUNG_UP),
    BadInput("the greeting of TLS", b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", "400"),
]  # fmt: skip

FRONTEND = [
    BadInput("a status that does not exist", get("/api/images?status=DONE"), "422"),
    BadInput("markup as the status, on the page", get("/?status=%3Cscript%3E"), "422"),
    BadInput("a limit in words", get("/api/images?limit=many"), "422"),
    BadInput("a limit of 0", get("/api/images?limit=0"), "422"),
    BadInput("a limit of 5,000 digits", get(f"/api/images?limit={'9' * 5000}"), "422"),
    BadInput("a limit in Arabic digits", get("/api/images?limit=%D9%A3"), "422"),
    BadInput("a negative id to start from", get("/api/images?before=-1"), "422"),
    BadInput("SQL as the id to start from", get("/api/images?before=1;DROP%20TABLE%20images"), "422"),
    BadInput("..", get("/photos/../outside.jpg"), "403"),
    BadInput("an encoded ..", get("/photos/%2e%2e%2foutside.jpg"), "403"),
    BadInput("a twice encoded ..", get("/photos/%252e%252e%252foutside.jpg"), "404"),
    BadInput("an encoded absolute path", get("/photos/%2fetc%2fpasswd"), "403"),
    BadInput("a NUL in the path", get("/photos/unknown_people/x.jpg%00"), "403"),
    BadInput("bytes that are no text in the path", get("/photos/%ff.jpg"), "404"),
    BadInput("a name of 5,000 characters", get(f"/photos/{'a' * 5000}.jpg"), "404"),
    BadInput("a link out of the folder", get("/photos/unknown_people/escape.jpg"), "403"),
    BadInput("a link to itself", get("/photos/unknown_people/circle.jpg"), "404"),
    BadInput("a folder", get("/photos/unknown_people"), "404"),
    BadInput("a pipe", get("/photos/unknown_people/pipe.jpg"), "404"),
    BadInput("a file that may not be read", get("/photos/unknown_people/locked.jpg"), "415"),
    BadInput("a photo that is not there", get("/photos/unknown_people/none.jpg"), "404"),
    BadInput("SVG with a script in it, called .jpg", get("/photos/unknown_people/vector.jpg"), "415"),
    BadInput("a text called .jpg", get("/photos/unknown_people/text.jpg"), "415"),
    BadInput("an empty file", get("/photos/unknown_people/empty.jpg"), "415"),
    BadInput("another method", request("POST", "/api/images", b"{}"), "405"),
    BadInput("another address", get("/api/nothing"), "404"),
    BadInput("an address without an end", b"GET /?" + b"x" * 1_000_000, HUNG_UP),
]

FACE_RECOGNITION = [
    BadInput("an empty path", question(b""), "INVALID_ARGUMENT"),
    BadInput("..", question(b"unknown_people/../../outside.jpg"), "INVALID_ARGUMENT"),
    BadInput("an absolute path outside the folder", question(b"/etc/passwd"), "INVALID_ARGUMENT"),
    BadInput("a link out of the folder", question(b"unknown_people/escape.jpg"), "INVALID_ARGUMENT"),
    BadInput("a NUL in the path", question(b"unknown_people/x.jpg\0"), "INVALID_ARGUMENT"),
    BadInput("a folder", question(b"unknown_people"), "INVALID_ARGUMENT"),
    BadInput("a pipe", question(b"unknown_people/pipe.jpg"), "INVALID_ARGUMENT"),
    BadInput("a path of 5,000 characters", question(b"x" * 5000), "NOT_FOUND"),
    BadInput("a photo that is not there", question(b"unknown_people/none.jpg"), "NOT_FOUND"),
    BadInput("a text called .jpg", question(b"unknown_people/text.jpg"), "INVALID_ARGUMENT"),
    BadInput("an empty file", question(b"unknown_people/empty.jpg"), "INVALID_ARGUMENT"),
    BadInput(
        "a JPEG that ends before its first pixel", question(b"unknown_people/begun.jpg"), "INVALID_ARGUMENT"
    ),
    BadInput(
        "a PNG that unpacks to 900 million pixels", question(b"unknown_people/bomb.png"), "INVALID_ARGUMENT"
    ),
    BadInput("a photo without a face", question(b"unknown_people/nobody.png"), "FAILED_PRECONDITION"),
    BadInput("a message of 5 MB", question(b"x" * 5_000_000), "RESOURCE_EXHAUSTED"),
]

MESSAGES = [
    BadInput("a message that is not JSON", b"not JSON", "parked"),
    BadInput("bytes that are no text", GARBAGE, "parked"),
    BadInput("2,000 brackets in brackets", b"[" * 2000, "parked"),
    BadInput("a message of 1 MB", b'{"id": "' + b"7" * 1_000_000 + b'"}', "parked"),
    BadInput("a list", b"[1]", "parked"),
    BadInput("a number", b"1", "parked"),
    BadInput("no id", b'{"path": "unknown_people/x.jpg"}', "parked"),
    BadInput("null as the id", b'{"id": null}', "parked"),
    BadInput("a text as the id", b'{"id": "1"}', "parked"),
    BadInput("true as the id", b'{"id": true}', "parked"),
    BadInput("half an id", b'{"id": 1.5}', "parked"),
    BadInput("a negative id", b'{"id": -1}', "parked"),
    BadInput("0 as the id", b'{"id": 0}', "parked"),
    BadInput("an id that no column holds", b'{"id": 9223372036854775808}', "parked"),
    BadInput("an id of 5,000 digits", b'{"id": ' + b"9" * 5000 + b"}", "parked"),
    BadInput("the id of no row", b'{"id": 4711}', "nothing changes"),
    BadInput("an id larger than any row's", b'{"id": 99999999999}', "nothing changes"),
    BadInput("the id of a PROCESSED photo", b'{"id": 1}', "nothing changes"),
    BadInput("the id of a FAILED photo", b'{"id": 2}', "nothing changes"),
    BadInput("one message twice", b'{"id": 3}', "PROCESSED once"),
]

PHOTOS = [
    BadInput("..", b"../outside.jpg", "FAILED"),
    BadInput("a link out of the folder", b"unknown_people/escape.jpg", "FAILED"),
    BadInput("a photo that was removed", b"unknown_people/none.jpg", "FAILED"),
    BadInput("a pipe", b"unknown_people/pipe.jpg", "FAILED"),
    BadInput("a text called .jpg", b"unknown_people/text.jpg", "FAILED"),
    BadInput("a JPEG that ends before its first pixel", b"unknown_people/begun.jpg", "FAILED"),
    BadInput("a PNG that unpacks to 900 million pixels", b"unknown_people/bomb.png", "FAILED"),
    BadInput("a photo without a face", b"unknown_people/nobody.png", "FAILED"),
]

TABLES = [
    ("receiver, HTTP", RECEIVER),
    ("frontend, HTTP", FRONTEND),
    ("face-recognition, gRPC", FACE_RECOGNITION),
    ("image-processor, NSQ", MESSAGES),
    ("image-processor, a row's file", PHOTOS),
]
