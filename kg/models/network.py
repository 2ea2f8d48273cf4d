"""The network: one encoder, read once, and small heads for words, tags, trees and names. Only kg.parse and kg.training
use it; torch is imported with it, so import it late.

Everything is about atoms, which kg.parse cuts by rules: a Vietnamese word is one atom or several ("hợp", "tác"), and so
is an English one ("U", ".", "S", "."). Atoms and words of all windows of a batch are numbered through, so no head sees
padding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

MAX_PIECES = 510  # in a window, without its begin and end


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the network is; ``pieces`` and what the labels are is in the files beside the weights."""

    pieces: int
    width: int = 384
    layers: int = 12
    heads: int = 12
    inner: int = 1536
    positions: int = 512
    arc: int = 256  # width of a word as head or dependent
    relation: int = 128


@dataclass(frozen=True, slots=True)
class Labels:
    """What the heads tell apart, in the order of their outputs."""

    languages: tuple[str, ...]
    upos: tuple[str, ...]
    xpos: Mapping[str, tuple[str, ...]]  # by language
    lemma: Mapping[str, tuple[str, ...]]  # by language; rules, see kg.parse.lemmas; none for Vietnamese
    deprel: tuple[str, ...]
    names: tuple[str, ...]  # "O", then B, I, E, S of each type


class Batch(NamedTuple):
    """Windows of text as numbers, padded to the longest."""

    pieces: Tensor  # (windows, length), 0 where there is none
    lengths: Tensor  # (windows,)
    atom_of_piece: Tensor  # (windows, length): number of the atom in the batch; -1 at the ends and beyond
    glued: Tensor  # (windows, length): 1 at the first piece of an atom that no space parts from the one before
    atoms: int


class Vectors(NamedTuple):
    """The vectors of atoms, (atoms, width): each kind of head reads its own mix of the encoder's layers."""

    ends: Tensor
    tags: Tensor
    tree: Tensor
    names: Tensor


class Embedding(nn.Embedding):
    """Vectors by number. Where they are about to be read from a file, none are made up: torch loads its compiler, two
    seconds of it, to do that for weights that are nowhere yet."""

    def reset_parameters(self) -> None:
        """Random vectors, as of torch."""
        if not self.weight.is_meta:
            super().reset_parameters()


class Layer(nn.Module):
    """A layer of BERT (Devlin et al. 2019)."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.heads = sizes.heads
        self.query_key_value = nn.Linear(sizes.width, 3 * sizes.width)
        self.attended = nn.Linear(sizes.width, sizes.width)
        self.attended_norm = nn.LayerNorm(sizes.width, eps=1e-12)
        self.inner = nn.Linear(sizes.width, sizes.inner)
        self.outer = nn.Linear(sizes.inner, sizes.width)
        self.outer_norm = nn.LayerNorm(sizes.width, eps=1e-12)
        self.dropout = nn.Dropout(0.1)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """States (windows, length, width) of the layer below -> those of this one."""
        windows, length, width = states.shape
        parts = self.query_key_value(states).view(windows, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = parts[0] @ parts[1].transpose(2, 3) * (width // self.heads) ** -0.5 + mask.to(parts.dtype)
        seen = (scores.softmax(-1).to(parts.dtype) @ parts[2]).transpose(1, 2).reshape(windows, length, width)
        seen = self.attended(seen)  # written out, since torch's own attention has a slow backward pass on processors
        states = self.attended_norm(states + self.dropout(seen))
        result: Tensor = self.outer_norm(states + self.dropout(self.outer(functional.gelu(self.inner(states)))))
        return result


class Encoder(nn.Module):
    """Pieces -> states of all layers."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.words = Embedding(sizes.pieces, sizes.width)
        self.positions = Embedding(sizes.positions, sizes.width)
        self.glued = nn.Parameter(torch.zeros(sizes.width))
        self.norm = nn.LayerNorm(sizes.width, eps=1e-12)
        self.dropout = nn.Dropout(0.1)
        self.layers = nn.ModuleList(Layer(sizes) for _ in range(sizes.layers))

    def forward(self, batch: Batch, layers: int | None = None) -> list[Tensor]:
        """The input and the output of each layer (or of the lowest ``layers``), (windows, length, width) each."""
        length = batch.pieces.shape[1]
        states = self.words(batch.pieces) + self.positions.weight[:length] + batch.glued[:, :, None] * self.glued
        states = self.dropout(self.norm(states))
        mask = mask_of(batch.lengths, length)
        return through(self.layers[:layers], states, mask)


