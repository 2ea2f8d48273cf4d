"""The branch of the network that reads facts: layers of its own above the encoder's vectors of pieces, and a head.

The head scores spans of atoms that are ends of facts by their first and last atom (Yu et al. 2020), and pairs of spans
by both ends, what stands between them, how far they are apart, and the words that tell what holds between them, which
it looks for in the whole window. A relation is known by its words alone: whatever ontology is used, its labels and
definitions become the vectors that pairs are compared with.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from kg.models.network import Batch, Embedding, Layer, Sizes, mask_of, means, through

MEANING = 6  # the layer of the encoder whose states tell what a relation means
LONGEST_SPAN = 12  # atoms
DISTANCES = 24  # buckets of how far two spans are apart, in atoms
NAMED = 3.0  # what a relation gains whose label stands beside a pair
LEAST_SPAN, LEAST_PAIR = 0.15, 0.01  # chances from which spans and facts are kept
_INNER = 192
_PAIR = 256
LEARNED = _PAIR + 1  # numbers that examples of a relation can shift


@dataclass(frozen=True, slots=True)
class FactLabels:
    """What the head tells apart besides relations."""

    types: tuple[str, ...]  # of spans: "" (no end of a fact), then classes
    modalities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """Relations of which one at most holds between two spans."""

    names: tuple[str, ...]
    meanings: Tensor  # (relations, 3 * width)
    learned: Tensor | float = 0.0  # (relations, LEARNED), from examples
    named: Callable[[Tensor], Tensor] | None = None  # subject and object of pairs, (pairs, 4), -> (pairs, relations)


class FactBranch(nn.Module):
    """The encoder's vectors of pieces -> vectors of atoms, and the head for them."""

    def __init__(self, sizes: Sizes, labels: FactLabels) -> None:
        super().__init__()
        self.labels = labels
        self.layers = nn.ModuleList(Layer(sizes) for _ in range(sizes.layers))
        self.mix = nn.Parameter(torch.zeros(len(self.layers) + 1))
        self.head = FactHead(sizes.width, labels)

    def atoms(self, states: Tensor, batch: Batch) -> Tensor:
        """The encoder's input (windows, length, width) -> vectors of all atoms of the batch (atoms, width)."""
        result = through(self.layers, states, mask_of(batch.lengths, states.shape[1]))
        there = batch.atom_of_piece >= 0
        with torch.autocast("cpu", enabled=False):  # see Network
            mixed = torch.einsum("l,lpd->pd", self.mix.softmax(-1), torch.stack([one[there].float() for one in result]))
        return means(mixed, batch.atom_of_piece[there], batch.atoms)


