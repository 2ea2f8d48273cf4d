"""Text or words -> vectors by one pass of the network -> sentences, words, tags, trees and names.

Torch is imported with it, so import it late.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from kg.models.network import Network, Vectors, batch_of, by_sentence
from kg.models.weights import load_network, quantize
from kg.parse.atoms import (
    Span,
    find_atoms,
    find_paragraphs,
    find_sentences,
    glued,
    may_end,
    may_join,
    one_line,
    shortened,
)
from kg.parse.decode import Name, best_names, best_tree
from kg.parse.folders import KNOWN_LEMMAS
from kg.parse.lemmas import apply, read_known
from kg.parse.pieces import pieces_of

MAX_ATOMS = 100  # in a window, unless one sentence has more; more cost the square, fewer know less
STOP = {"vi": -2.0, "en": 0.0}  # logits from which a sentence ends, chosen on the development parts of the treebanks
LONGEST = 250  # atoms in a window of words that are given: the encoder has 512 positions
BATCH = 600  # atoms that go through the network together


@dataclass(frozen=True, slots=True)
class Encoded:
    """What one pass gave: the vectors of all atoms, and which atoms are which word of which sentence."""

    tags: Tensor  # vectors of the atoms for tags, (atoms, width)
    tree: Tensor  # the same for trees
    word_of_atom: Tensor
    words: list[str]
    spans: list[Span]  # of the words in the text
    sentences: list[tuple[int, int]]  # first word, last word + 1
    names: list[list[Name]]  # of each sentence, in words

    def cut(self) -> list[list[str]]:
        """The words by sentence."""
        return [self.words[first:last] for first, last in self.sentences]


class _Cut:
    """Atoms as they are put together to words, sentence by sentence."""

    def __init__(self) -> None:
        self.spans: list[Span] = []  # of the words
        self.word_of_atom: list[int] = []
        self.sentences: list[tuple[int, int]] = []  # first word, last word + 1
        self.names: list[list[Name]] = []  # of each sentence, in words

    def add(self, atoms: Sequence[Span], joined: Sequence[bool], names: Sequence[Name]) -> None:
        """A sentence: its atoms, whether each is one word with the next, its names in atoms. Names end with words."""
        edges = {edge for first, last, _ in names for edge in (first, last)}
        begin = len(self.spans)
        places = []
        for at, span in enumerate(atoms):
            if at and joined[at - 1] and at not in edges:
                self.spans[-1] = (self.spans[-1][0], span[1])
            else:
                self.spans.append(span)
            places.append(len(self.spans) - 1)
        self.word_of_atom += places
        self.sentences.append((begin, len(self.spans)))
        self.names.append([in_words(name, places, begin) for name in names])


class Reader:
    """The network of a folder, for one of its languages."""

    def __init__(self, folder: Path, lang: str) -> None:
        torch.set_num_threads(1)  # threads of several processes hinder each other
        self.lang = lang
        self.pieces = pieces_of(folder)
        self.network = network_of(folder)
        self.labels = self.network.labels
        self.known_lemmas = read_known(folder / lang / KNOWN_LEMMAS)

    def read(self, text: str, *, split: bool = True) -> Encoded:
        """A text, cut into sentences and words; without ``split`` only paragraphs (and MAX_WORDS) end sentences."""
        paragraphs = [list(self._windows(text, span)) for span in find_paragraphs(text)]
        windows = [window for paragraph in paragraphs for window in paragraph]
        atoms = [span for window in windows for span in window]
        vectors = self._vectors([[text[slice(*span)] for span in window] for window in windows], windows)
        with torch.inference_mode():
            joins, stops = self.network.word_ends(vectors.ends, self.lang)
            scores = self.network.atom_names(vectors.names).numpy()
        joined = [
            join and may_join(text, *pair, self.lang)
            for join, pair in zip((joins > 0).tolist(), itertools.pairwise(atoms), strict=True)
        ]
        stopped = [
            stop and may_end(text, *pair, self.lang)
            for stop, pair in zip((stops > STOP[self.lang]).tolist(), itertools.pairwise(atoms), strict=True)
        ]
        begins = {0, *itertools.accumulate(sum(map(len, paragraph)) for paragraph in paragraphs)}
        begins.update(at for at, stop in enumerate(stopped, 1) if stop and split)
        cut = _Cut()
        for first, last in itertools.pairwise(sorted(begins)):
            for part in shortened(text, atoms[first:last]):
                at = len(cut.word_of_atom)
                names = best_names(scores[at : at + len(part)], self.labels.names)
                cut.add(part, joined[at : at + len(part) - 1], names)
        forms = [one_line(text[slice(*span)]) for span in cut.spans]
        group = torch.tensor(cut.word_of_atom, dtype=torch.long)
        return Encoded(vectors.tags, vectors.tree, group, forms, cut.spans, cut.sentences, cut.names)

    def read_words(self, sentences: Sequence[Sequence[str]]) -> Encoded:
        """Sentences that are cut into words already."""
        atoms: list[list[str]] = []  # of each sentence
        spans: list[list[Span]] = []
        cut = _Cut()
        for sentence in sentences:
            pieces = [(word, span) for word in sentence for span in _atoms_of(word, self.lang)]
            atoms.append([word[slice(*span)] for word, span in pieces])
            spans.append([span for _, span in pieces])
            begin = len(cut.spans)
            for number, word in enumerate(sentence, begin):
                cut.word_of_atom += [number] * len(_atoms_of(word, self.lang))
                cut.spans.append((0, len(word)))
            cut.sentences.append((begin, len(cut.spans)))
        windows = [part[at : at + LONGEST] for part in atoms for at in range(0, len(part), LONGEST)]
        glue = [part[at : at + LONGEST] for part in spans for at in range(0, len(part), LONGEST)]
        vectors = self._vectors(windows, glue)
        with torch.inference_mode():
            scores = self.network.atom_names(vectors.names).numpy()
        at = 0
        for part, (begin, _) in zip(atoms, cut.sentences, strict=True):
            found = best_names(scores[at : at + len(part)], self.labels.names) if part else []
            places = cut.word_of_atom[at : at + len(part)]
            cut.names.append(_apart([in_words(name, places, begin) for name in found]))
            at += len(part)
        forms = [word for sentence in sentences for word in sentence]
        group = torch.tensor(cut.word_of_atom, dtype=torch.long)
        return Encoded(vectors.tags, vectors.tree, group, forms, cut.spans, cut.sentences, cut.names)

    def _windows(self, text: str, paragraph: Span) -> Iterator[list[Span]]:
        """The atoms of a paragraph in windows of whole sentences, as far as rules can tell."""
        start = paragraph[0]
        line = text[slice(*paragraph)]
        atoms = find_atoms(line, self.lang)
        window: list[Span] = []
        for sentence in find_sentences(line, atoms):
            if window and len(window) + len(sentence) > MAX_ATOMS:
                yield window
                window = []
            window += [(first + start, last + start) for first, last in sentence]
        if window:
            yield window

    def _vectors(self, windows: Sequence[Sequence[str]], spans: Sequence[Sequence[Span]]) -> Vectors:
        """The vectors of all atoms in order; windows of about one length go through the network together."""
        lengths = [len(window) for window in windows]
        parts: dict[int, tuple[Tensor, ...]] = {}
        for batch in batches(sorted(range(len(windows)), key=lengths.__getitem__), lengths):
            rows = []
            for index in batch:
                rows.append((self.pieces(windows[index]), glued(spans[index])))
            with torch.inference_mode():
                vectors = self.network.atoms([batch_of(rows, begin=self.pieces.begin, end=self.pieces.end)])
            split = [torch.split(field, [lengths[index] for index in batch]) for field in vectors]
            parts |= zip(batch, zip(*split, strict=True), strict=True)
        empty = torch.zeros(0, self.network.sizes.width)
        fields = zip(*(parts[index] for index in range(len(windows))), strict=True) if windows else [[empty]] * 4
        return Vectors(*(torch.cat(list(field)) for field in fields))

    # What the heads say of encoded words

    @torch.inference_mode()
    def tags(self, encoded: Encoded) -> list[tuple[str, str]]:
        """UPOS and XPOS of each word."""
        vectors = self.network.word_tags(encoded.tags, encoded.word_of_atom, len(encoded.words))
        upos = [self.labels.upos[best] for best in self.network.upos(vectors).argmax(-1).tolist()]
        known = self.labels.xpos[self.lang]
        xpos = [known[best] for best in self.network.xpos[self.lang](vectors).argmax(-1).tolist()]
        return list(zip(upos, xpos, strict=True))

    @torch.inference_mode()
    def lemmas(self, encoded: Encoded, upos: Sequence[str]) -> list[str]:
        """The lemma of each word, which is tagged already."""
        if self.lang not in self.network.lemma:  # Vietnamese words do not change
            return [w if tag == "PROPN" else w.lower() for w, tag in zip(encoded.words, upos, strict=True)]
        vectors = self.network.word_tags(encoded.tags, encoded.word_of_atom, len(encoded.words))
        rules = self.labels.lemma[self.lang]
        best_rules = self.network.lemma[self.lang](vectors).argmax(-1).tolist()
        return [
            self.known_lemmas.get((word.lower(), tag)) or apply(word, rules[best])
            for word, tag, best in zip(encoded.words, upos, best_rules, strict=True)
        ]

    @torch.inference_mode()
    def trees(self, encoded: Encoded) -> list[tuple[int, str]]:
        """Head (place in the sentence from 1, 0 is the root) and relation of each word.

        A given sentence of more than LONGEST words is parsed in parts; the roots of the later ones hang on the first.
        """
        pieces = [
            (first + at, min(first + at + LONGEST, last), at)
            for first, last in encoded.sentences
            for at in range(0, last - first, LONGEST)
        ]
        found = self._trees(encoded, [piece[:2] for piece in pieces])
        result: list[tuple[int, str]] = []
        root = 0
        for (_, _, at), tree in zip(pieces, found, strict=True):
            root = next(place for place, (head, _) in enumerate(tree, 1) if head == 0) if at == 0 else root
            for head, relation in tree:
                result.append((head + at, relation) if head else (root, "parataxis") if at else (0, relation))
        return result

    def _trees(self, encoded: Encoded, sentences: Sequence[tuple[int, int]]) -> list[list[tuple[int, str]]]:
        nodes = self.network.word_nodes(encoded.tree, encoded.word_of_atom, len(encoded.words))
        lengths = [last - first for first, last in sentences]
        result: dict[int, list[tuple[int, str]]] = {}
        for batch in batches(sorted(range(len(lengths)), key=lengths.__getitem__), lengths):
            parts = [nodes[slice(*sentences[index])] for index in batch]
            arcs, head, dependent = self.network.tree(by_sentence(torch.cat(parts), [len(part) for part in parts]))
            for row, index in enumerate(batch):
                length = lengths[index]
                heads = best_tree(arcs[row, :length, : length + 1].numpy())
                scores = self.network.tree.relations(head[row, torch.from_numpy(heads)], dependent[row, 1 : length + 1])
                scores[:, self._root] += torch.where(torch.from_numpy(heads) == 0, 1e4, -1e4)
                relations = [self.labels.deprel[best] for best in scores.argmax(-1).tolist()]
                result[index] = list(zip(heads.tolist(), relations, strict=True))
        return [result[index] for index in range(len(lengths))]

    @property
    def _root(self) -> int:
        return self.labels.deprel.index("root")


@functools.cache
def network_of(folder: Path) -> Network:
    """The network of a folder, loaded once."""
    result = load_network(folder)
    quantize(result.encoder.layers)
    return result


def _atoms_of(word: str, lang: str) -> list[Span]:
    """The atoms of a word, at least one."""
    return find_atoms(word, lang) or [(0, len(word))]


def in_words(name: Name, word_of_atom: Sequence[int], begin: int) -> Name:
    """A name in atoms as a name in the words of its sentence, which begins with word ``begin``."""
    return word_of_atom[name[0]] - begin, word_of_atom[name[1] - 1] + 1 - begin, name[2]


def batches(order: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
    """Consecutive items of the order, lengths ascending, that hardly need padding."""
    batch: list[int] = []
    for index in order:
        if batch and (lengths[index] * (len(batch) + 1) > BATCH or lengths[index] > 1.3 * lengths[batch[0]] + 4):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _apart(names: Sequence[Name]) -> list[Name]:
    """Names without those that share a word with an earlier one."""
    kept: list[Name] = []
    for name in names:
        if not kept or name[0] >= kept[-1][1]:
            kept.append(name)
    return kept
