"""The SPARQL updates that change a store, as text: one request, so that all of it happens or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rdflib import RDF, SKOS, Literal, URIRef
from rdflib.term import Node

from kg.identity import Canonical
from kg.ontology import Ontology
from kg.rdf import ID, IDENTITY_GRAPH, KG, PREFIXES, Triple

PROLOGUE = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())

_ENDS = {  # what refers to a mention -> what has to name its entity
    "kg:subjectMention": "rdf:subject",
    "kg:objectMention": "rdf:object",
    "kg:speakerMention": "prov:wasAttributedTo",
}
PLAIN = {  # which statements become plain triples too
    "asserted": "?st kg:modality kg:Asserted .",
    "unattributed": "?st kg:modality kg:Asserted . FILTER NOT EXISTS { ?st prov:wasAttributedTo ?who }",
    "all": "",
}


_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def literal(text: str) -> str:
    """A plain literal as SPARQL and N-Triples write it. (rdflib's own n3() lets a text that ends in \\" run on.)

    >>> print(literal('a\\n"b"'))
    "a\\n\\"b\\""
    """
    return f'"{text.translate(_ESCAPES)}"'


def n3_line(triple: Triple) -> str:
    """A triple as a line of N-Triples."""
    return " ".join(map(_term, triple)) + " ."


def _term(term: Node) -> str:
    if not isinstance(term, Literal):
        return f"<{term}>"
    if term.language:
        return f"{literal(str(term))}@{term.language}"
    return literal(str(term)) + (f"^^<{term.datatype}>" if term.datatype else "")


def replace_graph(graph: URIRef, triples: Iterable[Triple]) -> list[str]:
    """Drop a graph and put triples in its place."""
    lines = "\n".join(map(n3_line, triples))
    operations = [f"DROP SILENT GRAPH {graph.n3()}"]
    return [*operations, f"INSERT DATA {{ GRAPH {graph.n3()} {{\n{lines}\n}} }}"] if lines else operations


def replace_identity(gone: Iterable[str], canonicals: Sequence[Canonical]) -> list[str]:
    """Which entity each mention refers to: forget the mentions ``gone``, and write those of ``canonicals``."""
    operations = []
    if values := _iris(gone):
        operations.append(
            f"DELETE {{ GRAPH {IDENTITY_GRAPH.n3()} {{ ?m ?p ?o }} }} "
            f"WHERE {{ VALUES ?m {{ {values} }} GRAPH {IDENTITY_GRAPH.n3()} {{ ?m ?p ?o }} }}"
        )
    lines = [
        f"<{mention}> {KG.refersTo.n3()} {ID[entity.slug].n3()} ; {KG.mergeReason.n3()} {Literal(entity.reason).n3()} ."
        for entity in canonicals
        for mention in entity.mentions
    ]
    if lines:
        operations.append(f"INSERT DATA {{ GRAPH {IDENTITY_GRAPH.n3()} {{\n" + "\n".join(lines) + "\n} }")
    return operations


def rename_ends(renamed: Mapping[str, tuple[str, str]]) -> list[str]:
    """Keep the statements of other articles in step. ``renamed``: mention -> (old entity, new entity)."""
    if not renamed:
        return []
    rows = " ".join(f"(<{mention}> <{old}> <{new}>)" for mention, (old, new) in sorted(renamed.items()))
    return [
        f"DELETE {{ GRAPH ?g {{ ?st {end} ?old }} }} INSERT {{ GRAPH ?g {{ ?st {end} ?new }} }} "
        f"WHERE {{ VALUES (?m ?old ?new) {{ {rows} }} GRAPH ?g {{ ?st {mention} ?m ; {end} ?old }} }}"
        for mention, end in _ENDS.items()
    ]


def derive(entities: Iterable[str], canonicals: Sequence[Canonical], ontology: Ontology, plain: str) -> list[str]:
    """The default graph's triples about ``entities``: labels, classes, and plain triples of their statements."""
    values = _iris(entities)
    if not values:
        return []
    operations = [
        f"DELETE {{ ?e ?p ?o }} WHERE {{ VALUES ?e {{ {values} }} ?e ?p ?o }}",
        f"DELETE {{ ?s ?p ?e }} WHERE {{ VALUES ?e {{ {values} }} ?s ?p ?e }}",
    ]
    if lines := "\n".join(n3_line(triple) for entity in canonicals for triple in _labels(entity, ontology)):
        operations.append(f"INSERT DATA {{\n{lines}\n}}")
    for end in ("rdf:subject", "rdf:object"):
        operations.append(
            f"INSERT {{ ?s ?p ?o }} WHERE {{ VALUES ?e {{ {values} }} GRAPH ?g {{ ?st {end} ?e ; rdf:subject ?s ; "
            f"rdf:predicate ?p ; rdf:object ?o . {PLAIN[plain]} }} }}"
        )
    return operations


def derive_all(plain: str) -> list[str]:
    """All plain triples anew, after another choice of which statements become some."""
    return [
        "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(?p NOT IN (rdf:type, skos:prefLabel, skos:altLabel)) }",
        "INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?st rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o . "
        f"{PLAIN[plain]} }} }}",
    ]


def _labels(entity: Canonical, ontology: Ontology) -> list[Triple]:
    node = ID[entity.slug]
    triples: list[Triple] = [(node, RDF.type, URIRef(ontology.classes[entity.type].iri))]
    triples.append((node, SKOS.prefLabel, Literal(entity.name)))
    return [*triples, *((node, SKOS.altLabel, Literal(alias)) for alias in entity.aliases)]


def _iris(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in sorted(set(iris)))
