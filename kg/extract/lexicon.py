"""The ontology as look-up tables for one language: casefolded forms to markers, cues and known things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from kg.ontology import Cue, Frame, Known, MarkerKind, Ontology

_THINGS = {"Concept", "Product"}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What single words and idioms mean. All keys are casefolded forms with single spaces."""

    ontology: Ontology
    markers: dict[str, dict[MarkerKind, str]]  # form -> kind -> value
    cues: dict[str, tuple[Cue, ...]]
    adjacent: tuple[Cue, ...]  # cues without words
    known: dict[str, tuple[Known, ...]]
    offices: frozenset[str]  # forms of ROLE cues that only persons and organisations have: "chủ tịch", not "chi nhánh"
    tags: dict[str, str]  # the recogniser's tag -> class
    longest: int  # syllables of the longest form

    def kind_of(self, child: str, parent: str) -> bool:
        """Whether a class is another one or below it; the unknown class "" fits everywhere."""
        if not child or not parent or child == parent:
            return True
        entity_class = self.ontology.classes.get(child)
        return entity_class is not None and parent in entity_class.parents


_last: dict[str, Lexicon] = {}  # by language: a corpus asks for the same one with every article


def read_ontology(ontology: Ontology, lang: str) -> Lexicon:
    """The tables for one language. Labels of known things count in every language: news mixes them."""
    if lang not in _last or _last[lang].ontology is not ontology:
        _last[lang] = _tables(ontology, lang)
    return _last[lang]


def _tables(ontology: Ontology, lang: str) -> Lexicon:
    markers: dict[str, dict[MarkerKind, str]] = defaultdict(dict)
    for marker in ontology.markers:
        if marker.lang == lang:
            markers[marker.form][marker.kind] = marker.value
    cues: dict[str, list[Cue]] = defaultdict(list)
    for cue in ontology.cues:
        if cue.lang in (lang, "") and cue.form:
            cues[cue.form].append(cue)
    known: dict[str, list[Known]] = defaultdict(list)
    for thing in ontology.known:
        for label in thing.labels:
            if thing not in known[label.text.casefold()]:
                known[label.text.casefold()].append(thing)
    tags = {tag: name for name, value in sorted(ontology.classes.items()) for tag in (*value.tags, name)}
    forms = (*markers, *cues, *known)
    return Lexicon(
        ontology,
        dict(markers),
        {form: tuple(found) for form, found in cues.items()},
        tuple(cue for cue in ontology.cues if cue.frame is Frame.ADJACENT and not cue.form),
        {form: tuple(found) for form, found in known.items()},
        frozenset(form for form, found in cues.items() if any(_is_office(cue, ontology) for cue in found)),
        tags,
        max((form.count(" ") + 1 for form in forms), default=1),
    )


def _is_office(cue: Cue, ontology: Ontology) -> bool:
    domain = ontology.relations[cue.relation].domain
    return cue.frame is Frame.ROLE and "Person" in domain and not _THINGS & set(domain)


def longest_matches(words: Sequence[str], table: Container[str], longest: int) -> Iterator[tuple[int, int]]:
    """Spans (first, last) of words that together are a form of the table: left to right, longest first, disjoint.

    >>> list(longest_matches(["rót", "vốn", "vào", "năng lượng"], {"rót vốn", "vốn", "năng lượng"}, 2))
    [(0, 2), (3, 4)]
    """
    first = 0
    while first < len(words):
        best, text, last = first, "", first
        while last < len(words) and text.count(" ") < longest:
            text = f"{text} {words[last]}" if text else words[last]
            last += 1
            if text in table:
                best = last
        if best > first:
            yield first, best
        first = max(best, first + 1)
