"""Quick scores on windows with gold words, for choosing between runs. The model cards' figures are from raw text."""

from __future__ import annotations

import collections
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from kg.models.network import Network, by_sentence
from kg.parse.decode import best_names, names_of
from kg.parse.lemmas import apply
from kg.parse.pieces import Pieces
from kg.training.targets import UNKNOWN, Targets, targets
from kg.training.windows import Window, atom_names

Counts = collections.Counter[tuple[str, str]]  # (what, "right" or "all") or (what, "found", "gold" or "both")


@torch.no_grad()
def quick_scores(network: Network, windows: Sequence[Window], pieces: Pieces) -> dict[str, float]:
    """Per cent: F1 of joins, of sentence ends and of names (of the types marked); the rest is accuracy by word."""
    counts: Counts = collections.Counter()
    for first in range(0, len(windows), 8):
        part = windows[first : first + 8]
        goal = targets(part, network.labels, pieces)
        atoms = network.atoms(goal.batches)
        _count_ends(network, atoms.ends, goal, counts)
        _count_tags(network, atoms.tags, goal, part, counts)
        _count_trees(network, atoms.tree, goal, counts)
        _count_names(network, atoms.names, part, counts)
    result = {}
    for name in sorted({name for name, _ in counts}):
        if counts[name, "all"]:
            result[name] = 100 * counts[name, "right"] / counts[name, "all"]
        elif counts[name, "gold"]:
            result[name] = 200 * counts[name, "both"] / (counts[name, "found"] + counts[name, "gold"])
    return {name: round(value, 2) for name, value in result.items()}


def _count_ends(network: Network, atoms: Tensor, goal: Targets, counts: Counts) -> None:
    for lang in network.labels.languages:
        joins, stops = network.word_ends(atoms, lang)
        for name, scores, right in (("joins", joins, goal.joins[lang]), ("stops", stops, goal.stops[lang])):
            ours = (scores > 0) & (right != UNKNOWN)
            counts[name, "found"] += int(ours.sum())
            counts[name, "gold"] += int((right == 1).sum())
            counts[name, "both"] += int((ours & (right == 1)).sum())


def _count_tags(network: Network, atoms: Tensor, goal: Targets, windows: Sequence[Window], counts: Counts) -> None:
    vectors = network.word_tags(atoms, goal.word_of_atom, goal.words)
    heads: list[tuple[str, nn.Module, Tensor]] = [("upos", network.upos, goal.upos)]
    heads += [("xpos", network.xpos[lang], right) for lang, right in goal.xpos.items()]
    for name, head, right in heads:
        asked = ~right.all(-1)
        best = head(vectors).argmax(-1)
        counts[name, "all"] += int(asked.sum())
        counts[name, "right"] += int(right[torch.arange(len(best)), best][asked].sum())
    tokens = [token for window in windows for sentence in window for token in sentence.tokens]
    for lang, rules in network.labels.lemma.items():
        for token, rule in zip(tokens, network.lemma[lang](vectors).argmax(-1).tolist(), strict=True):
            if token.lemma != "_":
                counts["lemma", "all"] += 1
                counts["lemma", "right"] += apply(token.text, rules[rule]) == token.lemma


def _count_trees(network: Network, atoms: Tensor, goal: Targets, counts: Counts) -> None:
    nodes = network.word_nodes(atoms, goal.word_of_atom, goal.words)
    for begin, end in goal.sentences:
        arcs, head, dependent = network.tree(by_sentence(nodes[begin:end], [end - begin]))
        best = arcs[0].argmax(-1)
        relation = network.tree.relations(head[0, best], dependent[0, 1:]).argmax(-1)
        good = best == goal.heads[begin:end]
        for name, right in (("uas", good), ("las", good & (relation == goal.deprel[begin:end]))):
            counts[name, "all"] += end - begin
            counts[name, "right"] += int(right.sum())


def _count_names(network: Network, atoms: Tensor, windows: Sequence[Window], counts: Counts) -> None:
    scores, at = network.atom_names(atoms).numpy(), 0
    for sentence in (sentence for window in windows for sentence in window):
        types = sentence.marked.types
        if types:
            found = best_names(scores[at : at + len(sentence.atoms)], network.labels.names)
            ours, gold = {name for name in found if name[2] in types}, set(names_of(atom_names(sentence)))
            counts["names", "found"] += len(ours)
            counts["names", "gold"] += len(gold)
            counts["names", "both"] += len(ours & gold)
        at += len(sentence.atoms)
