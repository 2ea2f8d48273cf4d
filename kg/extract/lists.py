"""Lists: "Nvidia, Oracle và AMD", and examples that stand for their class: "các ông lớn như Nvidia, Oracle"."""

from __future__ import annotations

from kg.extract.lines import Line
from kg.extract.phrases import Phrase, PhraseKind
from kg.extract.reading import Reading, start_of, target
from kg.ontology import MarkerKind

_REMARK = 12  # words in brackets
_LONG = 3  # names of one class with mere commas between them are a list from this length on


def ends(reading: Reading, phrase: Phrase, *, before: bool) -> tuple[Phrase, ...]:
    """What one end of a cue stands for: the members of its list, each as its target.

    ``before`` is the side: an end before its cue is the last of its list, one after it the first.
    """
    examples = examples_of(reading, phrase)
    joined = examples or (_joined_before(reading, phrase) if before else _joined_after(reading, phrase))
    targets = (target(reading, member) for member in joined)
    return tuple(dict.fromkeys(member for member in targets if member is not None))


def examples_of(reading: Reading, phrase: Phrase) -> tuple[Phrase, ...]:
    """The phrases that a LIST marker after a phrase introduces."""
    if phrase.kind is PhraseKind.NAME:
        return ()
    line, at = reading.line, phrase.last
    if at < len(line.words) and line.words[at].text in ",:(":
        at += 1
    if not line.has(at, MarkerKind.LIST):
        return ()
    at = line.mark_ends[at]
    first = reading.starting.get(at + (at < len(line.words) and line.words[at].text == ":"))
    if first is None:
        return ()
    return (first, *(phrase for phrase, _ in _chain_after(reading, first)))


def place_list(reading: Reading, place: Phrase) -> tuple[Phrase, ...]:
    """The places side by side that a place is one of: "Hải Dương, Hưng Yên và Hà Nam"; alone, it is in what follows."""
    after = _accept([(place, False), *_chain_after(reading, place)], place)
    return tuple(dict.fromkeys((*_joined_before(reading, place), *after)))


def _joined_after(reading: Reading, phrase: Phrase) -> tuple[Phrase, ...]:
    chain = [(phrase, False), *_chain_after(reading, phrase)]
    if reading.line.has(phrase.first - 1, MarkerKind.LIST):
        return tuple(member for member, _ in chain)
    while len(chain) > 1 and _starts_clause(reading, chain[-1][0]):
        chain.pop()
    return _accept(chain, phrase)


def _joined_before(reading: Reading, phrase: Phrase) -> tuple[Phrase, ...]:
    chain = [(phrase, False)]
    while True:
        separator, joins = _separator_before(reading, start := start_of(reading, chain[0][0]))
        previous = reading.ending.get(separator)
        if previous is None or separator == start or not _alike(previous, phrase):
            break
        chain[0] = (chain[0][0], joins)
        chain.insert(0, (previous, False))
    return _accept(chain, phrase)


def _accept(chain: list[tuple[Phrase, bool]], alone: Phrase) -> tuple[Phrase, ...]:
    """The members up to the last "và"; without one, only a long row of names of one class is a list."""
    joined = [index for index, (_, joins) in enumerate(chain) if joins]
    phrases = tuple(phrase for phrase, _ in chain)
    if joined and alone in phrases[: joined[-1] + 1]:
        return phrases[: joined[-1] + 1]
    row = all(phrase.kind is PhraseKind.NAME and phrase.type == phrases[0].type for phrase in phrases)
    return phrases if row and len(phrases) >= _LONG else (alone,)


def _chain_after(reading: Reading, phrase: Phrase) -> list[tuple[Phrase, bool]]:
    """The phrases joined to one on its right, each with whether an AND marker stands before it."""
    chain: list[tuple[Phrase, bool]] = []
    last = _with_name(reading, phrase)
    while True:
        at, joins = _separator_after(reading, last.last)
        following = reading.starting.get(at)
        if following is None or at == last.last or not _alike(phrase, following):
            return chain
        last = _with_name(reading, following)
        chain.append((following, joins))


def _with_name(reading: Reading, phrase: Phrase) -> Phrase:
    """The name right behind a title or class noun, else the phrase."""
    named = target(reading, phrase)
    return named if named is not None and named.first == phrase.last else phrase


def _separator_after(reading: Reading, at: int) -> tuple[int, bool]:
    """Past a comma, an AND marker or both; and whether there was an AND marker."""
    line = reading.line
    while at < len(line.words) and line.is_quote(at):
        at += 1
    at = _past_bracket(line, at)
    if at < len(line.words) and line.words[at].text in (",", ";"):
        at += 1
    joins = line.has(at, MarkerKind.AND)
    at = line.mark_ends[at] if joins else at
    while at < len(line.words) and line.is_quote(at) and at not in reading.starting:
        at += 1
    return at, joins


def _past_bracket(line: Line, at: int) -> int:
    """Behind a short remark in brackets, as newspapers put after each name of a list: "A (22 tuổi), B (24 tuổi)"."""
    if at < len(line.words) and line.words[at].text == "(":
        closing = [i for i in range(at, min(at + _REMARK, len(line.words))) if line.words[i].text == ")"]
        return closing[0] + 1 if closing else at
    return at


def _separator_before(reading: Reading, at: int) -> tuple[int, bool]:
    line = reading.line
    joins = line.has(at - 1, MarkerKind.AND)
    while line.has(at - 1, MarkerKind.AND):
        at -= 1
    if at > 0 and line.words[at - 1].text == ",":
        at -= 1
    return at, joins


def _alike(phrase: Phrase, other: Phrase) -> bool:
    """Whether two phrases can be members of one list."""
    if PhraseKind.REFERENCE in (phrase.kind, other.kind):
        return phrase.type == other.type
    return phrase.kind is other.kind or phrase.type == other.type


def _starts_clause(reading: Reading, phrase: Phrase) -> bool:
    """Whether a phrase is the subject of a verb right after it."""
    at = phrase.last
    while reading.line.upos(at) in ("ADV", "AUX", "PART"):
        at += 1
    return at in reading.verbs
