"""Processes of this machine, one torch thread each; each has a socket of its own, so that none can harm another.

They are copies of one process, which has loaded the models: see worker.py.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Container, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import wait
from typing import IO

from kg.child import environment
from kg.engines.schedule import Lost, Scheduled, jobs_for
from kg.engines.worker import MESSAGE
from kg.errors import KgError
from kg.work import Outcome, Task, Work


class ForkServer:
    """The process that workers are copies of."""

    def __init__(self, work: IO[bytes], most: int) -> None:
        """Start it. ``work``: the file of what workers do, ``most`` of them at once."""
        self._link, theirs = socket.socketpair()
        self._told = tempfile.TemporaryFile()  # noqa: SIM115 - standard error, closed by end
        self._number = 0
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "kg.engines.worker", str(theirs.fileno()), str(work.fileno()), str(most)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._told,
                pass_fds=[theirs.fileno(), work.fileno()],
                env=environment(),
                process_group=0,  # Ctrl-C is for the build, which then ends its workers
            )

    @property
    def alive(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return not self._told.closed

    def fork(self, *files: int) -> int:
        """Ask for a worker, to which these files go; its number. A server that has ended closes the files."""
        with suppress(OSError):
            socket.send_fds(self._link, [MESSAGE.pack(0)], files)
        self._number += 1
        return self._number

    def kill(self, worker: int, told: IO[bytes]) -> str:
        """End a worker, and say why it had ended before, if it had. ``told``: its standard error."""
        try:
            self._link.sendall(MESSAGE.pack(worker))
            if not (answer := self._link.recv(MESSAGE.size)):
                raise EOFError
        except (OSError, EOFError):
            return self.end()
        return _reason(os.waitstatus_to_exitcode(MESSAGE.unpack(answer)[0]), told)

    def end(self) -> str:
        """Kill it and all its workers, and say why it had ended before, if it had."""
        if self.alive:
            with suppress(ProcessLookupError, PermissionError):  # macOS: of a group that has ended
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._process.stdin:
                self._process.stdin.close()
            self._link.close()
            self._why = _reason(self._process.returncode, self._told)
            self._told.close()
        return self._why


class Process:
    """A worker in a process of its own."""

    def __init__(self, server: ForkServer) -> None:
        """Start it."""
        self.link, theirs = Pipe()
        self._server, self._fit = server, True
        self._told = tempfile.TemporaryFile()  # noqa: SIM115 - standard error, closed by end
        with theirs:
            self._number = server.fork(theirs.fileno(), self._told.fileno())

    def give(self, task: Task) -> None:
        """Send a task."""
        try:
            self.link.send(task)
        except OSError:
            raise self._lost() from None

    def take(self) -> Outcome | KgError:
        """Receive what came of it."""
        try:
            outcome: Outcome | KgError
            outcome, self._fit = self.link.recv()
        except (EOFError, OSError):
            raise self._lost() from None
        return outcome

    def fit(self) -> bool:
        """Not if it holds much more memory than it began with."""
        return self._fit

    def end(self) -> None:
        """Kill it."""
        self._lost()

    def _lost(self) -> Lost:
        """End it, and say why it had ended before."""
        self.link.close()
        lost = Lost(self._server.kill(self._number, self._told))
        self._told.close()
        return lost


def _reason(status: int, told: IO[bytes]) -> str:
    """Why a process ended: a signal, or the last line that it wrote."""
    told.seek(0)
    last = told.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
    return signal.Signals(-status).name if status < 0 else last or f"exit status {status}"


class Pool(Scheduled[Process]):
    """Workers of this machine."""

    def __init__(self, work: Work, *, articles: int, jobs: int | None, limit: float) -> None:
        """No process is started before the first task."""
        super().__init__(jobs=jobs or jobs_for(articles, os.cpu_count() or 1), limit=limit)
        self._server: ForkServer | None = None
        self._work = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end
        pickle.dump(work, self._work)
        self._work.flush()

    def start(self) -> Process:
        """A new process."""
        if self._server is None or not self._server.alive:
            self._server = ForkServer(self._work, self._jobs)
        return Process(self._server)

    def ready(self, workers: Sequence[Process], seconds: float) -> Container[Process]:
        """Those that have sent something, or nothing any more."""
        links = wait([worker.link for worker in workers], seconds)
        return {worker for worker in workers if worker.link in links}

    def __exit__(self, *_: object) -> None:
        """End the processes."""
        if self._server:
            self._server.end()
        super().__exit__()
        self._work.close()
