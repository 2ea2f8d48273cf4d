"""Connections whose clients are slow: what waits for them is bounded in time, number and size."""

from __future__ import annotations

import asyncio
import fcntl
import sys
import termios
from typing import Any, ClassVar

from uvicorn.protocols.http.auto import AutoHTTPProtocol

ARRIVAL = 30.0  # seconds from the first byte of a request, or from the connection, to its last one
READING = 30.0  # seconds in which a client must have read something of what waits for it
WAITING = 400  # connections at once on which no request is complete: beyond, those go that have waited longest
HEAD = 1_000_000  # bytes before a request's body: queries in addresses may be long


class Connection(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """One that is closed when its client does not send what it has begun, or does not read its answer."""

    waiting: ClassVar[dict[Connection, asyncio.TimerHandle]] = {}  # those that wait longest first

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Expect a request."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # ``pause_writing`` tells of all that waits
        self._unread: asyncio.TimerHandle | None = None
        self._head = 0
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Go on waiting, unless this completes a request."""
        super().data_received(data)
        cycle: Any = self.cycle  # of the request whose head came last
        if cycle is None or cycle.response_complete:
            self._head += len(data)
            self._expect()
        else:
            self._head = 0
            (self._expect if cycle.more_body else self._expect_nothing)()
        if self._head > HEAD:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing comes any more."""
        self._expect_nothing()
        self._nothing_waits()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Something waits for the client to read."""
        super().pause_writing()
        self._watch(self._unreceived())

    def resume_writing(self) -> None:
        """Nothing waits any more."""
        self._nothing_waits()
        super().resume_writing()

    def _watch(self, size: int) -> None:
        self._unread = asyncio.get_running_loop().call_later(READING, self._give_up, size)

    def _give_up(self, before: int) -> None:
        """Unless less waits than before."""
        size = self._unreceived()
        if size < before:
            self._watch(size)
        else:
            self.transport.abort()

    def _unreceived(self) -> int:
        """Bytes that the client has not received: those here, and those that the system holds for it."""
        held = fcntl.ioctl(self.transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
        return int(self.transport.get_write_buffer_size()) + int.from_bytes(held, sys.byteorder)

    def _nothing_waits(self) -> None:
        if self._unread:
            self._unread.cancel()

    def _expect(self) -> None:
        if self not in self.waiting:
            self.waiting[self] = asyncio.get_running_loop().call_later(ARRIVAL, self.transport.abort)
        if len(self.waiting) > WAITING:
            longest = next(iter(self.waiting))
            longest._expect_nothing()
            longest.transport.abort()

    def _expect_nothing(self) -> None:
        if timer := self.waiting.pop(self, None):
            timer.cancel()
