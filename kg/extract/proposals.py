"""What the model of facts proposes, in the phrases of the extraction.

The model knows better what states a fact, the rules know better where a name ends and what a pronoun stands for: so an
end that is a phrase already is that phrase, and only others become phrases of their own.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.extract.phrases import Phrase, PhraseKind
from kg.extract.reading import Reading, target
from kg.extract.relations import Candidate, Claim
from kg.model import Place, Sentence

_LIKE = 0.5  # how much of both, at least, a phrase and the place that it is taken for share


class _Finder:
    """The phrases of an article by their places, those that are made on the way too."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._readings = readings
        self._starts = [reading.line.sentence.start for reading in readings]
        self.made: dict[int, list[Phrase]] = {}  # by line

    def phrase(self, place: Place) -> Phrase | None:
        """The phrase at a place, made if there is none; None where no word is."""
        reading = self._readings[max(0, bisect.bisect_right(self._starts, place.start) - 1)]
        words = reading.line.words
        inside = [at for at, word in enumerate(words) if word.start < place.end and place.start < word.end]
        if not inside:
            return None
        first, last = inside[0], inside[-1] + 1
        ranked = [
            (_shared(span, (first, last)), phrase.kind is PhraseKind.NAME, phrase)
            for phrase in (*reading.phrases, *reading.actions, *self.made.get(reading.line.index, ()))
            if phrase.kind is not PhraseKind.EMPTY
            for span in ((phrase.first, phrase.last), phrase.core)
        ]
        likeness, _, best = max(ranked, default=(0.0, False, None))
        if best is not None and likeness >= _LIKE:
            return target(reading, best) or best
        named = all(word.text[:1].isupper() for word in words[first:last])
        kind = PhraseKind.NAME if named else PhraseKind.CONCEPT
        phrase = Phrase(reading.line.index, first, last, (first, last), first, kind, place.type)
        self.made.setdefault(reading.line.index, []).append(phrase)
        return phrase


def _shared(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Words in both by words in either."""
    both = min(one[1], other[1]) - max(one[0], other[0])
    return both / (max(one[1], other[1]) - min(one[0], other[0])) if both > 0 else 0.0


def read_proposals(
    readings: Sequence[Reading], sentences: Sequence[Sentence]
) -> tuple[tuple[Reading, ...], list[Candidate]]:
    """The readings with the phrases that only the model found, and the proposals as candidates."""
    finder = _Finder(readings)
    candidates = list(_candidates(finder, readings, sentences))
    richer = tuple(
        replace(reading, phrases=tuple(sorted((*reading.phrases, *made)))) if made else reading
        for reading in readings
        for made in (finder.made.get(reading.line.index, []),)
    )
    return richer, candidates


def _candidates(finder: _Finder, readings: Sequence[Reading], sentences: Sequence[Sentence]) -> Iterator[Candidate]:
    for proposal in (proposal for sentence in sentences for proposal in sentence.proposals):
        subject, object = finder.phrase(proposal.subject), finder.phrase(proposal.object)
        speaker = finder.phrase(proposal.speaker) if proposal.speaker is not None else None
        if subject is None or object is None or subject == object:
            continue
        line = max(subject.line, object.line)
        claim = Claim(proposal.modality, speaker)
        yield Candidate(line, None, (0, 0), subject, proposal.relation, object, proposal.confidence, claim)
