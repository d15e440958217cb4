"""A request's body: never more of it, and never longer, than was agreed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request

from receiver.core import Refused

DRAIN_BYTES = 32 * 1024 * 1024  # chosen: twice the largest picture
DRAIN_S = 5.0  # chosen: who sends nothing for a while does not read either


async def pieces(request: Request, *, most: int, within_s: float) -> AsyncIterator[bytes]:
    """The body in pieces, none of them empty.

    Raises:
        Refused: 413 when it says that it is longer than `most` bytes, or is; 408 when it does not come
            within `within_s` seconds; 400 when the client goes away.
    """
    deadline = asyncio.get_running_loop().time() + within_s
    too_large = Refused(413, f"the body is larger than {most} bytes", "send less at a time")
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > most:
        raise too_large
    taken = 0
    async with contextlib.aclosing(request.stream()) as stream:
        while piece := await _next(stream, deadline, within_s):
            taken += len(piece)
            if taken > most:
                raise too_large
            yield piece


async def whole(request: Request, *, most: int, within_s: float) -> bytes:
    """The body in one; raises as `pieces` does."""
    body = bytearray()
    async for piece in pieces(request, most=most, within_s=within_s):
        body += piece
    return bytes(body)


async def drain_body(request: Request) -> None:
    """Read and discard the rest of a body, so that a client that is still sending reads its answer."""
    drained = 0
    with contextlib.suppress(TimeoutError, ClientDisconnect, RuntimeError):  # RuntimeError: all is read
        async with asyncio.timeout(DRAIN_S):
            async for piece in request.stream():
                drained += len(piece)
                if drained > DRAIN_BYTES:
                    return


async def _next(stream: AsyncIterator[bytes], deadline: float, within_s: float) -> bytes:
    try:
        async with asyncio.timeout_at(deadline):
            return await anext(stream, b"")
    except TimeoutError:
        raise Refused(408, f"the body did not come within {within_s:g} s", "send it again") from None
    except ClientDisconnect:
        raise Refused(400, "the client went away", "send it again") from None
