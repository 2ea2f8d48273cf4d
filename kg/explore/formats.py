"""A view in the formats of other programs: networkx, GraphML, GEXF and CSV."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from kg.explore.values import View

if TYPE_CHECKING:
    import networkx

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def network(part: View) -> networkx.MultiDiGraph:
    """A view as a networkx graph; an edge's key is the IRI of its statement, its first quote its ``evidence``."""
    import networkx

    graph = networkx.MultiDiGraph()
    for node in part.nodes:
        aliases = "; ".join(node.aliases)
        graph.add_node(node.iri, label=node.label, type=node.type, aliases=aliases, community=node.community)
    for edge in part.edges:
        graph.add_edge(
            edge.subject,
            edge.object,
            key=edge.iri,
            relation=edge.relation,
            modality=edge.modality,
            speaker=edge.speaker_label,
            confidence=edge.confidence,
            evidence=edge.quotes[0].exact,
            article=edge.quotes[0].article,
        )
    return graph


def graphml(part: View) -> bytes:
    """A view as GraphML, for yEd, Gephi, Cytoscape, igraph."""
    import networkx

    buffer = io.BytesIO()
    networkx.write_graphml_xml(_for_xml(part), buffer)
    return buffer.getvalue()


def gexf(part: View) -> bytes:
    """A view as GEXF, for Gephi; without the date that networkx writes, so that the same view gives the same bytes."""
    import networkx

    buffer = io.BytesIO()
    networkx.write_gexf(_for_xml(part), buffer)
    return re.sub(rb' lastmodifieddate="[^"]*"', b"", buffer.getvalue(), count=1)


def _for_xml(part: View) -> networkx.MultiDiGraph:
    """A view's network without the control characters that XML admits in no form; a PDF's text may have them."""
    graph = network(part)
    for attributes in (*graph.nodes.values(), *graph.edges.values()):
        for name, value in attributes.items():
            if isinstance(value, str):
                attributes[name] = _CONTROL.sub(" ", value)
    return graph


def table(part: View) -> bytes:
    """A view as CSV: one row per fact and sentence."""
    labels = {node.iri: node.label for node in part.nodes}
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["subject", "relation", "object", "modality", "speaker", "confidence", "quote", "article", "start"])
    for edge in part.edges:
        for quote in edge.quotes:
            fact = (labels[edge.subject], edge.relation, labels[edge.object], edge.modality, edge.speaker_label)
            writer.writerow((*fact, f"{edge.confidence:.2f}", quote.exact, quote.article, quote.start))
    return buffer.getvalue().encode()
