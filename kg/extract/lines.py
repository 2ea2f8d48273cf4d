"""A sentence with everything that single words tell: its names, markers and cues.

A *line* is the annotated sentence that the other steps of the extraction read. Words are addressed by index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.extract.lexicon import Lexicon, longest_matches
from kg.extract.limits import Span
from kg.extract.names import find_names
from kg.extract.verbs import tag_verbs, verb_uses
from kg.extract.words import split_names
from kg.model import Sentence, Word
from kg.ontology import Cue, Frame, Known, MarkerKind

_QUOTES = frozenset("\"“”«»'‘’")


@dataclass(frozen=True, order=True, slots=True)
class CueHit:
    """Words first..last-1 are the form of these cues."""

    first: int
    last: int
    cues: tuple[Cue, ...]
    office: bool  # whether they name an office of a person


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and what its words tell; ``marks`` has one entry for each word, the same within one marker."""

    index: int
    sentence: Sentence
    names: tuple[Span, ...]
    marks: tuple[dict[MarkerKind, str], ...]
    mark_ends: tuple[int, ...]  # for each word: where its marker ends, or the next word
    cues: tuple[CueHit, ...]
    known: dict[int, tuple[int, Known]]  # first word -> (last, thing)

    @property
    def words(self) -> tuple[Word, ...]:
        return self.sentence.words

    def has(self, index: int, *kinds: MarkerKind) -> bool:
        """Whether the word there is (part of) a marker of one of these kinds."""
        return 0 <= index < len(self.marks) and any(kind in self.marks[index] for kind in kinds)

    def upos(self, index: int) -> str:
        """The word's part of speech; outside the sentence "PUNCT"."""
        return self.words[index].upos if 0 <= index < len(self.words) else "PUNCT"

    def is_quote(self, index: int) -> bool:
        return self.words[index].text in _QUOTES

    def text(self, first: int, last: int) -> str:
        """The words as written."""
        start = self.sentence.start
        return self.sentence.text[self.words[first].start - start : self.words[last - 1].end - start]


def read_lines(sentences: Sequence[Sentence], lexicon: Lexicon) -> tuple[Line, ...]:
    """The lines of an article."""
    sentences = tag_verbs(split_names(sentences, lexicon), lexicon)
    names = find_names(sentences, lexicon)
    return tuple(_read_line(i, s, n, lexicon) for i, (s, n) in enumerate(zip(sentences, names, strict=True)))


def _read_line(index: int, sentence: Sentence, names: tuple[Span, ...], lexicon: Lexicon) -> Line:
    """Match the tables outside the names: no cue or marker is looked for inside "Bộ Phát triển"."""
    forms = _forms(sentence, lexicon)
    for span in names:
        forms[span.first : span.last] = ["\0"] * (span.last - span.first)
    marks: list[dict[MarkerKind, str]] = [{} for _ in forms]
    ends = list(range(1, len(forms) + 1))
    longer: list[tuple[int, int]] = []
    for first, last in longest_matches(forms, lexicon.markers, lexicon.longest):
        marks[first:last] = [lexicon.markers[" ".join(forms[first:last])]] * (last - first)
        ends[first:last] = [last] * (last - first)
        longer.append((first, last))
    known = _known(sentence, lexicon)
    longer += [(first, last) for first, (last, _) in known.items()]
    verbs = set(verb_uses(sentence, lexicon))
    for first, last in verbs:
        marks[first:last], ends[first:last] = [{}] * (last - first), range(first + 1, last + 1)
    cues = tuple(
        _hit(first, last, " ".join(forms[first:last]), lexicon, verb=(first, last) in verbs)
        for first, last in longest_matches(forms, lexicon.cues, lexicon.longest)
        if not any(a <= first and last <= b and last - first < b - a for a, b in longer)
    )
    return Line(index, sentence, names, tuple(marks), tuple(ends), cues, known)


def _forms(sentence: Sentence, lexicon: Lexicon) -> list[str]:
    """The words as the tables may have them: as written, or else their lemmas ("signed deals with")."""
    forms = [word.text.casefold() for word in sentence.words]
    lemmas = [word.lemma.casefold() for word in sentence.words]
    if lemmas == forms:
        return forms
    tables = (lexicon.cues, lexicon.markers)
    written = [span for table in tables for span in longest_matches(forms, table, lexicon.longest)]
    taken = {index for span in written for index in range(*span)}
    for table in tables:
        for first, last in longest_matches(lemmas, table, lexicon.longest):
            if taken.isdisjoint(range(first, last)):
                taken.update(range(first, last))
                forms[first:last] = lemmas[first:last]
    return forms


def _hit(first: int, last: int, form: str, lexicon: Lexicon, *, verb: bool) -> CueHit:
    """The cues of a form; an office that is used as a verb is no office."""
    cues = tuple(cue for cue in lexicon.cues[form] if not (verb and cue.frame is Frame.ROLE))
    return CueHit(first, last, cues, form in lexicon.offices and not verb)


def _known(sentence: Sentence, lexicon: Lexicon) -> dict[int, tuple[int, Known]]:
    """The ontology's own things in a sentence. A label with a capital counts only so: "Áo" is not "áo"."""
    words = [word.text for word in sentence.words]
    found: dict[int, tuple[int, Known]] = {}
    for first, last in longest_matches([w.casefold() for w in words], lexicon.known, lexicon.longest):
        text = " ".join(words[first:last])
        for thing in lexicon.known[text.casefold()]:
            labels = [label.text for label in thing.labels if label.text.casefold() == text.casefold()]
            if text in labels or any(not label[:1].isupper() for label in labels):
                found.setdefault(first, (last, thing))
    return found
