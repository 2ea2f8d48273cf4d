"""What people decide about the graph, in a graph of its own: it survives rebuilds and goes before what is found.

A decision names the entities that it is about, and their groups (see ``mentions.py``), so that it is found again when
articles come and go.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import RDF, Literal, URIRef

from kg.identity import Decisions
from kg.rdf import CURATION_GRAPH, DECISION, ID, KG, PREFIXES, Triple


@dataclass(frozen=True, slots=True)
class Curation:
    """All decisions about entities."""

    decisions: Decisions
    linked: frozenset[tuple[str, str]]  # groups that a merge makes one

    def closure(self, groups: Iterable[str]) -> set[str]:
        """The groups with all that merges link them to."""
        reached, before = set(groups), -1
        while len(reached) != before:
            before = len(reached)
            reached |= {group for pair in self.linked if reached & set(pair) for group in pair}
        return reached


def read(store: ox.Store) -> Curation:
    """What a store has been told."""
    merges = list(_rows(store, "?d a kg:Merge ; kg:merged ?a ; kg:into ?b ; kg:mergedGroup ?ga ; kg:intoGroup ?gb"))
    splits = frozenset(row["a"].removeprefix(str(ID)) for row in _rows(store, "?d a kg:Split ; kg:splits ?a"))
    merged = {row["a"].removeprefix(str(ID)): row["b"].removeprefix(str(ID)) for row in merges}
    return Curation(Decisions(merged, splits), frozenset((row["ga"], row["gb"]) for row in merges))


def merge_triples(one: str, other: str, groups: tuple[str, str]) -> list[Triple]:
    """The decision that an entity (IRI) is another one."""
    node = _node("merge", one)
    return [
        (node, RDF.type, KG.Merge),
        (node, KG.merged, URIRef(one)),
        (node, KG.into, URIRef(other)),
        (node, KG.mergedGroup, Literal(groups[0])),
        (node, KG.intoGroup, Literal(groups[1])),
    ]


def split_triples(entity: str) -> list[Triple]:
    """The decision that each article means another entity (IRI) by a name."""
    node = _node("split", entity)
    return [(node, RDF.type, KG.Split), (node, KG.splits, URIRef(entity))]


def forget_merges(entities: Iterable[str]) -> list[str]:
    """The operations that undo the merges of entities (IRIs)."""
    nodes = [_node("merge", entity).n3() for entity in sorted(entities)]
    return [f"DELETE WHERE {{ GRAPH {CURATION_GRAPH.n3()} {{ {node} ?p ?o }} }}" for node in nodes]


def _node(kind: str, entity: str) -> URIRef:
    return DECISION[hashlib.blake2b(f"{kind}\0{entity}".encode(), digest_size=10).hexdigest()]


def _rows(store: ox.Store, pattern: str) -> Iterator[Mapping[str, str]]:
    solutions = store.query(f"SELECT * {{ GRAPH {CURATION_GRAPH.n3()} {{ {pattern} }} }}", prefixes=PREFIXES)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    return ({name: row[name].value for name in names} for row in solutions)
