"""The graph as Python sees it: build one, or open one, then query, convert, export and show it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import explore
from kg.errors import RequestError, StoreError
from kg.store import Result, Stats, Store

if TYPE_CHECKING:
    import networkx
    import rdflib

    from kg.pipeline import Summary

STORE = "store"  # the folder of the store within the output folder


class Graph:
    """The graph in an output folder, as it was last published; closes with ``close`` or at the end of a ``with``.

    >>> import kg
    >>> with kg.Graph("outputs/sample") as graph:  # doctest: +SKIP
    ...     graph.stats().articles
    3
    """

    def __init__(self, folder: str | Path = "outputs", *, summary: Summary | None = None) -> None:
        """Raises StoreError where no graph was built."""
        self.folder = Path(folder)
        self.summary = summary  # of the build that made it, None where it was only opened
        if not (self.folder / STORE).is_dir():
            raise StoreError(f"no graph in {self.folder}: make one with kg build PATH --out {self.folder}")
        self._store = Store.read(self.folder / STORE)

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store's files."""
        self._store.close()

    def query(self, sparql: str) -> Result:
        """Solutions, truth value or triples of a SPARQL query; the usual prefixes are declared. Raises QueryError."""
        return self._store.query(sparql)

    def articles(self) -> tuple[str, ...]:
        """The ids of all articles, sorted."""
        return tuple(sorted(self._store.articles()))

    def stats(self) -> Stats:
        """Counts of articles, entities, facts and triples."""
        return self._store.stats()

    def view(self, *, entities: Sequence[str] = (), relations: Sequence[str] = (), most: int = 500) -> explore.View:
        """The ``most`` central entities and their facts, or those of the named entities and relations only."""
        return explore.view(
            self._store, entities=self._entities(entities), relations=self._relations(relations), most=most
        )
