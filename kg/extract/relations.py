"""Candidates: cues with both of their ends, read by the frame of each cue.

One function for each frame finds the pairs (A, B) that a cue joins in a line; ``Cue.inverse`` swaps them. Which
candidate becomes a fact is decided when the ends are entities (facts.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from kg.extract.clauses import Found, action_after, complement, subject
from kg.extract.lexicon import Lexicon
from kg.extract.lines import CueHit
from kg.extract.lists import ends, place_list
from kg.extract.phrases import Phrase, PhraseKind
from kg.extract.reading import Reading, owner_of, start_of, target
from kg.extract.roles import role_pairs
from kg.model import Modality
from kg.ontology import Cue, Frame, MarkerKind


@dataclass(frozen=True, order=True, slots=True)
class Claim:
    """How, and by whom, a candidate is said, where the model tells; no speaker means the article."""

    modality: Modality
    speaker: Phrase | None = field(compare=False)


@dataclass(frozen=True, order=True, slots=True)
class Candidate:
    """Two phrases that a cue, or the model, relates, subject first. ``cue`` are the cue's words, empty for none."""

    line: int
    frame: Frame | None  # None: the model's
    cue: tuple[int, int]
    subject: Phrase
    relation: str
    object: Phrase
    confidence: float
    claim: Claim | None = None


Pair = tuple[Found, Phrase]  # A, reached over so many verbs, and B


def find_candidates(reading: Reading, lexicon: Lexicon) -> tuple[Candidate, ...]:
    """All candidates of a line, sorted."""
    found = [
        candidate
        for hit in reading.line.cues
        for cue in hit.cues
        if cue.frame in _FRAMES
        for candidate in _candidates(reading, hit, cue)
    ]
    found = [_with_action(reading, candidate, lexicon) for candidate in found]
    found += _adjacent(reading, lexicon)
    return tuple(sorted(set(found)))


def _with_action(reading: Reading, candidate: Candidate, lexicon: Lexicon) -> Candidate:
    """What is done instead of who does it, where the relation asks for that: "khiến hãng này | ngừng sản xuất"."""
    if lexicon.ontology.allows("", candidate.relation, candidate.object.type):
        return candidate
    action = action_after(reading, candidate.object.last)
    return candidate if action is None else replace(candidate, object=action)


def _candidates(reading: Reading, hit: CueHit, cue: Cue) -> Iterator[Candidate]:
    """Expand the lists on both sides of each pair."""
    between = cue.frame in (Frame.ROLE, Frame.BETWEEN)
    for first, second in _FRAMES[cue.frame](reading, hit, cue):
        alone = between or reading.line.has(hit.first, MarkerKind.LIST)  # else its examples would stand for it
        lefts = (first.phrase,) if alone else ends(reading, first.phrase, before=first.phrase.last <= hit.first)
        rights = (second,) if between else ends(reading, second, before=second.last <= hit.first)
        if not between and first.phrase in rights:
            continue  # "gồm A và B" without a whole: the tree takes a member for it
        confidence = cue.confidence * first.sure
        for a in lefts:
            for b in rights:
                s, o = (b, a) if cue.inverse else (a, b)
                if s != o:
                    yield Candidate(
                        reading.line.index, cue.frame, (hit.first, hit.last), s, cue.relation, o, confidence
                    )


def _verb(reading: Reading, hit: CueHit, cue: Cue) -> Iterator[Pair]:
    """A V B; B được A V; B được V bởi A."""
    if _in_phrase(reading, hit) or _names_agent(reading, hit):
        return
    passive = _passive(reading, hit) if cue.frame is Frame.VERB else None
    if passive is not None:
        yield from passive
        return
    a = subject(reading, hit.first) if reading.line.upos(hit.first) == "VERB" else _governed(reading, hit)
    b = complement(reading, hit.last, cue.prepositions, cue.frame is Frame.PREPOSITIONAL)
    if a is not None and b is not None:
        yield a, b


def _names_agent(reading: Reading, hit: CueHit) -> bool:
    """Whether a cue only names who does the verb behind it: "do Nanogen sản xuất"."""
    agent = reading.starting.get(hit.last) if reading.line.has(hit.first, MarkerKind.BY) else None
    return agent is not None and agent.last in reading.verbs


def _governed(reading: Reading, hit: CueHit) -> Found | None:
    """The phrase that a preposition is said of: the one before it, else, if it opens no list, the clause's subject."""
    listed = reading.line.has(hit.first, MarkerKind.LIST)
    comma = listed and hit.first > 0 and reading.line.words[hit.first - 1].text == ","
    phrase = reading.ending.get(hit.first - comma)
    if phrase is not None:
        return Found(owner_of(reading, phrase))
    return None if listed else subject(reading, hit.first)


def _in_phrase(reading: Reading, hit: CueHit) -> bool:
    """Whether a verb is used as a noun: within a noun phrase, or with "của" after it ("loạt hợp tác gần đây của A")."""
    at = hit.last
    while reading.line.upos(at) in ("ADJ", "ADV", "PRON"):
        at += 1
    return reading.line.has(at, MarkerKind.OF) or any(p.first <= hit.first < p.last for p in reading.phrases)


