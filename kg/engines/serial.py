"""In this process: nothing is started, nothing can be stopped; for notebooks, and for whoever looks for a fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager

from kg.work import Outcome, Task, Work


class Serial(AbstractContextManager["Serial"]):
    """One article after the other."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def outcomes(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """See ``kg.engines.Engine``; here an article may take any time."""
        return map(self._work.do, tasks)

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""
