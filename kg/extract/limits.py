"""Where proper names begin and end: the recogniser's spans and free capitalised words, cut and joined.

A recogniser trained on little text cuts names short ("Altman" of "Sam Altman"), joins what is two ("Mỹ Donald Trump")
and takes titles in ("ông Trump").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.extract.lexicon import Lexicon
from kg.model import Name, Sentence
from kg.ontology import MarkerKind

_FUNCTION = frozenset(  # no name begins with one of these where a sentence does, and none is one: "Theo Walcott"
    (MarkerKind.ACCORDING, MarkerKind.BOUNDARY, MarkerKind.CONDITION, MarkerKind.LIST, MarkerKind.OF, MarkerKind.BY)
)
_BRACKETS = frozenset("()[]")
_OFFICE = 5  # words of an office
_MADE = ("Product", "Work")
_NAMED_AFTER = ("Place", "Organization")  # a name before one of these is part of it: "Quốc hội Mỹ"


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """Words first..last-1 of a sentence are a name of a class; "" where only its capitals show it."""

    first: int
    last: int
    type: str


@dataclass(frozen=True, slots=True)
class Capitals:
    """What an article's spelling tells: words that have a capital where no sentence begins, names seen as a class."""

    sure: frozenset[str]
    seen: dict[str, str]


def written(sentence: Sentence, first: int, last: int) -> str:
    """The words first..last-1, as the text has them, with single spaces."""
    words = sentence.words[first:last]
    return " ".join(sentence.text[words[0].start - sentence.start : words[-1].end - sentence.start].split())


def is_capital(text: str) -> bool:
    """Whether a word is written as a name: a capital, or letters mixed with digits or capitals (a16z, iPhone).

    >>> [is_capital(word) for word in ("Hà Nội", "a16z", "iPhone", "năng lượng", "2017")]
    [True, True, True, False, False]
    """
    mixed = any(c.isalpha() for c in text) and any(c.isdigit() for c in text) and " " not in text
    return any(c.isupper() for c in text) or mixed


def opens(sentence: Sentence, index: int) -> bool:
    """Whether a capital here may only be that of a beginning sentence."""
    return index == 0 or (sentence.words[index - 1].upos == "PUNCT" and sentence.words[index - 1].text not in ",-–()")


def begins(sentence: Sentence, index: int) -> bool:
    """Whether a sentence, a line or a remark may begin here: "(Theo Reuters)", but not "Wilshere, Theo Walcott"."""
    if index == 0:
        return True
    before, word = sentence.words[index - 1], sentence.words[index]
    between = sentence.text[before.end - sentence.start : word.start - sentence.start]
    return "\n" in between or before.text[-1:] in ".…" or (before.upos == "PUNCT" and before.text != ",")


def recognised(sentence: Sentence, lexicon: Lexicon, sure: frozenset[str]) -> tuple[Span, ...]:
    """The recogniser's names without the titles and punctuation at their limits."""
    taken: set[int] = set()
    spans = []
    for first, last, tag in (piece for name in sentence.names for piece in _outside_brackets(sentence, name)):
        type = lexicon.tags.get(tag, "")
        while first < last and not _may_open(sentence, first, type, lexicon, sure):
            first += 1
        while first < last and sentence.words[last - 1].upos == "PUNCT":
            last -= 1
        if type and first < last and taken.isdisjoint(range(first, last)):
            taken.update(range(first, last))
            spans.append(Span(first, last, type))
    return tuple(spans)


def _outside_brackets(sentence: Sentence, name: Name) -> Iterator[tuple[int, int, str]]:
    """What is before, in and behind the brackets of a name: "Viện Pasteur | (VP)" is a name and its acronym."""
    first = name.first
    for index in range(name.first, name.last):
        if sentence.words[index].text in _BRACKETS:
            yield first, index, name.type
            first = index + 1
    yield first, name.last, name.type


