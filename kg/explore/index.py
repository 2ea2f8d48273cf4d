"""All entities and facts of a checkpoint in memory: for search, neighbourhoods, paths and the opening picture.

Made once, in one pass; entities are numbered by importance, so the lower number is the more central one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kg.explore.importance import ranks
from kg.explore.names import Names
from kg.store import Store

MODALITIES = {"Asserted": "asserted", "Planned": "planned", "Possible": "possible", "Denied": "denied"}


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity. ``type`` is the IRI of its class, ``degree`` the number of its facts."""

    iri: str
    label: str
    type: str
    aliases: tuple[str, ...]
    degree: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A fact by the IRI of its statement; subject and object are numbers of entities, the rest IRIs."""

    iri: str
    subject: int
    relation: str
    object: int
    modality: str
    confidence: float
    speaker: str  # "" where the article itself says it
    date: str  # ISO 8601 of any precision, or ""
    article: str


@dataclass(frozen=True, eq=False)
class Index:
    """``about``: the numbers of the facts of each entity, by its number."""

    things: tuple[Thing, ...]
    claims: tuple[Claim, ...]
    number: Mapping[str, int]  # of each entity, by IRI
    about: Mapping[int, Sequence[int]]

    @cached_property
    def names(self) -> Names:
        """For search."""
        return Names([(thing.label, *thing.aliases) for thing in self.things])

    def other(self, claim: int, thing: int) -> int:
        """The other end of a fact."""
        found = self.claims[claim]
        return found.object if found.subject == thing else found.subject

    @property
    def linked(self) -> int:
        """How many entities are in a fact."""
        return sum(thing.degree > 0 for thing in self.things)


def index(store: Store) -> Index:
    """The index of what a store holds."""
    rows = list(_rows(store, _FACTS))
    things = sorted(_rows(store, _THINGS), key=lambda row: row["e"])
    number = {row["e"]: n for n, row in enumerate(things)}
    ends = [(number[row["s"]], number[row["o"]]) for row in rows]
    degree = defaultdict[int, int](int)
    for pair in ends:
        for end in set(pair):
            degree[end] += 1
    weight = ranks(len(things), ends)
    order = sorted(number.values(), key=lambda n: (degree[n] == 0, -weight[n], -degree[n], n))
    place = {n: rank for rank, n in enumerate(order)}
    claims = sorted(
        (_claim(row, place[s], place[o]) for row, (s, o) in zip(rows, ends, strict=True)), key=lambda claim: claim.iri
    )
    about = defaultdict[int, list[int]](list)
    for at, claim in enumerate(claims):
        for end in {claim.subject, claim.object}:
            about[end].append(at)
    ranked = tuple(_thing(things[n], degree[n]) for n in order)
    return Index(ranked, tuple(claims), {thing.iri: n for n, thing in enumerate(ranked)}, dict(about))


def _thing(row: Mapping[str, str], degree: int) -> Thing:
    aliases = tuple(sorted(filter(None, row.get("aliases", "").split("\n"))))
    return Thing(row["e"], row["label"], row["type"], aliases, degree)


def _claim(row: Mapping[str, str], subject: int, object: int) -> Claim:
    modality = MODALITIES[row["modality"].rpartition("#")[2]]
    confidence = float(row["confidence"])
    more = (row.get("speaker", ""), row.get("date", ""), row["a"])
    return Claim(row["st"], subject, row["p"], object, modality, confidence, *more)


def _rows(store: Store, query: str) -> Iterator[dict[str, str]]:
    """Solutions as plain texts: for many rows several times as fast as terms of rdflib."""
    found: dict[str, Any] = json.loads(store.query(query).serialize("json"))
    for row in found["results"]["bindings"]:
        yield {name: term["value"] for name, term in row.items()}


_FACTS = """SELECT ?st ?s ?p ?o ?modality ?confidence ?speaker ?date ?a {
  ?st rdf:subject ?s ; rdf:predicate ?p ; kg:objectMention ?m ; kg:modality ?modality ; kg:confidence ?confidence .
  ?m kg:refersTo ?o ; kg:inArticle ?a .
  OPTIONAL { ?st prov:wasAttributedTo ?speaker } OPTIONAL { ?st schema:temporalCoverage ?date } }"""
_THINGS = """SELECT ?e (MIN(?name) AS ?label) (MIN(STR(?kind)) AS ?type)
  (GROUP_CONCAT(DISTINCT ?alias; separator="\\n") AS ?aliases) {
  { SELECT DISTINCT ?e { ?m kg:refersTo ?e } } ?e skos:prefLabel ?name ; a ?kind .
  OPTIONAL { ?e skos:altLabel ?alias } } GROUP BY ?e"""
