"""Windows -> one batch: the network's input, and the numbers of what it should say."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from kg.models.network import Batch, Labels, Network, batch_of, by_sentence
from kg.parse.lemmas import rule
from kg.parse.pieces import Pieces
from kg.training.windows import ALL_TYPES, Example, Window, atom_names

UNKNOWN = -100


@dataclass(frozen=True, slots=True)
class Targets:
    """A batch with the right answers, UNKNOWN where a corpus says nothing; all words are numbered through."""

    batches: list[Batch]
    joins: dict[str, Tensor]  # (atoms - 1,) by language: 1 where two neighbours are one word, else 0
    stops: dict[str, Tensor]  # (atoms - 1,): 1 where a sentence ends
    word_of_atom: Tensor
    words: int
    upos: Tensor  # (words, tags) bool: which may be right; all of them where a corpus says nothing
    xpos: dict[str, Tensor]  # the same for each language
    lemma: dict[str, Tensor]
    sentences: list[tuple[int, int]]  # first word, last word + 1 of each sentence that has a tree
    heads: Tensor  # (words,): place in the sentence, from 1; 0 is the root
    deprel: Tensor
    names: Tensor  # (atoms, tags) bool: which tags may be right


def targets(windows: Sequence[Window], labels: Labels, pieces: Pieces) -> Targets:
    """All of a batch in numbers."""
    examples = [sentence for window in windows for sentence in window]
    batches = [_batch(part, pieces) for part in _alike(windows)]
    tokens = [token for sentence in examples for token in sentence.tokens]
    langs = [sentence.lang for sentence in examples for _ in sentence.tokens]
    firsts = list(itertools.accumulate((len(sentence.tokens) for sentence in examples), initial=0))
    word_of_atom = [first + index for first, s in zip(firsts, examples, strict=False) for index in s.token_of_atom]
    ends = {lang: _ends(windows, lang) for lang in labels.languages}
    trees = [
        (first, first + len(sentence.tokens))
        for first, sentence in zip(firsts, examples, strict=False)
        if all(token.deprel != "_" for token in sentence.tokens)
    ]
    return Targets(
        batches=batches,
        joins={lang: torch.tensor(joins) for lang, (joins, _) in ends.items()},
        stops={lang: torch.tensor(stops) for lang, (_, stops) in ends.items()},
        word_of_atom=torch.tensor(word_of_atom),
        words=len(tokens),
        upos=_possible([token.upos for token in tokens], labels.upos),
        xpos={
            lang: _possible([t.xpos if its == lang else "_" for t, its in zip(tokens, langs, strict=True)], known)
            for lang, known in labels.xpos.items()
        },
        lemma={
            lang: _numbers(
                [
                    rule(t.text, t.lemma) if its == lang and t.lemma != "_" else "_"
                    for t, its in zip(tokens, langs, strict=True)
                ],
                known,
            )
            for lang, known in labels.lemma.items()
        },
        sentences=trees,
        heads=torch.tensor([token.head for token in tokens]),
        deprel=_numbers([token.deprel for token in tokens], labels.deprel),
        names=torch.tensor([row for sentence in examples for row in allowed(sentence, labels.names)]),
    )


def _alike(windows: Sequence[Window]) -> Iterator[list[Window]]:
    """Consecutive windows in parts that hardly need padding."""
    part: list[Window] = []
    for window in windows:
        size, longest = _size(window), max(map(_size, part), default=0)
        if part and (max(longest, size) * (len(part) + 1) > 800 or not 0.8 < size / longest < 1.25):
            yield part
            part = []
        part.append(window)
    if part:
        yield part


def _size(window: Window) -> int:
    return sum(len(sentence.atoms) for sentence in window)


def _batch(windows: Sequence[Window], pieces: Pieces) -> Batch:
    rows = []
    for window in windows:
        atoms = [atom for sentence in window for atom in sentence.atoms]
        rows.append((pieces(atoms), [glued for sentence in window for glued in sentence.glued]))
    return batch_of(rows, begin=pieces.begin, end=pieces.end)


def _numbers(values: Sequence[str], known: Sequence[str]) -> Tensor:
    number = {value: index for index, value in enumerate(known)}
    return torch.tensor([number.get(value, UNKNOWN) for value in values])


def _possible(values: Sequence[str], known: Sequence[str]) -> Tensor:
    """Which labels may be right: those of "ADV|AUX", or all."""
    sets = [frozenset(value.split("|")) for value in values]
    return torch.tensor([[label in labels or labels == {"_"} for label in known] for labels in sets])


def _ends(windows: Sequence[Window], lang: str) -> tuple[list[int], list[int]]:
    joins, stops = [], []
    for window in windows:
        for sentence in window:
            its = sentence.lang == lang
            for at in range(len(sentence.atoms)):
                joined = at > 0 and sentence.token_of_atom[at] == sentence.token_of_atom[at - 1]
                asked = its and sentence.marked.words and at > 0 and sentence.glued[at] == (lang == "en")
                joins.append(int(joined) if asked else UNKNOWN)
                stops.append(int(at == 0) if its else UNKNOWN)
        first = len(stops) - sum(len(sentence.atoms) for sentence in window)
        joins[first] = stops[first] = UNKNOWN  # nothing is before the first atom
    return joins[1:], stops[1:]


def allowed(sentence: Example, labels: Sequence[str]) -> list[list[bool]]:
    """Which tags may be right for each atom: a word outside of all names may be one of a type that is not marked."""
    types = sentence.marked.types
    if not types:
        return [[True] * len(labels)] * len(sentence.atoms)
    outside = [tag == "O" or tag[2:] not in types for tag in labels]
    index = {tag: number for number, tag in enumerate(labels)}
    rows = []
    for tag in atom_names(sentence):
        if tag == "O":
            rows.append(outside)
        else:
            row = [False] * len(labels)
            row[index[tag]] = True
            rows.append(row)
    return rows


def name_labels() -> tuple[str, ...]:
    return ("O", *(f"{mark}-{kind}" for kind in ALL_TYPES for mark in "BIES"))


def losses(network: Network, goal: Targets) -> dict[str, Tensor]:
    """The mean loss of each head that the batch says something to."""
    atoms = network.atoms(goal.batches)
    result: dict[str, list[Tensor]] = {}
    for lang in network.labels.languages:
        joins, stops = network.word_ends(atoms.ends, lang)
        for name, scores, right in (("joins", joins, goal.joins[lang]), ("stops", stops, goal.stops[lang])):
            asked = right != UNKNOWN
            if asked.any():
                loss = functional.binary_cross_entropy_with_logits(scores[asked].float(), right[asked].float())
                result.setdefault(name, []).append(loss)
    vectors = network.word_tags(atoms.tags, goal.word_of_atom, goal.words)
    heads: list[tuple[str, nn.Module, Tensor]] = [("upos", network.upos, goal.upos)]
    heads += [("xpos", network.xpos[lang], right) for lang, right in goal.xpos.items()]
    for name, head, right in heads:
        asked = ~right.all(-1)
        if asked.any():
            result.setdefault(name, []).append(_marginal(head(vectors[asked]), right[asked]))
    for lang, right in goal.lemma.items():
        asked = right != UNKNOWN
        if asked.any():
            scores = network.lemma[lang](vectors[asked]).float()
            result.setdefault("lemma", []).append(functional.cross_entropy(scores, right[asked]))
    if goal.sentences:
        result["arc"], result["relation"] = _tree_losses(network, atoms.tree, goal)
    scores = network.atom_names(atoms.names)
    asked = ~goal.names.all(-1)
    if asked.any():
        result["names"] = [_marginal(scores[asked], goal.names[asked])]
    return {name: torch.stack(parts).mean() for name, parts in result.items()}


def _marginal(scores: Tensor, right: Tensor) -> Tensor:
    """The mean loss where one of several labels is right: what the others together get of the chances."""
    scores = scores.float()
    return (scores.logsumexp(-1) - scores.masked_fill(~right, -1e4).logsumexp(-1)).mean()


def _tree_losses(network: Network, tree: Tensor, goal: Targets) -> tuple[list[Tensor], list[Tensor]]:
    nodes = network.word_nodes(tree, goal.word_of_atom, goal.words)
    chosen = torch.cat([torch.arange(first, last) for first, last in goal.sentences])
    lengths = [last - first for first, last in goal.sentences]
    arcs, heads, dependents = network.tree(by_sentence(nodes[chosen], lengths))
    there = torch.arange(arcs.shape[2])[None] <= torch.tensor(lengths)[:, None]
    arcs = arcs.float().masked_fill(~there[:, None], -1e4)
    right = by_sentence(goal.heads[chosen][:, None], lengths)[..., 0]
    words = there[:, 1:]
    arc_loss = functional.cross_entropy(arcs[words], right[words])
    row = torch.arange(len(lengths))[:, None].expand_as(right)
    scores = network.tree.relations(heads[row, right][words], dependents[:, 1:][words])
    return [arc_loss], [functional.cross_entropy(scores.float(), goal.deprel[chosen])]
