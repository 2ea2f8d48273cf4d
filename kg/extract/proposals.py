"""What the model of facts proposes, in the phrases of the extraction.

The model knows better what states a fact, the rules know better where a name ends and what a pronoun stands for: so an
end that is a phrase already is that phrase, and only others become phrases of their own; a value is all its words.
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.extract.lines import Line
from kg.extract.phrases import Phrase, PhraseKind
from kg.extract.reading import Reading, target
from kg.extract.references import Told
from kg.extract.relations import Candidate, Claim
from kg.model import LITERAL, Place, Proposal, Sentence
from kg.ontology import MarkerKind, Ontology

_STRETCH = 500  # letters: subjects in different stretches of the text do not meet
_ACROSS = 0.5  # how sure the model must be of ends in two sentences: measured on annotated news
_ORDINAL = re.compile(r"thứ \w+", re.IGNORECASE)
_LIKE = 0.8  # how much of both, at least, a phrase and the place that it is taken for share


class _Finder:
    """The phrases of an article by their places, those that are made on the way too."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._readings = readings
        self._starts = [reading.line.sentence.start for reading in readings]
        self.made: dict[int, list[Phrase]] = {}  # by line
        self.told: dict[Phrase, tuple[Phrase, float]] = {}

    def end(self, place: Place, type: str) -> Phrase | None:
        """The phrase at a place, as ``phrase`` finds it; what the model says that it means is kept in ``told``."""
        later = found = self.phrase(place, type)
        before = place.antecedent
        while later is not None and before is not None:
            phrase = self.phrase(Place(before.start, before.end, place.type), type)
            if phrase is not None and phrase < later and before.confidence > self.told.get(later, (None, 0.0))[1]:
                self.told[later] = phrase, before.confidence
            later, before = phrase, before.antecedent
        return found

    def words(self, start: int, end: int) -> tuple[int, int, int]:
        """The line of some letters of the article, and its words there, first and last + 1."""
        index = max(0, bisect.bisect_right(self._starts, start) - 1)
        words = self._readings[index].line.words
        there = [at for at, word in enumerate(words) if word.start < end and start < word.end]
        return (index, there[0], there[-1] + 1) if there else (index, 0, 0)

    def phrase(self, place: Place, type: str) -> Phrase | None:
        """The phrase at a place, made with a class if there is none; None for nothing, a number, or names in a row."""
        index, first, last = self.words(place.start, place.end)
        if first == last:
            return None
        reading = self._readings[index]
        line = reading.line
        value = LITERAL in (place.type, type)
        if not value:
            first, last = _bare(line, first, _holder(reading, first, last))
            text = line.text(first, last)
            if not any(map(str.isalpha, text)) or _ORDINAL.fullmatch(text):
                return None  # a number is no thing
        ranked = [
            (_shared(span, (first, last)), phrase.kind is PhraseKind.NAME, phrase)
            for phrase in (*reading.phrases, *reading.actions, *self.made.get(line.index, ()))
            if phrase.kind is not PhraseKind.EMPTY
            for span in ((phrase.core,) if value else (_bare(line, phrase.first, phrase.last), phrase.core))
            if span[0] <= first or not _is_article(line, first)
        ]
        likeness, _, best = max(ranked, default=(0.0, False, None))
        if best is not None and likeness >= (1 if value else _LIKE):
            return target(reading, best) or best
        words = line.words[first:last]
        inside = [one for one in reading.phrases if first <= one.first < one.last <= last]
        names = [one for one in inside if one.kind is PhraseKind.NAME]
        named = [one for one in names if first < one.first and one.last == last and type in ("", one.type)]
        if named and _is_titled(line, first, named[0]):
            return named[0]
        if len(names) > 1 and any(word.text in (",", ";") for word in words):
            return None  # "Journey to the West, The Forbidden Kingdom"
        kind, pronoun, noun = PhraseKind.CONCEPT, None, _office(reading, first, last)
        if noun:
            kind, type = PhraseKind.REFERENCE, "Person"
        elif all(word.upos == "PRON" for word in words):
            kind, pronoun = PhraseKind.REFERENCE, MarkerKind.PRONOUN
        elif 2 * sum(word.text[:1].isupper() for word in words) > len(words):
            kind = PhraseKind.NAME
        phrase = Phrase(line.index, first, last, (first, last), first, kind, type, noun=noun, pronoun=pronoun)
        self.made.setdefault(line.index, []).append(phrase)
        return phrase


def _bare(line: Line, first: int, last: int) -> tuple[int, int]:
    """Words without determiners before and pointers or an open bracket behind them, as far as anything is left."""
    at = first
    while at < last and (line.has(at, MarkerKind.DETERMINER) or line.upos(at) in ("DET", "NUM", "PUNCT")):
        rest = range(at + 1, last)
        if rest and all(line.upos(index) == "ADJ" for index in rest):
            break  # "một tên khác" is nothing without its classifier
        name = line.words[at].text[:1].isalnum() and not line.words[at].text[:1].islower()
        after = at + 2 if at + 2 < last and line.words[at + 1].text == ":" else at + 1
        if rest and name and line.words[after].text[:1].isupper():
            break  # a name: 1 Decembrie 1918 University, The Enormous Crocodile, 1634: The Baltic War
        at += 1
    end = last
    while end > at and (line.has(end - 1, MarkerKind.DEFINITE) or line.upos(end - 1) == "PUNCT"):
        if line.is_quote(end - 1) and any(map(line.is_quote, range(at, end - 1))):
            break  # BST "Em hoa"
        end -= 1
    marks = [line.words[index].text for index in range(at, end)]
    if "(" in marks and ")" not in marks:
        end = at + marks.index("(")
    return (at, end) if at < end else (first, last)


