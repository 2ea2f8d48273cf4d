"""What runs in the processes of a pool: one loads what the work needs, and is copied for each worker.

    python -P -m kg.engines.worker SOCKET WORK NUMBER

SOCKET is the number of an open socket to the build, WORK that of an open file with what is to be done with each task,
NUMBER how many workers there may be at once: one by itself loads only what its articles need.
A message is a number: 0 comes with a worker's socket and the file of its standard error, and starts the worker; N ends
the Nth, and its wait status goes back. Copies share the memory of the models, which are loaded once.

For each task a worker sends back an outcome, or the error that ends the build, and whether it is fit for another task;
whatever else is raised ends the worker.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import resource
import signal
import socket
import struct
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from kg.child import end_with_parent
from kg.work import Work, done

MEMORY = 3 * 2**30  # bytes: what goes beyond that ends the worker, not the machine
GROWTH = 200 * 2**20  # bytes that a worker may hold between two articles, besides what it began with
MESSAGE = struct.Struct("!I")


def main() -> None:
    """Start and end workers until the build closes the socket."""
    end_with_parent()
    with suppress(OSError, ValueError):  # a smaller bound is set already
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    number, file, most = map(int, sys.argv[1:])
    work = pickle.loads(os.pread(file, os.fstat(file).st_size, 0))  # where others have read to does not matter
    # elsewhere libraries of the system may not survive being copied: workers load
    loaded = most > 1 and sys.platform == "linux"
    if loaded:
        work.prepare()
        give_back()
        gc.freeze()  # what is never looked at again stays shared
    workers: list[int] = []
    with socket.socket(fileno=number) as link:
        while True:
            message, files, *_ = socket.recv_fds(link, MESSAGE.size, 2)
            if not message:
                return
            if worker := MESSAGE.unpack(message)[0]:
                os.kill(workers[worker - 1], signal.SIGKILL)
                link.sendall(MESSAGE.pack(os.waitpid(workers[worker - 1], 0)[1]))
            elif process := os.fork():
                workers.append(process)
                for file in files:
                    os.close(file)
            else:
                link.close()
                _work(work, loaded, *files)
                return


def _work(work: Work, loaded: bool, number: int, told: int) -> None:
    """Do one task after the other, as long as the build lives. ``loaded``: the models, or the first task does that."""
    os.dup2(told, sys.stderr.fileno())
    begin = _memory() if loaded else 0
    with Connection(os.dup(number)) as link, suppress(EOFError):  # the kernel closes the other when all is told
        while True:
            outcome = done(work, link.recv())
            give_back()
            held = _memory()
            begin = begin or held
            link.send((outcome, held - begin < GROWTH))


def give_back() -> None:
    """Let the system have what an article took, or loading the models: the allocator would keep some 150 MB of it."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another allocator than glibc's
            ctypes.CDLL(None).malloc_trim(0)


def _memory() -> int:
    """Bytes that this process holds, shared ones too; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    main()
