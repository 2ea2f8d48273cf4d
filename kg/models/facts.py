"""The head that finds facts: spans of atoms that are ends of facts, and which relation holds between two of them.

Only kg.models.network uses it. Spans are scored by their first and last atom (Yu et al. 2020), pairs of spans by both
ends, what stands between them and how far they are apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

LONGEST_SPAN = 12  # atoms
DISTANCES = 24  # buckets of how far two spans are apart, in atoms
_INNER = 192
_PAIR = 256


@dataclass(frozen=True, slots=True)
class FactLabels:
    """What the head tells apart; each list begins with what stands for nothing."""

    types: tuple[str, ...]  # of spans: "" and classes
    relations: tuple[str, ...]  # of ordered pairs of spans, subject first: "" and relations
    modalities: tuple[str, ...]


class FactHead(nn.Module):
    """Scores of spans, pairs, modalities and speakers, from the vectors of the atoms of a window (atoms, width)."""

    def __init__(self, width: int, labels: FactLabels) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(width, _INNER), nn.Linear(width, _INNER)
        self.length = nn.Embedding(LONGEST_SPAN + 1, _INNER)
        self.types = nn.Linear(_INNER, len(labels.types))
        self.ends = nn.Linear(3 * width, 2 * _PAIR)
        self.between = nn.Linear(width, _PAIR)
        self.distance = nn.Embedding(2 * DISTANCES, _PAIR)
        self.pair = nn.Linear(2 * _PAIR, _PAIR)
        self.relations = nn.Linear(_PAIR, len(labels.relations))
        self.modalities = nn.Linear(_PAIR, len(labels.modalities))
        self.speaker = nn.Linear(3 * width, _PAIR)
        self.nobody = nn.Parameter(torch.zeros(_PAIR))
        self.dropout = nn.Dropout(0.2)

    def spans(self, atoms: Tensor, sentence: Tensor) -> tuple[Tensor, Tensor]:
        """All spans within sentences as (spans, 2), first atom and last + 1, and their scores (spans, types).

        ``sentence``: the number of each atom's sentence.
        """
        count = len(atoms)
        first = torch.arange(count)[:, None].expand(-1, LONGEST_SPAN)
        last = first + torch.arange(LONGEST_SPAN)[None]
        there = last < count
        there &= sentence[first] == sentence[last.clamp(max=count - 1)]
        first, last = first[there], last[there]
        vectors = self.dropout(atoms)
        inner = functional.gelu(self.first(vectors)[first] + self.last(vectors)[last] + self.length(last - first))
        return torch.stack([first, last + 1], 1), self.types(self.dropout(inner))

    def span_vectors(self, atoms: Tensor, spans: Tensor) -> Tensor:
        """First, last and mean of the atoms of each span, (spans, 3 * width)."""
        first, last = spans[:, 0], spans[:, 1]
        return torch.cat([atoms[first], atoms[last - 1], _means(atoms, first, last)], 1)

    def pairs(self, atoms: Tensor, spans: Tensor, pairs: Tensor) -> Tensor:
        """The vectors (pairs, pair width) of pairs of spans, given as (pairs, 2): subject and object."""
        subjects, objects = self.ends(self.dropout(self.span_vectors(atoms, spans))).split(_PAIR, 1)
        s, o = pairs[:, 0], pairs[:, 1]
        ahead = spans[s, 0] < spans[o, 0]
        left, right = torch.where(ahead, spans[s, 1], spans[o, 1]), torch.where(ahead, spans[o, 0], spans[s, 0])
        between = self.between(_means(atoms, torch.minimum(left, right), torch.maximum(left, right)))
        distance = _bucket((right - left).clamp(min=-1) + 1) + DISTANCES * ahead
        added = functional.gelu(subjects[s] + objects[o] + between + self.distance(distance))
        result: Tensor = functional.gelu(self.pair(self.dropout(torch.cat([added, subjects[s] * objects[o]], 1))))
        return result

    def speakers(self, atoms: Tensor, spans: Tensor, pairs: Tensor) -> Tensor:
        """Scores (pairs, 1 + spans) of who says what pairs (vectors of ``pairs``) state; the first: the article."""
        sayers = self.speaker(self.dropout(self.span_vectors(atoms, spans)))
        return pairs @ torch.cat([self.nobody[None], sayers]).T / math.sqrt(_PAIR)


def _means(atoms: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """The mean of the atoms from each first to each last - 1; zeros where there is none."""
    sums = torch.cat([atoms.new_zeros(1, atoms.shape[1]), atoms.cumsum(0)])
    return (sums[last] - sums[first]) / (last - first).clamp(min=1)[:, None]


def _bucket(distance: Tensor) -> Tensor:
    """0 to 12 atoms as they are, more of them in steps that grow."""
    far = 12 + (distance.clamp(min=12).float() / 12).log2().mul(3).long()
    return torch.where(distance < 12, distance, far).clamp(max=DISTANCES - 1)


def reachable(spans: Sequence[tuple[int, int]], sentences: Sequence[int], reach: int = 1) -> list[tuple[int, int]]:
    """The ordered pairs of spans that may state a fact: at most ``reach`` sentences apart.

    >>> reachable([(0, 1), (3, 4)], [0, 0])
    [(0, 1), (1, 0)]
    """
    return [
        (s, o)
        for s, one in enumerate(spans)
        for o, other in enumerate(spans)
        if s != o and one != other and abs(sentences[s] - sentences[o]) <= reach
    ]
