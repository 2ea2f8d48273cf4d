"""What a query gives: solutions, a truth value or triples, as values and as bytes."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from kg.errors import QueryError, StoreError
from kg.store.export import order, write_rows

logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # "abc"^^xsd:integer is for the asker to see, not an alarm

_TABLES = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_GRAPHS = ("turtle", "ntriples", "rdfxml", "jsonld")
RESULT_FORMATS = {"select": tuple(_TABLES), "ask": tuple(_TABLES), "construct": _GRAPHS}
"""Names of the formats that each kind of result can be written in, the usual one first."""


@contextmanager
def answering() -> Iterator[None]:
    """What goes wrong with a query, as QueryError, or as StoreError where the files are at fault."""
    try:
        yield
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"the query cannot be read: {error}") from error
    except (OSError, RuntimeError) as error:
        if isinstance(error, OSError) or "orruption" in str(error):
            raise StoreError(f"the store cannot be read: {error}; restore an export with kg import") from error
        raise QueryError(f"the query cannot be answered: {error}") from error


class Result:
    """The result of one query. Iterating gives tuples of rdflib terms (None where unbound); it can be read once.

    ``kind`` is "select", "ask" or "construct" (DESCRIBE too); ``variables`` are the names of the columns.
    """

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.kind = {ox.QuerySolutions: "select", ox.QueryBoolean: "ask", ox.QueryTriples: "construct"}[type(raw)]
        self.variables: tuple[str, ...] = ()
        if self.kind == "select":
            self.variables = tuple(variable.value for variable in raw.variables)
        if self.kind == "construct":
            self.variables = ("subject", "predicate", "object")

    def __bool__(self) -> bool:
        """The truth value of an ASK; any other result is true."""
        return bool(self._raw) if self.kind == "ask" else True

    def __iter__(self) -> Iterator[tuple[Node | None, ...]]:
        if self.kind == "ask":
            yield (Literal(bool(self._raw)),)
            return
        with answering():
            yield from self._rows()

    def _rows(self) -> Iterator[tuple[Node | None, ...]]:
        for row in self._raw:
            yield tuple(None if term is None else to_rdflib(term) for term in row)

    def serialize(self, format: str = "") -> bytes:
        """The result in one of RESULT_FORMATS. Raises QueryError for another format."""
        format = format or RESULT_FORMATS[self.kind][0]
        allowed = RESULT_FORMATS[self.kind]
        if format not in allowed:
            raise QueryError(f"a {self.kind.upper()} result cannot be written as {format}: use {', '.join(allowed)}")
        with answering():
            return self._bytes(format)

    def _bytes(self, format: str) -> bytes:
        if self.kind == "construct":
            triples = sorted(set(self._raw), key=order)
            buffer = io.BytesIO()
            write_rows(triples, buffer, format)
            return buffer.getvalue()
        if self.kind == "ask" and format in ("csv", "tsv"):  # the standard has none
            return f"{str(bool(self._raw)).lower()}\n".encode()
        return bytes(self._raw.serialize(format=_TABLES[format]))


def to_rdflib(term: Any) -> Node:
    """A term of pyoxigraph as one of rdflib. Raises QueryError for terms that RDF 1.1 does not have."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        plain = term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
        return Literal(term.value, datatype=None if plain else URIRef(term.datatype.value), normalize=False)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    raise QueryError(f"{term} is no term of RDF 1.1: leave it out of the query")
