"""Processes of this machine, one torch thread each; each has a socket of its own, so that none can harm another."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Container, Sequence
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import wait
from pathlib import Path
from typing import IO

from kg.child import environment
from kg.engines.schedule import Lost, Scheduled, jobs_for
from kg.errors import KgError
from kg.work import Outcome, Task, Work

LARGE = 900 * 2**20  # bytes that a worker may hold between two articles: usual are 650 MB
PATIENCE = 10.0  # seconds that a process which has closed its socket may take to say why


class Process:
    """A worker in a process of its own."""

    def __init__(self, work: IO[bytes]) -> None:
        """Start it; it loads the models with its first article. ``work``: the file of what it does."""
        self.link, theirs = Pipe()
        self._told = tempfile.TemporaryFile()  # noqa: SIM115 - standard error, closed by end
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "kg.engines.worker", str(theirs.fileno()), str(work.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._told,
                pass_fds=[theirs.fileno(), work.fileno()],
                env=environment(),
                process_group=0,  # Ctrl-C is for the build, which then ends its workers
            )

    def give(self, task: Task) -> None:
        """Send a task."""
        try:
            self.link.send(task)
        except OSError:
            raise self._lost() from None

    def take(self) -> Outcome | KgError:
        """Receive what came of it."""
        try:
            outcome: Outcome | KgError = self.link.recv()
        except (EOFError, OSError):
            raise self._lost() from None
        return outcome

    def fit(self) -> bool:
        """Not if it holds much more memory than its models take, where the system tells that."""
        try:
            pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        except OSError:
            return True
        return pages * os.sysconf("SC_PAGE_SIZE") < LARGE

    def end(self) -> None:
        """Kill it."""
        self.link.close()
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._told.close()

    def _lost(self) -> Lost:
        """Why it ended: a signal, or the last line that it wrote."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        status = self._process.poll()
        self._told.seek(0)
        last = self._told.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
        self.end()
        killed = status is not None and status < 0
        return Lost(signal.Signals(-status).name if status is not None and killed else last or f"exit status {status}")


class Pool(Scheduled[Process]):
    """Workers of this machine."""

    def __init__(self, work: Work, *, articles: int, jobs: int | None, limit: float) -> None:
        """No process is started before the first task."""
        super().__init__(jobs=jobs or jobs_for(articles, os.cpu_count() or 1), limit=limit)
        self._work = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end
        pickle.dump(work, self._work)
        self._work.flush()

    def start(self) -> Process:
        """A new process."""
        return Process(self._work)

    def ready(self, workers: Sequence[Process], seconds: float) -> Container[Process]:
        """Those that have sent something, or nothing any more."""
        links = wait([worker.link for worker in workers], seconds)
        return {worker for worker in workers if worker.link in links}

    def __exit__(self, *_: object) -> None:
        """End the processes."""
        super().__exit__()
        self._work.close()
