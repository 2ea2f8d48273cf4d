"""Which relations the words around two places name: "its OCLC number is 51969173".

The model knows what a relation means as one vector, which hardly tells apart relations of one kind, such as the numbers
of a book. So the words of labels are looked for in the sentences of a pair too, as names of columns are in questions to
a database (Wang et al. 2020, "RAT-SQL").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from kg.model import RelationText
from kg.parse.atoms import find_atoms

_REACH = 3  # atoms from the object, fewer than which are near
_NEAR, _BETWEEN, _ELSEWHERE = 1.0, 0.6, 0.3  # what a word counts: near the object, between both, in their sentences
_STEM, _ENDING = 4, 3  # letters: two forms of a word share so many at least, and differ in so many at most
_SMALL = frozenset(["a", "and", "at", "by", "for", "from", "has", "in", "is", "of", "on", "or", "the", "to", "with"])

Part = tuple[str, ...]  # what is looked for as it is: all atoms of a Vietnamese label, one word of an English one


class Labels:
    """The labels of relations, as they are looked for in texts of one language."""

    def __init__(self, relations: Sequence[RelationText], lang: str) -> None:
        self._labels = [[list(_parts(label, lang)) for label in relation.labels] for relation in relations]

    def named(self, words: Sequence[str], sentence: Sequence[int], ends: Tensor) -> Tensor:
        """How far each pair of a window is said to stand in each relation, (pairs, relations) from 0 to 1.

        ``words``: the window's atoms; ``sentence``: the number of each one's sentence; ``ends``: first atom and
        last + 1 of subject and of object, (pairs, 4).
        """
        result = torch.zeros(len(ends), len(self._labels))
        lower, numbers = [word.casefold() for word in words], torch.tensor(sentence)
        stems: dict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(lower):
            stems[word[:_STEM]].append(at)
        for column, labels in enumerate(self._labels):
            for parts in labels:
                places = [list(_places(part, lower, stems.get(part[0][:_STEM], ()))) for part in parts]
                if any(places):
                    shares = torch.stack([_share(found, numbers, ends) for found in places])
                    result[:, column] = torch.maximum(result[:, column], shares.mean(0))
        return result


def _parts(label: str, lang: str) -> Iterator[Part]:
    atoms = tuple(label[slice(*atom)].casefold() for atom in find_atoms(label, lang))
    if lang == "en":
        yield from ((atom,) for atom in atoms if atom.isalnum() and atom not in _SMALL)
    elif atoms:
        yield atoms


def _places(part: Part, words: Sequence[str], starts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where a part stands, if it does at one of ``starts``, first atom and last + 1; one word also in other forms."""
    for at in starts:
        if _alike(part[0], words[at]) if len(part) == 1 else tuple(words[at : at + len(part)]) == part:
            yield at, at + len(part)


def _alike(one: str, other: str) -> bool:
    """Whether two words are forms of one.

    >>> _alike("creator", "created"), _alike("led", "let")
    (True, False)
    """
    shared = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one == other or (shared >= _STEM and max(len(one), len(other)) - shared <= _ENDING)


def _share(places: Sequence[tuple[int, int]], sentence: Tensor, ends: Tensor) -> Tensor:
    """What the best of some places counts for each pair, (pairs,); nothing within its ends or other sentences."""
    if not places:
        return torch.zeros(len(ends))
    first, last = torch.tensor(places).T  # (places,) each, against (pairs, 1)
    s, s_end, o, o_end = (column[:, None] for column in ends.T)
    apart = torch.maximum(o - last, first - o_end)
    between = (first >= torch.minimum(s_end, o_end)) & (last <= torch.maximum(s, o))
    shares = torch.where(apart < _REACH, _NEAR, torch.where(between, _BETWEEN, _ELSEWHERE))
    inside = (first < s_end) & (s < last) | (first < o_end) & (o < last)
    there = (sentence[first] == sentence[s]) | (sentence[first] == sentence[o])
    best: Tensor = (shares * (there & ~inside)).max(1).values
    return best
