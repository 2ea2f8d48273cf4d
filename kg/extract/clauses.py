"""Where a verb's subject and object are: linear order first.

A Vietnamese clause is subject, adverbs, verb, object; a phrase after a preposition is neither. A verb without a phrase
directly before it (after a comma, "và", another verb) shares the subject of the verb before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.extract.lines import Line
from kg.extract.phrases import Phrase, PhraseKind
from kg.extract.reading import LIGHT, Reading, is_governed, owner_of, skip_light, start_of
from kg.extract.trees import tree_subject
from kg.ontology import MarkerKind

_ADVERBIAL = (MarkerKind.PLANNED, MarkerKind.POSSIBLE, MarkerKind.DENIED, MarkerKind.DEGREE)
_LINKS = ("ADP", "SCONJ", "CCONJ")  # "để", "nhằm": what follows shares the subject of the verb before
_HOP = 0.8
_DISSENT = 0.7
_AGENTS = ("Organization", "Person", "Place")
_REACH = 12  # words between a cue and its preposition


@dataclass(frozen=True, order=True, slots=True)
class Found:
    """A phrase, over how many other verbs it was reached, and whether the tree sees it so too."""

    phrase: Phrase
    hops: int = 0
    seconded: bool = True

    @property
    def sure(self) -> float:
        """From 0 to 1: measured on annotated news, each verb on the way costs a fifth, a dissenting tree more."""
        return (_HOP**self.hops) * (1.0 if self.seconded else _DISSENT)


def subject(reading: Reading, index: int) -> Found | None:
    """The phrase that does what the verb at a word says; None where the sentence does not say it."""
    linear, tree = _linear_subject(reading, index), tree_subject(reading, index)
    linear = None if linear is not None and _is_source(reading, linear.phrase) else linear
    tree = None if tree is not None and _is_source(reading, tree) else tree
    if linear is None:
        return None if tree is None else Found(tree, 1, False)
    return replace(linear, seconded=tree == linear.phrase)


def _is_source(reading: Reading, phrase: Phrase) -> bool:
    """Whether a phrase is who "theo" names, or that one's office behind a comma: "theo bà Su, CEO của AMD, ..."."""
    start = start_of(reading, phrase)
    office = any(hit.first == phrase.head and hit.office for hit in reading.line.cues)
    if office and start > 1 and reading.line.words[start - 1].text == ",":
        holder = reading.ending.get(start - 1)
        start = start_of(reading, holder) if holder is not None else start
    return reading.line.has(start - 1, MarkerKind.ACCORDING)


def _linear_subject(reading: Reading, index: int) -> Found | None:
    hops = 0
    while True:
        at = _skip_back(reading.line, index)
        purpose = index in reading.verbs and reading.line.has(index, MarkerKind.PLANNED)  # "nhằm": of the verb before
        phrase = None if purpose else _before_bracket(reading, at) or _before(reading, at)
        if phrase is not None and not (at == index and _is_object(reading, phrase)):
            return Found(phrase, hops)
        earlier = [verb for verb in reading.verbs if verb < min(at, index) and _connected(reading.line, verb, at)]
        if not earlier:
            first = _topic(reading, at)
            return Found(first, hops + 1) if first is not None else None
        index, hops = earlier[-1], hops + 1


def _skip_back(line: Line, at: int) -> int:
    """Leftwards over adverbs, auxiliaries and quotation marks."""
    while at > 0:
        light = line.upos(at - 1) in LIGHT or line.has(at - 1, *_ADVERBIAL) or line.is_quote(at - 1)
        if not light or line.has(at - 1, MarkerKind.BOUNDARY, MarkerKind.AND) or line.upos(at - 1) in _LINKS:
            break
        at -= 1
    return at


def _before(reading: Reading, at: int) -> Phrase | None:
    """The phrase that ends here and is not governed by a preposition, else the one before that."""
    line = reading.line
    while (phrase := reading.ending.get(at)) is not None:
        phrase = owner_of(reading, phrase)
        opener = _list_start(reading, phrase)
        of = line.has(opener - 1, MarkerKind.OF)
        if (line.upos(opener - 1) == "ADP" and not of) or phrase.kind is PhraseKind.EMPTY:
            at = _skip_back(line, opener - 1 if phrase.kind is not PhraseKind.EMPTY else opener)
        else:
            return phrase
    return None


