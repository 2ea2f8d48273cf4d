"""The values of the read side: a part of the graph, its entities, its facts and the sentences behind them."""

from __future__ import annotations

from dataclasses import dataclass

MOST = 500  # entities in a picture: more than these are none any more


@dataclass(frozen=True, order=True, slots=True)
class Quote:
    """One sentence that states a fact: prefix + exact + suffix is the sentence, exact the words that state it."""

    article: str  # id
    title: str
    date: str
    start: int  # where exact starts in the article's text, in code points
    prefix: str
    exact: str
    suffix: str


@dataclass(frozen=True, order=True, slots=True)
class Edge:
    """A fact between two entities, named by the IRI of its statement."""

    iri: str
    subject: str  # IRI of an entity, as object and speaker
    relation: str  # local name
    object: str
    modality: str  # asserted, planned, possible, denied
    speaker: str  # "" where the article itself says it
    speaker_label: str
    confidence: float
    quotes: tuple[Quote, ...]  # at least one, in order of article and text


@dataclass(frozen=True, order=True, slots=True)
class Node:
    """An entity. ``weight`` is its PageRank in the whole graph, ``community`` its community in the view."""

    iri: str
    label: str
    type: str  # local name
    aliases: tuple[str, ...]
    degree: int  # number of its facts in the whole graph
    weight: float
    community: int


@dataclass(frozen=True, slots=True)
class View:
    """A part of the graph, and how much there is in all."""

    nodes: tuple[Node, ...]  # the most central first
    edges: tuple[Edge, ...]  # all facts between them
    entities: int  # in the whole graph that was asked for, as facts
    facts: int
    relation_labels: dict[str, dict[str, str]]  # local name -> language -> label
    type_labels: dict[str, dict[str, str]]
