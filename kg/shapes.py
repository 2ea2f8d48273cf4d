"""SHACL: whether a graph conforms to the shapes of the ontology. The only importer of pyshacl."""

from __future__ import annotations

from rdflib import Graph

from kg.errors import OntologyError
from kg.ontology import shapes_file, shipped_folder


def validate(turtle: bytes, terms: bytes = b"") -> tuple[bool, str]:
    """Whether a graph (as exported Turtle) conforms to the shipped shapes, and a report for people.

    ``terms``: Turtle with the classes and relations that the graph may use beside the shipped ones. Only violations
    count against it; warnings are in the report.
    """
    import pyshacl

    data = Graph().parse(data=turtle, format="turtle")
    knowledge = Graph().parse(data=terms, format="turtle")
    for path in sorted(shipped_folder().glob("*.ttl")):
        if path != shapes_file() and not path.name.startswith(("cues.", "markers.")):
            knowledge.parse(path, format="turtle")
    shapes = Graph().parse(shapes_file(), format="turtle")
    conforms, _, report = pyshacl.validate(data, shacl_graph=shapes, ont_graph=knowledge, allow_warnings=True)
    if not isinstance(report, str):
        raise OntologyError(f"{shapes_file()}: the shapes cannot be used: {report}")
    return bool(conforms), report
