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


def weighed(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[Node]:
    """Nodes with degree and PageRank, the most central first and those without a fact last."""
    import networkx

    weights = networkx.pagerank(_graph(nodes, edges)) if nodes else {}
    degree = Counter(end for edge in edges for end in {edge.subject, edge.object})
    found = (replace(node, degree=degree[node.iri], weight=round(weights[n], 9)) for n, node in enumerate(nodes))
    return sorted(found, key=lambda node: (node.degree == 0, -node.weight, -node.degree, node.iri))


def grouped(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[Node, ...]:
    """Nodes with the number of their community (Louvain), 0 the greatest. ``edges``: those between them."""
    import networkx

    groups = networkx.community.louvain_communities(_graph(nodes, edges), seed=1) if nodes else []
    groups.sort(key=lambda group: (-len(group), min(group)))
    home = {n: number for number, group in enumerate(groups) for n in group}
    return tuple(replace(node, community=home[n]) for n, node in enumerate(nodes))


def _graph(nodes: Sequence[Node], edges: Sequence[Edge]) -> networkx.Graph:
    """Entities by number; an edge weighs as many facts as there are between its ends."""
    import networkx

    index = {node.iri: number for number, node in enumerate(nodes)}
    counts: Counter[tuple[int, int]] = Counter()
    for edge in edges:
        a, b = index[edge.subject], index[edge.object]
        counts[min(a, b), max(a, b)] += 1
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(nodes)))
    graph.add_weighted_edges_from((a, b, count) for (a, b), count in sorted(counts.items()))
    return graph
