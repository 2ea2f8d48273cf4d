"""What the branch of facts is shown: windows of news and of other corpora, in other words and with other names."""

from __future__ import annotations

import collections
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kg.model import RelationText
from kg.ontology import Frame, Ontology
from kg.parse.atoms import Span
from kg.parse.facts import MAX_ATOMS
from kg.training.fact_data import FactArticle, Window, windows_of
from kg.training.frozen import Wording

ATOMS = 900  # in a step, about
SHARES = {"redocred": 0.25, "text2kg": 0.4, "conll04": 1.0}  # of each corpus in a round of training
REWORDINGS = 24  # of our relations
RENAMED = 0.3  # of the windows of news
SEED = 8

Corpora = Mapping[str, Sequence[Window]]


def rewordings(ontology: Ontology, count: int) -> list[Wording]:
    """The relations as ``relation_texts`` has them, then ``count`` times in other words: so that none is known by one
    wording only, but by what it means."""
    (schema,) = ontology.relation_texts()
    chance = random.Random(SEED)
    return [schema, *(tuple(_reworded(ontology, text, chance) for text in schema) for _ in range(count))]


def _reworded(ontology: Ontology, text: RelationText, chance: random.Random) -> RelationText:
    """A relation by a label, a definition or a few cue words of one language, with or without what it admits."""
    relation, lang = ontology.relations[text.name], chance.choice(("vi", "en"))
    label, definition = (
        next((one.text for one in some if one.lang == lang), "") for some in (relation.labels, relation.definitions)
    )
    verbs = [cue for cue in ontology.cues if cue.relation == text.name and cue.frame is Frame.VERB and not cue.inverse]
    forms = sorted({cue.form for cue in verbs if cue.lang == lang})
    few = ", ".join(chance.sample(forms, min(len(forms), chance.randint(1, 4))))
    words = chance.choice((few, definition, f"{label}: {few}" if few else "", label)) or label or text.meaning
    if chance.random() < 0.5:
        return RelationText(text.name, words, _some(text.subjects, chance), _some(text.objects, chance))
    return RelationText(text.name, words, "", "")


def _some(words: str, chance: random.Random) -> str:
    """Some of the words for the classes that a relation admits, in any order: ontologies of users tell few."""
    classes = words.split(", ")
    return ", ".join(chance.sample(classes, chance.randint(1, len(classes))))


class Renaming:
    """Other names of one class and length in the places of names: what is said counts, not who is known for what."""

    def __init__(self, windows: Sequence[Window]) -> None:
        found = collections.defaultdict[tuple[str, int], set[tuple[str, ...]]](set)
        for window in windows:
            for span, kinds in _names(window):
                found[kinds, span[1] - span[0]].add(window.atoms[slice(*span)])
        self._names = {key: sorted(names) for key, names in found.items()}

    def __call__(self, window: Window, chance: random.Random) -> Window:
        """The window with about half of its names exchanged, each the same way wherever it stands."""
        atoms = list(window.atoms)
        others: dict[tuple[str, ...], tuple[str, ...]] = {}
        for span, kinds in _names(window):
            name = window.atoms[slice(*span)]
            if name not in others:
                others[name] = chance.choice(self._names[kinds, len(name)]) if chance.random() < 0.5 else name
            atoms[slice(*span)] = others[name]
        return replace(window, atoms=tuple(atoms))


def _names(window: Window) -> Iterator[tuple[Span, str]]:
    """The spans that are names, without those within or across others, and their classes."""
    end = 0
    for span in sorted(window.types, key=lambda span: (span[0], -span[1])):
        words = window.atoms[slice(*span)]
        if span[0] >= end and words[0][0].isupper() and words[-1][0].isupper():
            end = span[1]
            yield span, " ".join(window.types[span])


def rounds(news: Sequence[FactArticle], corpora: Corpora, schemas: Sequence[Wording]) -> Iterator[list[Window]]:
    """Windows in steps of about ATOMS, round after round: all news, cut anew each time, and a share of the others.

    ``schemas``: the same relations in other words each time; half of the news is read with the first.
    """
    chance = random.Random(SEED)

    def cut() -> list[Window]:
        return [w for a in news for w in windows_of(a, schemas[0], first=chance.randint(MAX_ATOMS // 3, MAX_ATOMS))]

    rename = Renaming(cut())
    while True:
        windows = [
            replace(window, schema=chance.choice(schemas[1:])) if schemas[1:] and chance.random() < 0.5 else window
            for window in cut()
        ]
        windows = [rename(window, chance) if chance.random() < RENAMED else window for window in windows]
        for name, corpus in corpora.items():
            windows += chance.sample(corpus, int(SHARES[name] * len(corpus)))
        chance.shuffle(windows)
        step: list[Window] = []
        for window in windows:
            step.append(window)
            if sum(len(one.atoms) for one in step) >= ATOMS:
                yield step
                step = []