def _is_article(line: Line, at: int) -> bool:
    """Whether a word is the article of a name: "A Fortress of Grey Ice"."""
    return line.upos(at) == "DET" and line.words[at].text[:1].isupper()


def _is_titled(line: Line, first: int, name: Phrase) -> bool:
    """Whether the words from ``first`` on are a name's title: "Giám đốc FBI James Comey", but not "em gái của Việt"."""
    before = range(first, name.first)
    if name.type == "Person":
        return _is_title(line, first) and not any(line.has(at, MarkerKind.OF) for at in before)
    return all(_is_title(line, at) for at in before)


def _is_title(line: Line, at: int) -> bool:
    return line.has(at, MarkerKind.TITLE, MarkerKind.CLASS_NOUN) or any(
        hit.first <= at < hit.last and hit.office for hit in line.cues
    )


def _holder(reading: Reading, first: int, last: int) -> int:
    """Where the holder of an office begins in what the office is in: "Thủ tướng | Chính phủ | Nguyễn Xuân Phúc"."""
    named = reading.ending.get(last)
    held = any(hit.office and hit.last == first for hit in reading.line.cues)
    person = named is not None and named.kind is PhraseKind.NAME and named.type == "Person"
    return named.first if named is not None and person and held and named.first > first else last


def _office(reading: Reading, first: int, last: int) -> str:
    """The office in "Thủ tướng Anh", "CEO của Amazon": who holds it may be named elsewhere; "" if this is none."""
    line = reading.line
    for hit in line.cues:
        if hit.first == first and hit.office and any(cue.relation == "leads" for cue in hit.cues):
            whole = hit.last + line.has(hit.last, MarkerKind.OF)
            name = reading.starting.get(whole)
            if name is not None and name.kind is PhraseKind.NAME and name.last == last and name.type != "Person":
                return line.text(first, hit.last).casefold()
    return ""


def _shared(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Words in both by words in either."""
    both = min(one[1], other[1]) - max(one[0], other[0])
    return both / (max(one[1], other[1]) - min(one[0], other[0])) if both > 0 else 0.0


def read_proposals(
    readings: Sequence[Reading], sentences: Sequence[Sentence], ontology: Ontology
) -> tuple[tuple[Reading, ...], list[Candidate], Told]:
    """The readings with the phrases that only the model found, the proposals as candidates, and which
    phrases their ends mean the same as."""
    finder = _Finder(readings)
    candidates = list(_candidates(finder, sentences, ontology))
    richer = tuple(
        replace(reading, phrases=tuple(sorted((*reading.phrases, *made)))) if made else reading
        for reading in readings
        for made in (finder.made.get(reading.line.index, []),)
    )
    return richer, candidates, finder.told


def _candidates(finder: _Finder, sentences: Sequence[Sentence], ontology: Ontology) -> Iterator[Candidate]:
    for proposal in _surest([proposal for sentence in sentences for proposal in sentence.proposals]):
        relation = ontology.relations.get(proposal.relation)
        if relation is None:
            continue
        subject = finder.end(proposal.subject, _class(proposal.subject, relation.domain, ontology))
        kind = LITERAL if relation.datatype else _class(proposal.object, relation.range, ontology)
        object = finder.phrase(proposal.object, kind) if relation.datatype else finder.end(proposal.object, kind)
        speaker = finder.end(proposal.speaker, proposal.speaker.type) if proposal.speaker is not None else None
        if subject is None or object is None or subject == object:
            continue
        if subject.line != object.line and proposal.confidence < _ACROSS:
            continue
        line, cue = max(subject.line, object.line), (0, 0)
        if proposal.cue is not None:
            index, first, last = finder.words(*proposal.cue)
            if first < last and index in (subject.line, object.line):
                line, cue = index, (first, last)
        claim = Claim(proposal.modality, speaker)
        yield Candidate(line, None, cue, subject, proposal.relation, object, proposal.confidence, claim)


def _surest(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Of proposals that only differ in how much of the text they take for their ends the surest."""
    kept: list[Proposal] = []
    near: dict[tuple[str, int], list[Proposal]] = defaultdict(list)  # by relation and the stretches of the subject
    for one in sorted(proposals, key=lambda one: (-one.confidence, one)):
        stretches = range(one.subject.start // _STRETCH, (one.subject.end - 1) // _STRETCH + 1)
        others = (other for stretch in stretches for other in near[one.relation, stretch])
        if not any(_meet(one.subject, other.subject) and _meet(one.object, other.object) for other in others):
            kept.append(one)
            for stretch in stretches:
                near[one.relation, stretch].append(one)
    return sorted(kept)


def _meet(one: Place, other: Place) -> bool:
    return one.start < other.end and other.start < one.end


def _class(place: Place, admitted: Sequence[str], ontology: Ontology) -> str:
    """The class of a place; of a date or a number the one that the relation asks for, if it is one."""
    if place.type in ontology.classes:
        return place.type
    return admitted[0] if len(admitted) == 1 else ""