def _list_start(reading: Reading, phrase: Phrase) -> int:
    """Where a phrase begins with those that "và" joins to it: a preposition before them governs them all."""
    at = start_of(reading, phrase)
    while reading.line.has(at - 1, MarkerKind.AND) and (joined := reading.ending.get(at - 1)) is not None:
        at = start_of(reading, joined)
    return at


def _before_bracket(reading: Reading, at: int) -> Phrase | None:
    """The phrase before an open bracket that a verb stands in: "anh Nam (31 tuổi, trú tại Huế)"."""
    words = reading.line.words
    for index in range(at - 1, -1, -1):
        if words[index].text == ")":
            return None
        if words[index].text == "(":
            return reading.ending.get(index)
    return None


def _is_object(reading: Reading, phrase: Phrase) -> bool:
    """Whether a thing is the object of the verb before it: a verb right after it describes it ("cơ hội đầu tư")."""
    governor = reading.line.upos(start_of(reading, phrase) - 1)
    return phrase.kind is PhraseKind.CONCEPT and phrase.type not in _AGENTS and governor in ("VERB", "AUX")


def _connected(line: Line, verb: int, at: int) -> bool:
    """Whether nothing between two verbs starts a sentence of its own."""
    return not any(line.words[i].text in (":", ";") for i in range(verb, at))


def _topic(reading: Reading, at: int) -> Phrase | None:
    """The first phrase of the sentence before a word that no preposition governs."""
    for phrase in reading.phrases:
        if phrase.last > at:
            break
        governed = is_governed(reading, phrase)
        if phrase.kind is not PhraseKind.EMPTY and not governed and _connected(reading.line, phrase.last, at):
            return phrase
    return None


def complement(reading: Reading, index: int, prepositions: tuple[str, ...] = (), needed: bool = False) -> Phrase | None:
    """The phrase after the word before ``index``: directly, or after one of the prepositions (``needed``: only so)."""
    line = reading.line
    at = index
    if needed and prepositions:
        places = _prepositions(line, index, prepositions)
        return next((p for p in (_after(reading, place) for place in places) if p is not None), None)
    at = skip_light(line, at, reading.starting)
    after = preposition_end(line, at, prepositions)
    return _after(reading, after or at)


def action_after(reading: Reading, at: int) -> Phrase | None:
    """The verb phrase that follows a word, if a cue stands before it."""
    at = skip_light(reading.line, at, reading.starting)
    return next((action for action in reading.actions if action.first == at), None)


def _after(reading: Reading, at: int) -> Phrase | None:
    """The phrase that starts here, opening quotation marks apart."""
    line = reading.line
    while at < len(line.words) and at not in reading.starting:
        if line.has(at, MarkerKind.TITLE):
            at = line.mark_ends[at]
        elif line.is_quote(at):
            at += 1
        else:
            return next((action for action in reading.actions if action.first == at), None)
    return reading.starting.get(at)


def preposition_end(line: Line, at: int, prepositions: tuple[str, ...]) -> int:
    """Where one of the prepositions that starts at a word ends; 0 if none does."""
    for preposition in prepositions:
        last = at + 1
        while last < len(line.words) and len(line.text(at, last)) < len(preposition):
            last += 1
        if last <= len(line.words) and at < last and line.text(at, last).casefold() == preposition:
            return last
    return 0


def _prepositions(line: Line, index: int, prepositions: tuple[str, ...]) -> Iterator[int]:
    """Ends of the prepositions that follow in the same clause."""
    for at in range(index, min(index + _REACH, len(line.words))):
        if line.has(at, MarkerKind.BOUNDARY, MarkerKind.SAYING) or line.words[at].text in ".;:,":
            return
        if end := preposition_end(line, at, prepositions):
            yield end
