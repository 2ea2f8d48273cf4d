"""The SPARQL queries of the bench: what people and the explorer ask of a graph, from light lookups to whole counts."""

from __future__ import annotations

from dataclasses import dataclass

from kg.rdf import PREFIXES

PROLOGUE = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


@dataclass(frozen=True, slots=True)
class Question:
    """A query about an entity and a statement, which it need not name."""

    name: str
    text: str
    heavy: bool = False  # goes through all of the graph

    def about(self, entity: str, statement: str) -> str:
        """The query with its prefixes."""
        return PROLOGUE + self.text.replace("ENTITY", f"<{entity}>").replace("STATEMENT", f"<{statement}>")


QUERIES = (
    Question("all of an entity", "SELECT ?p ?o { ENTITY ?p ?o }"),
    Question(
        "facts of an entity",
        "SELECT ?st ?p ?o ?how { ?st rdf:subject ENTITY ; rdf:predicate ?p ; rdf:object ?o ; kg:modality ?how }",
    ),
    Question(
        "relations of an entity",
        "SELECT ?p (COUNT(?st) AS ?n) { ?st rdf:subject ENTITY ; rdf:predicate ?p } GROUP BY ?p",
    ),
    Question(
        "evidence of a fact",
        "SELECT ?article ?title ?start ?exact { STATEMENT prov:wasDerivedFrom ?ev . ?ev oa:hasSource ?article ; "
        "oa:hasSelector ?words , ?place . ?place oa:start ?start . ?words oa:exact ?exact . "
        "OPTIONAL { ?article schema:headline ?title } }",
    ),
    Question(
        "evidence of an entity",
        "SELECT ?st ?exact ?date { ?st rdf:subject ENTITY ; prov:wasDerivedFrom ?ev . ?ev oa:hasSource ?article ; "
        "oa:hasSelector ?words . ?words oa:exact ?exact . OPTIONAL { ?article schema:datePublished ?date } }",
    ),
    Question(
        "two hops away",
        "SELECT DISTINCT ?label { ENTITY ?p ?x . ?x ?q ?y . ?y a kg:Person ; skos:prefLabel ?label }",
    ),
    Question(
        "who speaks of an entity",
        "SELECT DISTINCT ?name { ?st rdf:object ENTITY ; prov:wasAttributedTo ?who . ?who skos:prefLabel ?name }",
    ),
    Question(
        "facts by type of subject",
        "SELECT ?type (COUNT(?st) AS ?n) { ?st a rdf:Statement ; rdf:subject ?s . ?s a ?type } GROUP BY ?type",
        heavy=True,
    ),
    Question(
        "relations and modalities",
        "SELECT ?p ?m (COUNT(?st) AS ?n) (AVG(?c) AS ?sure) { ?st rdf:predicate ?p ; kg:modality ?m ; "
        "kg:confidence ?c } GROUP BY ?p ?m",
        heavy=True,
    ),
    Question(
        "who is quoted most",
        "SELECT ?who (COUNT(?st) AS ?n) { ?st prov:wasAttributedTo ?who } GROUP BY ?who ORDER BY DESC(?n) LIMIT 20",
        heavy=True,
    ),
    Question(
        "names that hold a word",
        'SELECT DISTINCT ?e ?label { ?e skos:prefLabel ?label . FILTER(CONTAINS(LCASE(?label), "minh")) }',
        heavy=True,
    ),
    Question(
        "graph of one relation",
        "CONSTRUCT { ?s kg:owns ?o . ?s skos:prefLabel ?a . ?o skos:prefLabel ?b } { ?s kg:owns ?o . "
        "?s skos:prefLabel ?a . ?o skos:prefLabel ?b }",
        heavy=True,
    ),
)
