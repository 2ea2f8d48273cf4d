"""Titles: who holds a role in what, in every order.

"CEO của OpenAI, Sam Altman" · "CEO OpenAI Sam Altman" · "Sam Altman, CEO của OpenAI" · "Sam Altman (CEO OpenAI)" ·
"Sam Altman là CEO của OpenAI" · "CEO Sam Altman của OpenAI".
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.extract.clauses import subject
from kg.extract.lines import CueHit
from kg.extract.phrases import Phrase, PhraseKind
from kg.extract.reading import Reading, target
from kg.extract.trees import phrase_around
from kg.ontology import MarkerKind

_SEPARATORS = (",", "-", "–", "—", "(")


def role_pairs(reading: Reading, hit: CueHit) -> Iterator[tuple[Phrase, Phrase]]:
    """Holder and whole of a title: at most one of each. A title that nobody named holds stands for its holder."""
    title = phrase_around(reading, hit.first)
    if title is None:
        return
    if not hit.office:
        whole = _whole(reading, title.last, needs_of=True)
        holder = _holder_before(reading, hit, ())
    else:
        holder, whole = _office(reading, hit)
    somebody = holder is not None or title.kind is PhraseKind.REFERENCE or title.type == "Person"  # no "chức CEO"
    if whole is not None and whole != holder and somebody:
        yield holder or title, whole


def _office(reading: Reading, hit: CueHit) -> tuple[Phrase | None, Phrase | None]:
    whole = _whole(reading, hit.last)
    if whole is None:
        holder = _person_at(reading, hit.last)
        return holder, _whole(reading, holder.last, needs_of=True) if holder is not None else None
    holder = _person_at(reading, _past_separator(reading, whole.last))
    return holder or _holder_before(reading, hit, ("Person", "")), whole


def _whole(reading: Reading, at: int, *, needs_of: bool = False) -> Phrase | None:
    """What the role is in: the phrase after the title, or after "của"."""
    line = reading.line
    of = line.has(at, MarkerKind.OF)
    if needs_of and not of:
        return None
    phrase = reading.starting.get(line.mark_ends[at] if of else at)
    found = target(reading, phrase) if phrase is not None else None
    return found if found is not None and (of or found.type != "Person") else None


def _past_separator(reading: Reading, at: int) -> int:
    line = reading.line
    return at + 1 if at < len(line.words) and line.words[at].text in _SEPARATORS else at


def _person_at(reading: Reading, at: int) -> Phrase | None:
    """The person named here, after a title or not."""
    if reading.line.has(at, MarkerKind.TITLE) and at not in {p.first for p in reading.phrases if p.kind == "name"}:
        at = reading.line.mark_ends[at]
    phrase = reading.starting.get(at)
    return phrase if phrase is not None and phrase.kind is PhraseKind.NAME and phrase.type == "Person" else None


def _holder_before(reading: Reading, hit: CueHit, types: tuple[str, ...]) -> Phrase | None:
    """Who stands before a title, with a separator or through a copula, and is of one of the classes, if any."""
    line, at = reading.line, hit.first
    while at > 0 and (line.upos(at - 1) in ("DET", "NUM", "ADV") or line.has(at - 1, MarkerKind.DETERMINER)):
        at -= 1
    if at > 0 and line.words[at - 1].text in _SEPARATORS:
        phrase = reading.ending.get(at - 1)
        named = phrase is not None and phrase.kind is PhraseKind.NAME
        return phrase if phrase is not None and (phrase.type in types[:1] or (not types and named)) else None
    copula = next((h for h in line.cues if h.last == at and any(c.frame == "copula" for c in h.cues)), None)
    if copula is None and (at - 1) not in reading.verbs:
        return None
    found = subject(reading, at - 1)
    return found.phrase if found is not None and (not types or found.phrase.type in types) else None


def holders(reading: Reading) -> dict[int, Phrase]:
    """For each office with a holder named beside it, by the title's first word: the holder."""
    offices = [(hit.first, _office(reading, hit)[0]) for hit in reading.line.cues if hit.office]
    return {first: holder for first, holder in offices if holder is not None}
