"""How two entities hang together: the shortest chains of facts between them, in either direction."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Collection, Sequence

from kg.explore.index import Index

LONGEST = 6  # hops
Hop = tuple[int, ...]  # numbers of facts, the surest first


def paths(
    known: Index, start: int, end: int, *, most: int = 3, longest: int = LONGEST, modalities: Collection[str] = ()
) -> list[tuple[tuple[int, ...], tuple[Hop, ...]]]:
    """Shortest paths as (entities, facts of each hop); those through less linked entities and surer facts first.

    ``modalities`` keeps only facts said so; none keeps all.
    """
    before = _breadth_first(known, start, end, longest, modalities)
    if end not in before or start == end:
        return []
    # backwards from the end, the cheapest unfinished path first: so the first finished ones are the best
    queue: list[tuple[float, tuple[int, ...]]] = [(0.0, (end,))]
    found: list[tuple[tuple[int, ...], tuple[Hop, ...]]] = []
    while queue and len(found) < most:
        cost, way = heapq.heappop(queue)
        if way[0] == start:
            hops = tuple(_between(known, one, other, modalities) for one, other in itertools.pairwise(way))
            found.append((way, hops))
            continue
        for one in before[way[0]]:
            heapq.heappush(queue, (cost + _cost(known, one, way[0], modalities, one == start), (one, *way)))
    return found


def _breadth_first(
    known: Index, start: int, end: int, longest: int, modalities: Collection[str]
) -> dict[int, Sequence[int]]:
    """For each entity as near as the end the entities that come before it on shortest paths."""
    before: dict[int, Sequence[int]] = {start: ()}
    edge = [start]
    for _ in range(longest):
        if end in before:
            break
        fresh: dict[int, set[int]] = {}
        for one in edge:
            for claim in known.about.get(one, ()):
                other = known.other(claim, one)
                if other not in before and _counts(known, claim, modalities):
                    fresh.setdefault(other, set()).add(one)
        before |= {other: sorted(ways) for other, ways in fresh.items()}
        edge = sorted(fresh)
    return before


def _cost(known: Index, one: int, other: int, modalities: Collection[str], last: bool) -> float:
    """Of a hop: through a much linked entity it tells little, and unsure or denied facts bear little."""
    best = known.claims[_between(known, one, other, modalities)[0]]
    unsure = 2.0 if best.modality == "denied" else 1 - best.confidence
    return unsure + (0.0 if last else math.log1p(known.things[one].degree))


def _between(known: Index, one: int, other: int, modalities: Collection[str]) -> Hop:
    """The facts between two entities, the surest first and denied ones last."""
    few, far = sorted((one, other), key=lambda thing: len(known.about[thing]))
    found = [
        claim for claim in known.about[few] if known.other(claim, few) == far and _counts(known, claim, modalities)
    ]
    claims = known.claims
    return tuple(sorted(found, key=lambda n: (claims[n].modality == "denied", -claims[n].confidence, n)))


def _counts(known: Index, claim: int, modalities: Collection[str]) -> bool:
    return not modalities or known.claims[claim].modality in modalities