def name_spans(sentence: Sentence, found: Sequence[Span], lexicon: Lexicon, capitals: Capitals) -> tuple[Span, ...]:
    """The names of a sentence: what was recognised and what is capitalised, each as long as it should be."""
    whole = [part for span in found for part in _split_holder(sentence, span, lexicon, capitals)]
    pieces = [piece for span in whole for piece in _split(sentence, span, lexicon, capitals)]
    pieces += _runs(sentence, pieces, lexicon, capitals)
    joined: list[Span] = []
    for piece in sorted(pieces):
        if (
            joined
            and joined[-1].last == piece.first
            and (type := _joint(sentence, joined[-1], piece, lexicon, capitals))
        ):
            joined[-1] = Span(joined[-1].first, piece.last, type)
        else:
            joined.append(piece)
    return tuple(_with_number(sentence, span) for span in _with_seat(sentence, joined, lexicon))


def _may_open(sentence: Sentence, index: int, type: str, lexicon: Lexicon, sure: frozenset[str]) -> bool:
    """Whether a name of a class may begin here: a capital that is not a title's and not only that of the sentence's
    first word. What people make is called as they like: "Princess Mononoke", "12 Angry Men"."""
    word = sentence.words[index]
    if type in _MADE and (is_title(word.text, lexicon) or word.text[:1].isdigit()):
        return not word.text.islower() and any(is_capital(one.text) for one in sentence.words[index + 1 : index + 2])
    if not is_capital(word.text) or word.upos == "PUNCT":
        return False
    alone = begins(sentence, index) or not any(is_capital(one.text) for one in sentence.words[index + 1 : index + 2])
    if alone and not _FUNCTION.isdisjoint(lexicon.markers.get(word.text.casefold(), {})):
        return False
    if is_title(word.text, lexicon):
        return not opens(sentence, index) and _is_label(word.text, lexicon)
    return word.text in sure or not lexicon.markers.get(word.text.casefold())


def _is_label(text: str, lexicon: Lexicon) -> bool:
    """Whether the ontology knows a thing that is written just so: "Anh" is also a country."""
    return any(label.text == text for thing in lexicon.known.get(text.casefold(), ()) for label in thing.labels)


def is_title(text: str, lexicon: Lexicon) -> bool:
    form = text.casefold()
    return form in lexicon.offices or MarkerKind.TITLE in lexicon.markers.get(form, {})


def _split_holder(sentence: Sentence, span: Span, lexicon: Lexicon, capitals: Capitals) -> tuple[Span, ...]:
    """After an office, an organisation without the person behind it: "Bộ trưởng | Quốc phòng Nga | Sergei Shoigu".

    A place of two syllables is likelier than a person where a class noun asks for one: "Chủ tịch UBND tỉnh Hà Nam".
    """
    last, words = span.last - 1, sentence.words
    if span.type != "Organization" or last == span.first or not _office_before(sentence, span.first, lexicon):
        return (span,)
    syllables = words[last].text.split(" ")
    seat = lexicon.markers.get(words[last - 1].text.casefold(), {}).get(MarkerKind.CLASS_NOUN) == "Place"
    named = words[last].upos == "PROPN" and all(syllable[:1].isupper() for syllable in syllables)
    if not named or len(syllables) < 2 + seat or _other_class(words[last].text, lexicon, capitals):
        return (span,)
    return Span(span.first, last, span.type), Span(last, span.last, "Person")


def _office_before(sentence: Sentence, index: int, lexicon: Lexicon) -> bool:
    """Whether the words before a name are an office."""
    texts = [word.text.casefold() for word in sentence.words[max(0, index - _OFFICE) : index]]
    return any(" ".join(texts[first:]) in lexicon.offices for first in range(len(texts)))


def _split(sentence: Sentence, span: Span, lexicon: Lexicon, capitals: Capitals) -> Iterator[Span]:
    """A name without the organisation or place that stands before it: "Mỹ | Donald Trump"."""
    while span.type in ("Person", "Place") and span.last - span.first > 1:
        head = span.first + 1
        text = written(sentence, span.first, head)
        type = _other_class(text, lexicon, capitals)
        rest = written(sentence, head, span.last)
        acronym = span.type == "Person" and text.isupper() and len(text) > 1 and not rest.isupper()
        if not type and not acronym:
            break
        yield Span(span.first, head, type or "Organization")
        span = replace(span, first=head)
    yield span


