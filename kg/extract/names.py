"""Proper names and their classes.

An article is consistent: a name that is found in one sentence is looked for in all, and its class is put to the vote
of all its places, where a class noun before it ("tập đoàn Nvidia") counts more than the recogniser.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from kg.extract.lexicon import Lexicon, longest_matches
from kg.extract.limits import (
    Capitals,
    Span,
    class_inside,
    is_capital,
    is_title,
    name_spans,
    opens,
    recognised,
    written,
)
from kg.extract.verbs import is_verb_use
from kg.model import Sentence
from kg.ontology import MarkerKind

_TITLE_WEIGHT = 2  # a class noun before a name tells more than one guess of the recogniser
_SHAPE_WEIGHT = 0.1  # what a name looks like decides only where nothing else does


def find_names(sentences: Sequence[Sentence], lexicon: Lexicon) -> tuple[tuple[Span, ...], ...]:
    """The names of each sentence, disjoint and in order, each with a class."""
    sure = _sure_capitals(sentences)
    raw = [recognised(sentence, lexicon, sure) for sentence in sentences]
    capitals = Capitals(sure, _seen(sentences, raw))
    found = [name_spans(s, spans, lexicon, capitals) for s, spans in zip(sentences, raw, strict=True)]
    votes = _votes(sentences, found, lexicon)
    vocabulary = {form: _elect(form, ballot, lexicon) for form, ballot in votes.items()}
    titled = {
        written(sentence, span.first, span.last)
        for sentence, spans in zip(sentences, found, strict=True)
        for span in spans
        if _told_class(sentence, span, spans, lexicon) == "Person" or _after_office(sentence, span, spans, lexicon)
    }
    vocabulary |= _firms(vocabulary, titled)
    longest = max((form.count(" ") + 1 for form in vocabulary), default=1)
    return tuple(_cover(sentence, spans, vocabulary, longest) for sentence, spans in zip(sentences, found, strict=True))


def _sure_capitals(sentences: Sequence[Sentence]) -> frozenset[str]:
    """The words that the article writes with a capital where no sentence begins."""
    return frozenset(
        word.text
        for sentence in sentences
        for index, word in enumerate(sentence.words)
        if is_capital(word.text) and not opens(sentence, index)
    )


def _seen(sentences: Sequence[Sentence], found: Sequence[Sequence[Span]]) -> dict[str, str]:
    """For each name that was recognised the class it was mostly given."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence, spans in zip(sentences, found, strict=True):
        for span in spans:
            votes[written(sentence, span.first, span.last)][span.type] += 1
    return {form: max(sorted(ballot), key=lambda type: ballot[type]) for form, ballot in votes.items()}


def _votes(sentences: Sequence[Sentence], found: Sequence[Sequence[Span]], lexicon: Lexicon) -> dict[str, Counter[str]]:
    """For each written form of a name the classes that its places in the article speak for."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence, spans in zip(sentences, found, strict=True):
        for span in spans:
            ballot = votes[written(sentence, span.first, span.last)]
            ballot[span.type] += 1 if span.type else 0
            title = _told_class(sentence, span, spans, lexicon)
            if title:
                ballot[title] += _TITLE_WEIGHT
            elif _after_office(sentence, span, spans, lexicon):
                ballot["Person"] += 1
    return votes


def _told_class(sentence: Sentence, span: Span, spans: Sequence[Span], lexicon: Lexicon) -> str:
    """The class that the words before a name, or its own first word, tell; else ""."""
    if any(other.last == span.first for other in spans):  # "UBND tỉnh | Nguyễn Văn Cao": "tỉnh" is taken
        return _holder_class(sentence, span, spans, lexicon)
    inside = class_inside(sentence, span, lexicon) if span.last - span.first > 1 else ""
    return class_before(sentence, span.first, lexicon) or inside


def _after_office(sentence: Sentence, span: Span, spans: Sequence[Span], lexicon: Lexicon) -> bool:
    """Whether an office stands before a name and no other name behind it: "Tổng thống Putin", seldom "Chủ tịch AMD"."""
    at = span.first - 1
    office = at >= 0 and sentence.words[at].text.casefold() in lexicon.offices
    office = office and not is_verb_use(sentence, at, at + 1, lexicon)
    return office and all(not span.last <= other.first <= span.last + 2 for other in spans)


def _holder_class(sentence: Sentence, span: Span, spans: Sequence[Span], lexicon: Lexicon) -> str:
    """Person for the second of two names after a title: "Tổng thống Mỹ Donald Trump"; else ""."""
    before = next((other for other in spans if other.last == span.first), None)
    titled = before is not None and before.first > 0 and is_title(sentence.words[before.first - 1].text, lexicon)
    return "Person" if titled else ""


def class_before(sentence: Sentence, index: int, lexicon: Lexicon) -> str:
    """The class that a title or class noun directly before a name gives it, or ""."""
    if index == 0 or is_verb_use(sentence, index - 1, index, lexicon):
        return ""
    form = sentence.words[index - 1].text.casefold()
    marks = lexicon.markers.get(form, {})
    title = "" if form in lexicon.offices else marks.get(MarkerKind.TITLE, "")  # "Chủ tịch" stands before both
    return title or marks.get(MarkerKind.CLASS_NOUN, "")


def _firms(vocabulary: dict[str, str], titled: set[str]) -> dict[str, str]:
    """Organisations that look like persons: "Đồng Tiến Thành" beside "TNHH Đồng Tiến Thành", never with a title."""
    wholes = [form for form, type in vocabulary.items() if type == "Organization"]
    tails = {form[at + 1 :] for form in wholes for at, letter in enumerate(form) if letter == " "}
    return {
        form: "Organization"
        for form, type in vocabulary.items()
        if type == "Person" and " " in form and form not in titled and form in tails
    }


def _elect(form: str, ballot: Counter[str], lexicon: Lexicon) -> str:
    """The class of a name: the ontology's word first, then the votes, then its shape."""
    known = [thing.type for thing in lexicon.known.get(form.casefold(), ())]
    if known:
        return known[0]
    votes: dict[str, float] = dict(ballot)
    guess = _shape(form)
    votes[guess] = votes.get(guess, 0) + _SHAPE_WEIGHT
    return max(sorted(votes), key=lambda type: votes[type])


def _shape(form: str) -> str:
    """The likeliest class of a name by its letters alone."""
    if any(c.isdigit() for c in form):
        return "Product"
    return "Person" if form.count(" ") in (1, 2, 3) and not form.isupper() else "Organization"


def _cover(sentence: Sentence, spans: Sequence[Span], vocabulary: dict[str, str], longest: int) -> tuple[Span, ...]:
    """A sentence's names with their elected classes, and the article's other names wherever they occur."""
    taken = {index for span in spans for index in range(span.first, span.last)}
    named = [Span(s.first, s.last, vocabulary[written(sentence, s.first, s.last)]) for s in spans]
    words = [word.text for word in sentence.words]
    for first, last in longest_matches(words, vocabulary, longest):
        if taken.isdisjoint(range(first, last)):
            named.append(Span(first, last, vocabulary[" ".join(words[first:last])]))
    return tuple(sorted(named))
