"""Who matters: degree, PageRank and community of every entity, by networkx."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from kg.explore.values import Edge, Node

# Computed on integers, since the order of sets of strings changes from run to run.


def weighed(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[Node]:
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
    degree = Counter(end for pair, count in ends.items() for end in {*pair} for _ in range(count))
    weighed = (
        replace(node, degree=degree[n], weight=round(weights[n], 9), community=home[n]) for n, node in enumerate(nodes)
    )
    return sorted(weighed, key=lambda node: (node.degree == 0, -node.weight, -node.degree, node.iri))
