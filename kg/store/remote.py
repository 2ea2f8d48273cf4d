"""A database of quads behind a SPARQL 1.1 server.

What is derived of all articles lives in the server's default graph, and each article in a named graph, as on disk. kg's
queries see the union of all graphs as the default graph; where that is not how the server is set, it is asked for in
the ways that some servers know. Values come out as Oxigraph writes them (0.90 is 0.9), so that exports are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import StoreError
from kg.rdf import ONTOLOGY_GRAPH
from kg.store.client import PATIENCE, Client

BATCH = 1_000_000  # letters of quads that are sent at once where many come
_UNIONS: tuple[tuple[tuple[str, str], ...], ...] = (
    (),  # its default graph is the union anyway (GraphDB, Virtuoso; the others by their settings)
    (("union-default-graph", "true"),),  # Oxigraph
    (("default-graph-uri", "urn:x-arq:UnionGraph"),),  # Fuseki
)
_TABLES = {"json": ox.QueryResultsFormat.JSON, "xml": ox.QueryResultsFormat.XML}
_TRIPLES = {
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "turtle": ox.RdfFormat.TURTLE,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
_ALONE = "FILTER NOT EXISTS { GRAPH ?other { ?s ?p ?o } }"  # of the default graph: every triple lives in one graph


class Remote:
    """The quads of a server, as ``kg.store.quads.Quads``."""

    def __init__(self, address: str, update: str = "", *, patience: float = PATIENCE) -> None:
        """``update``: where updates go, if that is not what is usual. Raises StoreError; nothing is sent yet."""
        self._client = Client(address, update, patience=patience)
        self._union: tuple[tuple[str, str], ...] | None = None

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    # Read

    def query(
        self,
        query: str,
        *,
        base_iri: str | None = None,
        prefixes: Mapping[str, str] | None = None,
        use_default_graph_as_union: bool = False,
        default_graph: Any = None,
        named_graphs: Any = None,
    ) -> Any:
        """The result of a query. Raises QueryError, StoreError."""
        parameters = [("default-graph-uri", graph.value) for graph in default_graph or ()]
        parameters += [("named-graph-uri", graph.value) for graph in named_graphs or ()]
        if use_default_graph_as_union:
            parameters += self._as_union()
        return self._ask(_prologue(prefixes, base_iri) + query, parameters)

    def _ask(self, sparql: str, parameters: Sequence[tuple[str, str]] = ()) -> Any:
        format, content = self._client.query(sparql, parameters)
        try:
            if format in _TABLES:
                return ox.parse_query_results(content, format=_TABLES[format])
            triples = ox.Store()
            triples.load(content, format=_TRIPLES[format])
        except (SyntaxError, ValueError) as error:
            raise StoreError(
                f"the store {self._client.address} answers with what is no SPARQL result: {error}; look into its log"
            ) from error
        return triples.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")

    def _as_union(self) -> tuple[tuple[str, str], ...]:
        """How to ask the server for the union of all graphs: tried once, as soon as a named graph holds something."""
        if self._union is None:
            rows = list(self._ask(f"SELECT ?s ?p ?o {{ GRAPH <{ONTOLOGY_GRAPH}> {{ ?s ?p ?o }} }} LIMIT 1"))
            if not rows:
                return ()
            asked = f"ASK {{ {' '.join(str(term) for term in rows[0])} }}"
            found = [way for way in _UNIONS if bool(self._ask(asked, way))]
            if not found:
                raise StoreError(
                    f"the default graph of {self._client.address} is not the union of its named graphs: set it so "
                    "(rdflib: default_union, Fuseki: tdb2:unionDefaultGraph)"
                )
            self._union = found[0]
        return self._union

    def quads_for_pattern(self, subject: Any, predicate: Any, object: Any, graph_name: Any = None) -> Iterator[ox.Quad]:
        """Quads with these terms; None stands for any."""
        terms = [str(term or name) for term, name in ((subject, "?s"), (predicate, "?p"), (object, "?o"))]
        named = zip(terms, ("?s", "?p", "?o"), strict=True)
        bound = " ".join(f"BIND({term} AS {name})" for term, name in named if term != name)
        if graph_name is None or isinstance(graph_name, ox.NamedNode):
            graph = str(graph_name or "?g")
            for row in self._ask(f"SELECT * {{ GRAPH {graph} {{ {' '.join(terms)} }} {bound} }}"):
                yield ox.Quad(row["s"], row["p"], row["o"], graph_name or row["g"])
        if graph_name is None or isinstance(graph_name, ox.DefaultGraph):
            for row in self._ask(f"SELECT * {{ {' '.join(terms)} {bound} {_ALONE} }}"):
                yield ox.Quad(row["s"], row["p"], row["o"])

    def named_graphs(self) -> Iterator[Any]:
        """The names of all graphs but the default one."""
        return (row["g"] for row in self._ask("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"))

    def _graph(self, graph: Any) -> ox.Store:
        """One graph in memory, as triples."""
        named = isinstance(graph, ox.NamedNode)
        where = f"GRAPH {graph} {{ ?s ?p ?o }}" if named else f"?s ?p ?o {_ALONE}"
        found = ox.Store()
        found.extend(ox.Quad(*triple) for triple in self._ask(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {where} }}"))
        return found

    def __iter__(self) -> Iterator[ox.Quad]:
        for graph in (*sorted(self.named_graphs(), key=str), ox.DefaultGraph()):
            for quad in self._graph(graph):
                yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)

    def __len__(self) -> int:
        counted = "SELECT (COUNT(*) AS ?n) {{ {} }}"
        wheres = ("GRAPH ?g { ?s ?p ?o }", f"?s ?p ?o {_ALONE}")
        return sum(int(row["n"].value) for where in wheres for row in self._ask(counted.format(where)))

    def __contains__(self, quad: Any) -> bool:
        return any(True for _ in self.quads_for_pattern(quad.subject, quad.predicate, quad.object, quad.graph_name))

    def dump(
        self,
        output: Any = None,
        *,
        format: Any = None,
        from_graph: Any = None,
        prefixes: Mapping[str, str] | None = None,
    ) -> bytes | None:
        """Write all quads, or the triples of one graph."""
        rows: Iterable[Any] = self if from_graph is None else (quad.triple for quad in self._graph(from_graph))
        return ox.serialize(rows, output, format=format, prefixes=dict(prefixes or {}))

    # Write

    def update(self, update: str, *, base_iri: str | None = None, prefixes: Mapping[str, str] | None = None) -> None:
        """Carry out an update, as one request. Raises StoreError."""
        self._client.update(_prologue(prefixes, base_iri) + update)

    def load(self, file: Path, format: ox.RdfFormat) -> None:
        """Put the quads of a file in place of all that the server holds, in many requests."""
        self.update("DROP ALL")
        self._union, batch, size = None, list[str](), 0
        for quad in ox.parse(path=str(file), format=format):
            named = isinstance(quad.graph_name, ox.NamedNode)
            batch.append(f"GRAPH {quad.graph_name} {{ {quad.triple} }}" if named else f"{quad.triple} .")
            if (size := size + len(batch[-1])) > BATCH:
                self._insert(batch)
                batch, size = [], 0
        self._insert(batch)

    def _insert(self, lines: Sequence[str]) -> None:
        if lines:
            self.update("INSERT DATA {\n" + "\n".join(lines) + "\n}")


def _prologue(prefixes: Mapping[str, str] | None, base: str | None) -> str:
    """Base and prefixes in front of a query, on its first line, so that lines keep their numbers."""
    return (f"BASE <{base}> " if base else "") + "".join(
        f"PREFIX {name}: <{iri}> " for name, iri in (prefixes or {}).items()
    )
