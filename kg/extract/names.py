"""Proper names: those of the recogniser with their limits corrected, and those it missed.

A recogniser trained on little text cuts names short, takes titles in, and sees a name in one sentence that it misses in
the next. An article is consistent, so every name is looked for everywhere, and its class is put to the vote.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.extract.lexicon import Lexicon, longest_matches
from kg.model import Sentence, Word
from kg.ontology import Frame, MarkerKind

_TITLE_WEIGHT = 3  # a class noun before a name tells more than one guess of the recogniser
_SHAPE_WEIGHT = 0.1  # what a name looks like decides only where nothing else does


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """Words first..last-1 of a sentence are a name of a class."""

    first: int
    last: int
    type: str


def find_names(sentences: Sequence[Sentence], lexicon: Lexicon) -> tuple[tuple[Span, ...], ...]:
    """The names of each sentence, disjoint and in order."""
    found = [_recognised(sentence, lexicon) for sentence in sentences]
    votes = _votes(sentences, found, lexicon)
    vocabulary = {form: _elect(form, ballot, lexicon) for form, ballot in votes.items()}
    return tuple(_cover(sentence, spans, vocabulary) for sentence, spans in zip(sentences, found, strict=True))


def written(sentence: Sentence, first: int, last: int) -> str:
    """The words first..last-1 with single spaces between those that stand apart in the text."""
    words = sentence.words[first:last]
    return " ".join(sentence.text[words[0].start - sentence.start : words[-1].end - sentence.start].split())


def is_capital(text: str) -> bool:
    """Whether a word is written as a name: a capital, or letters mixed with digits or capitals (a16z, iPhone).

    >>> [is_capital(word) for word in ("Hà Nội", "a16z", "iPhone", "năng lượng", "2017")]
    [True, True, True, False, False]
    """
    mixed = any(c.isalpha() for c in text) and any(c.isdigit() for c in text) and " " not in text
    return text[:1].isupper() or any(c.isupper() for c in text) or mixed


def _recognised(sentence: Sentence, lexicon: Lexicon) -> list[Span]:
    """The recogniser's names without titles and punctuation, widened to the capitalised words beside them."""
    taken = [False] * len(sentence.words)
    spans = []
    for name in sentence.names:
        first, last = _trim(sentence, name.first, name.last, lexicon)
        type = lexicon.tags.get(name.type, "")
        if type and first < last and not any(taken[first:last]):
            taken[first:last] = [True] * (last - first)
            spans.append(Span(first, last, type))
    for first, last in _runs(sentence, lexicon, taken):
        before = next((s for s in spans if s.last == first and s.type != "Place"), None)
        after = next((s for s in spans if s.first == last), None)
        if after is not None and after.type == "Person":
            spans[spans.index(after)] = Span(first, after.last, after.type)
        elif before is not None:
            spans[spans.index(before)] = Span(before.first, last, before.type)
        else:
            spans.append(Span(first, last, ""))
    return sorted(spans)


def _trim(sentence: Sentence, first: int, last: int, lexicon: Lexicon) -> tuple[int, int]:
    """Limits of a name without what cannot belong to it."""
    words = sentence.words
    while first < last and not _may_open(sentence, first, lexicon):
        first += 1
    while first < last and words[last - 1].upos == "PUNCT":
        last -= 1
    return first, last


def _may_open(sentence: Sentence, index: int, lexicon: Lexicon) -> bool:
    """Whether a name may begin here: a capital that is not a title's and not only that of the sentence's first word."""
    word = sentence.words[index]
    if not is_capital(word.text) or word.upos == "PUNCT":
        return False
    form = word.text.casefold()
    if MarkerKind.TITLE in lexicon.markers.get(form, {}) or _is_role(form, lexicon):
        return False
    return not _opens(sentence, index) or not lexicon.markers.get(form)


def _is_role(form: str, lexicon: Lexicon) -> bool:
    return any(cue.frame is Frame.ROLE for cue in lexicon.cues.get(form, ()))


def _opens(sentence: Sentence, index: int) -> bool:
    """Whether a capital here may only be that of a beginning sentence."""
    return index == 0 or sentence.words[index - 1].upos == "PUNCT" and sentence.words[index - 1].text not in ",-–)"


