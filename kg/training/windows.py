"""Sentences of the corpora -> windows of atoms with what their corpus says of them: what the network learns from."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.parse.atoms import find_atoms, glued
from kg.training.corpora import Tree, running_text

ALL_TYPES = (
    "Person",
    "Organization",
    "Place",
    "Product",
    "Event",
    "Work",
    "Misc",
    "DateTime",
    "Quantity",
    "PersonType",
)


# The corpora know none of them, and "AI" is not the pronoun "ai" in capitals.
NOUNS_OF_TODAY = (
    "AI",
    "AI",
    "AI",
    "AGI",
    "GPU",
    "API",
    "IT",
    "VR",
    "chip",
    "startup",
    "chatbot",
    "blockchain",
    "robot",
)


@dataclass(frozen=True, slots=True)
class Marked:
    """What a corpus says of its sentences, apart from tags and trees, which are "_" where it says nothing."""

    words: bool = False  # what is one word
    types: frozenset[str] = frozenset()  # of names; a word outside of all names may be a name of another type


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence in atoms."""

    lang: str
    atoms: tuple[str, ...]
    glued: tuple[bool, ...]  # whether no space is before an atom
    token_of_atom: tuple[int, ...]
    tokens: Tree
    marked: Marked


def text_of(tree: Tree, lang: str, *, spaced: bool) -> tuple[str, list[int]]:
    """A sentence as text, and where each token starts; ``spaced`` parts all tokens by spaces, as the treebank does."""
    if lang == "en" and any(token.glued for token in tree[1:]):
        text, offsets = "", []
        for token in tree:
            text += "" if token.glued or not text else " "
            offsets.append(len(text))
            text += token.text
        return text, offsets
    if not spaced:
        return running_text(token.text for token in tree)
    offsets, at = [], 0
    for token in tree:
        offsets.append(at)
        at += len(token.text) + 1
    return " ".join(token.text for token in tree), offsets


def example(tree: Tree, lang: str, marked: Marked, *, spaced: bool) -> Example:
    """A sentence in atoms. Where the rules cut no atom between two tokens, it is set with spaces; English, which is
    never set so, then says nothing of its words."""
    text, offsets = text_of(tree, lang, spaced=spaced)
    spans = find_atoms(text, lang)
    starts = {start for start, _ in spans}
    if not all(offset in starts for offset in offsets):
        if not spaced:
            plain = tuple(replace(token, glued=False) for token in tree)
            return example(plain, lang, replace(marked, words=lang == "vi" and marked.words), spaced=True)
        marked = Marked(types=marked.types)
    token_of_atom, token = [], 0
    for start, _ in spans:
        while token + 1 < len(offsets) and offsets[token + 1] <= start:
            token += 1
        token_of_atom.append(token)
    apart = glued(spans)
    atoms = tuple(text[start:end] for start, end in spans)
    return Example(lang, atoms, tuple(apart), tuple(token_of_atom), tree, marked)


def atom_names(sentence: Example) -> list[str]:
    """The name tag of each atom: O, B, I, E or S of its type."""
    tokens = [sentence.tokens[index].name for index in sentence.token_of_atom]
    first = [at == 0 or sentence.token_of_atom[at - 1] != index for at, index in enumerate(sentence.token_of_atom)]
    inside = [tag if tag == "O" or (tag[0] == "B" and first[at]) else "I" + tag[1:] for at, tag in enumerate(tokens)]
    result = []
    for at, tag in enumerate(inside):
        ends = at + 1 == len(inside) or inside[at + 1] != "I" + tag[1:]
        starts = tag[0] == "B" or (tag[0] == "I" and (at == 0 or inside[at - 1][1:] != tag[1:]))
        result.append(
            tag if tag == "O" else ("S" if starts and ends else "B" if starts else "E" if ends else "I") + tag[1:]
        )
    return result


class Corpus:
    """Runs of consecutive sentences, and how often it is drawn from."""

    def __init__(self, name: str, lang: str, marked: Marked, runs: Sequence[Sequence[Tree]], weight: float) -> None:
        self.name, self.lang, self.marked, self.weight = name, lang, marked, weight
        self.runs = [run for run in runs if run]
        self.starts = [(index, start) for index, run in enumerate(self.runs) for start in range(len(run))]


Window = tuple[Example, ...]


def draw(corpus: Corpus, size: int, chance: random.Random) -> Window:
    """Consecutive sentences of a corpus with up to ``size`` tokens, or one longer sentence."""
    index, start = chance.choice(corpus.starts)
    spaced = corpus.lang == "vi" and chance.random() < 0.4
    window: list[Example] = []
    used = 0
    for tree in corpus.runs[index][start:]:
        used += len(tree)
        if window and used > size:
            break
        window.append(example(_varied(tree, corpus.lang, spaced, chance), corpus.lang, corpus.marked, spaced=spaced))
    return tuple(window)


def _varied(tree: Tree, lang: str, spaced: bool, chance: random.Random) -> Tree:
    """Now and then in capitals, as headlines are, or with a noun of today; where all is spaced, with the treebank's way
    of writing brackets."""
    if spaced and any(token.text in "()" for token in tree):
        return tuple(
            replace(token, text={"(": "LBKT", ")": "RBKT"}.get(token.text, token.text))
            if chance.random() < 0.8
            else token
            for token in tree
        )
    if chance.random() < 0.02:
        return tuple(replace(token, text=token.text.upper()) for token in tree)
    nouns = [index for index, token in enumerate(tree) if (token.xpos, token.name) in (("N", "O"), ("NN", "O"))]
    if nouns and chance.random() < 0.06:
        at = chance.choice(nouns)
        today = replace(tree[at], text=chance.choice(NOUNS_OF_TODAY), lemma="_")
        return (*tree[:at], today, *tree[at + 1 :])
    return tree


def runs_of(sentences: Sequence[Tree]) -> list[list[Tree]]:
    """One run, for corpora that do not say where their paragraphs end."""
    return [list(sentences)]


def whole(paragraphs: Sequence[Sequence[Tree]], size: int) -> Iterator[list[Tree]]:
    """The sentences of paragraphs in order, in windows of up to ``size`` tokens: for evaluation."""
    for paragraph in paragraphs:
        window: list[Tree] = []
        for tree in paragraph:
            if window and sum(map(len, window)) + len(tree) > size:
                yield window
                window = []
            window.append(tree)
        if window:
            yield window
