"""Atoms -> numbers of the encoder's pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

MAX_KNOWN = 200_000  # atoms that are remembered: a corpus has more numbers and misprints than memory
MAX_PIECES = 8  # of an atom: more of an address or a number of forty digits says nothing
_OPEN_SYLLABLE = re.compile(r"(?:o([àáảãạ])|o([èéẻẽẹ])|(?<!q)u([ỳýỷỹỵ]))(?!\w)", re.IGNORECASE)  # hoà, khoẻ, thuỷ
_PLAIN = str.maketrans("àáảãạèéẻẽẹỳýỷỹỵÀÁẢÃẠÈÉẺẼẸỲÝỶỸỴ", "aaaaaeeeeeyyyyyAAAAAEEEEEYYYYY")
_TONED = {"o": "òóỏõọ", "O": "ÒÓỎÕỌ", "u": "ùúủũụ", "U": "ÙÚỦŨỤ"}
_TONES = "àáảãạèéẻẽẹỳýỷỹỵ"


def one_spelling(atom: str) -> str:
    """The atom with its tone mark where the treebank has it; texts have it in one place or the other.

    >>> [one_spelling(atom) for atom in ("hoà", "thuỷ", "quý", "KHOẺ", "hoàn")]
    ['hòa', 'thủy', 'quý', 'KHỎE', 'hoàn']
    """
    return _OPEN_SYLLABLE.sub(lambda match: _moved(match[0]), atom)


def _moved(pair: str) -> str:
    return _TONED[pair[0]][_TONES.index(pair[1].lower()) % 5] + pair[1].translate(_PLAIN)


class Pieces:
    """A tokenizer that remembers the atoms it has seen: an atom is cut alone, so it is always cut in the same way."""

    def __init__(self, tokenizer_file: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._known: dict[str, list[int]] = {}
        numbers: dict[str, int] = self._tokenizer.get_vocab()
        self.begin, self.end, self.unknown = numbers["<s>"], numbers["</s>"], numbers["<unk>"]

    def __call__(self, atoms: Sequence[str]) -> list[list[int]]:
        """The pieces of each atom, at least one."""
        if len(self._known) > MAX_KNOWN:
            self._known.clear()
        fresh = sorted({atom for atom in atoms if atom not in self._known})
        spelled = [one_spelling(atom)[:100] for atom in fresh]
        for atom, coded in zip(fresh, self._tokenizer.encode_batch(spelled, add_special_tokens=False), strict=True):
            self._known[atom] = coded.ids[:MAX_PIECES] or [self.unknown]
        return [self._known[atom] for atom in atoms]
