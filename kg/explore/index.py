"""What the explorer knows by heart of one checkpoint: entities and facts by number, and who is in which fact.

An entity's number is its rank: 0 is the most central one, and those that are in no fact come last. A fact's number is
its place in the order of statement IRIs. So the same graph gives the same index.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from sys import intern

import numpy as np
from numpy.typing import NDArray

from kg.explore.importance import pageranks
from kg.explore.names import Names, listed
from kg.model import Modality
from kg.ontology import local_name
from kg.store import Store

Ints = NDArray[np.int32]

MODALITIES = tuple(str(modality) for modality in Modality)  # a fact's modality is a place in this
DENIED = MODALITIES.index(Modality.DENIED)

_ENTITIES = "{ SELECT DISTINCT ?e { ?m kg:refersTo ?e } } ?e"
_FACTS = """SELECT ?st ?s ?p ?o ?modality ?confidence ?article ?speaker ?date {
?st rdf:subject ?s ; rdf:predicate ?p ; kg:objectMention ?m ; kg:modality ?modality ; kg:confidence ?confidence .
?m kg:refersTo ?o ; kg:inArticle ?article .
OPTIONAL { ?st prov:wasAttributedTo ?speaker } OPTIONAL { ?st schema:temporalCoverage ?date } }"""


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """All facts, by column; ``iris`` are those of their statements, sorted."""

    iris: tuple[str, ...]
    subjects: Ints  # numbers of entities, as objects
    objects: Ints
    relations: Ints  # places in relation_iris
    relation_iris: tuple[str, ...]
    modalities: Ints  # places in MODALITIES
    confidences: NDArray[np.float64]
    speakers: tuple[str, ...]  # IRIs, "" where the article itself says it
    dates: tuple[str, ...]  # ISO 8601 of any precision, "" for none
    articles: tuple[str, ...]  # IRIs


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """Entities by number, their facts, and their names."""

    iris: tuple[str, ...]
    labels: tuple[str, ...]
    types: tuple[str, ...]  # IRIs of classes, "" for none
    numbers: Mapping[str, int]  # of entities, by IRI
    degrees: Ints  # how many facts an entity is in
    facts: Facts
    starts: Ints  # the facts of entity n are about[starts[n]:starts[n + 1]], ascending
    about: Ints
    names: Names

    def facts_of(self, entity: int) -> Ints:
        """Numbers of the facts that an entity is in, each once."""
        return self.about[self.starts[entity] : self.starts[entity + 1]]


def read_index(store: Store) -> Index:
    """The index of all that a store holds."""
    labels, aliases, types = (_of_entities(store, name) for name in ("skos:prefLabel", "skos:altLabel", "a"))
    rows = sorted(_rows(store, _FACTS), key=itemgetter("st"))
    ends = {row[end] for row in rows for end in ("s", "o")}
    iris, degrees = _ranked(sorted({*labels, *types, *ends}), rows)
    numbers = {iri: number for number, iri in enumerate(iris)}
    facts = _facts(rows, numbers)
    starts, about = _about(facts, len(iris))
    shown = tuple(min(labels.get(iri, [local_name(iri)])) for iri in iris)
    others = [
        sorted({*labels.get(iri, ()), *aliases.get(iri, ())} - {label}) for iri, label in zip(iris, shown, strict=True)
    ]
    names = listed(shown, others, degrees)
    kinds = tuple(intern(min(types.get(iri, [""]))) for iri in iris)
    return Index(tuple(iris), shown, kinds, numbers, degrees, facts, starts, about, names)


def _rows(store: Store, query: str) -> Iterable[Mapping[str, str]]:
    """The solutions of a query as strings; JSON is the quickest way out of the store."""
    bindings = json.loads(store.query(query).serialize("json"))["results"]["bindings"]
    return ({name: term["value"] for name, term in row.items()} for row in bindings)


def _of_entities(store: Store, property: str) -> Mapping[str, list[str]]:
    """Entity -> the values of a property."""
    values: dict[str, list[str]] = defaultdict(list)
    for row in _rows(store, f"SELECT DISTINCT ?e ?value {{ {_ENTITIES} {property} ?value }}"):
        values[row["e"]].append(row["value"])
    return values


def _ranked(iris: Sequence[str], rows: Sequence[Mapping[str, str]]) -> tuple[list[str], Ints]:
    """Entities, the most central first, and their degrees."""
    numbers = {iri: number for number, iri in enumerate(iris)}
    pairs = [(numbers[row["s"]], numbers[row["o"]]) for row in rows]
    weights = pageranks(len(iris), pairs)
    degrees = np.zeros(len(iris), np.int32)
    for pair in pairs:
        for end in set(pair):
            degrees[end] += 1
    order = sorted(range(len(iris)), key=lambda n: (degrees[n] == 0, -weights[n], -degrees[n], n))
    return [iris[n] for n in order], degrees[order]


def _facts(rows: Sequence[Mapping[str, str]], numbers: Mapping[str, int]) -> Facts:
    relations = tuple(sorted({row["p"] for row in rows}))
    places = {relation: place for place, relation in enumerate(relations)}
    return Facts(
        tuple(row["st"] for row in rows),
        _ints(numbers[row["s"]] for row in rows),
        _ints(numbers[row["o"]] for row in rows),
        _ints(places[row["p"]] for row in rows),
        relations,
        _ints(MODALITIES.index(local_name(row["modality"]).lower()) for row in rows),
        np.array([float(row["confidence"]) for row in rows]),
        *(tuple(intern(row.get(name, "")) for row in rows) for name in ("speaker", "date", "article")),
    )


def _ints(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, np.int32)


def _about(facts: Facts, entities: int) -> tuple[Ints, Ints]:
    """For ``Index.starts`` and ``Index.about``."""
    every = np.arange(len(facts.iris), dtype=np.int32)
    other = facts.subjects != facts.objects
    ends = np.concatenate([facts.subjects, facts.objects[other]])
    numbers = np.concatenate([every, every[other]])
    order = np.lexsort((numbers, ends))
    starts = np.searchsorted(ends[order], np.arange(entities + 1)).astype(np.int32)
    return starts, numbers[order]
