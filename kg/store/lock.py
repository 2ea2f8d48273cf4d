"""The right to write into the folder of a store: one process has it at a time, and its end gives it back."""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path
from typing import IO
from weakref import WeakSet

from kg.errors import StoreError

LOCK = "LOCK"
_held: WeakSet[IO[str]] = WeakSet()


class Lock:
    """Held from its making until ``release``, or until the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Raises StoreError, which says who, if another process (or another store of this one) has it."""
        self._file = os.fdopen(os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666), "r+", encoding="utf8")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = self._file.read().strip()
            self._file.close()
            who = f"another process ({holder})" if holder else "another process"
            raise StoreError(f"{folder} is being written by {who}: wait until it is done") from None
        _held.add(self._file)
        self._file.truncate()
        self._file.write(f"{os.getpid()} on {socket.gethostname()}\n")
        self._file.flush()

    def release(self) -> None:
        """Let others write."""
        self._file.close()


def _let_go() -> None:
    for file in list(_held):
        file.close()


os.register_at_fork(after_in_child=_let_go)  # or a child that outlives a killed parent would keep it
