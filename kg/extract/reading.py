"""A line with its phrases, and how neighbouring phrases belong together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.extract.lexicon import Lexicon
from kg.extract.lines import Line
from kg.extract.phrases import Phrase, PhraseKind, find_phrases, is_verbal
from kg.ontology import MarkerKind

LIGHT = ("ADV", "AUX", "PART", "INTJ")  # words that may stand between a verb and its subject or object
_CLOSED = (MarkerKind.SAYING, MarkerKind.PASSIVE, MarkerKind.BOUNDARY, MarkerKind.LIST, MarkerKind.AND)


@dataclass(frozen=True, slots=True)
class Reading:
    """A line with its phrases, found by where they start (the longest first) and end."""

    line: Line
    phrases: tuple[Phrase, ...]
    starting: dict[int, Phrase]
    ending: dict[int, Phrase]
    verbs: tuple[int, ...]  # verbs outside phrases
    actions: tuple[Phrase, ...]  # verbs with their objects right after a cue: "nhằm | ngăn ngừa sự cố"


def read_line(line: Line, lexicon: Lexicon) -> Reading:
    """Cut a line into phrases."""
    phrases = find_phrases(line, lexicon)
    starting: dict[int, Phrase] = {}
    ending: dict[int, Phrase] = {}
    covered: set[int] = set()
    for phrase in phrases:
        for index in range(phrase.first, phrase.head + 1):  # a cue may end in the determiner: "là một"
            starting.setdefault(index, phrase)
        if phrase.last not in ending or phrase.first < ending[phrase.last].first:
            ending[phrase.last] = phrase
        covered.update(range(phrase.first, phrase.last))
    verbs = tuple(i for i, w in enumerate(line.words) if (w.upos == "VERB" or is_verbal(line, i)) and i not in covered)
    return Reading(line, phrases, starting, ending, verbs, tuple(_actions(line, starting)))


def _actions(line: Line, starting: dict[int, Phrase]) -> Iterator[Phrase]:
    """What a cue may have for its second end besides a noun phrase: the verb phrase or adjective after it or that."""
    after = {skip_light(line, hit.last, starting) for hit in line.cues}
    after |= {skip_light(line, starting[at].last, starting) for at in after if at in starting}
    for at in sorted(after):
        last = at
        while last < len(line.words) and last not in starting and line.upos(last) in ("VERB", "ADJ"):
            last += 1
        if last > at and not line.has(at, *_CLOSED):
            thing = starting.get(last)
            end = thing.last if thing is not None and thing.kind is PhraseKind.CONCEPT else last
            named = thing is not None and thing.kind is PhraseKind.NAME
            if end == at + 1 and not named and " " not in line.words[at].text:
                continue  # "giúp | ích", "cần | thêm": a syllable is no action
            yield Phrase(line.index, at, end, (at, end), at, PhraseKind.CONCEPT, "Concept")


def skip_light(line: Line, at: int, starting: dict[int, Phrase]) -> int:
    """Rightwards over adverbs and particles behind a verb."""
    while at < len(line.words) and at not in starting and _is_light_after(line, at):
        at += 1
    return at


def _is_light_after(line: Line, at: int) -> bool:
    light = line.upos(at) in LIGHT or line.has(at, MarkerKind.PASSIVE, MarkerKind.DEGREE)
    return light and not line.has(at, MarkerKind.BOUNDARY, MarkerKind.AND, MarkerKind.DENIED)


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


def owner_of(reading: Reading, phrase: Phrase) -> Phrase:
    """The first of phrases joined by "của": what is said of "các nhà máy của Vertu" is said of the factories."""
    while reading.line.has(start_of(reading, phrase) - 1, MarkerKind.OF):
        head = reading.ending.get(start_of(reading, phrase) - 1)
        if head is None or passes_on(reading, head):
            break
        phrase = head
    return phrase


def is_governed(reading: Reading, phrase: Phrase) -> bool:
    """Whether a preposition stands before a phrase."""
    start = start_of(reading, phrase)
    return start > 0 and reading.line.upos(start - 1) == "ADP"


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
    return _told_of(reading, phrase) or phrase


def _told_of(reading: Reading, phrase: Phrase) -> Phrase | None:
    """The name before a comma that a class noun phrase describes: "VinFast, hãng xe điện thuộc Vingroup"."""
    line, at = reading.line, phrase.first - 1
    describes = phrase.kind is PhraseKind.CONCEPT and line.has(phrase.head, MarkerKind.CLASS_NOUN)
    if at < 1 or line.words[at].text != "," or phrase.first != phrase.head or not describes:
        return None
    name = reading.ending.get(at)
    listed = line.has(phrase.last, MarkerKind.AND)
    return (
        name if name is not None and name.kind is PhraseKind.NAME and name.type == phrase.type and not listed else None
    )


def _of_complement(reading: Reading, phrase: Phrase) -> Phrase | None:
    line = reading.line
    for at in range(phrase.last, min(phrase.last + 6, len(line.words))):
        if line.has(at, MarkerKind.OF):
            return reading.starting.get(line.mark_ends[at])
        if at in reading.verbs or line.upos(at) == "PUNCT" or line.has(at, MarkerKind.BOUNDARY):
            return None
    return None
