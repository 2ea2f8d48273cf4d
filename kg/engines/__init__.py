"""Where the work of a build runs: in this process, in processes of this machine, or on a Ray cluster.

    serial.py    in this process, one article after the other
    schedule.py  on workers: the order of the tasks, time limits, a second try where a worker ends
    pool.py      workers that are processes of this machine; worker.py is what runs in them
    cluster.py   workers that are actors of Ray

All give the same outcomes in the order of the tasks, and hold no more than some tasks and outcomes at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from kg.errors import RequestError
from kg.work import Outcome, Task, Work

LIMIT = 300.0  # seconds for one article: some 100,000 words on a slow machine


class Engine(Protocol):
    """Runs work on tasks."""

    def outcomes(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """What comes of each task, in order; a task whose worker ends twice, or that takes too long, has failed.

        Raises what ``Work.do`` raises.
        """


def engine(
    name: str, work: Work, *, articles: int, jobs: int | None, limit: float | None = None
) -> AbstractContextManager[Engine]:
    """An engine by its name, for a ``with``. ``articles``: how many tasks there will be, about.

    ``jobs``: how many workers; None: as many as pay. ``limit``: seconds for one article; None: LIMIT, or none in the
    serial engine, where nothing can be stopped.

    Raises RequestError for one that there is not, or that is not installed.
    """
    if name == "serial":
        from kg.engines.serial import Serial

        if limit is not None or jobs not in (None, 1):
            raise RequestError("the serial engine has no jobs and no --article-limit: leave them out, or use pool")
        return Serial(work)
    limit = LIMIT if limit is None else limit
    if (jobs is not None and jobs < 1) or not limit > 0:
        raise RequestError(
            f"{jobs} jobs, {limit:g} seconds for an article: give at least 1 job and more than 0 seconds"
        )
    if name == "pool":
        from kg.engines.pool import Pool

        return Pool(work, articles=articles, jobs=jobs, limit=limit)
    if name == "ray":
        from kg.engines.cluster import Cluster

        return Cluster(work, articles=articles, jobs=jobs, limit=limit)
    raise RequestError(f"no engine {name!r}: use pool, serial or ray")