def _passive(reading: Reading, hit: CueHit) -> list[Pair] | None:
    """The pairs of a passive clause, None for an active one."""
    line, at = reading.line, hit.first
    while at > 0 and line.upos(at - 1) in ("ADV", "PART") and not line.has(at - 1, MarkerKind.PASSIVE):
        at -= 1
    if line.has(at - 1, MarkerKind.PASSIVE):
        while line.has(at - 1, MarkerKind.PASSIVE):
            at -= 1
        patient, agent = subject(reading, at), _agent(reading, hit.last)
    else:
        agent = reading.ending.get(at)
        start = start_of(reading, agent) if agent is not None else 0
        if agent is None or not line.has(start - 1, MarkerKind.PASSIVE, MarkerKind.BY):
            return None
        patient = subject(reading, start - 1)
    return [(replace(patient, phrase=agent), patient.phrase)] if patient and agent else []


def _agent(reading: Reading, index: int) -> Phrase | None:
    """The phrase after "bởi" behind a passive verb."""
    for at in range(index, min(index + 4, len(reading.line.words))):
        if reading.line.has(at, MarkerKind.BY):
            return reading.starting.get(reading.line.mark_ends[at])
    return None


def _copula(reading: Reading, hit: CueHit, cue: Cue) -> Iterator[Pair]:
    """A là B, B a concept: a name or a reference there says who it is, not what."""
    a, b = subject(reading, hit.first), complement(reading, hit.last)
    if a is not None and a.hops == 0 and b is not None and b.kind is PhraseKind.CONCEPT:
        yield a, b


def _of_with(reading: Reading, hit: CueHit, cue: Cue) -> Iterator[Pair]:
    """N của A với B; a missing "của A" means the phrase that the noun is said of."""
    of, with_ = cue.prepositions[0], cue.prepositions[-1:]
    b = complement(reading, hit.last, with_, True)
    first = complement(reading, hit.last, (of,), True)
    a = Found(first) if first is not None else subject(reading, _noun_start(reading, hit))
    if a is not None and b is not None and a.phrase != b:
        yield a, b


def _noun_start(reading: Reading, hit: CueHit) -> int:
    """The first word of the noun phrase around a cue and of the preposition that governs it."""
    start = min((p.first for p in reading.phrases if p.first <= hit.first < p.last), default=hit.first)
    line = reading.line
    while start > 0 and (line.upos(start - 1) in ("ADP", "DET", "NUM") or line.words[start - 1].text == ","):
        start -= 1
    return start


def _between(reading: Reading, hit: CueHit, cue: Cue) -> Iterator[Pair]:
    """N giữa A và B, and with more members every two of them."""
    first = complement(reading, hit.last, cue.prepositions, True)
    if first is None:
        return
    members = ends(reading, first, before=False)
    for index, a in enumerate(members):
        for b in members[index + 1 :]:
            yield Found(a), b


def _role(reading: Reading, hit: CueHit, cue: Cue) -> Iterator[Pair]:
    for holder, whole in role_pairs(reading, hit):
        yield Found(holder), whole


_FRAMES: dict[Frame, Callable[[Reading, CueHit, Cue], Iterator[Pair]]] = {
    Frame.VERB: _verb,
    Frame.PREPOSITIONAL: _verb,
    Frame.OF_WITH: _of_with,
    Frame.BETWEEN: _between,
    Frame.COPULA: _copula,
    Frame.ROLE: _role,
}


def _adjacent(reading: Reading, lexicon: Lexicon) -> Iterator[Candidate]:
    """A class noun phrase before a name, and a place in the place named after it."""
    for phrase in reading.phrases:
        for cue in lexicon.adjacent:
            pair = _name_after_class(reading, phrase) if cue.relation != "locatedIn" else _place_in(reading, phrase)
            if pair is not None:
                yield Candidate(reading.line.index, cue.frame, (0, 0), pair[0], cue.relation, pair[1], cue.confidence)


def _name_after_class(reading: Reading, phrase: Phrase) -> tuple[Phrase, Phrase] | None:
    name = reading.starting.get(phrase.last)
    if phrase.kind is not PhraseKind.CONCEPT or name is None or name.kind is not PhraseKind.NAME:
        return None
    telling = phrase.type == name.type not in ("Person", "Place") and reading.line.mark_ends[phrase.head] < phrase.last
    return (name, phrase) if telling and target(reading, phrase) == name else None


def _place_in(reading: Reading, phrase: Phrase) -> tuple[Phrase, Phrase] | None:
    """ "xã X, huyện Y" and "X (Y)": the larger place follows."""
    line, at = reading.line, phrase.last
    mark = line.words[at].text if at < len(line.words) else ""
    may_be_in = phrase.type == "Place" or (phrase.type == "Organization" and mark == "(")
    following = reading.starting.get(at + 1) if mark in (",", "(") else None
    if phrase.kind is not PhraseKind.NAME or not may_be_in or following is None:
        return None
    larger = target(reading, following)
    if larger is None or larger.kind is not PhraseKind.NAME or larger.type != "Place":
        return None
    return None if len(place_list(reading, phrase)) > 1 and larger.title in ("", phrase.title) else (phrase, larger)
