"""A worker: a process that answers one task at a time, without a network, within its memory, as long as its server is.

    python -m kg.web.worker FOLDER SOCKET MEMORY

FOLDER is the folder of the store, SOCKET the number of an open socket to the server, MEMORY in bytes. Standard input
is a pipe from the server on which nothing is ever sent: when it ends, so does the worker, even while it is busy.

A task comes as JSON, an answer goes back as JSON and content; before each stand the lengths of both.
"""

from __future__ import annotations

import ctypes
import json
import resource
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from kg.child import end_with_parent
from kg.errors import StoreError
from kg.web import changes
from kg.web.answers import Answer, Refusal
from kg.web.tasks import Reader, dump, query

FRAME = struct.Struct("!IQ")  # bytes of the JSON, bytes of the content
AT_ONCE = 2**17  # bytes that are read at once: most tasks and answers are whole then
READY = b"\n"  # the first that a worker sends
STACK = 256 * 2**20  # bytes, taken only when used: no query that sparql.check lets through overflows it

TASKS: dict[str, Callable[..., Answer]] = {
    "query": query,
    "dump": dump,
    "update": changes.update,
    "decisions": changes.decisions,
    "decide": changes.decide,
    "undo": changes.undo,
}
Task = Mapping[str, Any]
"""``task`` is a key of TASKS; the rest is what the function takes by name, as JSON has it."""

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # flags of unshare(2)


def frame(fields: Mapping[str, Any], content: bytes = b"") -> bytes:
    """A task or an answer as it is sent."""
    head = json.dumps(fields).encode()
    return FRAME.pack(len(head), len(content)) + head + content


def main() -> None:
    """Answer until the server closes the socket."""
    folder, number, memory = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    end_with_parent()
    _leave_the_network()
    _bound(memory)
    threading.stack_size(STACK)  # the main thread has no more than the shell allows
    link = socket.socket(fileno=number)
    thread = threading.Thread(target=_serve, args=(link, folder))
    thread.start()
    thread.join()


def _serve(link: socket.socket, folder: Path) -> None:
    reader = Reader(folder)
    with suppress(StoreError):  # no graph yet, or one that cannot be read: told to those who ask
        reader.published()
    link.sendall(READY)
    while content := _task(link):
        task = json.loads(content)
        try:
            answer = TASKS[task.pop("task")](reader, **task)
        except Refusal as refusal:
            answer = refusal.answer()
        link.sendall(frame(_fields(answer), answer.content))


def _fields(answer: Answer) -> dict[str, Any]:
    return {"media_type": answer.media_type, "status": answer.status, "headers": answer.headers}


def _task(link: socket.socket) -> bytes:
    """The JSON of the next task, nothing where the server has gone."""
    content = bytearray()
    size = FRAME.size
    while len(content) < size:
        if not (piece := link.recv(AT_ONCE)):
            return b""
        content += piece
        if len(content) >= FRAME.size:
            size = FRAME.size + FRAME.unpack_from(content)[0]
    return bytes(content[FRAME.size :])


def _leave_the_network() -> None:
    """Keep no way to other machines, where the system allows that; queries that would go there are refused before."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            unshare = ctypes.CDLL(None, use_errno=True).unshare
            _ = unshare(_NEW_NETWORK) == 0 or unshare(_NEW_USER | _NEW_NETWORK)


def _bound(memory: int) -> None:
    """What goes beyond that ends the process, not the machine."""
    with suppress(OSError, ValueError):  # a smaller bound is set already
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


if __name__ == "__main__":
    main()
