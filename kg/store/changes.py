"""The one atomic update that puts an article in, or takes it out: only what differs is written.

An entity that every article names costs no more than a rare one: what its other articles say stays untouched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyoxigraph as ox
from rdflib import PROV, RDF, SKOS, URIRef
from rdflib.term import Node

from kg.identity import Canonical
from kg.rdf import ID, IDENTITY_GRAPH, KG, PREFIXES, Triple, class_iri
from kg.store import updates
from kg.store.mentions import Move, Placed
from kg.store.quads import Quads

Row = tuple[str, str, str]  # a triple as SPARQL text

_OWN = (RDF.type, SKOS.broader, SKOS.prefLabel, SKOS.altLabel)  # what the default graph says of an entity alone


def article_change(
    store: Quads, move: Move, graph: URIRef | None, triples: Sequence[Triple], classes: Mapping[str, str], plain: str
) -> list[str]:
    """The operations that give ``graph``, if there is one, these triples, and bring all that depends on it in step.

    ``classes``: local name -> IRI; ``plain``: which statements become plain triples, a key of ``updates.PLAIN``.
    """
    renamed, (before, after) = move.renamed, move.changed
    others, others_after = _renamed_plain(store, renamed, graph, plain)
    old = (_plain_of_graph(store, graph, plain) if graph else set()) | others
    new = plain_rows(triples, plain) | others_after
    return [
        *(updates.replace_graph(graph, triples) if graph else ()),
        *updates.forget_runs(),
        *difference(identity_rows(before), identity_rows(after), IDENTITY_GRAPH),
        *updates.rename_ends(renamed),
        *difference(_stored_entities(store, move), entity_rows(move.canonicals, classes)),
        *difference(old, new),
        *updates.keep_supported(old - new, plain),
    ]


def difference(old: set[Row], new: set[Row], graph: URIRef | None = None) -> list[str]:
    """The operations that make ``new`` of ``old``."""
    operations = []
    for verb, rows in (("DELETE DATA {{\n{}\n}}", old - new), ("INSERT {{\n{}\n}} WHERE {{}}", new - old)):
        if rows:  # not INSERT DATA, which rdflib 7.6 cannot do in a default graph
            lines = "\n".join(f"{' '.join(row)} ." for row in sorted(rows))
            operations.append(verb.format(f"GRAPH <{graph}> {{\n{lines}\n}}" if graph else lines))
    return operations


def identity_rows(placed: Mapping[str, Placed]) -> set[Row]:
    """Which entity each mention refers to, and why."""
    refers, reason = KG.refersTo.n3(), KG.mergeReason.n3()
    rows = {(f"<{iri}>", refers, f"<{mention.entity}>") for iri, mention in placed.items()}
    return rows | {(f"<{iri}>", reason, updates.literal(mention.reason)) for iri, mention in placed.items()}


def entity_rows(canonicals: Iterable[Canonical], classes: Mapping[str, str]) -> set[Row]:
    """Class, names and broader concepts of entities."""
    rows: set[Row] = set()
    for entity in canonicals:
        node = ID[entity.slug].n3()
        rows.add((node, RDF.type.n3(), class_iri(entity.type, classes).n3()))
        rows.add((node, SKOS.prefLabel.n3(), updates.literal(entity.name)))
        rows |= {(node, SKOS.altLabel.n3(), updates.literal(alias)) for alias in entity.aliases}
        rows |= {(node, SKOS.broader.n3(), ID[slug].n3()) for slug in entity.broader}
    return rows


def _stored_entities(store: Quads, move: Move) -> set[Row]:
    """What the default graph has of the entities of a move, plain triples aside."""
    entities = {mention.entity for mention in (*move.before.values(), *move.placed.values())}
    nodes = " ".join(f"<{entity}>" for entity in sorted(entities))
    # one property at a time: two tables of values are joined with every triple that there is
    parts = (f"{{ VALUES ?e {{ {nodes} }} ?e {one.n3()} ?o BIND({one.n3()} AS ?p) }}" for one in _OWN)
    found = store.query(f"SELECT ?e ?p ?o {{ {' UNION '.join(parts)} }}")
    assert isinstance(found, ox.QuerySolutions)
    return {(str(e), str(p), str(o) if isinstance(o, ox.NamedNode) else updates.literal(o.value)) for e, p, o in found}


def plain_rows(triples: Iterable[Triple], plain: str) -> set[Row]:
    """The plain triples that the statements among ``triples`` become."""
    statements: dict[URIRef, dict[URIRef, Node]] = defaultdict(dict)
    for subject, predicate, object in triples:
        statements[subject][predicate] = object
    return {
        (updates.term(said[RDF.subject]), updates.term(said[RDF.predicate]), updates.term(said[RDF.object]))
        for said in statements.values()
        if RDF.subject in said and updates.is_plain(str(said[KG.modality]), PROV.wasAttributedTo in said, plain)
    }


def _plain_of_graph(store: Quads, graph: URIRef, plain: str) -> set[Row]:
    """The plain triples that the statements of a stored graph became."""
    return _query(
        store,
        f"SELECT ?s ?p ?o {{ GRAPH <{graph}> {{ ?st rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o . "
        f"{updates.PLAIN[plain]} }} }}",
    )


def _renamed_plain(
    store: Quads, renamed: Mapping[str, tuple[str, str]], graph: URIRef | None, plain: str
) -> tuple[set[Row], set[Row]]:
    """Plain triples of other articles' statements about renamed mentions: as they are, and as they will be."""
    if not renamed:
        return set(), set()
    values = " ".join(f"<{mention}>" for mention in sorted(renamed))
    elsewhere = f"FILTER(?g != <{graph}>)" if graph else ""
    before: set[Row] = set()
    after: set[Row] = set()
    entities = {f"<{mention}>": f"<{new}>" for mention, (_, new) in renamed.items()}
    for end in ("kg:subjectMention", "kg:objectMention"):
        for s, p, o, sm, om in _query(
            store,
            f"SELECT ?s ?p ?o ?sm ?om {{ VALUES ?m {{ {values} }} GRAPH ?g {{ ?st {end} ?m ; rdf:subject ?s ; "
            "rdf:predicate ?p ; rdf:object ?o ; kg:subjectMention ?sm ; kg:objectMention ?om . "
            f"{updates.PLAIN[plain]} }} {elsewhere} }}",
        ):
            before.add((s, p, o))
            after.add((entities.get(sm, s), p, entities.get(om, o) if o.startswith("<") else o))
    return before, after


def _query(store: Quads, sparql: str) -> set[Any]:
    """Rows of terms as SPARQL writes them."""
    solutions = store.query(sparql, prefixes=PREFIXES)
    assert isinstance(solutions, ox.QuerySolutions)
    return {tuple(map(str, row)) for row in solutions}