def _perceptron(inputs: int, inner: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, inner), nn.GELU(), nn.Dropout(0.2), nn.Linear(inner, outputs))


class TreeHead(nn.Module):
    """Deep biaffine attention (Dozat and Manning 2017) over the words of a sentence and a root."""

    def __init__(self, sizes: Sizes, relations: int) -> None:
        super().__init__()
        self.root = nn.Parameter(torch.zeros(sizes.width))
        self.words = nn.Linear(sizes.width, 2 * (sizes.arc + sizes.relation))
        self.parts = (sizes.arc, sizes.arc, sizes.relation, sizes.relation)
        self.arc = nn.Parameter(torch.zeros(sizes.arc + 1, sizes.arc))
        self.relation = nn.Parameter(torch.zeros(relations, sizes.relation + 1, sizes.relation + 1))
        self.dropout = nn.Dropout(0.33)

    def forward(self, words: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Words (sentences, longest, width) -> scores of arcs (sentences, dependent, head), head 0 being the root, and
        the two sides (sentences, longest + 1, relation + 1) from which ``relations`` scores chosen arcs."""
        root = self.root.expand(words.shape[0], 1, -1)
        vectors = self.dropout(functional.gelu(self.words(torch.cat([root, words], 1))))
        arc_head, arc_dependent, head, dependent = vectors.split(self.parts, -1)
        arcs = _with_one(arc_dependent) @ self.arc @ arc_head.transpose(1, 2)
        return arcs[:, 1:], _with_one(head), _with_one(dependent)

    def relations(self, heads: Tensor, dependents: Tensor) -> Tensor:
        """Scores (arcs, relations) of arcs given by the sides of their ends, (arcs, relation + 1) each."""
        return torch.einsum("ni,rij,nj->nr", dependents, self.relation, heads)


def _with_one(vectors: Tensor) -> Tensor:
    return torch.cat([vectors, torch.ones_like(vectors[..., :1])], -1)


class Network(nn.Module):
    """The encoder and all heads."""

    def __init__(self, sizes: Sizes, labels: Labels) -> None:
        super().__init__()
        self.sizes, self.labels = sizes, labels
        self.encoder = Encoder(sizes)
        self.mix = nn.Parameter(torch.zeros(len(Vectors._fields), sizes.layers + 1))
        self.dropout = nn.Dropout(0.2)
        self.ends = _perceptron(2 * sizes.width, 192, 2 * len(labels.languages))
        self.tags = nn.Sequential(nn.Linear(sizes.width, sizes.width), nn.GELU(), nn.Dropout(0.2))
        self.upos = nn.Linear(sizes.width, len(labels.upos))
        self.xpos = nn.ModuleDict({lang: nn.Linear(sizes.width, len(tags)) for lang, tags in labels.xpos.items()})
        self.lemma = nn.ModuleDict({lang: nn.Linear(sizes.width, len(rules)) for lang, rules in labels.lemma.items()})
        self.tree = TreeHead(sizes, len(labels.deprel))
        self.names = _perceptron(sizes.width, 192, len(labels.names))

    def atoms(self, batches: Sequence[Batch]) -> Vectors:
        """The vectors of the atoms of all batches: an atom is the mean of its pieces."""
        return Vectors(*torch.cat([self._atoms(batch) for batch in batches], 1))

    def _atoms(self, batch: Batch) -> Tensor:
        there = batch.atom_of_piece >= 0
        states = torch.stack([layer[there].float() for layer in self.encoder(batch)])
        with torch.autocast("cpu", enabled=False):  # torch 2.13 divides by zero here with AMX in bfloat16
            mixed = torch.einsum("ml,lpd->mpd", self.mix.softmax(-1), states)
        return means(mixed, batch.atom_of_piece[there], batch.atoms)

    def word_ends(self, ends: Tensor, lang: str) -> tuple[Tensor, Tensor]:
        """Logits (atoms - 1,) that two neighbours are one word, and that a sentence ends between them."""
        vectors = self.dropout(ends)
        scores = self.ends(torch.cat([vectors[:-1], vectors[1:]], -1))
        first = 2 * self.labels.languages.index(lang)
        return scores[:, first], scores[:, first + 1]

    def word_tags(self, tags: Tensor, word_of_atom: Tensor, words: int) -> Tensor:
        """Vectors (words, width) for the heads ``upos``, ``xpos`` and ``lemma``."""
        result: Tensor = self.tags(self.dropout(means(tags, word_of_atom, words)))
        return result

    def word_nodes(self, tree: Tensor, word_of_atom: Tensor, words: int) -> Tensor:
        """Vectors (words, width) for the head ``tree``."""
        result: Tensor = self.dropout(means(tree, word_of_atom, words))
        return result

    def atom_names(self, names: Tensor) -> Tensor:
        """Scores (atoms, tags)."""
        result: Tensor = self.names(self.dropout(names))
        return result


def through(layers: Iterable[nn.Module], states: Tensor, mask: Tensor) -> list[Tensor]:
    """States (windows, length, width), and those above each layer."""
    result = [states]
    for layer in layers:
        result.append(layer(result[-1], mask))
    return result


def mask_of(lengths: Tensor, longest: int) -> Tensor:
    """What a layer adds to its scores, (windows, 1, 1, longest): nothing, or so little that padding is not seen."""
    padding = torch.arange(longest)[None] >= lengths[:, None]
    return torch.zeros(padding.shape).masked_fill(padding, -1e4)[:, None, None]


def means(vectors: Tensor, group: Tensor, groups: int) -> Tensor:
    """The mean vector of each group: (..., items, width) and each item's group -> (..., groups, width)."""
    total = vectors.new_zeros(*vectors.shape[:-2], groups, vectors.shape[-1]).index_add(-2, group, vectors)
    count = vectors.new_zeros(groups).index_add(0, group, vectors.new_ones(len(group)))
    return total / count.clamp(min=1)[:, None]


def by_sentence(words: Tensor, lengths: Sequence[int]) -> Tensor:
    """Words (words, width) of consecutive sentences -> (sentences, longest, width), padded with zeros."""
    return nn.utils.rnn.pad_sequence(list(torch.split(words, list(lengths))), batch_first=True)


def batch_of(windows: Sequence[tuple[Sequence[Sequence[int]], Sequence[bool]]], *, begin: int, end: int) -> Batch:
    """A batch of windows, each with the pieces of its atoms, and whether each atom is glued to the one before.

    Where a window has more pieces than the encoder has positions, its longest atoms lose their last ones.
    """
    rows, atoms, glue, count = [], [], [], 0
    for pieces_of_atoms, glued in windows:
        longest = max(map(len, pieces_of_atoms), default=0)
        while sum(min(len(pieces), longest) for pieces in pieces_of_atoms) > MAX_PIECES and longest > 1:
            longest -= 1
        row, atom, marks = [begin], [-1], [0.0]
        for pieces, is_glued in zip(pieces_of_atoms, glued, strict=True):
            kept = pieces[:longest]
            row += kept
            atom += [count] * len(kept)
            marks += [float(is_glued)] + [0.0] * (len(kept) - 1)
            count += 1
        rows.append(torch.tensor([*row, end]))
        atoms.append(torch.tensor([*atom, -1]))
        glue.append(torch.tensor([*marks, 0.0]))
    pad = nn.utils.rnn.pad_sequence
    lengths = torch.tensor([len(row) for row in rows])
    return Batch(pad(rows, True), lengths, pad(atoms, True, -1), pad(glue, True), count)
