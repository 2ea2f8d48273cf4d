"""Tasks for workers: outcomes in the order of the tasks, a limit of time, a second try where a worker ends."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections import deque
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypeVar

from kg.errors import KgError
from kg.work import Failed, Outcome, Task

AHEAD = 8  # tasks, for each worker, that are given out before the first of them is done: one long article stops nobody
EACH = 8  # articles for which one more worker pays: loading the models takes as long as reading some
TRIES = 2  # of a task whose worker ends


class Lost(Exception):
    """A worker has ended by itself, and why."""


class Worker(Protocol):
    """Does one task at a time."""

    def give(self, task: Task) -> None:
        """Let it begin a task. Raises Lost."""

    def take(self) -> Outcome | KgError:
        """What came of the task, or the error that ends the build. Raises Lost."""

    def fit(self) -> bool:
        """Whether it may have another task."""

    def end(self) -> None:
        """Stop it in the middle of whatever it does."""


@dataclass(eq=False, slots=True)
class _Place:
    """A task in the order of all, and what came of it."""

    task: Task
    tries: int = 0
    outcome: Outcome | KgError | None = None


@dataclass(eq=False, slots=True)
class _Busy:
    place: _Place
    until: float  # monotonic seconds


W = TypeVar("W", bound=Worker)


class Scheduled(AbstractContextManager["Scheduled[W]"]):
    """So many workers at most; one is started when there is a task for it."""

    def __init__(self, *, jobs: int, limit: float) -> None:
        self._jobs, self._limit = jobs, limit
        self._free: list[W] = []
        self._busy: dict[W, _Busy] = {}
        self._todo: deque[_Place] = deque()

    @abstractmethod
    def start(self) -> W:
        """A new worker, which need not be ready yet."""

    @abstractmethod
    def ready(self, workers: Sequence[W], seconds: float) -> Container[W]:
        """Those that have something to take, or have ended; waits so long for the first."""

    def __exit__(self, *_: object) -> None:
        """End the workers, whatever they do."""
        for worker in (*self._free, *self._busy):
            worker.end()

    def outcomes(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """See ``kg.engines.Engine``."""
        more = iter(tasks)
        places: deque[_Place] = deque()
        while True:
            new = [_Place(task) for task in islice(more, self._jobs * AHEAD - len(places))]
            places += new
            self._todo += new
            if not places:
                return
            self._give()
            self._take(patient=places[0].outcome is None)
            if places[0].outcome is not None:
                outcome = places.popleft().outcome
                if isinstance(outcome, KgError):
                    raise outcome
                assert outcome is not None
                yield outcome

    def _give(self) -> None:
        """Give the next tasks to whoever is free."""
        while self._todo and (self._free or len(self._busy) < self._jobs):
            worker = self._free.pop() if self._free else self.start()
            place = self._todo.popleft()
            try:
                worker.give(place.task)
            except Lost as lost:
                self._again(place, lost)
            else:
                self._busy[worker] = _Busy(place, time.monotonic() + self._limit)

    def _take(self, *, patient: bool) -> None:
        """Take what is done, or took too long, and give out more; if ``patient``, wait until there is something."""
        last = min((busy.until for busy in self._busy.values()), default=0.0)
        ready = self.ready(list(self._busy), max(0.0, last - time.monotonic()) if patient else 0.0)
        for worker, (place, until) in [(worker, (busy.place, busy.until)) for worker, busy in self._busy.items()]:
            if worker in ready:
                del self._busy[worker]
                try:
                    place.outcome = worker.take()
                except Lost as lost:
                    self._again(place, lost)
                    continue
                if worker.fit():
                    self._free.append(worker)
                else:
                    worker.end()
            elif time.monotonic() >= until:
                del self._busy[worker]
                worker.end()
                told = f"not done after {self._limit:g} seconds; split it, or allow more with --article-limit"
                place.outcome = _failed(place.task, told)
        self._give()

    def _again(self, place: _Place, lost: Lost) -> None:
        """What a worker was busy with that has ended is tried once more, in a fresh one."""
        place.tries += 1
        if place.tries < TRIES:
            self._todo.appendleft(place)
        else:
            told = f"its process ended {TRIES} times ({lost}); leave it out, or give it more memory with fewer --jobs"
            place.outcome = _failed(place.task, told)


def _failed(task: Task, told: str) -> Failed:
    return Failed(task.source.id, f"{task.source.name}: {told}")


def jobs_for(articles: int, processors: int) -> int:
    """How many workers so many articles are worth: one for each processor, but none for a few articles more.

    >>> jobs_for(3, processors=8), jobs_for(1000, processors=8)
    (1, 8)
    """
    return max(1, min(processors, articles // EACH))
