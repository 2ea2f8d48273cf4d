"""Stored statements as a person takes them away, puts them right, or wants them back: quads before and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from rdflib import PROV, RDF, URIRef

from kg.ontology import local_name
from kg.rdf import IDENTITY_GRAPH, KG, MODALITIES, OA, PREFIXES, statement_iri
from kg.store import curation, updates
from kg.store.changes import Row, difference
from kg.store.curation import MODALITY_OF, Said, Verdict
from kg.store.quads import Quads

_HASH = ox.NamedNode(str(KG.contentHash))
_ENDS = {KG.subjectMention: RDF.subject, KG.objectMention: RDF.object, KG.speakerMention: PROV.wasAttributedTo}


@dataclass(frozen=True, order=True, slots=True)
class Statement:
    """A statement of an article's graph; ``quads`` are its own, those of its evidence, and the article's hash."""

    iri: str
    article: str  # id
    said: Said
    quote: str
    quads: frozenset[ox.Quad]


def find(store: Quads, subject: str, relation: str, object: str) -> list[Statement]:
    """All statements of a fact between two entities (IRIs), in whatever modality and whoever says so, sorted."""
    rows = store.query(
        f"SELECT ?st ?g ?a ?id ?sm ?om {{ GRAPH ?g {{ ?st rdf:subject <{subject}> ; rdf:predicate <{relation}> ; "
        "kg:subjectMention ?sm ; kg:objectMention ?om . ?sm kg:inArticle ?a . ?a dcterms:identifier ?id } "
        f"GRAPH {IDENTITY_GRAPH.n3()} {{ ?om kg:refersTo <{object}> }} }}",
        prefixes=PREFIXES,
    )
    assert isinstance(rows, ox.QuerySolutions)
    found = []
    for statement, graph, article, id, subject_mention, object_mention in rows:
        quads = [*_quads(store, statement, graph), *store.quads_for_pattern(article, _HASH, None, graph)]
        quote = next((_value(q.object) for q in quads if q.predicate.value == str(OA.exact)), "")
        said = Said(_value(subject_mention), relation, _value(object_mention))
        found.append(Statement(_value(statement), _value(id), said, quote, frozenset(quads)))
    return sorted(found, key=lambda statement: statement.iri)


def _value(term: object) -> str:
    return str(getattr(term, "value", ""))


def _quads(store: Quads, node: Any, graph: Any) -> list[ox.Quad]:
    """What a graph says of a node, its evidence, and the evidence's selectors."""
    follow = {str(PROV.wasDerivedFrom), str(OA.hasSelector)}
    quads = list(store.quads_for_pattern(node, None, None, graph))
    inner = [quad.object for quad in quads if quad.predicate.value in follow]
    return quads + [quad for one in inner for quad in _quads(store, one, graph)]


def right(store: Quads, statement: Statement, verdict: Verdict) -> frozenset[ox.Quad]:
    """The quads of the statement that a correction puts in its place; none for a rejection."""
    if verdict.right is None:
        return frozenset()
    own = {q.predicate.value: q for q in statement.quads if _value(q.subject) == statement.iri}
    how = verdict.modality or MODALITY_OF[_value(own[str(KG.modality)].object)]
    speaker = _value(own[str(KG.speakerMention)].object) if str(KG.speakerMention) in own else ""
    ends = verdict.right.subject, local_name(verdict.right.relation), verdict.right.object
    values = {
        str(KG.subjectMention): verdict.right.subject,
        str(KG.objectMention): verdict.right.object,
        str(RDF.predicate): verdict.right.relation,
        str(RDF.subject): _entity(store, verdict.right.subject),
        str(RDF.object): _entity(store, verdict.right.object),
        str(KG.modality): str(MODALITIES[how]),
    }
    node = ox.NamedNode(str(statement_iri(statement.article, *ends, how, speaker)))
    quads = set()
    for quad in statement.quads:
        if _value(quad.subject) == statement.iri:
            value = values.get(quad.predicate.value) if isinstance(quad.object, ox.NamedNode) else None
            quad = ox.Quad(node, quad.predicate, ox.NamedNode(value) if value else quad.object, quad.graph_name)
        quads.add(quad)
    return frozenset(quads)


