"""Workers: processes that answer tasks, fairly among clients, and are really stopped when they take too long.

At most ``number`` tasks run at once, and of one client one less, so that a client whose queries never end leaves room
for others; whoever waits longest goes first, those with nothing running before those with something. Besides these,
``spare`` workers stand by: one takes over at once when another is stopped. All belongs to one event loop at a time.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from kg.child import environment
from kg.store import current
from kg.web.answers import Answer, Refusal, busy
from kg.web.link import Link
from kg.web.worker import FRAME, READY, Task, frame

TIME_LIMIT = 30.0  # seconds of one task
MEMORY = 2 * 2**30  # bytes of one worker, 256 MB of which are set aside for its stack
LONG = 0.3  # seconds after which a task is set back when others ask
START_LIMIT = 60.0  # seconds until a new worker is ready, on a busy machine
PATIENCE = 15.0  # seconds that a task waits for its turn
QUEUE = 64  # tasks that wait
QUEUE_OF_CLIENT = 16  # of one client


class Worker:
    """One process, which answers one task at a time."""

    def __init__(self, folder: Path, memory: int) -> None:
        """Start it; it is ready some tenths of a second later, and does not outlive the server, however that ends."""
        ours, theirs = socket.socketpair()
        self.link = Link(ours)
        self._ready = False
        self.fresh = True  # has not been set back, which cannot be taken back
        command = [sys.executable, "-P", "-m", "kg.web.worker", str(folder), str(theirs.fileno()), str(memory)]
        with theirs:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=environment(),
                process_group=0,  # Ctrl-C is for the server, which then ends its workers
            )

    async def ask(self, task: Task, limit: float) -> Answer:
        """The answer to a task. Raises TimeoutError after so many seconds, EOFError if the process has ended."""
        if not self._ready:
            async with asyncio.timeout(START_LIMIT):
                self._ready = await self.link.read(len(READY)) == READY
        async with asyncio.timeout(limit):
            await self.link.send(frame(task))
            head, size = FRAME.unpack(await self.link.read(FRAME.size))
            fields = json.loads(await self.link.read(head))
            content = await self.link.read(size)
        headers = tuple((name, value) for name, value in fields["headers"])
        return Answer(content, fields["media_type"], fields["status"], headers)

    def set_back(self) -> None:
        """From now on it gets a smaller share of the processors."""
        if not self.fresh:
            return
        self.fresh = False
        with suppress(OSError):  # it has just ended
            os.setpriority(os.PRIO_PGRP, self.process.pid, 10)

    def alive(self) -> bool:
        """Whether it has not ended by itself."""
        return self.process.poll() is None

    def end(self) -> None:
        """Stop it in the middle of whatever it does."""
        self.process.kill()
        self.link.close()
        if self.process.stdin:
            self.process.stdin.close()
        threading.Thread(target=self.process.wait, daemon=True).start()  # a kernel may need a while for its memory


@dataclass(eq=False, slots=True)
class _Waiting:
    client: str
    turn: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Workers:
    """Answers tasks about the store in a folder."""

    def __init__(
        self,
        folder: Path,
        *,
        number: int = 2,
        spare: int = 1,
        time_limit: float = TIME_LIMIT,
        memory: int = MEMORY,
        to_end: bool = False,
    ) -> None:
        """No process is started before ``start``, or the first task. ``time_limit`` in seconds.

        ``to_end``: what has begun goes on when nobody waits for it any more.
        """
        self._to_end = to_end
        self.time_limit = time_limit
        self._folder, self._memory = Path(folder).resolve(), memory
        self._number, self._spare = number, spare
        self._idle: deque[Worker] = deque()
        self._busy: dict[Worker, tuple[str, float]] = {}  # whom each works for, and since when
        self._running: Counter[str] = Counter()  # by client
        self._waiting: list[_Waiting] = []
        self._closed = False

    def start(self) -> None:
        """Start as many workers as there should be."""
        while len(self._idle) + len(self._busy) < self._number + self._spare:
            self._idle.append(Worker(self._folder, self._memory))

    def checkpoint(self) -> str:
        """The name of the newest checkpoint, which the next task is answered from."""
        return current(self._folder)

    def close(self) -> None:
        """End all workers, whatever they do."""
        self._closed = True
        for worker in (*self._idle, *self._busy):
            worker.end()
        self._idle.clear()

    async def ask(self, task: Task, client: str) -> Answer:
        """The answer to a task of a client. Raises Refusal; one that is cancelled is stopped, but see ``to_end``."""
        await self._turn(client)
        if not self._to_end:
            return await self._in_turn(task, client)
        begun = asyncio.ensure_future(self._in_turn(task, client))
        begun.add_done_callback(lambda begun: begun.cancelled() or begun.exception())  # seen, if nobody waits
        return await asyncio.shield(begun)

    async def _in_turn(self, task: Task, client: str) -> Answer:
        try:
            return await self._answer(task, client)
        finally:
            self._leave(client)

    async def _answer(self, task: Task, client: str) -> Answer:
        try:
            worker = self._take(client)
        except OSError as error:
            raise busy(f"no process can be started for it ({error}): ask again later", 10) from error
        whole = False
        try:
            answer = await worker.ask(task, self.time_limit)
            whole = True
        except TimeoutError as error:
            told = f"no result after {self.time_limit:g} seconds: add a LIMIT, ask for less, or see serve --time-limit"
            raise Refusal(504, told) from error
        except (EOFError, OSError) as error:
            told = f"no result, for its process ended; it has {self._memory / 2**20:,.0f} MB of memory: ask for less"
            raise Refusal(500, told) from error
        finally:
            self._give_back(worker, whole=whole)
        return answer

    # Processes

    def _take(self, client: str) -> Worker:
        """A worker for a task; what takes long for others is set back behind it."""
        now = time.monotonic()
        for worker, (other, began) in self._busy.items():
            if other != client and now - began > LONG:
                worker.set_back()
        self.start()
        while not self._idle[0].alive():
            self._idle.popleft().end()
            self.start()
        worker = self._idle.popleft()
        self._busy[worker] = client, now
        return worker

    def _give_back(self, worker: Worker, *, whole: bool) -> None:
        """A worker that was stopped in the middle, or set back, is replaced."""
        del self._busy[worker]
        if whole and worker.fresh:
            self._idle.appendleft(worker)  # the one that was used last has the most in its memory
            return
        worker.end()
        if not self._closed:
            with suppress(OSError):  # the next task tries anew, and is told
                self.start()

    # Turns

    async def _turn(self, client: str) -> None:
        """Wait until a task of the client may run, and count it as running. Raises Refusal."""
        if self._free(client):
            self._running[client] += 1
            return
        mine = sum(waiting.client == client for waiting in self._waiting)
        if len(self._waiting) >= QUEUE or mine >= QUEUE_OF_CLIENT:
            raise busy(f"{len(self._waiting)} requests are waiting already: ask again later", 10)
        self._waiting.append(waiting := _Waiting(client))
        taken = False
        try:
            async with asyncio.timeout(PATIENCE):
                await waiting.turn
            taken = True
        except TimeoutError as error:
            told = f"others are answered first, {PATIENCE:g} seconds were not enough: ask again later"
            raise busy(told, 10) from error
        finally:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            elif not taken:  # its turn came at the moment when it gave up
                self._leave(client)

    def _free(self, client: str) -> bool:
        most = max(1, self._number - 1)
        return self._running.total() < self._number and self._running[client] < most

    def _leave(self, client: str) -> None:
        """Give the turn to the next."""
        self._running[client] -= 1
        self._running += Counter()  # forgets who has nothing running
        for waiting in sorted(self._waiting, key=lambda waiting: self._running[waiting.client]):
            if self._free(waiting.client) and not waiting.turn.done():
                self._running[waiting.client] += 1
                self._waiting.remove(waiting)
                waiting.turn.set_result(None)
