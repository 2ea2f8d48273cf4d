"""Sentences -> the facts that the model proposes: the relations of an ontology, whose words are all it needs to know.

Torch is imported with it, so import it late.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from kg.errors import ModelError
from kg.model import Antecedent, Modality, Place, Proposal, RelationText, Schemas
from kg.models.facts import LEARNED, MEANING, FactBranch, Guess, Schema, Span, read_facts
from kg.models.network import Encoder, batch_of
from kg.models.weights import load_branch, quantize
from kg.parse.atoms import find_atoms, fitting, glued
from kg.parse.naming import Labels
from kg.parse.pieces import Pieces, pieces_of
from kg.parse.reader import LONGEST, batches, network_of

MAX_ATOMS = 150  # in a window of consecutive sentences, unless one has more
STEPS = 5  # by which words are followed to what they mean: "máy", "thiết bị", "điện thoại này", "Samsung Z4"
OVERLAP = 60  # atoms of a sentence, at most, that the next window begins with again


@dataclass(frozen=True, slots=True)
class Window:
    """Atoms of consecutive sentences, as letters of the text."""

    atoms: tuple[Span, ...]
    sentence: tuple[int, ...]  # of each atom


class FactReader:
    """The branch of a folder of models, for one language and the relations of an ontology."""

    def __init__(self, folder: Path, lang: str, schemas: Schemas, adapter: Path | None = None) -> None:
        """Raises ModelError if the adapter (see ``kg.parse.adapter``) cannot be read."""
        self.lang = lang
        self._pieces = pieces_of(folder)
        self._encoder = network_of(folder).encoder
        self.branch = _branch(folder)
        self.schemas = _schemas(folder, tuple(map(tuple, schemas)), adapter)
        self._labels = [Labels(group, lang) for group in schemas]

    def read(self, text: str, sentences: Sequence[Span]) -> tuple[Proposal, ...]:
        """What is proposed of a text whose sentences are letters ``text[start:end]``, sorted."""
        best: dict[tuple[Place, str, Place], Proposal] = {}
        meant: dict[Place, tuple[Place, float]] = {}
        for window, atoms in self.encode(text, sentences):
            words = [text[slice(*atom)] for atom in window.atoms]
            schemas = [
                replace(schema, named=functools.partial(labels.named, words, window.sentence))
                for schema, labels in zip(self.schemas, self._labels, strict=True)
            ]
            kinds, guesses, antecedents = read_facts(self.branch, atoms, window.sentence, schemas)
            for guess in guesses:
                found = _proposal(window, kinds, guess)
                key = found.subject, found.relation, found.object
                if key not in best or best[key].confidence < found.confidence:
                    best[key] = found
            for span, (before, sure) in antecedents.items():
                place = _place(window, kinds, span)
                if place not in meant or meant[place][1] < sure:
                    meant[place] = _place(window, kinds, before), round(sure, 3)
        return tuple(_with_antecedents(best[key], meant) for key in sorted(best))

    def encode(self, text: str, sentences: Sequence[Span]) -> Iterator[tuple[Window, Tensor]]:
        """Windows of the text with the vectors of their atoms, (atoms, width)."""
        windows = list(self._windows(text, sentences))
        return zip(windows, self._vectors(text, windows), strict=True)

    def _windows(self, text: str, sentences: Sequence[Span]) -> Iterator[Window]:
        """Windows of whole sentences; each begins with the last sentence of the one before, if that is short."""
        cut = [
            [(start + first, start + last) for first, last in find_atoms(text[start:end], self.lang)][:LONGEST]
            for start, end in sentences
        ]
        first, sizes = 0, [len(atoms) for atoms in cut]
        while first < len(cut):
            last = fitting(sizes, first, MAX_ATOMS)
            if any(cut[first:last]):
                numbers = (number for number in range(first, last) for _ in cut[number])
                yield Window(tuple(itertools.chain(*cut[first:last])), tuple(numbers))
            again = last < len(cut) and last - first > 1 and sizes[last - 1] <= OVERLAP
            first = last - again

    @torch.inference_mode()
    def _vectors(self, text: str, windows: Sequence[Window]) -> list[Tensor]:
        """The vectors of the atoms of each window; windows of about one length go through together."""
        lengths = [len(window.atoms) for window in windows]
        result: dict[int, Tensor] = {}
        for chosen in batches(sorted(range(len(windows)), key=lengths.__getitem__), lengths):
            rows = []
            for index in chosen:
                atoms = windows[index].atoms
                rows.append((self._pieces([text[slice(*atom)] for atom in atoms]), glued(atoms)))
            batch = batch_of(rows, begin=self._pieces.begin, end=self._pieces.end)
            vectors = self.branch.atoms(self._encoder(batch, 0)[-1], batch)
            result |= zip(chosen, torch.split(vectors, [lengths[index] for index in chosen]), strict=True)
        return [result[index] for index in range(len(windows))]


class Meanings:
    """What relations mean and what they admit: each text as the mean of its states in the encoder's lower layers."""

    def __init__(self, encoder: Encoder, pieces: Pieces) -> None:
        self._encoder, self._pieces = encoder, pieces
        self._words = {"": torch.zeros(encoder.words.weight.shape[1])}

    def __call__(self, relations: Sequence[RelationText]) -> Tensor:
        """(relations, 3 * width); zeros for words that are not there."""
        texts = [(r.meaning, r.subjects, r.objects) for r in relations]
        self._read({text for each in texts for text in each} - self._words.keys())
        return torch.stack([torch.cat([self._words[text] for text in each]) for each in texts])

    def _read(self, texts: Iterable[str]) -> None:
        """Learn the mean states of texts, (width,) each; those of about one length go through together."""
        rows = {text: self._pieces([text[slice(*atom)] for atom in find_atoms(text, "vi")]) for text in texts}
        order = sorted((sum(map(len, row)), text) for text, row in rows.items())
        lengths = [length for length, _ in order]
        for chosen in batches(range(len(order)), lengths):
            some = [order[index][1] for index in chosen]
            windows = [(rows[text], [False] * len(rows[text])) for text in some]
            batch = batch_of(windows, begin=self._pieces.begin, end=self._pieces.end)
            states = self._encoder(batch, MEANING)[-1].float()
            for text, state, length in zip(some, states, batch.lengths.tolist(), strict=True):
                self._words[text] = state[1 : length - 1].sum(0) / max(length - 2, 1)


