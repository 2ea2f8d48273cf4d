"""What kg asks of a database of quads: pyoxigraph's Store is one (on disk, in memory), ``kg.store.remote`` another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pyoxigraph as ox


class Quads(Protocol):
    """Quads that can be queried and updated. The arguments are those of pyoxigraph's Store."""

    def query(
        self,
        query: str,
        *,
        base_iri: str | None = ...,
        prefixes: dict[str, str] | None = ...,
        use_default_graph_as_union: bool = ...,
        default_graph: Any = ...,
        named_graphs: Any = ...,
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """The result of a query, as values of pyoxigraph."""

    def update(self, update: str, *, base_iri: str | None = ..., prefixes: dict[str, str] | None = ...) -> None:
        """Carry out an update: all of it or nothing."""

    def quads_for_pattern(self, subject: Any, predicate: Any, object: Any, graph_name: Any = ...) -> Iterator[ox.Quad]:
        """Quads with these terms; None stands for any."""

    def named_graphs(self) -> Iterator[Any]:
        """The names of all graphs but the default one."""

    def dump(
        self, output: Any = ..., *, format: Any = ..., from_graph: Any = ..., prefixes: dict[str, str] | None = ...
    ) -> bytes | None:
        """Write all quads, or the triples of one graph, to a file (its path, or an open one)."""

    def __len__(self) -> int: ...

    def __contains__(self, quad: Any) -> bool: ...

    def __iter__(self) -> Iterator[ox.Quad]: ...
