"""What the explorer knows by heart of one checkpoint: entities and facts by number, and who is in which fact.

An entity's number is its rank: 0 is the most central one, and those that are in no fact come last. A fact's number is
its place in the order of statement IRIs. So the same graph gives the same index.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from sys import intern

import numpy as np
from numpy.typing import NDArray

from kg.explore.importance import pageranks
from kg.explore.names import Names, listed
from kg.model import Modality
from kg.ontology import local_name
from kg.store import Store

Ints = NDArray[np.int32]
Row = tuple[str, str, str, str, str, str, str, str, str]
"""Of a fact: statement, subject, relation, object, modality, confidence, article, speaker and date."""

MODALITIES = tuple(str(modality) for modality in Modality)  # a fact's modality is a place in this
DENIED = MODALITIES.index(Modality.DENIED)

_ENTITIES = "{ SELECT DISTINCT ?s { ?m kg:refersTo ?s } }"
_ALWAYS = ("rdf:subject", "rdf:predicate", "kg:objectMention", "kg:modality", "kg:confidence")  # of a statement
_PERHAPS = ("prov:wasAttributedTo", "schema:temporalCoverage")


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
    labels, aliases, types = (_values(store, name, _ENTITIES) for name in ("skos:prefLabel", "skos:altLabel", "a"))
    rows = _statements(store)
    ends = {end for _, subject, _, object, *_ in rows for end in (subject, object)}
    iris, degrees = _ranked(sorted({*labels, *types, *ends}), rows)
    numbers = {iri: number for number, iri in enumerate(iris)}
    facts = _facts(rows, numbers)
    starts, about = _about(facts, len(iris))
    shown = tuple(min(labels.get(iri) or [local_name(iri)]) for iri in iris)
    others = [
        sorted({*labels.get(iri, ()), *aliases.get(iri, ())} - {label}) for iri, label in zip(iris, shown, strict=True)
    ]
    names = listed(shown, others, degrees)
    kinds = tuple(intern(min(types.get(iri) or [""])) for iri in iris)
    return Index(tuple(iris), shown, kinds, numbers, degrees, facts, starts, about, names)


# One question for each property: all at once would take the store three times as long


def _pairs(store: Store, property: str, among: str = "") -> Iterator[tuple[str, str]]:
    """Subjects and values of a property as strings; CSV is the quickest way out of the store."""
    table = store.query(f"SELECT ?s ?value {{ {among} ?s {property} ?value }}").serialize("csv").decode()
    rows = csv.reader(io.StringIO(table, newline=""))
    next(rows)
    return ((subject, value) for subject, value in rows)


def _values(store: Store, property: str, among: str) -> Mapping[str, list[str]]:
    values: dict[str, list[str]] = defaultdict(list)
    for subject, value in _pairs(store, property, among):
        values[subject].append(value)
    return values


def _statements(store: Store) -> list[Row]:
    always = [dict(_pairs(store, property)) for property in _ALWAYS]
    speakers, dates = (dict(_pairs(store, property)) for property in _PERHAPS)
    refers, articles = dict(_pairs(store, "kg:refersTo")), dict(_pairs(store, "kg:inArticle"))
    rows = []
    for iri in sorted(set(always[0]).intersection(*always[1:])):
        subject, relation, mention, *how = (values[iri] for values in always)
        if mention in refers and mention in articles:
            modality, confidence = how
            object, article = refers[mention], articles[mention]
            about = (modality, confidence, article, speakers.get(iri, ""), dates.get(iri, ""))
            rows.append((iri, subject, relation, object, *about))
    return rows


def _ranked(iris: Sequence[str], rows: Sequence[Row]) -> tuple[list[str], Ints]:
    """Entities, the most central first, and their degrees."""
    numbers = {iri: number for number, iri in enumerate(iris)}
    pairs = [(numbers[row[1]], numbers[row[3]]) for row in rows]
    weights = pageranks(len(iris), pairs)
    degrees = np.zeros(len(iris), np.int32)
    for pair in pairs:
        for end in set(pair):
            degrees[end] += 1
    order = sorted(range(len(iris)), key=lambda n: (degrees[n] == 0, -weights[n], -degrees[n], n))
    return [iris[n] for n in order], degrees[order]


def _facts(rows: Sequence[Row], numbers: Mapping[str, int]) -> Facts:
    columns = list(zip(*rows, strict=True)) or [()] * 9
    statements, subjects, kinds, objects, modalities, confidences, articles, speakers, dates = columns
    relations = tuple(sorted(set(kinds)))
    places = {relation: place for place, relation in enumerate(relations)}
    return Facts(
        iris=statements,
        subjects=_ints(numbers[iri] for iri in subjects),
        objects=_ints(numbers[iri] for iri in objects),
        relations=_ints(places[iri] for iri in kinds),
        relation_iris=relations,
        modalities=_ints(MODALITIES.index(local_name(iri).lower()) for iri in modalities),
        confidences=np.array(confidences, dtype=np.float64),
        speakers=tuple(map(intern, speakers)),
        dates=tuple(map(intern, dates)),
        articles=tuple(map(intern, articles)),
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
