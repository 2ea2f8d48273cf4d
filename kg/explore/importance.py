"""Who matters, and who belongs together: degree, PageRank and community of entities, by networkx.

Computed on integers, since the order of sets of strings changes from run to run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.explore.values import Edge, Node

if TYPE_CHECKING:
    import networkx

Pair = tuple[int, int]  # the ends of a fact, by number


def weighed(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[Node]:
    """Nodes with degree and PageRank, the most central first and those without a fact last."""
    weights = pageranks(len(nodes), _pairs(nodes, edges))
    degree = Counter(end for edge in edges for end in {edge.subject, edge.object})
    found = (replace(node, degree=degree[node.iri], weight=weights[n]) for n, node in enumerate(nodes))
    return sorted(found, key=lambda node: (node.degree == 0, -node.weight, -node.degree, node.iri))


def grouped(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[Node, ...]:
    """Nodes with the number of their community (Louvain), 0 the greatest. ``edges``: those between them."""
    homes = communities(len(nodes), _pairs(nodes, edges))
    return tuple(replace(node, community=home) for node, home in zip(nodes, homes, strict=True))


def pageranks(entities: int, pairs: Iterable[Pair]) -> list[float]:
    """The PageRank of entities 0, 1, 2 ..., rounded to nine decimals. ``pairs``: the ends of all facts."""
    import networkx

    weights = networkx.pagerank(_graph(entities, pairs)) if entities else {}
    return [round(weights[n], 9) for n in range(entities)]


def communities(entities: int, pairs: Iterable[Pair]) -> list[int]:
    """The number of the community (Louvain) of entities 0, 1, 2 ...; 0 is the greatest."""
    import networkx

    groups = networkx.community.louvain_communities(_graph(entities, pairs), seed=1) if entities else []
    groups.sort(key=lambda group: (-len(group), min(group)))
    home = {n: number for number, group in enumerate(groups) for n in group}
    return [home[n] for n in range(entities)]


def _pairs(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[Pair]:
    """Facts as the places of their ends in ``nodes``."""
    places = {node.iri: place for place, node in enumerate(nodes)}
    return [(places[edge.subject], places[edge.object]) for edge in edges]


def _graph(entities: int, pairs: Iterable[Pair]) -> networkx.Graph:
    """Entities by number; an edge weighs as many facts as there are between its ends."""
    import networkx

    counts = Counter((min(pair), max(pair)) for pair in pairs)
    graph = networkx.Graph()
    graph.add_nodes_from(range(entities))
    graph.add_weighted_edges_from((a, b, count) for (a, b), count in sorted(counts.items()))
    return graph
