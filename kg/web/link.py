"""The server's end of a worker's socket."""

from __future__ import annotations

import asyncio
import socket

from kg.web.worker import AT_ONCE


class Link:
    """Takes what comes as it comes, for one who waits: to ask the event loop anew each time would take it longer."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._end.setblocking(False)
        self._loop: asyncio.AbstractEventLoop | None = None  # that listens
        self._come = bytearray()
        self._more = asyncio.Event()
        self._closed = False  # by the other side

    async def send(self, content: bytes) -> None:
        """Raises OSError where nobody takes it."""
        await asyncio.get_running_loop().sock_sendall(self._end, content)

    async def read(self, size: int) -> bytes:
        """So many bytes. Raises EOFError where no more come."""
        self._listen(asyncio.get_running_loop())
        while len(self._come) < size:
            if self._closed:
                raise EOFError
            self._more.clear()
            await self._more.wait()
        content = bytes(memoryview(self._come)[:size])
        del self._come[:size]
        return content

    def close(self) -> None:
        """Let nobody wait any longer, on either side."""
        self._stop()
        self._end.close()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop is not loop and not self._closed:
            self._loop, self._more = loop, asyncio.Event()
            loop.add_reader(self._end, self._take)

    def _take(self) -> None:
        try:
            piece = self._end.recv(AT_ONCE)
        except BlockingIOError:  # nothing after all
            return
        except ConnectionError:
            piece = b""
        if not piece:
            self._closed = True
            self._stop()
        self._come += piece
        self._more.set()

    def _stop(self) -> None:
        if self._loop and not self._loop.is_closed():
            self._loop.remove_reader(self._end)
        self._loop = None
