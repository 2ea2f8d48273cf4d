"""Where a verb's subject and object are: linear order first.

A Vietnamese clause is subject, adverbs, verb, object; a phrase after a preposition is neither. A verb without a phrase
directly before it (after a comma, "và", another verb) shares the subject of the verb before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.extract.lexicon import Lexicon
from kg.extract.lines import Line
from kg.extract.phrases import Phrase, PhraseKind, find_phrases
from kg.ontology import MarkerKind

_LIGHT = ("ADV", "AUX", "PART", "INTJ")
_CLOSED = (MarkerKind.SAYING, MarkerKind.PASSIVE, MarkerKind.BOUNDARY, MarkerKind.LIST, MarkerKind.AND)
_ADVERBIAL = (MarkerKind.PLANNED, MarkerKind.POSSIBLE, MarkerKind.DENIED, MarkerKind.DEGREE)
_LINKS = ("ADP", "SCONJ", "CCONJ")  # "để", "nhằm": what follows shares the subject of the verb before
_REACH = 12  # words between a cue and its preposition


@dataclass(frozen=True, slots=True)
class Reading:
    """A line with its phrases, found by where they start (the longest first) and end."""

    line: Line
    phrases: tuple[Phrase, ...]
    starting: dict[int, Phrase]
    ending: dict[int, Phrase]
    verbs: tuple[int, ...]  # verbs outside phrases
    actions: tuple[Phrase, ...]  # verbs with their objects right after a cue: "nhằm | ngăn ngừa sự cố"


@dataclass(frozen=True, order=True, slots=True)
class Found:
    """A phrase, and over how many other verbs it was reached: the more, the less sure."""

    phrase: Phrase
    hops: int


def read_clauses(line: Line, lexicon: Lexicon) -> Reading:
    """Cut a line into phrases."""
    phrases = find_phrases(line, lexicon)
    starting: dict[int, Phrase] = {}
    ending: dict[int, Phrase] = {}
    covered: set[int] = set()
    for phrase in phrases:
        if phrase.first not in starting:
            starting[phrase.first] = phrase
        if phrase.last not in ending or phrase.first < ending[phrase.last].first:
            ending[phrase.last] = phrase
        covered.update(range(phrase.first, phrase.last))
    verbs = tuple(i for i, word in enumerate(line.words) if word.upos == "VERB" and i not in covered)
    return Reading(line, phrases, starting, ending, verbs, tuple(_actions(line, starting)))


def _actions(line: Line, starting: dict[int, Phrase]) -> Iterator[Phrase]:
    """What a cue may have for its second end besides a noun phrase: the verb phrase or adjective after it or that."""
    after = {_skip_light(line, hit.last, starting) for hit in line.cues}
    after |= {_skip_light(line, starting[at].last, starting) for at in after if at in starting}
    for at in sorted(after):
        last = at
        while last < len(line.words) and last not in starting and line.upos(last) in ("VERB", "ADJ"):
            last += 1
        if last > at and not line.has(at, *_CLOSED):
            thing = starting.get(last)
            end = thing.last if thing is not None and thing.kind is PhraseKind.CONCEPT else last
            yield Phrase(line.index, at, end, (at, end), at, PhraseKind.CONCEPT, "Concept")


def subject(reading: Reading, index: int) -> Found | None:
    """The phrase that does what the verb at a word says; None where the sentence does not say it."""
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
        light = line.upos(at - 1) in _LIGHT or line.has(at - 1, *_ADVERBIAL) or line.is_quote(at - 1)
        if not light or line.has(at - 1, MarkerKind.BOUNDARY, MarkerKind.AND) or line.upos(at - 1) in _LINKS:
            break
        at -= 1
    return at


def _before(reading: Reading, at: int) -> Phrase | None:
    """The phrase that ends here and is not governed by a preposition, else the one before that."""
    line = reading.line
    while (phrase := reading.ending.get(at)) is not None:
        phrase = owner_of(reading, phrase)
        opener = start_of(reading, phrase)
        of = line.has(opener - 1, MarkerKind.OF)
        if (line.upos(opener - 1) == "ADP" and not of) or phrase.kind is PhraseKind.EMPTY:
            at = _skip_back(line, opener - 1 if phrase.kind is not PhraseKind.EMPTY else opener)
        else:
            return phrase
    return None


def owner_of(reading: Reading, phrase: Phrase) -> Phrase:
    """The first of phrases joined by "của": what is said of "các nhà máy của Vertu" is said of the factories."""
    while reading.line.has(start_of(reading, phrase) - 1, MarkerKind.OF):
        head = reading.ending.get(start_of(reading, phrase) - 1)
        if head is None or passes_on(reading, head):
            break
        phrase = head
    return phrase


def _before_bracket(reading: Reading, at: int) -> Phrase | None:
    """The phrase before an open bracket that a verb stands in: "anh Nam (31 tuổi, trú tại Huế)"."""
    words = reading.line.words
    for index in range(at - 1, -1, -1):
        if words[index].text == ")":
            return None
        if words[index].text == "(":
            return reading.ending.get(index)
    return None


def start_of(reading: Reading, phrase: Phrase) -> int:
    """Where a phrase begins with the titles, class nouns and opening quotation marks before it."""
    line, at = reading.line, phrase.first
    while at > 0:
        before = reading.ending.get(at)
        if before is not None and before != phrase and target(reading, before) == phrase:
            at = before.first
        elif line.has(at - 1, MarkerKind.TITLE) or line.is_quote(at - 1):
            at -= 1
        else:
            break
    return at


def _is_object(reading: Reading, phrase: Phrase) -> bool:
    """Whether a thing is the object of the verb before it: a verb right after it only describes it ("cơ hội đầu tư")."""
    return phrase.kind is PhraseKind.CONCEPT and phrase.type == "Concept" and start_of(reading, phrase) - 1 in reading.verbs


def _connected(line: Line, verb: int, at: int) -> bool:
    """Whether nothing between two verbs starts a sentence of its own."""
    return not any(line.words[i].text in (":", ";") for i in range(verb, at))


def is_governed(reading: Reading, phrase: Phrase) -> bool:
    """Whether a preposition stands before a phrase."""
    start = start_of(reading, phrase)
    return start > 0 and reading.line.upos(start - 1) == "ADP"


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
    at = _skip_light(line, at, reading.starting)
    after = preposition_end(line, at, prepositions)
    return _after(reading, after or at)


def action_after(reading: Reading, at: int) -> Phrase | None:
    """The verb phrase that follows a word, if a cue stands before it."""
    at = _skip_light(reading.line, at, reading.starting)
    return next((action for action in reading.actions if action.first == at), None)


def _skip_light(line: Line, at: int, starting: dict[int, Phrase]) -> int:
    """Rightwards over adverbs and particles behind a verb."""
    while at < len(line.words) and at not in starting and _is_light_after(line, at):
        at += 1
    return at


def _is_light_after(line: Line, at: int) -> bool:
    light = line.upos(at) in _LIGHT or line.has(at, MarkerKind.PASSIVE, MarkerKind.DEGREE)
    return light and not line.has(at, MarkerKind.BOUNDARY, MarkerKind.AND, MarkerKind.DENIED)


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


def passes_on(reading: Reading, phrase: Phrase) -> bool:
    """Whether a phrase says something about its "của" complement and is no thing of its own."""
    line = reading.line
    return phrase.kind is PhraseKind.EMPTY or line.has(phrase.head, MarkerKind.NOMINAL, MarkerKind.EMPTY)


def target(reading: Reading, phrase: Phrase) -> Phrase | None:
    """What a phrase is about: the name after a class noun, the complement of an empty noun, else itself."""
    following = reading.starting.get(phrase.last)
    before_name = phrase.kind is not PhraseKind.NAME and following is not None and following.kind is PhraseKind.NAME
    if before_name and following is not None and phrase.type in ("", "Concept", following.type):
        return following
    if passes_on(reading, phrase):
        complement = _of_complement(reading, phrase)
        if complement is not None:
            return target(reading, complement)
        return None if phrase.kind is PhraseKind.EMPTY else phrase
    return phrase


def _of_complement(reading: Reading, phrase: Phrase) -> Phrase | None:
    line = reading.line
    for at in range(phrase.last, min(phrase.last + 6, len(line.words))):
        if line.has(at, MarkerKind.OF):
            return reading.starting.get(line.mark_ends[at])
        if at in reading.verbs or line.upos(at) == "PUNCT" or line.has(at, MarkerKind.BOUNDARY):
            return None
    return None
