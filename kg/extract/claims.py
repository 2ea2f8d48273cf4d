"""How and by whom a fact is stated: modality by markers before the cue, speaker by verbs of saying.

The words of a speaker are a stretch of a line; cues in it are said by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.extract.clauses import subject
from kg.extract.phrases import Phrase, PhraseKind
from kg.extract.reading import Reading, start_of, target
from kg.model import Modality
from kg.ontology import MarkerKind

_SCOPED = (  # the strongest first: "có thể không" is denied, "có thể sẽ" possible
    (MarkerKind.DENIED, Modality.DENIED),
    (MarkerKind.POSSIBLE, Modality.POSSIBLE),
    (MarkerKind.PLANNED, Modality.PLANNED),
)
_OPENING, _CLOSING, _BOTH = ("“", "«"), ("”", "»"), '"'
_LONGEST = 10  # lines of a quotation


@dataclass(frozen=True, slots=True)
class Saying:
    """Words first..last-1 of a line are said by ``speaker``; ``modality`` is what the verb makes of them, or ""."""

    first: int
    last: int
    speaker: Phrase
    modality: str


def modality(reading: Reading, cue: int, last: int, sayings: Sequence[Saying]) -> Modality:
    """The modality of what a cue (words cue..last-1) states; the cue may tell itself: "muốn", "tìm cách"."""
    start = _clause_start(reading, cue)
    for kind, value in _SCOPED:
        if any(reading.line.has(at, kind) for at in range(start, last)):
            return value
    if _in_condition(reading, cue):
        return Modality.POSSIBLE
    said = next((s.modality for s in sayings if s.first <= cue < s.last and s.modality), "")
    return Modality(said) if said else Modality.ASSERTED


def _clause_start(reading: Reading, cue: int) -> int:
    """The first word of the clause around a word."""
    line, at = reading.line, cue
    while at > 0 and not line.has(at - 1, MarkerKind.BOUNDARY) and line.words[at - 1].text not in (",", ":", ";"):
        at -= 1
    return at


def _in_condition(reading: Reading, cue: int) -> bool:
    line = reading.line
    opened = [at for at in range(cue) if line.has(at, MarkerKind.CONDITION)]
    return bool(opened) and not any(line.words[at].text in (",", ";") for at in range(opened[-1], cue))


def find_sayings(readings: Sequence[Reading]) -> tuple[tuple[Saying, ...], ...]:
    """For each line what is said in it and by whom."""
    found = [tuple(_in_line(reading)) for reading in readings]
    for first, last in _quotations(readings):
        speakers = [saying for sayings in found[first : last + 1] for saying in sayings]
        if speakers:
            for index in range(first, last + 1):
                if not found[index]:
                    found[index] = (Saying(0, len(readings[index].line.words), speakers[0].speaker, ""),)
    return tuple(found)


def _in_line(reading: Reading) -> Iterator[Saying]:
    line = reading.line
    at = 0
    while at < len(line.words):
        if line.has(at, MarkerKind.SAYING):
            yield from _said_by_verb(reading, at)
        elif line.has(at, MarkerKind.ACCORDING):
            yield from _according(reading, at)
        at = line.mark_ends[at]


def _said_by_verb(reading: Reading, at: int) -> Iterator[Saying]:
    """What stands after the verb to the end of the sentence, and before it what is quoted or has no clause after it."""
    line = reading.line
    found = subject(reading, at)
    if found is None or found.hops > 1:
        return
    value, end = line.marks[at][MarkerKind.SAYING], line.mark_ends[at]
    speaker = target(reading, found.phrase)
    if speaker is None or (speaker.kind is PhraseKind.CONCEPT and speaker.type not in ("Person", "Organization")):
        return
    while line.upos(end) in ("ADV", "PART") and end < len(line.words):
        end += 1
    if any(line.upos(i) not in ("PUNCT", "ADV", "PART") for i in range(end, len(line.words))):
        yield Saying(end, len(line.words), speaker, value)
    start = start_of(reading, speaker)
    quoted = any(line.words[at].text in (*_CLOSING, _BOTH) for at in range(max(0, start - 2), speaker.first))
    apart = line.upos(start - 1) == "PUNCT" or line.upos(end) == "PUNCT"
    if start > 1 and (quoted or (apart and not _clause_follows(reading, end))):
        yield Saying(0, start, speaker, value)


def _clause_follows(reading: Reading, at: int) -> bool:
    """Whether what begins here has a verb and is not the time or place of what was said: "nói khi trả lời báo chí"."""
    line = reading.line
    if line.upos(at) == "ADP" or (line.upos(at) == "PUNCT" and at < len(line.words) and line.words[at].text in ",."):
        return False
    return any(index in reading.verbs or line.upos(index) == "AUX" for index in range(at, len(line.words)))


def _according(reading: Reading, at: int) -> Iterator[Saying]:
    """The whole sentence is A's after "theo A"."""
    line = reading.line
    phrase = reading.starting.get(line.mark_ends[at])
    opens = at == 0 or line.upos(at - 1) == "PUNCT"
    speaker = target(reading, phrase) if phrase is not None and opens else None
    if speaker is not None and speaker.type in ("Person", "Organization"):
        yield Saying(0, len(line.words), speaker, line.marks[at][MarkerKind.ACCORDING])


def _quotations(readings: Sequence[Reading]) -> Iterator[tuple[int, int]]:
    """Runs of lines (first, last) that one quotation reaches over."""
    opened: int | None = None
    for index, reading in enumerate(readings):
        if opened is not None and index - opened >= _LONGEST:
            opened = None  # nobody closed it
        for at, word in enumerate(reading.line.words):
            if word.text in _OPENING or (word.text == _BOTH and _opens(reading, at, opened is not None)):
                opened = index
            elif word.text in (*_CLOSING, _BOTH):
                if opened is not None and opened < index:
                    yield opened, index
                opened = None


def _opens(reading: Reading, at: int, inside: bool) -> bool:
    """Whether a mark for both sides of a quotation opens one: by the word that it touches, else by what is open."""
    words = reading.line.words
    before = at > 0 and words[at - 1].end == words[at].start
    behind = reading.line.upos(at + 1) != "PUNCT" and words[at].end == words[at + 1].start
    if before != behind:
        return behind
    inches = at > 0 and words[at - 1].text[-1:].isdigit()
    return not inside and not inches
