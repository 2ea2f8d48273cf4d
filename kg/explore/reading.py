"""Store -> views of the graph as plain values, and names -> entities."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kg.errors import RequestError
from kg.explore.importance import grouped, weighed
from kg.explore.values import MOST, Edge, Node, Quote, View
from kg.identity import name_key, slug
from kg.ontology import local_name
from kg.store import Store

FEW = 5000  # facts whose names still fit a query


def view(store: Store, *, entities: Sequence[str] = (), relations: Sequence[str] = (), most: int | None = MOST) -> View:
    """The ``most`` central entities with all facts between them; names that are in no fact come last.

    ``entities`` and ``relations`` (IRIs) keep only facts with one of each.
    """
    edges = _edges(store)
    about, kinds = set(entities), {local_name(iri) for iri in relations}
    wanted = [
        edge
        for edge in edges
        if (not about or {edge.subject, edge.object} & about) and (not kinds or edge.relation in kinds)
    ]
    nodes = weighed(_nodes(store), edges)
    if about or kinds:
        ends = {end for edge in wanted for end in (edge.subject, edge.object)} | about
        nodes = [node for node in nodes if node.iri in ends]
    shown = nodes[:most]
    inside = {node.iri for node in shown}
    between = _with_quotes(store, [edge for edge in wanted if edge.subject in inside and edge.object in inside])
    labels = _labels(store)
    types = {name: labels[name] for name in sorted({node.type for node in shown})}
    used = {name: labels[name] for name in sorted({edge.relation for edge in between})}
    return View(grouped(shown, between), between, len(nodes), len(wanted), used, types)


def find(store: Store, name: str) -> tuple[str, ...]:
    """The entities that an IRI, a label or an alias means; without tone marks too ("nang luong" is năng lượng).

    Exact matches go before others. Raises RequestError, with near names, where there is none.
    """
    labels = list(store.query("SELECT ?e ?label { ?m kg:refersTo ?e . ?e skos:prefLabel|skos:altLabel ?label }"))
    tests: tuple[Callable[[str, str], bool], ...] = (
        lambda iri, label: name in (iri, iri.rsplit("/", 1)[-1], f"id:{iri.rsplit('/', 1)[-1]}"),
        lambda iri, label: name_key(label) == name_key(name),
        lambda iri, label: slug(label) == slug(name),
    )
    for test in tests:
        if found := sorted({str(iri) for iri, label in labels if test(str(iri), str(label))}):
            return tuple(found)
    near = difflib.get_close_matches(name, sorted({str(label) for _, label in labels}), 5, 0.5)
    hint = f"; near it: {', '.join(near)}" if near else "; kg query can list the labels"
    raise RequestError(f"no entity {name!r} in the graph{hint}")


# What the store says


def _nodes(store: Store) -> list[Node]:
    """All entities, without degree and weight."""
    rows = store.query(
        "SELECT ?e (MIN(STR(?name)) AS ?label) (MIN(STR(?kind)) AS ?type) "
        "(GROUP_CONCAT(DISTINCT ?alias; separator='\\n') AS ?aliases) { "
        "{ SELECT DISTINCT ?e { ?m kg:refersTo ?e } } ?e skos:prefLabel ?name ; a ?kind . "
        "OPTIONAL { ?e skos:altLabel ?alias } } GROUP BY ?e"
    )
    return sorted(
        Node(str(iri), str(label), local_name(type), _lines(aliases), 0, 0.0, 0) for iri, label, type, aliases in rows
    )


def _edges(store: Store) -> list[Edge]:
    """All facts, without their sentences."""
    rows = store.query(
        "SELECT ?st ?s ?p ?o ?modality ?confidence ?speaker ?label { ?st rdf:subject ?s ; rdf:predicate ?p ; "
        "kg:objectMention/kg:refersTo ?o ; kg:modality ?modality ; kg:confidence ?confidence . "
        "OPTIONAL { ?st prov:wasAttributedTo ?speaker . ?speaker skos:prefLabel ?label } }"
    )
    return sorted(
        Edge(
            str(statement),
            str(subject),
            local_name(relation),
            str(object),
            local_name(modality).lower(),
            str(speaker or ""),
            str(label or ""),
            float(str(confidence)),
            (),
        )
        for statement, subject, relation, object, modality, confidence, speaker, label in rows
    )


def _with_quotes(store: Store, edges: Sequence[Edge]) -> tuple[Edge, ...]:
    """Facts with their sentences: asked for by name where they are few, else all at once."""
    quotes: dict[str, list[Quote]] = defaultdict(list)
    few = len(edges) <= FEW
    only = f"VALUES ?st {{ {' '.join(f'<{edge.iri}>' for edge in edges)} }} " if few else ""
    for statement, quote in _quotes(store, only):
        quotes[statement].append(quote)
    return tuple(replace(edge, quotes=tuple(sorted(quotes[edge.iri]))) for edge in edges)


def _quotes(store: Store, only: str) -> Iterable[tuple[str, Quote]]:
    articles = {
        str(iri): (str(id), str(title or ""), str(date or ""))
        for iri, id, title, date in store.query(
            "SELECT ?a ?id ?title ?date { ?a dcterms:identifier ?id . OPTIONAL { ?a schema:headline ?title } "
            "OPTIONAL { ?a schema:datePublished ?date } }"
        )
    }
    rows = store.query(
        f"SELECT ?st ?article ?start ?prefix ?exact ?suffix {{ {only}?st prov:wasDerivedFrom ?ev . "
        "?ev oa:hasSource ?article ; oa:hasSelector ?words , ?place . ?place oa:start ?start . "
        "?words oa:exact ?exact ; oa:prefix ?prefix ; oa:suffix ?suffix }"
    )
    for statement, article, start, prefix, exact, suffix in rows:
        yield str(statement), Quote(*articles[str(article)], int(str(start)), str(prefix), str(exact), str(suffix))


def _labels(store: Store) -> dict[str, dict[str, str]]:
    """Local name of a class or relation -> language -> label; the name itself where the ontology has none."""
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    rows = store.query(
        "SELECT ?term ?label { ?term a ?kind ; rdfs:label ?label . "
        "VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty } }"
    )
    for term, label in sorted(rows, key=str):
        labels[local_name(term)].setdefault(getattr(label, "language", "") or "", str(label))
    return labels


def _lines(text: object) -> tuple[str, ...]:
    return tuple(sorted(str(text).split("\n"))) if text else ()