def _entity(store: Quads, mention: str) -> str:
    """The entity that a mention refers to; "" for a mention that is not there any more."""
    found = store.quads_for_pattern(ox.NamedNode(mention), ox.NamedNode(str(KG.refersTo)), None, None)
    return next((_value(quad.object) for quad in found), "")


def undone(store: Quads, decision: str, said: Said, verdict: Verdict) -> tuple[frozenset[ox.Quad], frozenset[ox.Quad]]:
    """The quads that a decision about a fact put into the store, and those that it took away and that fit again.

    Only where its article is as it was, see ``outdated``.
    """
    removed = _removed(store, decision)
    evidence = {quad.object for quad in removed if quad.predicate.value == str(PROV.wasDerivedFrom)}
    put: set[ox.Quad] = set()
    if verdict.right is not None:
        ends = _entity(store, verdict.right.subject), verdict.right.relation, _entity(store, verdict.right.object)
        for statement in find(store, *ends) if all(ends) else ():
            own = {q.object for q in statement.quads if q.predicate.value == str(PROV.wasDerivedFrom)}
            if statement.said == verdict.right and own <= evidence:
                put |= statement.quads
    return frozenset(put), _in_step(store, removed)


def outdated(store: Quads, decision: str) -> list[str]:
    """The articles (IRIs) that have other content than when a decision about a fact was made."""
    return sorted(_value(q.subject) for q in _removed(store, decision) if q.predicate == _HASH and q not in store)


def _removed(store: Quads, decision: str) -> list[ox.Quad]:
    return list(ox.parse(curation.removed_by(store, decision).encode(), format=ox.RdfFormat.N_QUADS))


def _in_step(store: Quads, quads: Sequence[ox.Quad]) -> frozenset[ox.Quad]:
    """Quads of statements that were taken away, with the entities of today; none if a mention is gone."""
    entities = {
        (quad.subject, str(end)): _entity(store, _value(quad.object))
        for quad in quads
        for mention, end in _ENDS.items()
        if quad.predicate.value == str(mention)
    }
    if not all(entities.values()):
        return frozenset()
    result = set()
    for quad in quads:
        entity = entities.get((quad.subject, quad.predicate.value))
        value = ox.NamedNode(entity) if entity and isinstance(quad.object, ox.NamedNode) else quad.object
        result.add(ox.Quad(quad.subject, quad.predicate, value, quad.graph_name))
    return frozenset(result)


def swap(old: frozenset[ox.Quad], new: frozenset[ox.Quad], plain: str) -> list[str]:
    """The operations that put statements in the place of others, with evidence and plain triples in step."""
    statements = _statements(old)
    operations = [
        operation
        for graph in sorted({_value(quad.graph_name) for quad in (*statements, *new)})
        for operation in difference(_rows(statements, graph), _rows(new, graph), URIRef(graph))
    ]
    before, after = _plain(old, plain), _plain(new, plain)
    evidence = sorted({_value(q.object) for q in old if q.predicate.value == str(PROV.wasDerivedFrom)})
    return [
        *operations,
        *updates.forget_evidence(evidence),
        *difference(before, after),
        *updates.keep_supported(before - after, plain),
    ]


def _rows(quads: Iterable[ox.Quad], graph: str) -> set[Row]:
    """The triples of a graph as SPARQL text."""
    return {(str(q.subject), str(q.predicate), str(q.object)) for q in quads if _value(q.graph_name) == graph}


def _statements(quads: Iterable[ox.Quad]) -> frozenset[ox.Quad]:
    """Those of statements, not of their evidence."""
    quads = list(quads)
    nodes = {q.subject for q in quads if q.predicate.value == str(RDF.subject)}
    return frozenset(q for q in quads if q.subject in nodes)


def _plain(quads: Iterable[ox.Quad], plain: str) -> set[Row]:
    """The plain triples that statements become."""
    about: dict[str, dict[str, str]] = {}
    for quad in quads:
        about.setdefault(_value(quad.subject), {})[quad.predicate.value] = str(quad.object)
    return {
        (said[str(RDF.subject)], said[str(RDF.predicate)], said[str(RDF.object)])
        for said in about.values()
        if str(RDF.subject) in said
        and updates.is_plain(said[str(KG.modality)].strip("<>"), str(PROV.wasAttributedTo) in said, plain)
    }


def as_text(quads: Iterable[ox.Quad]) -> str:
    """Quads as N-Quads, sorted."""
    return "".join(sorted(f"{quad} .\n" for quad in quads))
