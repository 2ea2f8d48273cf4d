"""What a query gives: solutions, a truth value or triples, as values and as bytes."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, cast

import pyoxigraph as ox
from rdflib import Literal
from rdflib.term import Node

from kg.errors import LimitError, QueryError, StoreError
from kg.store.export import order, write_rows
from kg.terms import to_rdflib

logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # "abc"^^xsd:integer is for the asker to see, not an alarm

_TABLES = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_GRAPHS = ("turtle", "ntriples", "rdfxml", "jsonld")
_ROW_MARKS = {"json": (b"},{", 1), "xml": (b"<result>", 0), "csv": (b"\r\n", -1), "tsv": (b"\n", -1)}
"""Format -> what stands once for each row, and what to add to its number."""

RESULT_FORMATS = {"select": tuple(_TABLES), "ask": tuple(_TABLES), "construct": _GRAPHS}
"""Names of the formats that each kind of result can be written in, the usual one first."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a result may be: rows (or triples), and bytes as it is written. No more is worked out."""

    rows: int = sys.maxsize
    size: int = sys.maxsize


@contextmanager
def answering(what: str = "query") -> Iterator[None]:
    """What goes wrong with a query or an update, as QueryError, or as StoreError where the files are at fault."""
    try:
        yield
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"the {what} cannot be read: {error}") from error
    except (OSError, RuntimeError) as error:
        if getattr(error, "errno", None) or "orruption" in str(error):
            raise StoreError(f"the store cannot be read: {error}; restore an export with kg import") from error
        raise QueryError(f"the {what} cannot be answered: {error}") from error


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

    def serialize(self, format: str = "", limits: Limits | None = None) -> bytes:
        """The result in one of RESULT_FORMATS. Raises QueryError for another format, LimitError if it is too large."""
        format = format or RESULT_FORMATS[self.kind][0]
        allowed = RESULT_FORMATS[self.kind]
        if format not in allowed:
            raise QueryError(f"a {self.kind.upper()} result cannot be written as {format}: use {', '.join(allowed)}")
        with answering():
            return self._bytes(format, limits or Limits())

    def _bytes(self, format: str, limits: Limits) -> bytes:
        output = _Output(format, limits)
        if self.kind == "construct":
            write_rows(self._triples(limits), cast(IO[bytes], output), format)
            return bytes(output.content)
        if self.kind == "ask" and format in ("csv", "tsv"):  # the standard has none
            return f"{str(bool(self._raw)).lower()}\n".encode()
        self._raw.serialize(output, format=_TABLES[format])
        return bytes(output.content)

    def _triples(self, limits: Limits) -> list[Any]:
        """All of them once, in order."""
        triples: set[Any] = set()
        for triple in self._raw:
            triples.add(triple)
            if len(triples) > limits.rows:
                raise LimitError(f"the result has more than {limits.rows:,} triples: add a LIMIT, or ask for less")
        return sorted(triples, key=order)


class _Output:
    """Takes what is written, as long as it is within limits; whole rows are counted by what ends or begins each."""

    def __init__(self, format: str, limits: Limits) -> None:
        self.content = bytearray()
        self._mark, self._rows = _ROW_MARKS.get(format, (b"", 0))
        self._limits = limits

    def write(self, data: bytes) -> int:
        before = max(0, len(self.content) - len(self._mark) + 1)
        self.content += data
        self._rows += self.content.count(self._mark, before) if self._mark else 0
        if self._rows > self._limits.rows:
            raise LimitError(f"the result has more than {self._limits.rows:,} rows: add a LIMIT, or ask for less")
        if len(self.content) > self._limits.size:
            raise LimitError(f"the result is longer than {self._limits.size:,} bytes: add a LIMIT, or ask for less")
        return len(data)

    def flush(self) -> None:
        """All is here already."""