def _other_class(text: str, lexicon: Lexicon, capitals: Capitals) -> str:
    """The class of a name that is known, here or in the ontology, as no person; else ""."""
    known = [thing.type for thing in lexicon.known.get(text.casefold(), ())]
    type = known[0] if known else capitals.seen.get(text, "")
    return "" if type == "Person" else type


def _runs(sentence: Sentence, spans: Sequence[Span], lexicon: Lexicon, capitals: Capitals) -> Iterator[Span]:
    """Longest stretches of free capitalised words; one that is known by itself stands alone."""
    named = [(span.first, span.last) for span in spans]
    named += [(name.first, name.last) for name in sentence.names if name.type not in lexicon.tags]  # times, offices
    taken = {index for first, last in named for index in range(first, last)}
    first, words = 0, sentence.words
    while first < len(words):
        last = first
        while last < len(words) and last not in taken and _in_run(sentence, first, last, lexicon, capitals):
            last += 1
            if _other_class(words[last - 1].text, lexicon, capitals) == "Place":
                break
        if last > first:
            yield Span(first, last, _other_class(written(sentence, first, last), lexicon, capitals))
        first = max(last, first + 1)


def _in_run(sentence: Sentence, first: int, index: int, lexicon: Lexicon, capitals: Capitals) -> bool:
    word = sentence.words[index]
    if index > first:
        marks = lexicon.markers.get(word.text.casefold(), {})
        return is_capital(word.text) and not is_title(word.text, lexicon) and marks.keys() <= {MarkerKind.CLASS_NOUN}
    if not _may_open(sentence, index, "", lexicon, capitals.sure):
        return False
    return word.text in capitals.sure or word.upos == "PROPN" or not word.text[1:].islower()


def _joint(sentence: Sentence, left: Span, right: Span, lexicon: Lexicon, capitals: Capitals) -> str:
    """The class of the one name that two neighbouring pieces are, "" where they are two names."""
    known = bool(lexicon.known.get(written(sentence, left.first, left.last).casefold()))
    if right.type in _NAMED_AFTER:
        inside = class_inside(sentence, left, lexicon)
        whole = left.type in ("", "Organization") and right.type == "Place" and not known
        return inside or ("Organization" if whole else "")
    if left.type == "Place" or known:
        return ""
    return (left.type or right.type) if "" in (left.type, right.type) and right.type != "Organization" else ""


def class_inside(sentence: Sentence, span: Span, lexicon: Lexicon) -> str:
    """The class that a name's own first word gives it ("Bộ Y tế"), or ""."""
    return lexicon.markers.get(sentence.words[span.first].text.casefold(), {}).get(MarkerKind.CLASS_NOUN, "")


def _with_seat(sentence: Sentence, spans: Sequence[Span], lexicon: Lexicon) -> list[Span]:
    """Organisations with the place that they are named after: "UBND | tỉnh | Thừa Thiên Huế"."""
    merged: list[Span] = []
    for span in spans:
        before = merged[-1] if merged else None
        if before is not None and before.type in ("", "Organization") and span.type == "Place":
            between = [
                lexicon.markers.get(word.text.casefold(), {}) for word in sentence.words[before.last : span.first]
            ]
            if len(between) == 1 and between[0].get(MarkerKind.CLASS_NOUN) == "Place":
                merged[-1] = Span(before.first, span.last, "Organization")
                continue
        merged.append(span)
    return merged


def _with_number(sentence: Sentence, span: Span) -> Span:
    """A name with the number of its model or version: "Galaxy Note 7", but not "Samsung 3 tỷ đồng"."""
    words, last = sentence.words, span.last
    if span.type in ("Person", "Place") or last >= len(words) or not words[last].text.isdigit():
        return span
    counts = last + 1 < len(words) and words[last + 1].upos in ("NOUN", "NUM", "SYM")
    return span if counts else replace(span, last=last + 1)
