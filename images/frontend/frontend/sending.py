"""A picture on its way to a browser: the file that was looked at, whoever takes its name meanwhile."""

import os
from collections.abc import Mapping
from typing import BinaryIO

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, MalformedRangeHeader, RangeNotSatisfiable
from starlette.types import Receive, Scope, Send


class PictureResponse(FileResponse):
    """An open file, or the part of it that a Range header names. It is closed at the end."""

    def __init__(self, file: BinaryIO, media_type: str, headers: Mapping[str, str]) -> None:
        self._file = file
        held = f"/proc/self/fd/{file.fileno()}"
        super().__init__(held, headers=headers, media_type=media_type, stat_result=os.fstat(file.fileno()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it."""
        with self._file:
            await super().__call__(scope, receive, send)

    @classmethod
    def _parse_range_header(cls, http_range: str, file_size: int) -> list[tuple[int, int]]:
        """A header without sense counts as none (RFC 9110); one that asks behind the end is refused."""
        try:
            return super()._parse_range_header(http_range, file_size)
        except MalformedRangeHeader:
            return []
        except RangeNotSatisfiable as error:
            told = {"Content-Range": f"bytes */{file_size}"}
            raise HTTPException(416, f"the picture has {file_size} bytes", headers=told) from error
