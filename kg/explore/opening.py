"""The picture to begin with: the most central entities, which of them belong together, and where to draw them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kg.explore.importance import communities
from kg.explore.index import Index
from kg.explore.positions import around, layout
from kg.explore.values import Edge, Node, View
from kg.ontology import local_name

CORE = 300  # entities that are laid out by all their distances; that takes the cube of their number


@dataclass(frozen=True, slots=True)
class Opening:
    """The entities 0, 1, 2 ... with what a picture needs; ``facts`` are the numbers of those between them."""

    communities: tuple[int, ...]
    positions: tuple[tuple[int, int], ...]  # pixels at scale 1, y downwards
    facts: tuple[int, ...]


def opening(index: Index, *, limit: int) -> Opening:
    """The ``limit`` most central entities; those that are in no fact stay out."""
    entities = min(limit, int(np.count_nonzero(index.degrees)))
    facts = index.facts
    between = np.flatnonzero((facts.subjects < entities) & (facts.objects < entities))
    pairs = list(zip(facts.subjects[between].tolist(), facts.objects[between].tolist(), strict=True))
    homes = communities(entities, pairs)
    core = min(entities, CORE)
    nodes = tuple(
        Node(str(n), index.labels[n], local_name(index.types[n]), (), int(index.degrees[n]), 0.0, homes[n])
        for n in range(core)
    )
    edges = tuple(Edge("", str(a), "", str(b), "", "", "", 0.0, ()) for a, b in sorted(set(pairs)) if max(a, b) < core)
    placed = layout(View(nodes, edges, core, len(edges), {}, {}))
    positions = around([placed[node.iri] for node in nodes], entities, pairs)
    return Opening(tuple(homes), positions, tuple(between.tolist()))
