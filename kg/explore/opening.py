"""The picture to begin with: the most central entities, which of them belong together, and where to draw them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kg.explore.importance import Pair, communities
from kg.explore.index import Index, Ints
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
    entities = shown(index, limit)
    facts = index.facts
    between = np.flatnonzero((facts.subjects < entities) & (facts.objects < entities)).astype(np.int32)
    pairs = _pairs(index, between)
    homes = communities(entities, pairs)
    kept = _backbone(pairs, range(entities), most=STRONGEST * entities)
    drawn = [number for number, pair in zip(between.tolist(), pairs, strict=True) if pair in kept]
    view = _view(index, homes, kept)
    places = layout(view) if entities <= FEW else islands(view)
    return Opening(tuple(homes), tuple(places[node.iri] for node in view.nodes), tuple(drawn))


def links(index: Index, more: Collection[int], *, limit: int) -> list[int]:
    """The facts that link further entities with each other and with the opening picture of ``limit`` (0: none).

    Where these are of more than STRONGEST times as many pairs as there are entities, each further one keeps its own.
    """
    there = np.zeros(len(index.iris), dtype=bool)
    there[: shown(index, limit)] = True
    there[list(more)] = True
    about = np.unique(np.concatenate([index.about[:0], *map(index.facts_of, more)]))
    between = about[there[index.facts.subjects[about]] & there[index.facts.objects[about]]]
    pairs = _pairs(index, between)
    kept = _backbone(pairs, frozenset(more), most=STRONGEST * int(np.count_nonzero(there)))
    return [number for number, pair in zip(between.tolist(), pairs, strict=True) if pair in kept]


def shown(index: Index, limit: int) -> int:
    """How many entities the opening picture of ``limit`` shows: 0, 1, 2 ..."""
    return min(limit, int(np.count_nonzero(index.degrees)))


def _pairs(index: Index, numbers: Ints) -> list[Pair]:
    """The ends of facts, the lower number first."""
    ends = np.sort([index.facts.subjects[numbers], index.facts.objects[numbers]], axis=0).tolist()
    return list(zip(*ends, strict=True))


def _view(index: Index, homes: Sequence[int], pairs: Iterable[Pair]) -> View:
    """What positions need to know of the picture; several facts between two entities count as one."""
    nodes = tuple(
        Node(str(n), label, "", (), degree, 0.0, home)
        for n, (label, degree, home) in enumerate(zip(index.labels, index.degrees.tolist(), homes, strict=False))
    )
    edges = tuple(Edge(f"{a} {b}", str(a), "", str(b), "", "", "", 1.0, ()) for a, b in sorted(pairs))
    return View(nodes, edges, len(nodes), len(edges), {}, {})


def _backbone(pairs: Iterable[Pair], ends: Container[int], *, most: int) -> set[Pair]:
    """All pairs up to ``most``; of more those that are strong for one of ``ends``: of the most facts, then central."""
    counts = Counter(pairs)
    if len(counts) <= most:
        return set(counts)
    links = defaultdict[int, list[Pair]](list)
    for pair in sorted(counts, key=lambda pair: (-counts[pair], pair)):
        for end in set(pair):
            links[end].append(pair)
    return {pair for end, own in links.items() if end in ends for pair in own[:STRONGEST]}
