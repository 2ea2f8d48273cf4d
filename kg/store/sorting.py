"""Sorted lines in bounded memory: what does not fit is sorted in parts on disk, and merged."""

from __future__ import annotations

import heapq
import itertools
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack

SIZE = 32 * 2**20  # bytes that are sorted at once; as Python objects they take some times that


class SortedLines(AbstractContextManager["SortedLines"]):
    """A file to write lines to, in pieces of any size, that gives each of them once, sorted by its bytes.

    >>> with SortedLines() as lines:
    ...     _ = lines.write(b"b\\na"), lines.write(b"\\nb\\n")
    ...     list(lines)
    [b'a\\n', b'b\\n']
    """

    def __init__(self, replace: tuple[bytes, bytes] = (b"", b""), *, size: int = SIZE) -> None:
        """``replace``: bytes that count as others, which occur nowhere, when lines are compared. ``size`` in bytes."""
        self._replace, self._size = replace, size
        self._held = bytearray()
        self._parts: list[Iterator[bytes]] = []
        self._files = ExitStack()

    def write(self, data: bytes) -> int:
        """Take bytes."""
        self._held += data
        if len(self._held) > self._size:
            self._set_aside()
        return len(data)

    def flush(self) -> None:
        """There is nothing to pass on before all is there."""

    def __iter__(self) -> Iterator[bytes]:
        """The lines; the last one has to be whole."""
        rest, back = self._sorted(bytes(self._held)), self._replace[::-1]
        merged = heapq.merge(*self._parts, rest) if self._parts else iter(rest)
        once = (line for line, _ in itertools.groupby(merged))
        return (line.replace(*back) for line in once) if back[0] else once

    def __exit__(self, *_: object) -> None:
        """Remove the files."""
        self._files.close()

    def _set_aside(self) -> None:
        """Sort the whole lines of what is held into a file."""
        whole = self._held.rfind(b"\n") + 1
        lines = self._sorted(bytes(self._held[:whole]))
        del self._held[:whole]
        file = self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - in the stack
        file.writelines(lines)
        file.seek(0)
        self._parts.append(iter(file))

    def _sorted(self, text: bytes) -> list[bytes]:
        if self._replace[0]:
            text = text.replace(*self._replace)
        return sorted(set(text.splitlines(keepends=True)))
