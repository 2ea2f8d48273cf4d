"""How and by whom a fact is stated: modality by markers before the cue, speaker by verbs of saying.

The words of a speaker are a stretch of a line; cues in it are said by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.extract.clauses import subject
from kg.extract.phrases import Phrase, PhraseKind
from kg.extract.reading import Reading, target
from kg.model import Modality
from kg.ontology import MarkerKind

_SCOPED = (  # the strongest first: "có thể không" is denied, "có thể sẽ" possible
    (MarkerKind.DENIED, Modality.DENIED),
    (MarkerKind.POSSIBLE, Modality.POSSIBLE),
    (MarkerKind.PLANNED, Modality.PLANNED),
)
_OPENING, _CLOSING, _BOTH = "“«", "”»", '"'


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
    """What stands after the verb to the end of the sentence; before the verb where nothing follows."""
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
    if speaker.first > 1 and (line.words[speaker.first - 1].text in ',”"' or line.upos(end) == "PUNCT"):
        yield Saying(0, speaker.first, speaker, value)


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
        for word in reading.line.words:
            text = word.text
            if text in _OPENING or (text == _BOTH and opened is None):
                opened = index if opened is None else opened
            elif text in _CLOSING or text == _BOTH:
                if opened is not None and opened < index:
                    yield opened, index
                opened = None
