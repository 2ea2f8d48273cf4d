"""Names -> entities as people type: by the beginnings of words, with or without tone marks.

Names are numbered by how many facts their entity is in, the most first, so what is found need not be sorted. For each
way to write a word there is one sorted list of words; those that begin alike stand side by side, and so do the names
that hold them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kg.identity import name_key, slug

Ints = NDArray[np.int32]
Marks = NDArray[np.bool_]  # of names: whether each is meant

_WORD = re.compile(r"[^\W_]+")
_LAST = "\U0010ffff"  # after all that a word may begin with


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Words, sorted, and the names that hold them: word n stands in names[starts[n]:starts[n + 1]]."""

    words: Sequence[str]
    starts: Ints
    names: Ints

    def beginning(self, start: str, marks: Marks) -> None:
        """Mark the names that hold a word with such a beginning."""
        first, last = bisect_left(self.words, start), bisect_left(self.words, start + _LAST)
        marks[self.names[self.starts[first] : self.starts[last]]] = True


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """All names of all entities, by number."""

    texts: Sequence[str]
    entities: Ints
    keys: Mapping[str, Sequence[int]]  # a name as ``name_key`` writes it -> numbers of names
    slugs: Mapping[str, Sequence[int]]  # the same without tone marks
    true: Words  # with tone marks
    plain: Words  # without

    def find(self, text: str, *, limit: int) -> tuple[list[tuple[int, str]], int]:
        """Entities by number, each with the name that fits, best first, and how many there are in all.

        Whole names go first, then those with the same tone marks; of equals those in more facts.
        """
        fits = self._fitting(self.plain, [[word] for word in plain_words(text)])
        true = self._fitting(self.true, [true_forms(word) for word in true_words(text)]) & fits
        exact = (self.keys.get(name_key(text), ()), self.slugs.get(_bare(text), ()))
        found: dict[int, str] = {}
        for names in (*exact, np.flatnonzero(true).tolist(), np.flatnonzero(fits).tolist()):
            for name in names:
                if len(found) >= limit:
                    break
                found.setdefault(int(self.entities[name]), self.texts[name])
        for names in exact:
            fits[list(names)] = True
        return list(found.items()), len(np.unique(self.entities[fits]))

    def _fitting(self, words: Words, asked: Iterable[Iterable[str]]) -> Marks:
        """The names that hold, of each of the words asked for, a beginning in one of its forms."""
        fits = np.ones(len(self.texts), np.bool_)
        for forms in asked:
            marks = np.zeros(len(self.texts), np.bool_)
            for form in forms:
                words.beginning(form, marks)
            fits &= marks
        return fits


def listed(labels: Sequence[str], aliases: Sequence[Sequence[str]], degrees: Ints) -> Names:
    """The names of entities 0, 1, 2 ...: of each its label, its aliases and its degree."""
    texts: list[str] = []
    entities: list[int] = []
    for entity in np.argsort(-degrees, kind="stable"):
        for text in (labels[entity], *aliases[entity]):
            texts.append(text)
            entities.append(int(entity))
    true = ({form for word in true_words(text) for form in true_forms(word)} for text in texts)
    plain = (plain_words(text) for text in texts)
    keys, slugs = (_numbered([key(text)] for text in texts) for key in (name_key, _bare))
    return Names(texts, np.array(entities, np.int32), keys, slugs, _words(true), _words(plain))


def plain_words(text: str) -> list[str]:
    """Its words in small letters without tone marks; of a text without letters all that it has.

    >>> plain_words("Điện hạt nhân"), plain_words("? !")
    (['dien', 'hat', 'nhan'], ['?!'])
    """
    return _parts(_bare(text))


def true_words(text: str) -> list[str]:
    """Its words in small letters as they are written.

    >>> true_words("Hoà Bình, 2026")
    ['hoà', 'bình', '2026']
    """
    whole = unicodedata.normalize("NFC", text).casefold()
    return _WORD.findall(whole) or ["".join(whole.split())]


@lru_cache(maxsize=100_000)  # names are many, their words are few
def true_forms(word: str) -> frozenset[str]:
    """A word as it is written, and with the tone mark where all spellings have it: hoà, hòa."""
    return frozenset((word, name_key(word)))


def _bare(text: str) -> str:
    return slug(text) if _WORD.search(text) else "".join(text.split())


def _parts(bare: str) -> list[str]:
    return bare.split("-") if _WORD.search(bare) else [bare]


def _numbered(found: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, words in enumerate(found):
        for word in dict.fromkeys(words):
            numbers[word].append(number)
    return dict(numbers)


def _words(found: Iterable[Iterable[str]]) -> Words:
    """``found``: the words of name 0, 1, 2 ..."""
    numbers = _numbered(found)
    words = sorted(numbers)
    lengths = [len(numbers[word]) for word in words]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return Words(words, starts, np.array([name for word in words for name in numbers[word]], np.int32))
