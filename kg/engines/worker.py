"""A worker: a process that does one task after the other, as long as the build lives.

    python -P -m kg.engines.worker SOCKET WORK

SOCKET is the number of an open socket to the build, WORK a file with what is to be done with each task. For each task
that comes an outcome goes back, or the error that ends the build. Whatever else is raised ends the worker.
"""

from __future__ import annotations

import pickle
import resource
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from kg.child import end_with_parent
from kg.work import done

MEMORY = 3 * 2**30  # bytes: what goes beyond that ends the worker, not the machine


def main() -> None:
    """Work until the build closes the socket."""
    end_with_parent()
    with suppress(OSError, ValueError):  # a smaller bound is set already
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    work = pickle.loads(Path(sys.argv[2]).read_bytes())
    with Connection(int(sys.argv[1])) as link, suppress(EOFError):
        while True:
            link.send(done(work, link.recv()))


if __name__ == "__main__":
    main()
