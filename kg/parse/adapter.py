"""What a few dozen examples teach about the relations of an ontology: a small adapter for the model of facts.

The network stays as it is; each relation's vector is shifted until the examples come out right, which takes seconds. An
adapter is a safetensors file with one shift for each relation.

Torch is imported with it, so import it late.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from kg.model import Example, Schemas
from kg.models.facts import LEARNED, LONGEST_SPAN, FactHead, Schema, Span, likely_spans, reachable
from kg.parse.atoms import AtomIndex, find_atoms, find_paragraphs, find_sentences
from kg.parse.facts import FactReader, Window

STEPS = 200
RATE = 0.05
DECAY = 0.02  # of a shift in each step: what the examples do not ask for stays as the words of the relation say


def learn(models: Path, examples: Sequence[Example], groups: Schemas, file: Path) -> int:
    """Write the adapter that the examples teach; the number of facts that could be learned from.

    ``groups``: relations of which one at most holds between two places, as ``Ontology.relation_texts`` gives them.
    """
    langs = sorted({example.lang for example in examples})
    readers = {lang: FactReader(models, lang, groups) for lang in langs}
    found = [pairs for example in examples for pairs in _pairs(readers[example.lang], example)]
    vectors = torch.cat([part for part, _ in found]) if found else torch.zeros(0, 0)
    names = [name for _, part in found for name in part]
    head = readers[langs[0]].branch.head
    shifts: dict[str, Tensor] = {}
    for schema in readers[langs[0]].schemas:
        right = torch.tensor([1 + schema.names.index(name) if name in schema.names else 0 for name in names])
        shift = _fit(head, schema, vectors, right) if right.any() else torch.zeros(len(schema.names), LEARNED)
        shifts |= {name: values.clone() for name, values in zip(schema.names, shift, strict=True)}
    save_file(shifts, file)
    file.chmod(0o644)
    return sum(map(bool, names))


def _fit(head: FactHead, schema: Schema, vectors: Tensor, right: Tensor) -> Tensor:
    """The shift (relations, LEARNED) with which pairs (vectors) have the right relations, 0 being none."""
    shift = torch.zeros(len(schema.names), LEARNED, requires_grad=True)
    optimizer = torch.optim.AdamW([shift], lr=RATE, weight_decay=DECAY)
    for _ in range(STEPS):
        scores = head.relations(vectors, schema.meanings, shift)
        lost = functional.cross_entropy(scores, right, reduction="sum") / right.count_nonzero()
        lost.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
    return shift.detach()


def _pairs(reader: FactReader, example: Example) -> Iterator[tuple[Tensor, list[str]]]:
    """For each window the vectors of its pairs, and the relations that hold, "" for none."""
    for window, atoms in reader.encode(example.text, _sentences(example)):
        stated = _stated(window, example)
        ends = {end for pair in stated for end in pair}
        chosen = sorted(likely_spans(reader.branch, atoms, window.sentence).keys() | ends)
        pairs = reachable(chosen, [window.sentence[first] for first, _ in chosen])
        if pairs:
            with torch.no_grad():
                vectors, _ = reader.branch.head.pairs(atoms.clone(), torch.tensor(chosen), torch.tensor(pairs))
            yield vectors, [stated.get((chosen[s], chosen[o]), "") for s, o in pairs]


def _sentences(example: Example) -> list[Span]:
    """The sentences of a text, by rules, as letters."""
    found = []
    for start, end in find_paragraphs(example.text):
        line = example.text[start:end]
        for sentence in find_sentences(line, find_atoms(line, example.lang)):
            found.append((sentence[0][0] + start, sentence[-1][1] + start))
    return found


def _stated(window: Window, example: Example) -> dict[tuple[Span, Span], str]:
    """The facts of an example between spans of a window: of each two places of its ends those nearest to each other."""
    places = AtomIndex(example.text, window.atoms)
    result = {}
    for subject, relation, object in example.facts:
        ends = (list(places.spans(words, longest=LONGEST_SPAN)) for words in (subject, object))
        pairs = sorted((abs(s[0] - o[0]), s, o) for s, o in itertools.product(*ends) if s != o)
        if pairs:
            result[pairs[0][1], pairs[0][2]] = relation
    return result
