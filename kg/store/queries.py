"""Queries: what is refused before anything runs, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pyoxigraph as ox

from kg.errors import QueryError
from kg.rdf import PREFIXES
from kg.store.results import Result, answering

# Lengths have limits, and what is longer counts as SERVICE, so that no text takes more than linear time.
_SPACE = r"(?:\s*+#[^\n\r]{0,500}+[\n\r]){0,20}+\s*+"
_LONG = r"#(?![^\n\r]{0,500}\Z)"
_OPEN = rf"{_SPACE}(?:\{{|{_LONG})"
_ADDRESS = rf"<[^>]{{0,2000}}+(?:[^>]|>{_OPEN})"
_NAME = rf"(?:\\.|[^\s{{}}#<\\]){{1,500}}+(?:[^\s{{}}#<]|{_OPEN})"  # a variable or a prefixed name
_SERVICE = re.compile(rf"service{_SPACE}(?:silent)?+{_SPACE}(?:{_LONG}|{_ADDRESS}|{_NAME})", re.I)
# Strings, IRIs, comments, escapes, variables and prefixed names: what is left of a query are keywords and signs. Where
# the grammar could be read in two ways, less is taken away: rather refuse a query than let one reach another server.
_HARMLESS = re.compile(
    r'\\.|"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n\r]|\\.)*"'
    r"|'''(?:[^\\]|\\.)*?'''|'(?:[^'\\\n\r]|\\.)*'"
    r'|<[^<>"{}|^`\\\x00-\x20]*>|#[^\n\r]*|[?$]\w+|(?<![\w-])[\w-]*+:[\w%-]*',
    re.DOTALL,
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_IN_NAME = re.compile(r"(?:[?$]\w*|:[\w-]*)\Z", re.ASCII)
_IN_COMMENT = re.compile(r"[ \t]*#[^'\"]*\Z")


def run(store: ox.Store, sparql: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> Result:
    """The result of a query over the union of all graphs, or those named. Raises QueryError."""
    if place := service_place(sparql):
        raise QueryError(
            f"the query asks another server (SERVICE at {place}), and nothing is fetched here: leave that part out"
        )
    graphs: Any = _graphs(default_graphs) or None
    named: Any = _graphs(named_graphs) or None
    union = not (graphs or named or re.search(r"\bfrom\b", bare(sparql), re.I))  # pyoxigraph prefers it to FROM
    with answering():
        return Result(
            store.query(
                sparql, prefixes=PREFIXES, use_default_graph_as_union=union, default_graph=graphs, named_graphs=named
            )
        )


def _graphs(iris: Sequence[str]) -> list[ox.NamedNode]:
    try:
        return [ox.NamedNode(iri) for iri in iris]
    except ValueError as error:
        raise QueryError(f"graphs {', '.join(map(repr, iris))}: {error}; give IRIs") from error


def bare(sparql: str) -> str:
    """A query without strings, IRIs, comments, variables and prefixed names: its keywords and signs.

    >>> bare("SELECT ?from FROM <urn:a> { ex:from ex:b 'from' }").split()
    ['SELECT', 'FROM', '{', '}']
    """
    return _HARMLESS.sub(" ", sparql)


def service_place(sparql: str) -> str:
    """Line and column of the first clause that looks like SERVICE, "" where there is none.

    pyoxigraph would send a request, and takes the keyword without any space around it ("0.9SERVICESILENT<...>{"). So
    whatever could be such a clause is refused, even in a string: rather refuse too much than ask a stranger's server.
    Variables, names and lines that are comments are let through.

    >>> service_place("SELECT * {\\n SERVICE <http://x/> { ?s ?p ?o } }")
    '2:2'
    >>> service_place("ASK { ?service ?p 'service' }")
    ''
    """
    found = _SERVICE.search(sparql)
    while found:
        before = sparql[: found.start()]
        lines = _LINE_END.split(before)
        if not _IN_NAME.search(before[-200:]) and not _IN_COMMENT.match(lines[-1]):
            return f"{len(lines)}:{len(lines[-1]) + 1}"
        found = _SERVICE.search(sparql, found.start() + 1)
    return ""
