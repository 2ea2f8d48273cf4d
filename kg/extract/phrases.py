"""Noun phrases: names, concepts and references, cut out of a line from left to right.

The chunker trusts parts of speech and markers more than the tree: with little training data the tags are right nine
times in ten, the arcs six times in ten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from kg.extract.lexicon import Lexicon
from kg.extract.lines import Line
from kg.extract.names import class_before
from kg.model import Name
from kg.ontology import Frame, MarkerKind


class PhraseKind(StrEnum):
    """What a phrase does."""

    NAME = "name"
    CONCEPT = "concept"
    REFERENCE = "reference"  # stands for an entity of another place
    EMPTY = "empty"  # says something about what it is followed by ("tương lai của AI"), or nothing


@dataclass(frozen=True, order=True, slots=True)
class Phrase:
    """Words first..last-1 of a line; those of ``core`` name the thing, ``head`` is its head word."""

    line: int
    first: int
    last: int
    core: tuple[int, int]
    head: int
    kind: PhraseKind
    type: str  # class, "" where the words do not tell
    known: str = ""  # name of the ontology's own thing, if it is one
    noun: str = ""  # casefolded head noun or pronoun: what a reference is recognised by
    title: str = ""  # casefolded class noun before a name
    pronoun: MarkerKind | None = None  # PRONOUN, SELF or FIRST
    definite: bool = False  # points back: "công ty này"


def find_phrases(line: Line, lexicon: Lexicon) -> tuple[Phrase, ...]:
    """The phrases of a line in order; only a place may lie within another phrase ("thị trường Trung Quốc")."""
    phrases: list[Phrase] = []
    names = {span.first: span for span in line.names}
    amounts = {name.first: name for name in line.sentence.names if _is_amount(line, name, lexicon)}
    index = 0
    while index < len(line.words):
        if index in amounts:
            last = amounts[index].last
            phrases.append(Phrase(line.index, index, last, (index, last), index, PhraseKind.EMPTY, ""))
            index = last
            continue
        if index in names:
            phrases.append(_name(line, index, lexicon))
            index = names[index].last
            continue
        phrase = _reference(line, index, lexicon) or _noun_phrase(line, index, lexicon)
        if phrase is None:
            index = line.mark_ends[index]
            continue
        phrases.append(phrase)
        phrases += _abbreviated(line, phrase)
        inside = [span.first for span in line.names if index <= span.first < phrase.last]
        phrases += [_name(line, first, lexicon) for first in inside]
        index = phrase.last
    return tuple(phrases)


def _abbreviated(line: Line, phrase: Phrase) -> Iterator[Phrase]:
    """The tail of a phrase that the acronym in brackets after it is short for: "cuộc đua | trí tuệ nhân tạo (AI)"."""
    at = phrase.last + 1
    if at >= len(line.words) or line.words[phrase.last].text != "(":
        return
    short = line.known.get(at, (at, None))[1]
    letters = line.words[at].text.casefold()
    for first in range(phrase.last - 1, phrase.core[0], -1):
        known = line.known.get(first)
        thing = known[1] if known is not None and known[0] == phrase.last else None
        initials = "".join(syllable[0] for syllable in line.text(first, phrase.last).casefold().split())
        if thing == short if short else initials == letters and len(letters) > 1:
            core = first, phrase.last
            type, name = (thing.type, thing.name) if thing else ("Concept", "")
            yield Phrase(line.index, *core, core, first, PhraseKind.CONCEPT, type, name)
            return


def _is_amount(line: Line, name: Name, lexicon: Lexicon) -> bool:
    """Whether the recogniser found a time or a quantity: a number in a name of none of the classes."""
    numbers = any(line.upos(index) == "NUM" for index in range(name.first, name.last))
    return name.type not in lexicon.tags and numbers


def _name(line: Line, index: int, lexicon: Lexicon) -> Phrase:
    span = next(span for span in line.names if span.first == index)
    known = line.known.get(index)
    known_name = known[1].name if known is not None and known[0] == span.last else ""
    title = ""
    if index > 0 and class_before(line.sentence, index, lexicon):
        title = line.words[index - 1].text.casefold()
    core = (span.first, span.last)
    return Phrase(
        line.index, span.first, span.last, core, span.last - 1, PhraseKind.NAME, span.type, known_name, "", title
    )


def _reference(line: Line, index: int, lexicon: Lexicon) -> Phrase | None:
    """A pronoun. One that opens a longer noun phrase ("ông lớn công nghệ") or precedes a name is none."""
    kinds = (MarkerKind.PRONOUN, MarkerKind.SELF, MarkerKind.FIRST)
    if not line.has(index, *kinds):
        return None
    last = line.mark_ends[index]
    if any(span.first == last for span in line.names) or (
        line.upos(index) == "NOUN" and line.upos(last) in ("NOUN", "ADJ") and not line.has(last, MarkerKind.DEFINITE)
    ):
        return None
    kind = next(kind for kind in kinds if kind in line.marks[index])
    noun = line.text(index, last).casefold()
    value, core = line.marks[index][kind], (index, last)
    if line.has(last, MarkerKind.DEFINITE):
        last = line.mark_ends[last]
    return Phrase(line.index, index, last, core, index, PhraseKind.REFERENCE, value, "", noun, "", kind)


def _noun_phrase(line: Line, index: int, lexicon: Lexicon) -> Phrase | None:
    """A phrase around a common noun, with its determiners before and its modifiers after the head."""
    head = index
    while head < len(line.words) and (
        line.has(head, MarkerKind.DETERMINER)
        or line.upos(head) in ("DET", "NUM")
        or (line.is_quote(head) and head > index)
    ):
        head = line.mark_ends[head]
    if not _is_head(line, head):
        return None
    last = _body_end(line, head, lexicon)
    core = _core(line, head, last)
    pointer = next((span.last for span in line.names if span.first == last and span.type == "Place"), last)
    definite = line.has(pointer, MarkerKind.DEFINITE) and line.upos(pointer) != "ADP"  # "trên" is also a preposition
    if definite:
        last = line.mark_ends[pointer]  # "tỷ phú quê | Hà Tĩnh | này"
    kind = PhraseKind.CONCEPT
    return _classify(line, Phrase(line.index, index, last, core, head, kind, "", definite=definite))


def _is_head(line: Line, index: int) -> bool:
    if line.upos(index) == "PUNCT" or any(span.first == index for span in line.names):
        return False
    if line.has(index, MarkerKind.NOMINAL, MarkerKind.EMPTY) or (index in line.known and line.upos(index) != "VERB"):
        return True
    return line.upos(index) in ("NOUN", "PROPN", "X") and not line.has(index, *_CLOSED) and not is_verbal(line, index)


def is_verbal(line: Line, index: int) -> bool:
    """Whether a word is a cue that is always a verb, whatever its tag: "ngụ", "trú" are rare, and taken for nouns."""
    cues = [cue for hit in line.cues if hit.first == index for cue in hit.cues]
    sure = bool(cues) and all(cue.frame in _VERBAL and cue.confidence >= _SURE_VERB for cue in cues)
    return sure and line.upos(index) != "ADP"


_VERBAL = (Frame.VERB, Frame.PREPOSITIONAL)
_SURE_VERB = 0.7
_COMMON = ("Concept", "Resource", "Technology")
_CLOSED = (
    MarkerKind.BOUNDARY,
    MarkerKind.SAYING,
    MarkerKind.ACCORDING,
    MarkerKind.PASSIVE,
    MarkerKind.LIST,
    MarkerKind.AND,
    MarkerKind.PLANNED,
    MarkerKind.POSSIBLE,
    MarkerKind.DENIED,
    MarkerKind.CONDITION,
    MarkerKind.PRONOUN,
    MarkerKind.DEFINITE,
    MarkerKind.OF,
    MarkerKind.BY,
)


def _body_end(line: Line, head: int, lexicon: Lexicon) -> int:
    """Where the modifiers after a head end."""
    last = _head_end(line, head)
    if any(hit.first == head and hit.office for hit in line.cues):
        return last  # what the office is in is a phrase of its own
    owners = {span.first: span for span in line.names if span.type in ("Place", "Organization")}
    named = {span.first for span in line.names}
    while last < len(line.words):
        if last in line.known and (last not in named or _is_common(line, last)):
            last = line.known[last][0]
        elif last in owners and not _names_class(line, head, owners[last].type):
            return owners[last].last  # "thị trường Trung Quốc", "cổ phiếu Vingroup"
        elif last in named or line.has(last, *_CLOSED, MarkerKind.DETERMINER, MarkerKind.EMPTY):
            break
        elif line.upos(last) in ("NOUN", "PROPN", "ADJ", "X") or line.has(last, MarkerKind.MODIFIER, MarkerKind.DEGREE):
            last = line.mark_ends[last]
        elif line.upos(last) == "VERB" and _is_nominal(line, last):
            last += 1
        else:
            break
    return last


def _is_common(line: Line, index: int) -> bool:
    """Whether a name is a known thing that modifies a noun before it: "bong bóng AI" is a bubble."""
    last, thing = line.known[index]
    return thing.type in _COMMON and any(span.first == index and span.last == last for span in line.names)


def _head_end(line: Line, head: int) -> int:
    """Where the noun at a head ends, which may be several words: a known thing, an office, a marker."""
    roles = [hit.last for hit in line.cues if hit.first == head and hit.office]
    return max([line.known[head][0] if head in line.known else head, line.mark_ends[head], *roles])


def _names_class(line: Line, head: int, type: str) -> bool:
    """Whether a noun only says what a name of this class after it is, or what its bearer does."""
    role = any(hit.first == head and hit.office for hit in line.cues)
    return role or line.has(head, MarkerKind.TITLE) or line.marks[head].get(MarkerKind.CLASS_NOUN) == type


def _is_nominal(line: Line, index: int) -> bool:
    """Whether a verb within a noun phrase modifies the noun ("sức mạnh tính toán") and opens no clause."""
    if line.has(index - 1, MarkerKind.NOMINAL):
        return True
    if any(hit.first <= index < hit.last for hit in line.cues):
        return False
    following = line.upos(index + 1)
    return following in ("ADP", "PUNCT", "CCONJ", "SCONJ", "ADJ") and not any(
        span.first == index + 1 for span in line.names
    )


def _core(line: Line, head: int, last: int) -> tuple[int, int]:
    """The words that name the thing: neither an empty head with something after it nor describing adjectives."""
    if line.has(head, MarkerKind.NOMINAL, MarkerKind.EMPTY) and _head_end(line, head) < last:
        head = _head_end(line, head)
    end = _head_end(line, head)
    while end < last:
        degree = line.has(end, MarkerKind.DEGREE) or (line.has(end + 1, MarkerKind.DEGREE) and end + 1 < last)
        if line.has(end, MarkerKind.MODIFIER) or degree:
            break
        end += 1
    return head, end


def _completes_verb(line: Line, phrase: Phrase) -> bool:
    """Whether a bare syllable only makes a word with the one before it: "giúp | ích", "tăng | tốc", "có | công"."""
    bare = phrase.last == phrase.first + 1 and " " not in line.words[phrase.first].text
    before = line.words[phrase.first - 1] if phrase.first > 0 else None
    return bare and before is not None and before.upos == "VERB" and " " not in before.text


def _classify(line: Line, phrase: Phrase) -> Phrase:
    """Tell concepts from references and empty phrases, and give the class."""
    head, (first, last) = phrase.head, phrase.core
    noun = line.text(head, _head_end(line, head)).casefold()
    role = any(hit.first == head and hit.office for hit in line.cues)
    marks = line.marks[head]
    known = line.known.get(first)
    kind, type, known_name = PhraseKind.CONCEPT, marks.get(MarkerKind.CLASS_NOUN, "Concept"), ""
    if known is not None and known[0] == last:
        type, known_name = known[1].type, known[1].name
    elif role:
        kind, type = PhraseKind.REFERENCE, "Person"
    elif MarkerKind.CLASS_NOUN in marks or MarkerKind.TITLE in marks:
        bare = phrase.last <= _head_end(line, head) and phrase.first == head
        type = marks.get(MarkerKind.CLASS_NOUN) or marks.get(MarkerKind.TITLE, "")
        kind = PhraseKind.REFERENCE if phrase.definite or bare else kind
    elif first == head and (MarkerKind.EMPTY in marks or MarkerKind.NOMINAL in marks):
        kind = PhraseKind.EMPTY
    elif phrase.definite:
        kind, type = PhraseKind.REFERENCE, ""
    elif _completes_verb(line, phrase) or line.words[head].deprel == "obl:tmod":
        kind = PhraseKind.EMPTY
    return replace(phrase, kind=kind, type=type, known=known_name, noun=noun)