def _proposal(window: Window, kinds: dict[Span, str], guess: Guess) -> Proposal:
    subject, object = _place(window, kinds, guess.subject), _place(window, kinds, guess.object)
    speaker = None if guess.speaker is None else _place(window, kinds, guess.speaker)
    cue = None if guess.cue is None else (window.atoms[guess.cue[0]][0], window.atoms[guess.cue[1] - 1][1])
    return Proposal(subject, guess.relation, object, Modality(guess.modality), speaker, guess.confidence, cue)


def _place(window: Window, kinds: dict[Span, str], span: Span) -> Place:
    return Place(window.atoms[span[0]][0], window.atoms[span[1] - 1][1], kinds[span])


def _with_antecedents(proposal: Proposal, meant: Mapping[Place, tuple[Place, float]]) -> Proposal:
    def antecedent(place: Place, steps: int) -> Antecedent | None:
        if place not in meant or not steps:
            return None
        before, sure = meant[place]
        return Antecedent(before.start, before.end, sure, antecedent(before, steps - 1))

    def told(place: Place) -> Place:
        return replace(place, antecedent=antecedent(place, STEPS))

    speaker = proposal.speaker and told(proposal.speaker)
    return replace(proposal, subject=told(proposal.subject), object=told(proposal.object), speaker=speaker)


def read_adapter(file: Path) -> dict[str, Tensor]:
    """What examples taught, (LEARNED,) for each relation by name. Raises ModelError."""
    try:
        found: dict[str, Tensor] = load_file(file)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{file} is no adapter: {error}; make one with kg learn") from None
    if any(shift.shape != (LEARNED,) for shift in found.values()):
        raise ModelError(f"{file} was learned for other models: run kg learn again")
    return found


@functools.cache
def _branch(folder: Path) -> FactBranch:
    result = load_branch(folder)
    quantize(result.layers)
    return result


@functools.cache
@torch.inference_mode()
def _schemas(folder: Path, schemas: Schemas, adapter: Path | None) -> list[Schema]:
    """The relations in groups, for all languages: what they mean, and what examples add to that."""
    meanings = Meanings(network_of(folder).encoder, pieces_of(folder))
    learned = read_adapter(adapter) if adapter else {}
    nothing = torch.zeros(LEARNED)
    result = []
    for group in schemas:
        names = tuple(relation.name for relation in group)
        shifts = torch.stack([learned.get(name, nothing) for name in names])
        result.append(Schema(names, meanings(group), shifts))
    return result
