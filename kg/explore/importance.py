"""Who matters, and who belongs together: degree, PageRank and community of entities, by networkx.

Computed on integers, since the order of sets of strings changes from run to run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kg.explore.values import Edge, Node

if TYPE_CHECKING:
    import networkx


Pairs = Sequence[tuple[int, int]]  # numbers of two entities that a fact links


def ranks(count: int, pairs: Pairs) -> list[float]:
    """The PageRank of each of ``count`` entities."""
    import networkx

    found = networkx.pagerank(_graph(count, pairs)) if count else {}
    return [round(found[n], 9) for n in range(count)]


def communities(count: int, pairs: Pairs) -> list[int]:
    """The number of the community of each entity (Louvain), 0 the greatest."""
    import networkx

    groups = networkx.community.louvain_communities(_graph(count, pairs), seed=1) if count else []
    groups.sort(key=lambda group: (-len(group), min(group)))
    home = {n: number for number, group in enumerate(groups) for n in group}
    return [home[n] for n in range(count)]


def weighed(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[Node]:
    """Nodes with degree and PageRank, the most central first and those without a fact last."""
    weights = ranks(len(nodes), _pairs(nodes, edges))
    degree = Counter(end for edge in edges for end in {edge.subject, edge.object})
    found = (replace(node, degree=degree[node.iri], weight=weights[n]) for n, node in enumerate(nodes))
    return sorted(found, key=lambda node: (node.degree == 0, -node.weight, -node.degree, node.iri))


def grouped(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[Node, ...]:
    """Nodes with the number of their community, 0 the greatest. ``edges``: those between them."""
    home = communities(len(nodes), _pairs(nodes, edges))
    return tuple(replace(node, community=number) for node, number in zip(nodes, home, strict=True))


def _pairs(nodes: Sequence[Node], edges: Sequence[Edge]) -> Pairs:
    index = {node.iri: number for number, node in enumerate(nodes)}
    return [(index[edge.subject], index[edge.object]) for edge in edges]


def _graph(count: int, pairs: Pairs) -> networkx.Graph:
    """Entities by number; an edge weighs as many facts as there are between its ends."""
    import networkx

    counts = Counter((min(pair), max(pair)) for pair in pairs)
    graph = networkx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_weighted_edges_from((a, b, number) for (a, b), number in sorted(counts.items()))
    return graph