def _runs(sentence: Sentence, lexicon: Lexicon, taken: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Longest stretches of free capitalised words."""
    words = sentence.words
    first = 0
    while first < len(words):
        last = first
        while last < len(words) and not taken[last] and _in_run(sentence, first, last, lexicon):
            last += 1
        if last > first:
            yield first, last
        first = max(last, first + 1)


def _in_run(sentence: Sentence, first: int, index: int, lexicon: Lexicon) -> bool:
    word = sentence.words[index]
    if index > first:
        numbers = word.upos == "NUM" and word.text.isdigit() and not _measures(sentence, index + 1)
        return (is_capital(word.text) and not _is_title(word, lexicon)) or numbers
    if not _may_open(sentence, index, lexicon):
        return False
    return not _opens(sentence, index) or word.upos == "PROPN" or not word.text[1:].islower()


def _is_title(word: Word, lexicon: Lexicon) -> bool:
    form = word.text.casefold()
    return MarkerKind.TITLE in lexicon.markers.get(form, {}) or _is_role(form, lexicon)


def _measures(sentence: Sentence, index: int) -> bool:
    """Whether a number before this word counts it."""
    return index < len(sentence.words) and sentence.words[index].upos == "NOUN"


def _votes(
    sentences: Sequence[Sentence], found: Sequence[Sequence[Span]], lexicon: Lexicon
) -> dict[str, Counter[str]]:
    """For each written form of a name the classes that its places in the article speak for."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence, spans in zip(sentences, found, strict=True):
        for span in spans:
            ballot = votes[written(sentence, span.first, span.last)]
            ballot[span.type] += 1 if span.type else 0
            title = class_before(sentence, span.first, lexicon) or class_inside(sentence, span, lexicon)
            if title:
                ballot[title] += _TITLE_WEIGHT
    return votes


def class_before(sentence: Sentence, index: int, lexicon: Lexicon) -> str:
    """The class that a title or class noun directly before a name gives it, or ""."""
    if index == 0:
        return ""
    marks = lexicon.markers.get(sentence.words[index - 1].text.casefold(), {})
    return marks.get(MarkerKind.TITLE, "") or marks.get(MarkerKind.CLASS_NOUN, "")


def class_inside(sentence: Sentence, span: Span, lexicon: Lexicon) -> str:
    """The class that a name's own first word gives it ("Bộ Y tế"), or ""."""
    if span.last - span.first < 2:
        return ""
    return lexicon.markers.get(sentence.words[span.first].text.casefold(), {}).get(MarkerKind.CLASS_NOUN, "")


def _elect(form: str, ballot: Counter[str], lexicon: Lexicon) -> str:
    """The class of a name: the ontology's word first, then the votes, then its shape."""
    known = lexicon.known.get(form.casefold())
    if known:
        return known[0].type
    votes: dict[str, float] = dict(ballot)
    guess = _shape(form)
    votes[guess] = votes.get(guess, 0) + _SHAPE_WEIGHT
    return max(sorted(votes), key=lambda type: votes[type])


def _shape(form: str) -> str:
    """The likeliest class of a name by its letters alone."""
    if any(c.isdigit() for c in form):
        return "Product"
    return "Person" if form.count(" ") in (1, 2, 3) and not form.isupper() else "Organization"


def _cover(sentence: Sentence, spans: Sequence[Span], vocabulary: dict[str, str]) -> tuple[Span, ...]:
    """A sentence's names with their elected classes, and the article's other names wherever they occur."""
    taken = {index for span in spans for index in range(span.first, span.last)}
    named = [Span(s.first, s.last, vocabulary[written(sentence, s.first, s.last)]) for s in spans]
    longest = max((form.count(" ") + 1 for form in vocabulary), default=1)
    words = [word.text for word in sentence.words]
    for first, last in longest_matches(words, vocabulary, longest):
        if taken.isdisjoint(range(first, last)):
            named.append(Span(first, last, vocabulary[" ".join(words[first:last])]))
    return tuple(sorted(named))