class Standard(nn.Module):
    """Vectors of texts, set against what is usual: without that, all texts look alike.

    Of (relations, 3 * width), each third is a text of its own; one without words is zeros, and stays so.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.usual, self.spread = nn.Parameter(torch.zeros(3, width)), nn.Parameter(torch.ones(3, width))

    def measure(self, texts: Tensor) -> None:
        """Take the mean and the deviation of these texts for what is usual."""
        for third, part in enumerate(texts.reshape(len(texts), 3, -1).unbind(1)):
            said = part[part.any(1)]
            self.usual.data[third], self.spread.data[third] = said.mean(0), said.std(0) + 1e-3

    def forward(self, texts: Tensor) -> Tensor:
        """(relations, 3 * width) -> (relations, 3 * width)."""
        parts = texts.reshape(len(texts), 3, -1)
        result: Tensor = (parts - self.usual) / self.spread * parts.any(2, keepdim=True)
        return result.flatten(1)


class FactHead(nn.Module):
    """Scores of spans, pairs, modalities and speakers, from the vectors of the atoms of a window (atoms, width)."""

    def __init__(self, width: int, labels: FactLabels) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(width, _INNER), nn.Linear(width, _INNER)
        self.length = Embedding(LONGEST_SPAN + 1, _INNER)
        self.types = nn.Linear(_INNER, len(labels.types))
        self.ends = nn.Linear(3 * width, 2 * _PAIR)
        self.between = nn.Linear(width, _PAIR)
        self.distance = Embedding(2 * DISTANCES, _PAIR)
        self.pair = nn.Linear(2 * _PAIR, _PAIR)
        self.sought, self.telling = nn.Linear(_PAIR, _PAIR), nn.Linear(width, 2 * _PAIR)
        self.stated = nn.Linear(_PAIR, 1)
        self.standard = Standard(width)
        self.meaning = nn.Sequential(nn.Linear(3 * width, 2 * _PAIR), nn.GELU(), nn.Linear(2 * _PAIR, _PAIR + 1))
        self.modalities = nn.Linear(_PAIR, len(labels.modalities))
        self.speaker = nn.Linear(3 * width, _PAIR)
        self.nobody = nn.Parameter(torch.zeros(_PAIR))
        self.reference = nn.Linear(3 * width, 2 * _PAIR)
        self.back = Embedding(DISTANCES, _PAIR)
        self.same = nn.Linear(_PAIR, 1)
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
        return torch.stack([first, last + 1], 1), self.types(inner)

    def relations(self, pairs: Tensor, meanings: Tensor, learned: Tensor | float = 0.0) -> Tensor:
        """Scores (pairs, 1 + relations) of pairs (vectors of ``pairs``); the first: no relation holds.

        ``meanings``: (relations, 3 * width), vectors of what a relation means and of what it admits as its ends;
        ``learned``: (relations, LEARNED), what examples add to that.
        """
        vectors = self.meaning(self.standard(meanings)) + learned
        scores = pairs @ vectors[:, :-1].T / math.sqrt(_PAIR) + vectors[:, -1]
        return torch.cat([-self.stated(pairs), scores], 1)

    def span_vectors(self, atoms: Tensor, spans: Tensor) -> Tensor:
        """First, last and mean of the atoms of each span, (spans, 3 * width)."""
        first, last = spans[:, 0], spans[:, 1]
        return torch.cat([atoms[first], atoms[last - 1], _means(atoms, first, last)], 1)

    def pairs(self, atoms: Tensor, spans: Tensor, pairs: Tensor) -> tuple[Tensor, Tensor]:
        """The vectors (pairs, pair width) of pairs of spans, given as (pairs, 2): subject and object. And scores
        (pairs, 1 + atoms) of the words that tell what holds between them, which the vectors attend to (as Ma et al.
        2023, "DREEAM", do with sentences); the first: none do."""
        subjects, objects = self.ends(self.dropout(self.span_vectors(atoms, spans))).split(_PAIR, 1)
        s, o = pairs[:, 0], pairs[:, 1]
        ahead = spans[s, 0] < spans[o, 0]
        left, right = torch.where(ahead, spans[s, 1], spans[o, 1]), torch.where(ahead, spans[o, 0], spans[s, 0])
        between = functional.linear(atoms, self.between.weight)  # of atoms, of which there are fewer than of pairs
        between = _means(between, torch.minimum(left, right), torch.maximum(left, right)) + self.between.bias
        distance = _bucket((right - left).clamp(min=-1) + 1) + DISTANCES * ahead
        added = functional.gelu(subjects[s] + objects[o] + between + self.distance(distance))
        result = functional.gelu(self.pair(torch.cat([added, subjects[s] * objects[o]], 1)))
        keys, values = self.telling(self.dropout(atoms)).split(_PAIR, 1)
        cues = functional.pad(self.sought(result) @ keys.T / math.sqrt(_PAIR), (1, 0))
        return result + cues.softmax(-1)[:, 1:] @ values, cues

    def speakers(self, atoms: Tensor, spans: Tensor, pairs: Tensor) -> Tensor:
        """Scores (pairs, 1 + spans) of who says what pairs (vectors of ``pairs``) state; the first: the article."""
        sayers = self.speaker(self.dropout(self.span_vectors(atoms, spans)))
        return pairs @ torch.cat([self.nobody[None], sayers]).T / math.sqrt(_PAIR)

    def antecedents(self, atoms: Tensor, spans: Tensor) -> Tensor:
        """Scores (spans, 1 + spans) of which span before it each one means the same as (Lee et al. 2017, "End-to-end
        neural coreference resolution"); the first: none of them."""
        later, earlier = self.reference(self.dropout(self.span_vectors(atoms, spans))).split(_PAIR, 1)
        distance = spans[:, None, 0] - spans[None, :, 1]
        inner = functional.gelu(later[:, None] + earlier + self.back(_bucket(distance.clamp(min=0))))
        scores = later @ earlier.T / math.sqrt(_PAIR) + self.same(inner)[:, :, 0]
        return functional.pad(scores.masked_fill(distance < 0, -1e4), (1, 0))


def _means(atoms: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """The mean of the atoms from each first to each last - 1; zeros where there is none."""
    sums = functional.pad(atoms.float().cumsum(0), (0, 0, 1, 0))
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


Span = tuple[int, int]  # atoms of a window, last one excluded


@dataclass(frozen=True, order=True, slots=True)
class Guess:
    """A fact that the branch reads in a window."""

    confidence: float
    subject: Span
    relation: str
    object: Span
    modality: str
    speaker: Span | None
    cue: Span | None


@torch.inference_mode()
def read_facts(
    branch: FactBranch, atoms: Tensor, sentence: Sequence[int], schemas: Sequence[Schema]
) -> tuple[dict[Span, str], list[Guess], dict[Span, tuple[Span, float]]]:
    """The spans that may be ends of facts with their classes, the facts between them, and for spans that mean the same
    as one before them this one, and how sure that is.

    ``atoms``: (atoms, width), of one window; ``sentence``: the number of each atom's sentence.
    """
    labels, head = branch.labels, branch.head
    found = likely_spans(branch, atoms, sentence)
    chosen = sorted(found)
    pairs = reachable(chosen, [sentence[first] for first, _ in chosen])
    if not pairs:
        return found, [], {}
    ends = torch.tensor(chosen)
    vectors, cues = head.pairs(atoms, ends, torch.tensor(pairs))
    modalities = head.modalities(vectors).argmax(-1).tolist()
    speakers = head.speakers(atoms, ends, vectors).argmax(-1).tolist()
    guesses = []
    for schema in schemas:
        scores = head.relations(vectors, schema.meanings, schema.learned)
        if schema.named:
            scores[:, 1:] += NAMED * schema.named(ends[torch.tensor(pairs)].flatten(1))
        best = scores.softmax(-1)[:, 1:].max(-1)
        for row in (best.values > LEAST_PAIR).nonzero()[:, 0].tolist():
            s, o = pairs[row]
            speaker = chosen[speakers[row] - 1] if speakers[row] else None
            sure, name = round(float(best.values[row]), 3), schema.names[int(best.indices[row])]
            cue = _likeliest(cues[row].softmax(-1).tolist())
            guesses.append(Guess(sure, chosen[s], name, chosen[o], labels.modalities[modalities[row]], speaker, cue))
    same = head.antecedents(atoms, ends).softmax(-1).max(-1)
    meant = zip(chosen, same.indices.tolist(), same.values.tolist(), strict=True)
    return found, guesses, {span: (chosen[before - 1], sure) for span, before, sure in meant if before}


def _likeliest(chances: Sequence[float]) -> Span | None:
    """The atoms around the likeliest that are at least half as likely; None if the first chance, of none, is highest.

    >>> _likeliest([0.1, 0.02, 0.4, 0.3, 0.1])
    (1, 3)
    """
    at = max(range(len(chances)), key=chances.__getitem__)
    if not at:
        return None
    first, last, least = at, at + 1, chances[at] / 2
    while first > 1 and chances[first - 1] >= least:
        first -= 1
    while last < len(chances) and chances[last] >= least:
        last += 1
    return first - 1, last - 1


@torch.inference_mode()
def likely_spans(branch: FactBranch, atoms: Tensor, sentence: Sequence[int]) -> dict[Span, str]:
    """The spans of a window that may be ends of facts, with their classes."""
    spans, scores = branch.head.spans(atoms, torch.tensor(sentence))
    chances = scores.softmax(-1)
    likely = (1 - chances[:, 0] > LEAST_SPAN).nonzero()[:, 0].tolist()
    surest = sorted(likely, key=lambda index: float(chances[index, 0]))[: len(atoms) // 2 + 1]
    return {
        (int(spans[index, 0]), int(spans[index, 1])): branch.labels.types[1 + int(chances[index, 1:].argmax())]
        for index in surest
    }
