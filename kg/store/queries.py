"""Queries and updates of people: what is refused before anything runs, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urljoin

import pyoxigraph as ox

from kg.errors import QueryError
from kg.rdf import PREFIXES
from kg.store.quads import Quads
from kg.store.results import Result, answering

DEFAULT_GRAPH = "urn:kg:default"  # names the default graph alone, where a request names graphs

# Lengths have limits, and what is longer counts as SERVICE, so that no text takes more than linear time.
_SPACE = r"(?:\s*+#[^\n\r]{0,500}+[\n\r]){0,20}+\s*+"
_LONG = r"#(?![^\n\r]{0,500}\Z)"
_OPEN = rf"{_SPACE}(?:\{{|{_LONG})"
_ADDRESS = rf"<[^>]{{0,2000}}+(?:[^>]|>{_OPEN})"
_NAME = rf"(?:\\.|[^\s{{}}#<\\]){{1,500}}+(?:[^\s{{}}#<]|{_OPEN})"  # a variable or a prefixed name
_SERVICE = re.compile(rf"service{_SPACE}(?:silent)?+{_SPACE}(?:{_LONG}|{_ADDRESS}|{_NAME})", re.I)
_END = rf"{_SPACE}(?:[;#]|into|\Z)"
_FILE = rf"[^\s<>:/\"']{{0,500}}+(?:[^\s<>:/\"']|:(?:\\.|[^\s<>;#/\"'\\]){{0,500}}+(?:[^\s<>;#/\"'\\]|{_END}))"
_LOADED = rf"<[^>]{{0,2000}}+(?:[^>]|>{_END})|{_FILE}"
_LOAD = re.compile(rf"(?<![\w:?$-])load{_SPACE}(?:silent)?+{_SPACE}(?:{_LONG}|{_LOADED})", re.I)
_IN_IRI = r'(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})*+'
_LOCAL = r"(?:[\w%:-]|\\[_~.\-!$&'()*+,;=/?#@%])"  # of a name, where dots stand within
# Strings, IRIs, comments, escapes, variables and prefixed names: what is left of a query are keywords and signs. Where
# the grammar could be read in two ways, less is taken away: rather refuse a query than let one reach another server.
_HARMLESS = re.compile(
    r'\\.|"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n\r]|\\.)*"'
    r"|'''(?:[^\\]|\\.)*?'''|'(?:[^'\\\n\r]|\\.)*'"
    rf"|<{_IN_IRI}>|#[^\n\r]*|[?$]\w+|(?<![\w-])[\w-]*+:(?:{_LOCAL}(?:\.*+{_LOCAL})*)?",
    re.DOTALL,
)
_IRI = rf"<({_IN_IRI})>"
_TERM = rf"(?:{_IRI}|((?:[^\s:<>{{}}()#]*):)([^\s<>{{}}()#;,]*))"  # an IRI as it is, or prefix and local name
_GRAPH = re.compile(rf"(?:from|using){_SPACE}(?:named(?![\w:-]){_SPACE})?{_TERM}", re.I)
_CLAUSE = re.compile("from|using", re.I)
_PREFIX = re.compile(rf"prefix{_SPACE}([^\s:<]*:){_SPACE}{_IRI}", re.I)
_BASE = re.compile(rf"base{_SPACE}{_IRI}", re.I)
_LINE_END = re.compile(r"\r\n|\r|\n")
_IN_NAME = re.compile(r"(?:[?$]\w*|:[\w-]*)\Z", re.ASCII)
_IN_COMMENT = re.compile(r"(?:\A|[\n\r])[ \t]*#[^'\"\n\r]*\Z")
_ESCAPE = re.compile(r"\\u(.{4})|\\U(.{8})")


def run(store: Quads, sparql: str, default_graphs: Sequence[str], named_graphs: Sequence[str], base: str) -> Result:
    """The result of a query over the union of all graphs, or those named. Raises QueryError."""
    if place := service_place(sparql):
        raise QueryError(
            f"the query asks another server (SERVICE at {place}), and nothing is fetched here: leave that part out"
        )
    graphs: Any = _graphs(default_graphs) or None
    named: Any = _graphs(named_graphs) or None
    union = not (graphs or named or _clauses(sparql))  # pyoxigraph prefers it to FROM
    with answering():
        return Result(
            store.query(
                sparql,
                base_iri=base or None,
                prefixes=PREFIXES,
                use_default_graph_as_union=union,
                default_graph=graphs,
                named_graphs=named,
            )
        )


def change(store: Quads, sparql: str, base: str) -> None:
    """Run an update, all of it or nothing. Raises QueryError for a wrong one, and for LOAD and SERVICE."""
    for word, pattern in (("SERVICE", _SERVICE), ("LOAD", _LOAD)):
        if place := _place(pattern, sparql):
            raise QueryError(
                f"the update asks another server ({word} at {place}), and nothing is fetched here: leave that part out"
            )
    with answering("update"):
        store.update(sparql, base_iri=base or None, prefixes=PREFIXES)


def graphs_of(sparql: str, base: str = "") -> tuple[str, ...]:
    """The graphs (IRIs) that a query names after FROM and FROM NAMED, an update after USING, in their order.

    ``base``: what they are relative to, where the query does not say it.

    >>> graphs_of("PREFIX e: <urn:e:> SELECT * FROM <urn:a> FROM NAMED e:b { ?from ?p 'FROM <urn:c>' }")
    ('urn:a', 'urn:e:b')
    """
    if not (clauses := _clauses(sparql)):
        return ()
    signs = bare(sparql)
    starts = [found.start() for found in re.finditer(r"\b(?:prefix|base)\b", signs, re.I)]
    prefixes = {f"{name}:": iri for name, iri in PREFIXES.items()}
    declared = [found for start in starts if (found := _PREFIX.match(sparql, start))]
    prefixes |= {found[1]: _unescaped(found[2]) for found in declared}
    base = next((_unescaped(found[1]) for start in starts if (found := _BASE.match(sparql, start))), base)
    named = [found for start in clauses if (found := _GRAPH.match(sparql, start))]
    return tuple(
        urljoin(base, _unescaped(found[1])) if found[1] is not None else prefixes.get(found[2], found[2]) + found[3]
        for found in named
    )


def _unescaped(iri: str) -> str:
    """An IRI whose letters may be written as their numbers."""
    return _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), iri)


def _clauses(sparql: str) -> list[int]:
    """Where FROM or USING stand in a query."""
    if not _CLAUSE.search(sparql):  # of most queries no more need be looked at
        return []
    return [found.start() for found in re.finditer(r"\b(?:from|using)\b", bare(sparql), re.I)]


def missing_graph(store: Quads, graphs: Iterable[str]) -> str:
    """The first of some graphs (IRIs) that the store does not have, "" where it has all. Raises QueryError."""
    nodes = _graphs([graph for graph in graphs if graph != DEFAULT_GRAPH])
    return next((node.value for node in nodes if isinstance(node, ox.NamedNode) and not _has(store, node)), "")


def _has(store: Quads, graph: ox.NamedNode) -> bool:
    return any(True for _ in store.quads_for_pattern(None, None, None, graph))


def _graphs(iris: Sequence[str]) -> list[ox.NamedNode | ox.DefaultGraph]:
    try:
        return [ox.DefaultGraph() if iri == DEFAULT_GRAPH else ox.NamedNode(iri) for iri in iris]
    except ValueError as error:
        raise QueryError(f"graphs {', '.join(map(repr, iris))}: {error}; give IRIs") from error


def bare(sparql: str) -> str:
    """A query with blanks for strings, IRIs, comments, variables and prefixed names: its keywords and signs, in place.

    >>> bare("SELECT ?from FROM <urn:a> { ex:from ex:b 'from' }").split()
    ['SELECT', 'FROM', '{', '}']
    """
    return _HARMLESS.sub(lambda found: " " * len(found[0]), sparql)


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
    return _place(_SERVICE, sparql)


def _place(pattern: re.Pattern[str], sparql: str) -> str:
    """Line and column of the first match that is not within a name or a line that is a comment, "" if there is none."""
    found = pattern.search(sparql)
    while found:
        start = found.start()
        if not any(harmless.search(sparql, max(0, start - 200), start) for harmless in (_IN_NAME, _IN_COMMENT)):
            lines = _LINE_END.split(sparql[:start])
            return f"{len(lines)}:{len(lines[-1]) + 1}"
        found = pattern.search(sparql, start + 1)
    return ""
