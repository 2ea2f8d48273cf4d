"""References: pronouns, titles and definite phrases to what the model says that they mean, else to the nearest earlier
entity that fits; bare nouns ("máy") only to what the model says."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.extract.lexicon import Lexicon
from kg.extract.limits import begins
from kg.extract.phrases import Phrase, PhraseKind
from kg.extract.reading import Reading, is_governed
from kg.extract.roles import holders
from kg.ontology import MarkerKind

Told = Mapping[Phrase, tuple[Phrase, float]]
"""For phrases the one that the model says they mean the same as, and how sure it is."""

_LEAST, _LEAST_BARE = 0.3, 0.6  # how sure the model must be of "hãng này", of "máy": measured on annotated news
_WINDOW = 4  # sentences back
_SUBJECT = 1.5  # being a subject outweighs one and a half sentences of distance
_SAME_NOUN = 3.0  # "bộ" rather goes to "Bộ Y tế" than to the nearest organisation


@dataclass(frozen=True, slots=True)
class _Earlier:
    phrase: Phrase
    key: str
    salience: float


class Antecedents:
    """One reading of an article from the first phrase to the last; what was read so far is its state."""

    def __init__(
        self,
        readings: Sequence[Reading],
        group: dict[Phrase, str],
        types: dict[str, str],
        lexicon: Lexicon,
        told: Told,
    ) -> None:
        self._readings = readings
        self._group = dict(group)
        self._types = types
        self._lexicon = lexicon
        self._told = told
        self._earlier: list[_Earlier] = []  # in order of their lines
        self._nouns: dict[str, set[str]] = defaultdict(set)  # what each entity was called by so far

    def resolve(self) -> dict[Phrase, str]:
        """The group of each reference that has one."""
        found: dict[Phrase, str] = {}
        for reading in self._readings:
            apposed = holders(reading)
            for phrase in sorted(reading.phrases):
                key = self._group.get(phrase)
                told = self._told_key(phrase, found)
                if told is not None:
                    key = found[phrase] = told
                elif phrase.kind is PhraseKind.REFERENCE:
                    holder = apposed.get(phrase.head)
                    held = found.get(holder, self._group.get(holder)) if holder is not None else None  # "ông là CEO"
                    key = held if holder is not None else self._antecedent(reading, phrase)
                    if key is not None:
                        found[phrase] = key
                if key is not None:
                    self._remember(reading, phrase, key)
        return found

    def _told_key(self, phrase: Phrase, found: Mapping[Phrase, str]) -> str | None:
        """What the model says that a phrase stands for, where it is sure enough."""
        before, sure = self._told.get(phrase, (None, 0.0))
        least = _LEAST if phrase.pronoun is not None or phrase.definite else _LEAST_BARE
        if before is None or sure < least or not self._is_common(phrase):
            return None
        key = found.get(before, self._group.get(before))
        if key is None or key == self._group.get(phrase):
            return None
        personal = phrase.pronoun is not None and phrase.type  # no "bà" is a town
        return None if personal and not self._lexicon.kind_of(self._types.get(key, ""), phrase.type) else key

    def _is_common(self, phrase: Phrase) -> bool:
        """Whether a phrase is no name, and has neither a name nor a number within: "thành phố Hà Nội" means itself."""
        if phrase.kind is PhraseKind.NAME:
            return False
        line = self._readings[phrase.line].line
        text = line.text(phrase.first, phrase.last)
        rest = text[1:] if begins(line.sentence, phrase.first) else text
        return rest == rest.lower() and not any(map(str.isdigit, text))

    def _remember(self, reading: Reading, phrase: Phrase, key: str) -> None:
        salience = _SUBJECT if is_subject(reading, phrase) else 0.0
        self._earlier.append(_Earlier(phrase, key, salience))
        first = reading.line.words[phrase.core[0]].text.casefold()
        apposed = _apposition(reading, phrase)
        self._nouns[key] |= {phrase.noun, phrase.title, first, apposed.noun if apposed is not None else ""} - {""}

    def _antecedent(self, reading: Reading, phrase: Phrase) -> str | None:
        """The best earlier entity, the last of equals."""
        if phrase.pronoun is MarkerKind.FIRST:
            return None
        if phrase.pronoun is MarkerKind.SELF:
            near = range(len(self._earlier) - 1, self._since(phrase.line) - 1, -1)
            return next((self._earlier[index].key for index in near if self._earlier[index].salience), None)
        ranked = [(self._score(phrase, earlier), index) for index, earlier in self._candidates(phrase)]
        return self._earlier[max(ranked)[1]].key if ranked else None

    def _candidates(self, phrase: Phrase) -> Iterator[tuple[int, _Earlier]]:
        for index in range(self._since(phrase.line - _WINDOW), len(self._earlier)):
            if self._fits(phrase, self._earlier[index]):
                yield index, self._earlier[index]

    def _since(self, line: int) -> int:
        """The index of the first earlier one in a line or behind it."""
        return bisect.bisect_left(self._earlier, line, key=lambda earlier: earlier.phrase.line)

    def _fits(self, phrase: Phrase, earlier: _Earlier) -> bool:
        type = self._types.get(earlier.key, "")
        bare = phrase.pronoun is None and not phrase.definite
        if bare and (earlier.phrase.kind is PhraseKind.CONCEPT or not self._same_noun(phrase, earlier)):
            return False  # "điện" is not the "điện gió" of the sentence before
        if phrase.type:
            return bool(type) and self._lexicon.kind_of(type, phrase.type)
        if phrase.pronoun is not None:
            return type not in ("Person", "Place")
        return self._same_noun(phrase, earlier)

    def _same_noun(self, phrase: Phrase, earlier: _Earlier) -> bool:
        """Whether an earlier entity was called by the same noun: its head, its class noun, first word or apposition."""
        return any(
            f"{noun} ".startswith(f"{phrase.noun} ") for noun in self._nouns[earlier.key]
        )  # "hãng xe" is a "hãng"

    def _score(self, phrase: Phrase, earlier: _Earlier) -> float:
        score = earlier.salience - (phrase.line - earlier.phrase.line)
        if phrase.pronoun is None and self._same_noun(phrase, earlier):
            score += _SAME_NOUN
        return score + (1.0 if earlier.phrase.kind is PhraseKind.NAME else 0.0)


def _apposition(reading: Reading, name: Phrase) -> Phrase | None:
    """The phrase behind a name and a comma that tells its class: "VinFast, hãng xe điện thuộc Vingroup"."""
    line, at = reading.line, name.last
    if name.kind is not PhraseKind.NAME or at >= len(line.words) or line.words[at].text != ",":
        return None
    phrase = reading.starting.get(at + 1)
    fits = phrase is not None and phrase.kind is not PhraseKind.NAME and phrase.type == name.type
    return phrase if fits and phrase is not None and line.has(phrase.head, MarkerKind.CLASS_NOUN) else None


def is_subject(reading: Reading, phrase: Phrase) -> bool:
    """Whether a verb follows a phrase that no preposition governs."""
    line, at = reading.line, phrase.last
    while line.upos(at) in ("ADV", "AUX", "PART") and at < len(line.words):
        at += 1
    parsed = any(word.deprel.startswith("nsubj") for word in line.words[phrase.core[0] : phrase.core[1]])
    return (at in reading.verbs or parsed) and not is_governed(reading, phrase)
