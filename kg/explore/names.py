"""Search in names as people type them: beginnings of words, with or without tone marks."""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

MOST = 5000  # candidates that are looked at closely, the most important ones
_WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """Small letters without tone marks.

    >>> plain("Điện Biên")
    'dien bien'
    """
    letters = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


class Names:
    """Names of things; things are numbered by importance, the most important is 0."""

    def __init__(self, names: Sequence[tuple[str, ...]]) -> None:
        self._names = names
        self._plain = [tuple(map(plain, some)) for some in names]
        words = defaultdict[str, set[int]](set)
        self._whole = defaultdict[str, list[int]](list)
        for number, some in enumerate(self._plain):
            for name in some:
                self._whole[name].append(number)
                for word in _WORD.findall(name):
                    words[word].add(number)
        self._words = sorted(words)
        self._having = [sorted(words[word]) for word in self._words]
        self.find = lru_cache(maxsize=4096)(self._find)

    def _find(self, text: str) -> tuple[tuple[int, str], ...]:
        """The things that a text may mean, with the name that fits, the best first; all for an empty text."""
        wanted = " ".join(text.split())
        bare = plain(wanted)
        words = _WORD.findall(bare)
        if not words:
            return () if bare else tuple((number, some[0]) for number, some in enumerate(self._names))
        candidates = set.intersection(*map(self._beginning, words))
        looked = {*sorted(candidates)[:MOST], *self._whole.get(bare, ())}
        ranked = []
        for number in looked:
            rank, name = min(
                (_rank(name, own, wanted, bare, words), name)
                for name, own in zip(self._names[number], self._plain[number], strict=True)
            )
            if rank < _NONE:
                ranked.append((rank, number, name))
        ranked.sort()
        rest = sorted(candidates - looked)  # all fit: each has these words, perhaps in several names
        return (*((number, name) for _, number, name in ranked), *((number, self._names[number][0]) for number in rest))

    def _beginning(self, word: str) -> set[int]:
        """The things that have a word beginning so."""
        first = bisect.bisect_left(self._words, word)
        last = bisect.bisect_left(self._words, word + "\U0010ffff")
        return set().union(*self._having[first:last])


_NONE = 5


def _rank(name: str, own: str, wanted: str, bare: str, words: Sequence[str]) -> int:
    """0: the name as typed, 1: but for tone marks, 2: it begins so, 3: but for tone marks, 4: its words do, 5: no."""
    if name.casefold() == wanted.casefold():
        return 0
    if own == bare:
        return 1
    if own.startswith(bare):
        return 2 if name.casefold().startswith(wanted.casefold()) else 3
    found = _WORD.findall(own)
    return 4 if all(any(one.startswith(word) for one in found) for word in words) else _NONE
