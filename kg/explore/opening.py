"""The picture to begin with: the most central entities, which of them belong together, and where to draw them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kg.explore.importance import Pair, communities
from kg.explore.index import Index
from kg.explore.islands import islands
from kg.explore.positions import layout
from kg.explore.values import Edge, Node, View

STRONGEST = 3  # links of each entity that are kept where all of them would be a hairball
FEW = 300  # entities that are laid out all together: it takes the cube of their number


@dataclass(frozen=True, slots=True)
class Opening:
    """The entities 0, 1, 2 ... with what a picture needs; ``facts`` are the numbers of those to be drawn."""

    communities: tuple[int, ...]
    positions: tuple[tuple[int, int], ...]  # pixels at scale 1, y downwards
    facts: tuple[int, ...]


def opening(index: Index, *, limit: int) -> Opening:
    """The ``limit`` most central entities, those in no fact left out, with the facts between them.

    Where these link more than STRONGEST times as many pairs as there are entities, each keeps its STRONGEST links.
    """
    entities = min(limit, int(np.count_nonzero(index.degrees)))
    facts = index.facts
    between = np.flatnonzero((facts.subjects < entities) & (facts.objects < entities))
    pairs = list(zip(facts.subjects[between].tolist(), facts.objects[between].tolist(), strict=True))
    homes = communities(entities, pairs)
    kept = _backbone(entities, pairs)
    drawn = [number for number, pair in zip(between.tolist(), pairs, strict=True) if _sorted(pair) in kept]
    view = _view(index, homes, kept)
    places = layout(view) if entities <= FEW else islands(view)
    return Opening(tuple(homes), tuple(places[node.iri] for node in view.nodes), tuple(drawn))


def _view(index: Index, homes: Sequence[int], pairs: Iterable[Pair]) -> View:
    """What positions need to know of the picture; several facts between two entities count as one."""
    nodes = tuple(
        Node(str(n), label, "", (), degree, 0.0, home)
        for n, (label, degree, home) in enumerate(zip(index.labels, index.degrees.tolist(), homes, strict=False))
    )
    edges = tuple(Edge(f"{a} {b}", str(a), "", str(b), "", "", "", 1.0, ()) for a, b in sorted(pairs))
    return View(nodes, edges, len(nodes), len(edges), {}, {})


def _backbone(entities: int, pairs: Iterable[Pair]) -> set[Pair]:
    """The pairs to be drawn, the lower number first: those of the most facts, then of the most central ends."""
    counts = Counter(map(_sorted, pairs))
    if len(counts) <= STRONGEST * entities:
        return set(counts)
    links = defaultdict[int, list[Pair]](list)
    for pair in sorted(counts, key=lambda pair: (-counts[pair], pair)):
        for end in set(pair):
            links[end].append(pair)
    return {pair for own in links.values() for pair in own[:STRONGEST]}


def _sorted(pair: Pair) -> Pair:
    return min(pair), max(pair)
