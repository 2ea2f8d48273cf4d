"""The read side: store -> views of the graph as plain values, names to entities, networkx, positions, tables."""

from __future__ import annotations

import csv
import difflib
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kg.errors import RequestError
from kg.identity import name_key, slug
from kg.store import Store

if TYPE_CHECKING:
    import networkx


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
    """An entity. ``weight`` is its PageRank among all entities, ``community`` the number of its community."""

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


def view(store: Store, *, entities: Sequence[str] = (), relations: Sequence[str] = (), most: int = 500) -> View:
    """The ``most`` central entities with all facts between them; names that are in no fact come last.

    ``entities`` and ``relations`` (IRIs) keep only facts with one of each.
    """
    edges = _edges(store)
    wanted = [edge for edge in edges if not entities or {edge.subject, edge.object} & set(entities)]
    kinds = {iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1] for iri in relations}
    wanted = [edge for edge in wanted if not kinds or edge.relation in kinds]
    nodes = _weighed(_nodes(store), edges)
    if entities or relations:
        ends = {end for edge in wanted for end in (edge.subject, edge.object)} | set(entities)
        nodes = [node for node in nodes if node.iri in ends]
    shown = nodes[:most]
    inside = {node.iri for node in shown}
    between = tuple(edge for edge in wanted if edge.subject in inside and edge.object in inside)
    labels = _labels(store)
    types = {name: labels[name] for name in sorted({node.type for node in shown})}
    used = {name: labels[name] for name in sorted({edge.relation for edge in between})}
    return View(tuple(shown), between, len(nodes), len(wanted), used, types)


def find(store: Store, name: str) -> tuple[str, ...]:
    """The entities that an IRI, a label or an alias means; without tone marks too ("nang luong" is năng lượng).

    Exact matches go before others. Raises RequestError, with near names, where there is none.
    """
    labels = list(store.query("SELECT ?e ?label { ?m kg:refersTo ?e . ?e skos:prefLabel|skos:altLabel ?label }"))
    tests = (
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


def to_networkx(store: Store) -> networkx.MultiDiGraph:
    """All entities and facts: nodes and edges are named by IRI, attributes are strings and numbers."""
    return network(view(store, most=10**9))


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

    return "\n".join(networkx.generate_graphml(network(part))).encode() + b"\n"


def gexf(part: View) -> bytes:
    """A view as GEXF, for Gephi; without the date that networkx writes, so that the same view gives the same bytes."""
    import networkx

    lines = networkx.generate_gexf(network(part))
    return "\n".join(line for line in lines if "lastmodifieddate" not in line).encode() + b"\n"


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


# What the store says


def _nodes(store: Store) -> list[Node]:
    """All entities, without degree and weight."""
    rows = store.query(
        "SELECT ?e ?label ?type (GROUP_CONCAT(?alias; separator='\\n') AS ?aliases) { "
        "{ SELECT DISTINCT ?e { ?m kg:refersTo ?e } } ?e skos:prefLabel ?label ; a ?type . "
        "OPTIONAL { ?e skos:altLabel ?alias } } GROUP BY ?e ?label ?type"
    )
    return sorted(
        Node(str(iri), str(label), _local(type), _lines(aliases), 0, 0.0, 0) for iri, label, type, aliases in rows
    )


def _edges(store: Store) -> tuple[Edge, ...]:
    quotes: dict[str, list[Quote]] = defaultdict(list)
    for statement, quote in _quotes(store):
        quotes[statement].append(quote)
    rows = store.query(
        "SELECT ?st ?s ?p ?o ?modality ?confidence ?speaker ?label { ?st rdf:subject ?s ; rdf:predicate ?p ; "
        "rdf:object ?o ; kg:modality ?modality ; kg:confidence ?confidence . "
        "OPTIONAL { ?st prov:wasAttributedTo ?speaker . ?speaker skos:prefLabel ?label } }"
    )
    return tuple(
        sorted(
            Edge(
                str(statement),
                str(subject),
                _local(relation),
                str(object),
                _local(modality).lower(),
                str(speaker or ""),
                str(label or ""),
                float(str(confidence)),
                tuple(sorted(quotes[str(statement)])),
            )
            for statement, subject, relation, object, modality, confidence, speaker, label in rows
        )
    )


def _quotes(store: Store) -> Iterable[tuple[str, Quote]]:
    articles = {
        str(iri): (str(id), str(title or ""), str(date or ""))
        for iri, id, title, date in store.query(
            "SELECT ?a ?id ?title ?date { ?a dcterms:identifier ?id . OPTIONAL { ?a schema:headline ?title } "
            "OPTIONAL { ?a schema:datePublished ?date } }"
        )
    }
    rows = store.query(
        "SELECT ?st ?article ?start ?prefix ?exact ?suffix { ?st prov:wasDerivedFrom ?ev . "
        "?ev oa:hasSource ?article ; oa:hasSelector ?words , ?place . ?place oa:start ?start . "
        "?words oa:exact ?exact ; oa:prefix ?prefix ; oa:suffix ?suffix }"
    )
    for statement, article, start, prefix, exact, suffix in rows:
        yield str(statement), Quote(*articles[str(article)], int(str(start)), str(prefix), str(exact), str(suffix))


def _labels(store: Store) -> dict[str, dict[str, str]]:
    """Local name of a class or relation -> language -> label; the name itself where the ontology has none."""
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    rows = store.query(
        "SELECT ?term ?label { ?term a ?kind ; rdfs:label ?label . VALUES ?kind { owl:Class owl:ObjectProperty } }"
    )
    for term, label in sorted(rows, key=str):
        labels[_local(term)].setdefault(getattr(label, "language", "") or "", str(label))
    return labels


def _local(iri: object) -> str:
    return str(iri).rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def _lines(text: object) -> tuple[str, ...]:
    return tuple(sorted(str(text).split("\n"))) if text else ()


# What networkx computes: on integers, since the order of sets of strings changes from run to run


def _weighed(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[Node]:
    """Nodes with degree, PageRank and community, the most central first."""
    import networkx

    index = {node.iri: number for number, node in enumerate(nodes)}
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(nodes)))
    ends = Counter((index[edge.subject], index[edge.object]) for edge in edges)
    for (a, b), count in sorted(ends.items()):
        graph.add_edge(a, b, weight=count + graph.get_edge_data(a, b, {"weight": 0})["weight"])
    weights = networkx.pagerank(graph) if nodes else {}
    communities = networkx.community.louvain_communities(graph, seed=1) if nodes else []
    home = {n: k for k, group in enumerate(sorted(communities, key=lambda g: (-len(g), min(g)))) for n in group}
    degree = Counter(end for pair, count in ends.items() for end in pair for _ in range(count))
    weighed = (
        replace(node, degree=degree[n], weight=round(weights[n], 6), community=home[n]) for n, node in enumerate(nodes)
    )
    return sorted(weighed, key=lambda node: (node.degree == 0, -node.weight, node.iri))


