"""Candidates to facts: ends become entities, evidence is cut out, and equal statements become one fact."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.extract.claims import Saying, modality
from kg.extract.confidence import chance
from kg.extract.dates import date_near
from kg.extract.lexicon import Lexicon
from kg.extract.phrases import Phrase, PhraseKind
from kg.extract.reading import Reading
from kg.extract.relations import Candidate, Claim
from kg.extract.resolve import Resolution
from kg.literals import kind_of, lexical
from kg.model import Article, Evidence, Fact, Modality
from kg.ontology import KG, Frame, MarkerKind, Relation

_SURE = {  # how much less sure an end is: measured on annotated news
    PhraseKind.NAME: 1.0,
    PhraseKind.CONCEPT: 0.8,
    PhraseKind.REFERENCE: 0.8,
    PhraseKind.EMPTY: 0.0,
}
_ACTION = 0.4
_DATE = 5  # words before a year or a day that may be of its date
_SINGLE = ("founded", "leads")  # their offices are somebody's; "các nhân viên" are a group that is nobody's name
_SPEAKERS = ("Organization", "Person", "Place", "Role", "Work")  # a country and a report also say things


@dataclass(frozen=True, order=True, slots=True)
class Stated:
    """A candidate with entities for phrases."""

    subject: int
    relation: str
    object: int
    modality: Modality
    speaker: int  # -1: the article
    confidence: float
    evidence: Evidence
    cue: tuple[int, int]  # its line and first word
    proposed: bool  # by the model
    date: str
    value: str  # in the datatype of the relation, "" where it has none


def build_facts(
    article: Article,
    readings: Sequence[Reading],
    candidates: Iterable[Candidate],
    sayings: Sequence[Sequence[Saying]],
    resolution: Resolution,
    lexicon: Lexicon,
    *,
    least: float,
) -> tuple[Fact, ...]:
    """The facts that are as sure as ``least``, sorted. Their ends are indices of ``resolution.things``."""
    stated, nobody = [], _offices_alone(readings, resolution)
    for candidate in candidates:
        s, o = resolution.of.get(candidate.subject), resolution.of.get(candidate.object)
        if s is None or o is None or s == o:
            continue
        if s in nobody or o in nobody:
            continue
        types = resolution.things[s].type, resolution.things[o].type
        relation = lexicon.ontology.relations.get(candidate.relation)
        if relation is None or not lexicon.ontology.allows(types[0], candidate.relation, types[1]):
            continue
        value = _value(article, readings, candidate.object, relation.datatype) if relation.datatype else ""
        if relation.datatype and not value:
            continue
        if relation.symmetric and s > o:
            s, o = o, s
        stated.append(_state(article, readings, candidate, (s, o), value, sayings, resolution))
    return _join(_most_specific(list(_agreed(stated, lexicon.ontology.relations)), lexicon, least))


def _agreed(stated: Sequence[Stated], relations: Mapping[str, Relation]) -> Iterator[Stated]:
    """What cues and the model state between two ends in one place becomes one statement, with its chance to be right.

    Where both see something, the model says how likely it is and who says it, and the cue what it is and how it is
    said: measured on annotated news. A cue is taken at its word where the model says nothing of the whole article.
    """
    ours = {name for name, relation in relations.items() if relation.iri.startswith(KG)}
    read = any(fact.proposed for fact in stated)
    pairs: dict[frozenset[int], list[Stated]] = defaultdict(list)
    for fact in stated:
        pairs[frozenset((fact.subject, fact.object))].append(fact)
    for facts in pairs.values():
        proposed = [fact for fact in facts if fact.proposed]
        cued = [fact for fact in facts if not fact.proposed]
        by_model, by_cue = _Places(proposed), _Places(cued)
        for fact in cued:
            beside = by_model.beside(fact.evidence)
            same = [other for other in beside if (other.subject, other.relation) == (fact.subject, fact.relation)]
            surest = max(same or beside, key=lambda other: other.confidence, default=None)
            told = {"model" if same else "rival": surest.confidence} if surest else {}
            sure = chance(cue=fact.confidence, **told, ours=fact.relation in ours) if read else fact.confidence
            yield replace(fact, confidence=sure, speaker=surest.speaker if surest else fact.speaker)
        for fact in proposed:
            if not by_cue.beside(fact.evidence):
                yield replace(fact, confidence=chance(model=fact.confidence, ours=fact.relation in ours))


class _Places:
    """Statements by the stretches of the text that state them: one may be stated in thousands of places."""

    def __init__(self, stated: Sequence[Stated]) -> None:
        self._by_start = sorted(range(len(stated)), key=lambda index: stated[index].evidence.start)
        self._stated = stated
        self._longest = max((fact.evidence.end - fact.evidence.start for fact in stated), default=0)

    def beside(self, evidence: Evidence) -> list[Stated]:
        """Those whose evidence shares letters with this one, in the order in which they were given."""

        def start(index: int) -> int:
            return self._stated[index].evidence.start

        first = bisect.bisect_right(self._by_start, evidence.start - self._longest, key=start)
        last = bisect.bisect_left(self._by_start, evidence.end, key=start)
        near = (index for index in self._by_start[first:last] if self._stated[index].evidence.end > evidence.start)
        return [self._stated[index] for index in sorted(near)]


def _offices_alone(readings: Sequence[Reading], resolution: Resolution) -> set[int]:
    """The things only called by an office of one person: who holds it is not told, so nothing is stated of them."""
    offices = {
        (reading.line.index, hit.first): hit.last
        for reading in readings
        for hit in reading.line.cues
        if hit.office and any(cue.relation in _SINGLE for cue in hit.cues)
    }
    return {
        key
        for key, thing in enumerate(resolution.things)
        if all(
            p.kind is PhraseKind.REFERENCE and p.first == p.head and offices.get((p.line, p.head), 0) >= p.core[1]
            for p in thing.phrases
        )
    }


def _state(
    article: Article,
    readings: Sequence[Reading],
    candidate: Candidate,
    ends: tuple[int, int],
    value: str,
    sayings: Sequence[Sequence[Saying]],
    resolution: Resolution,
) -> Stated:
    reading, said = readings[candidate.line], sayings[candidate.line]
    at, last = _place(candidate)
    if candidate.claim is not None:
        mode, sayers, sure = _claimed(reading, candidate, candidate.claim, said)
    else:
        mode, sayers, sure = _said(reading, candidate, at, said)
    speakers = [resolution.of.get(phrase) for phrase in sayers if phrase is not None]
    able = [s for s in speakers if s is not None and resolution.things[s].type in _SPEAKERS]
    speaker = able[-1] if able else -1
    return Stated(
        ends[0],
        candidate.relation,
        ends[1],
        mode,
        speaker,
        sure,
        _evidence(article, readings, candidate),
        (candidate.line, at),
        proposed=candidate.claim is not None,
        date="" if _is_static(reading, candidate) else date_near(reading, at, last, article.lang, article.date),
        value=value,
    )


def _value(article: Article, readings: Sequence[Reading], phrase: Phrase, datatype: str) -> str:
    """What the words of a phrase say in a datatype, "" if nothing."""
    line, (first, last) = readings[phrase.line].line, phrase.core
    words = line.text(first, last)
    value = lexical(words, datatype, article.lang, article.date)
    if kind_of(datatype) == "date" and any(map(str.isdigit, words)):  # "1944" may be all that was seen of a date
        whole = lexical(line.text(max(0, first - _DATE), last), datatype, article.lang, article.date)
        return whole if whole.startswith(value) else value
    return value


def _place(candidate: Candidate) -> tuple[int, int]:
    """The words of a line that state a candidate: its cue, or without one what of its ends is in the line."""
    if candidate.cue[1]:
        return candidate.cue
    ends = [end for end in (candidate.subject, candidate.object) if end.line == candidate.line]
    return max(end.first for end in ends), max(end.last for end in ends)


def _said(
    reading: Reading, candidate: Candidate, at: int, said: Sequence[Saying]
) -> tuple[Modality, list[Phrase | None], float]:
    """What the words around a cue tell: how it is said, by whom, and how sure the candidate is."""
    sure = candidate.confidence
    for phrase in (candidate.subject, candidate.object):
        sure *= _ACTION if phrase in reading.actions else _SURE[phrase.kind]
    static = _is_static(reading, candidate)
    mode = Modality.ASSERTED if static else modality(reading, at, max(at, candidate.cue[1]), said)
    return mode, [] if static else [s.speaker for s in said if s.first <= at < s.last], sure


def _claimed(
    reading: Reading, candidate: Candidate, claim: Claim, said: Sequence[Saying]
) -> tuple[Modality, list[Phrase | None], float]:
    """What the model tells; where a verb links the ends, words of a plan or possibility are surer: measured."""
    mode = claim.modality
    if _is_linked(reading, candidate):
        told = modality(reading, *_place(candidate), said)
        mode = told if told in (Modality.PLANNED, Modality.POSSIBLE) else mode
    return mode, [claim.speaker], candidate.confidence


def _is_linked(reading: Reading, candidate: Candidate) -> bool:
    """Whether a verb or copula links two ends, as between those of different sentences: not in "Sahel của châu Phi"."""
    ends = sorted((candidate.subject, candidate.object))
    between = reading.line.words[ends[0].last : ends[1].first]
    return ends[0].line != ends[1].line or any(word.upos in ("AUX", "VERB") for word in between)


def _is_static(reading: Reading, candidate: Candidate) -> bool:
    """Whether a fact holds whatever becomes of its clause: "sẽ mua một công ty tại Texas", but not "sẽ là CEO"."""
    line, at = reading.line, candidate.cue[0]
    if candidate.frame is not None and line.upos(at) in ("ADP", "SCONJ"):
        return at in reading.ending or line.has(at, MarkerKind.LIST)
    return candidate.frame is Frame.ADJACENT or (candidate.frame is Frame.ROLE and not _is_linked(reading, candidate))


def _evidence(article: Article, readings: Sequence[Reading], candidate: Candidate) -> Evidence:
    """The shortest stretch that holds both ends and the cue."""
    spans = [(p.line, p.first, p.last) for p in (candidate.subject, candidate.object)]
    spans += [(candidate.line, *candidate.cue)] if candidate.cue[1] else []
    start = min(readings[line].line.words[first].start for line, first, _ in spans)
    end = max(readings[line].line.words[last - 1].end for line, _, last in spans)
    return Evidence(start, end, article.text[start:end])


def _most_specific(stated: Sequence[Stated], lexicon: Lexicon, least: float) -> list[Stated]:
    """For each cue and pair of ends the surest relation, and none that a more specific one between them implies, which
    is said in the same way and not denied; of two that imply one another the surer."""
    surest: dict[tuple[frozenset[int], tuple[int, int]], Stated] = {}
    for fact in sorted(stated, key=lambda fact: (-fact.confidence, fact)):
        surest.setdefault((frozenset((fact.subject, fact.object)), fact.cue), fact)
    kept = [fact for fact in surest.values() if round(fact.confidence, 2) >= least]  # as it is shown
    alike: dict[tuple[int, int, Modality, int], dict[str, int]] = defaultdict(dict)  # relations, the surest first
    for rank, fact in enumerate(kept):
        alike[_saying(fact)].setdefault(fact.relation, rank)
    return [
        fact
        for fact in kept
        if fact.modality is Modality.DENIED or not _is_implied(fact.relation, alike[_saying(fact)], lexicon)
    ]


def _saying(fact: Stated) -> tuple[int, int, Modality, int]:
    """Of which ends something is said, in which way and by whom."""
    return fact.subject, fact.object, fact.modality, fact.speaker


def _is_implied(relation: str, ranks: Mapping[str, int], lexicon: Lexicon) -> bool:
    """Whether one of the ranked relations implies one of them that does not imply it too and is ranked before it."""
    broader = {one: lexicon.ontology.relations[one].broader for one in ranks}
    return any(
        relation in broader[other] and not (other in broader[relation] and ranks[relation] < ranks[other])
        for other in ranks
    )


def _join(stated: Iterable[Stated]) -> tuple[Fact, ...]:
    """One fact for all places that state the same."""
    groups: dict[tuple[int, str, int, Modality, int], list[Stated]] = defaultdict(list)
    for fact in stated:
        groups[fact.subject, fact.relation, fact.object, fact.modality, fact.speaker].append(fact)
    facts = []
    for (s, relation, o, mode, speaker), places in groups.items():
        evidence = tuple(sorted({place.evidence for place in places}))
        confidence = round(max(place.confidence for place in places), 2)
        date = next((place.date for place in sorted(places) if place.date), "")
        said = None if speaker < 0 else speaker
        facts.append(Fact(s, relation, o, mode, said, evidence, confidence, date, places[0].value))
    return tuple(
        sorted(
            facts, key=lambda f: (f.subject, f.relation, f.object, f.modality, -1 if f.speaker is None else f.speaker)
        )
    )
