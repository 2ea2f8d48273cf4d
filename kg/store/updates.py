"""The SPARQL updates that change a store, as text: one request, so that all of it happens or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rdflib import Literal, URIRef
from rdflib.term import Node

from kg.rdf import KG, PREFIXES, RUN_GRAPH, Triple

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


def is_plain(modality: str, attributed: bool, plain: str) -> bool:
    """What PLAIN says, for a statement in hand: its modality (IRI), and whether somebody is quoted."""
    return plain == "all" or (modality == str(KG.Asserted) and (plain == "asserted" or not attributed))


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def literal(text: str) -> str:
    """A plain literal as SPARQL and N-Triples write it; no tab as it is, which rdflib reads as spaces.

    rdflib's own n3() lets a text run on that ends in \\".

    >>> print(literal('a\\n"b"'))
    "a\\n\\"b\\""
    """
    return f'"{text.translate(_ESCAPES)}"'


def n3_line(triple: Triple) -> str:
    """A triple as a line of N-Triples."""
    return " ".join(map(term, triple)) + " ."


def term(node: Node) -> str:
    """A node as N-Triples and SPARQL write it."""
    if not isinstance(node, Literal):
        return f"<{node}>"
    if node.language:
        return f"{literal(str(node))}@{node.language}"
    return literal(str(node)) + (f"^^<{node.datatype}>" if node.datatype else "")


def insert(graph: URIRef, triples: Iterable[Triple]) -> list[str]:
    """Add triples to a graph."""
    lines = "\n".join(map(n3_line, triples))
    return [f"INSERT DATA {{ GRAPH {graph.n3()} {{\n{lines}\n}} }}"] if lines else []


def replace_graph(graph: URIRef, triples: Iterable[Triple]) -> list[str]:
    """Drop a graph and put triples in its place."""
    return [f"DROP SILENT GRAPH {graph.n3()}", *insert(graph, triples)]


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


def keep_supported(lost: Iterable[tuple[str, str, str]], plain: str) -> list[str]:
    """Put those of the deleted plain triples back that another article still states. To be run last."""
    if not (rows := " ".join(f"({' '.join(row)})" for row in sorted(lost))):
        return []
    return [
        f"INSERT {{ ?s ?p ?o }} WHERE {{ VALUES (?s ?p ?o) {{ {rows} }} "
        f"GRAPH ?g {{ ?st rdf:subject ?s ; rdf:object ?o ; rdf:predicate ?p . {PLAIN[plain]} }} }}"
    ]


def forget_evidence(evidence: Iterable[str]) -> list[str]:
    """Forget those of some evidence (IRIs) that no statement is derived from any more."""
    if not (nodes := " ".join(f"<{node}>" for node in evidence)):
        return []
    return [
        f"DELETE {{ GRAPH ?g {{ ?n ?p ?o }} }} WHERE {{ VALUES ?ev {{ {nodes} }} "
        "FILTER NOT EXISTS { GRAPH ?h { ?st prov:wasDerivedFrom ?ev } } "
        "{ GRAPH ?g { ?ev ?p ?o } BIND(?ev AS ?n) } UNION { GRAPH ?g { ?ev oa:hasSelector ?n . ?n ?p ?o } } }"
    ]


def read_again(article: str) -> str:
    """Let the next build read an article (IRI) again, for what read it is not known."""
    return f"DELETE WHERE {{ GRAPH ?g {{ <{article}> kg:readBy ?run }} }}"


def forget_runs() -> list[str]:
    """Forget the runs that no article was read by any more."""
    graph = RUN_GRAPH.n3()
    return [
        f"DELETE {{ GRAPH {graph} {{ ?run ?p ?o }} }} WHERE {{ GRAPH {graph} {{ ?run a prov:Activity ; ?p ?o }} "
        f"FILTER NOT EXISTS {{ GRAPH ?g {{ ?article kg:readBy ?run }} }} }}"
    ]


def derive_all(plain: str) -> list[str]:
    """All plain triples anew, after another choice of which statements become some."""
    return [
        "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o . "
        "FILTER(?p NOT IN (rdf:type, skos:broader, skos:prefLabel, skos:altLabel)) }",
        "INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?st rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o . "
        f"{PLAIN[plain]} }} }}",
    ]