def layout(part: View) -> dict[str, tuple[int, int]]:
    """Positions in pixels at scale 1: linked entities near each other, components side by side, no overlaps."""
    import networkx

    index = {node.iri: number for number, node in enumerate(part.nodes)}
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(part.nodes)))
    graph.add_edges_from(sorted({(index[edge.subject], index[edge.object]) for edge in part.edges}))
    parts = sorted(networkx.connected_components(graph), key=lambda group: (-len(group), min(group)))
    placed = _pack([_place(graph.subgraph(sorted(group))) for group in parts])
    places = _spread([placed[n] for n in range(len(part.nodes))], [_width(node) for node in part.nodes])
    return {node.iri: (round(x), round(y)) for node, (x, y) in zip(part.nodes, places, strict=True)}


def _width(node: Node) -> float:
    return 40 + 7.5 * min(len(node.label), 24)


def _place(graph: networkx.Graph) -> dict[int, tuple[float, float]]:
    """One component around (0, 0), wider than high, its size growing with the square root of its number of nodes."""
    import networkx

    if len(graph) <= 2:
        return {n: (number * 190.0, 0.0) for number, n in enumerate(sorted(graph))}
    size = len(graph) ** 0.5
    start = networkx.kamada_kawai_layout(graph) if len(graph) <= 150 else None
    found = networkx.spring_layout(graph, k=1.8 / size, pos=start, iterations=60 if start else 300, seed=1)
    return {n: (float(x) * 130 * size, float(y) * 85 * size) for n, (x, y) in sorted(found.items())}


def _pack(components: Sequence[dict[int, tuple[float, float]]]) -> dict[int, tuple[float, float]]:
    """The first component at the left, the others in rows to its right, about as high as it is."""
    boxes = [_box(component) for component in components]
    if not boxes:
        return {}
    left, top, first_width, first_height = boxes[0]
    placed = {n: (x - left, y - top) for n, (x, y) in components[0].items()}
    high = max(first_height, 0.7 * sum(width * height for _, _, width, height in boxes) ** 0.5)
    wide = max([1.2 * sum(w * h for _, _, w, h in boxes[1:]) / high, *(w for _, _, w, _ in boxes[1:])])
    x = y = row = 0.0
    for component, (left, top, width, height) in zip(components[1:], boxes[1:], strict=True):
        if x and x + width > wide:
            x, y, row = 0.0, y + row, 0.0
        placed |= {n: (px - left + x + first_width, py - top + y) for n, (px, py) in component.items()}
        x, row = x + width, max(row, height)
    return placed


def _box(component: dict[int, tuple[float, float]]) -> tuple[float, float, float, float]:
    """Left, top, width and height, with room for labels."""
    xs, ys = zip(*component.values(), strict=True)
    return min(xs) - 90, min(ys) - 35, max(xs) - min(xs) + 180, max(ys) - min(ys) + 70


def _spread(places: list[tuple[float, float]], widths: Sequence[float]) -> list[tuple[float, float]]:
    """Push apart what overlaps: every node takes the room of its label below it."""
    import numpy as np

    if not places:
        return places
    xy, high = np.array(places), 58.0
    room = (np.array(widths)[:, None] + np.array(widths)[None, :]) / 2
    for _ in range(120):
        dx, dy = (xy[:, None, axis] - xy[None, :, axis] for axis in (0, 1))
        over_x, over_y = room - np.abs(dx), high - np.abs(dy)
        clash = (over_x > 0) & (over_y > 0) & ~np.eye(len(xy), dtype=bool)
        if not clash.any():
            break
        order = np.sign(np.arange(len(xy))[:, None] - np.arange(len(xy))[None, :])
        sideways = clash & (over_x / room < over_y / high)
        upright = clash & ~sideways
        xy[:, 0] += (np.where(dx == 0, order, np.sign(dx)) * over_x * sideways).sum(1) * 0.25
        xy[:, 1] += (np.where(dy == 0, order, np.sign(dy)) * over_y * upright).sum(1) * 0.25
    return [(float(x), float(y)) for x, y in xy]
