"""An entity's facts, grouped by relation and direction; large groups are cut, and the true counts told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.explore.index import Index


@dataclass(frozen=True, slots=True)
class Group:
    """Facts of one entity and one relation, those with the most central entities first."""

    relation: str  # IRI
    direction: str  # "out": the entity is their subject, "in": their object
    count: int  # in the whole graph
    facts: tuple[int, ...]  # numbers
    entities: tuple[int, ...]  # numbers of the other ends, each once


def neighbours(index: Index, entity: int, *, limit: int) -> list[Group]:
    """The groups of an entity, the largest first, with at most ``limit`` facts in all."""
    facts, numbers = index.facts, index.facts_of(entity)
    out = facts.subjects[numbers] == entity
    others = np.where(out, facts.objects[numbers], facts.subjects[numbers])
    keys = facts.relations[numbers] * 2 + ~out
    order = np.lexsort((numbers, others, keys))
    kinds, starts, counts = np.unique(keys[order], return_index=True, return_counts=True)
    groups = []
    for kind, start, count, shown in zip(kinds, starts, counts, shares(counts.tolist(), limit), strict=True):
        part = order[start : start + shown]
        ends = tuple(dict.fromkeys(others[part].tolist()))
        relation, direction = facts.relation_iris[kind // 2], "in" if kind % 2 else "out"
        groups.append(Group(relation, direction, int(count), tuple(numbers[part].tolist()), ends))
    return sorted(groups, key=lambda group: (-group.count, group.relation, group.direction != "out"))


def shares(counts: Sequence[int], limit: int) -> list[int]:
    """How many of each group are shown: the small ones whole, and the others alike.

    >>> shares([1000, 2, 30], 50), shares([3, 3, 3], 2)
    ([24, 2, 24], [1, 1, 0])
    """
    shown = [0] * len(counts)
    smallest = sorted(range(len(counts)), key=lambda group: (counts[group], -group))
    for done, group in enumerate(smallest):
        shown[group] = min(counts[group], limit // (len(counts) - done))
        limit -= shown[group]
    return shown
