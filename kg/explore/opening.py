"""The picture to begin with: the most central entities, which of them belong together, and where to draw them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kg.explore.importance import communities
from kg.explore.index import Index
from kg.explore.islands import islands
from kg.explore.positions import layout
from kg.explore.values import Edge, Node, View

FEW = 150  # entities that are laid out all together: more of them would be a hairball, and take the cube of the time


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
    view = _view(index, homes, pairs)
    places = layout(view) if entities <= FEW else islands(view)
    return Opening(tuple(homes), tuple(places[node.iri] for node in view.nodes), tuple(between.tolist()))


def _view(index: Index, homes: Sequence[int], pairs: Iterable[tuple[int, int]]) -> View:
    """What positions need to know of the picture; several facts between two entities count as one."""
    nodes = tuple(
        Node(str(n), label, "", (), degree, 0.0, home)
        for n, (label, degree, home) in enumerate(zip(index.labels, index.degrees.tolist(), homes, strict=False))
    )
    linked = sorted({(min(pair), max(pair)) for pair in pairs})
    edges = tuple(Edge(f"{a} {b}", str(a), "", str(b), "", "", "", 1.0, ()) for a, b in linked)
    return View(nodes, edges, len(nodes), len(edges), {}, {})
