"""A worker: a process that does one task after the other, as long as the build lives.

    python -P -m kg.engines.worker SOCKET WORK

SOCKET is the number of an open socket to the build, WORK that of an open file with what is to be done with each task.
For each task an outcome goes back, or the error that ends the build; whatever else is raised ends the worker.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import resource
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from kg.child import end_with_parent
from kg.work import done

MEMORY = 3 * 2**30  # bytes: what goes beyond that ends the worker, not the machine


def main() -> None:
    """Work until the build closes the socket."""
    end_with_parent()
    with suppress(OSError, ValueError):  # a smaller bound is set already
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    link_number, file = map(int, sys.argv[1:])
    work = pickle.loads(os.pread(file, os.fstat(file).st_size, 0))  # where others have read to does not matter
    with Connection(link_number) as link, suppress(EOFError):
        while True:
            outcome = done(work, link.recv())
            _give_back()
            link.send(outcome)


def _give_back() -> None:
    """Let the system have what an article took, or loading the models: the allocator would keep some 150 MB of it."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another allocator than glibc's
            ctypes.CDLL(None).malloc_trim(0)


if __name__ == "__main__":
    main()
