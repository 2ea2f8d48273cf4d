"""How two entities are connected: the shortest paths over facts in either direction, the most telling first.

A path costs the less, the fewer facts the entities between have and the surer its facts are. No walk that is at most
one hop longer than the shortest one comes back to where it was, so the cheapest walks of these lengths are paths.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kg.explore.index import DENIED, MODALITIES, Index, Ints

Floats = NDArray[np.float64]

UNSURE = 2.0  # what a hop of confidence 0 costs
NOT_SO = 6.0  # what a hop costs more that rests on denied facts only
FAR = 1_000_000


@dataclass(frozen=True, slots=True)
class Path:
    """Entities by number, from one end to the other, and the facts of each hop, the surest first, denied ones last."""

    entities: tuple[int, ...]
    hops: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Who is linked with whom: entity n with ends[starts[n]:starts[n + 1]], ascending, and what each hop costs."""

    starts: Ints
    ends: Ints
    costs: Floats

    def expand(self, entities: Ints) -> tuple[Ints, Ints]:
        """All links of some entities: places in ``entities``, and places in ``ends``."""
        sizes = self.starts[entities + 1] - self.starts[entities]
        origins = np.repeat(np.arange(len(entities), dtype=np.int32), sizes)
        shifts = np.arange(len(origins)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return origins, (self.starts[entities][origins] + shifts).astype(np.int32)


def paths(
    index: Index, start: int, end: int, *, limit: int, longest: int, modalities: Collection[str] = MODALITIES
) -> list[Path]:
    """The ``limit`` best paths of the shortest length and the next, none longer than ``longest`` hops.

    Only facts of some ``modalities`` count. There are none from an entity to itself.
    """
    wanted = np.isin(index.facts.modalities, [MODALITIES.index(name) for name in modalities])
    links = _links(index, wanted)
    away = _distances(links, end, start, longest)
    shortest = int(away[start])
    found: list[tuple[int, ...]] = []
    for length in range(shortest, min(shortest + 1, longest) + 1) if start != end else ():
        found += list(_walks(index, links, away, start, length, limit))[: limit - len(found)]
    return [Path(way, tuple(_hop(index, wanted, a, b) for a, b in pairwise(way))) for way in found]


def _links(index: Index, wanted: NDArray[np.bool_]) -> Links:
    facts = index.facts
    chosen = np.flatnonzero(wanted & (facts.subjects != facts.objects))
    costs = UNSURE * (1 - facts.confidences[chosen]) + NOT_SO * (facts.modalities[chosen] == DENIED)
    ones = np.concatenate([facts.subjects[chosen], facts.objects[chosen]])
    others = np.concatenate([facts.objects[chosen], facts.subjects[chosen]])
    costs = np.concatenate([costs, costs])
    order = np.lexsort((costs, others, ones))
    ones, others, costs = ones[order], others[order], costs[order]
    first = np.ones(len(ones), np.bool_)
    first[1:] = (ones[1:] != ones[:-1]) | (others[1:] != others[:-1])
    starts = np.searchsorted(ones[first], np.arange(len(index.iris) + 1)).astype(np.int32)
    return Links(starts, others[first], costs[first])


def _distances(links: Links, end: int, start: int, longest: int) -> Ints:
    """How many hops entities are away from ``end``, FAR beyond what a path to ``start`` may need."""
    away = np.full(len(links.starts) - 1, FAR, np.int32)
    away[end] = 0
    front = np.array([end], np.int32)
    for hops in range(1, longest + 1):
        front = np.unique(links.ends[links.expand(front)[1]])
        front = front[away[front] == FAR]
        away[front] = hops
        if not len(front) or away[start] <= hops:
            break
    return away


def _walks(index: Index, links: Links, away: Ints, start: int, length: int, limit: int) -> Iterator[tuple[int, ...]]:
    """The cheapest walks of exactly so many hops to the end, as entities: of each layer of the search the best."""
    weights = np.log2(1 + index.degrees)
    layers = [(np.array([start], np.int32), np.zeros(1, np.int32))]  # entities, and where each came from
    costs = np.zeros(1)
    for hop in range(1, length + 1):
        origins, places = links.expand(layers[-1][0])
        entities = links.ends[places]
        near = (away[entities] <= length - hop) & ((hop == length) | (away[entities] > 0))
        origins, places, entities = origins[near], places[near], entities[near]
        costs = costs[origins] + links.costs[places] + (weights[entities] if hop < length else 0)
        best = _best(entities, np.round(costs, 6), limit)
        layers.append((entities[best], origins[best]))
        costs = costs[best]
    for place in range(len(layers[-1][0])):
        way, here = [], place
        for entities, origins in reversed(layers):
            way.append(int(entities[here]))
            here = int(origins[here])
        yield tuple(reversed(way))


def _best(entities: Ints, costs: Floats, limit: int) -> Ints:
    """Places of the ``limit`` cheapest walks to each entity, the first of equals."""
    order = np.lexsort((costs, entities))
    arrived = entities[order]
    rank = np.arange(len(order)) - np.searchsorted(arrived, arrived)
    return order[rank < limit].astype(np.int32)


def _hop(index: Index, wanted: NDArray[np.bool_], one: int, other: int) -> tuple[int, ...]:
    facts = index.facts
    fewer = min(one, other, key=lambda entity: (index.degrees[entity], entity))
    about = index.facts_of(fewer)
    ends = one + other
    here = about[wanted[about] & (facts.subjects[about] + facts.objects[about] == ends)]
    here = here[(facts.subjects[here] == one) | (facts.subjects[here] == other)]
    order = np.lexsort((here, -facts.confidences[here], facts.modalities[here] == DENIED))
    return tuple(here[order].tolist())
