"""Which phrases of an article mean the same: phrases to entities.

Names that are spelled alike are one entity; short names join the only longer one that they can be; an acronym joins
what stands before its bracket; references go to the nearest entity that fits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.extract.claims import Saying
from kg.extract.lexicon import Lexicon
from kg.extract.phrases import Phrase, PhraseKind
from kg.extract.reading import Reading
from kg.extract.references import Antecedents
from kg.ontology import MarkerKind

_MAX_ACRONYM = 6  # letters


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity before it has a number: its name, class, other forms and phrases."""

    name: str
    type: str
    aliases: tuple[str, ...]
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """The things of an article in order of their first phrase, and for each phrase its thing, if it has one."""

    things: tuple[Thing, ...]
    of: dict[Phrase, int]


def resolve(readings: Sequence[Reading], sayings: Sequence[Sequence[Saying]], lexicon: Lexicon) -> Resolution:
    """Group the phrases of an article."""
    named = [
        (r, p) for r in readings for p in (*r.phrases, *r.actions) if p.kind in (PhraseKind.NAME, PhraseKind.CONCEPT)
    ]
    keys = {phrase: phrase.known or _form(reading, phrase).casefold() for reading, phrase in named}
    types = _types(keys)
    joined = _join_short_names(keys, types) | _join_acronyms(readings, keys)
    group = {phrase: _follow(key, joined) for phrase, key in keys.items()}
    group |= Antecedents(readings, group, types, lexicon).resolve()
    group |= _speakers_themselves(readings, sayings, group)
    for phrase, key in _unmet_references(readings, group):
        group[phrase] = key
        types.setdefault(key, phrase.type or "Concept")
    order = {key: number for number, key in enumerate(dict.fromkeys(group[p] for p in sorted(group)))}
    members: dict[str, list[Phrase]] = defaultdict(list)
    for phrase in sorted(group):
        members[group[phrase]].append(phrase)
    labels = {known.name: [label.text for label in known.labels] for known in lexicon.ontology.known}
    things = tuple(_thing(readings, members[key], types[key], labels.get(key, ())) for key in order)
    return Resolution(things, {phrase: order[key] for phrase, key in group.items()})


def _speakers_themselves(
    readings: Sequence[Reading], sayings: Sequence[Sequence[Saying]], group: dict[Phrase, str]
) -> dict[Phrase, str]:
    """The first person in what somebody says: the speaker."""
    return {
        phrase: group[said.speaker]
        for reading, lines in zip(readings, sayings, strict=True)
        for phrase in reading.phrases
        for said in lines
        if phrase.pronoun is MarkerKind.FIRST and said.first <= phrase.first < said.last and said.speaker in group
    }


def _unmet_references(readings: Sequence[Reading], group: dict[Phrase, str]) -> Iterator[tuple[Phrase, str]]:
    """Titles and class nouns that point to nobody named ("Bộ trưởng Công Thương vừa ký"): they name by themselves."""
    titles = {phrase.title for reading in readings for phrase in reading.phrases} - {""}
    for reading in readings:
        for phrase in reading.phrases:
            bare = phrase.type == "Organization" and phrase.noun in titles
            agent = bare or (phrase.definite and phrase.type)  # "công ty này" is somebody we failed to find
            if phrase.kind is PhraseKind.REFERENCE and phrase not in group and phrase.pronoun is None and not agent:
                yield phrase, _form(reading, phrase).casefold()


def _form(reading: Reading, phrase: Phrase) -> str:
    return " ".join(reading.line.text(*phrase.core).split())


def _types(keys: dict[Phrase, str]) -> dict[str, str]:
    """The class of each group: that of its names before that of its concepts, then the commonest."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, key in keys.items():
        votes[key][phrase.type] += 10 if phrase.kind is PhraseKind.NAME else 1
    return {key: max(sorted(count), key=lambda type: count[type]) for key, count in votes.items()}


def _follow(key: str, joined: dict[str, str]) -> str:
    """What a key stands for at last; where known names stand for one another in a circle, the last before it closes."""
    met = {key}
    while key in joined and joined[key] not in met:
        key = joined[key]
        met.add(key)
    return key


def _join_short_names(keys: dict[Phrase, str], types: dict[str, str]) -> dict[str, str]:
    """Short names to the only longer name of their class that holds them at its beginning or end."""
    places: dict[str, list[Phrase]] = defaultdict(list)
    for phrase, key in sorted(keys.items()):
        if phrase.kind is PhraseKind.NAME and not phrase.known:
            places[key].append(phrase)
    uses = {name: _Use.of(phrases) for name, phrases in places.items()}
    joined = {}
    for short, names in _longer_names(sorted(places)).items():
        longer = [long for long in names if types[long] == types[short] and _is_short_for(short, long, types[short])]
        if types[short] != "Person":
            longer = [long for long in longer if long.endswith(f" {short}") or _introduces(uses[long], uses[short])]
        whole = max(longer, key=len, default="")
        if whole and all(f" {long} " in f" {whole} " for long in longer):
            joined[short] = whole
    return joined


def _longer_names(names: Sequence[str]) -> dict[str, list[str]]:
    """For each name those that begin or end with it, in order. Found by their ends: an article may name thousands."""
    known = set(names)
    found: dict[str, list[str]] = defaultdict(list)
    for long in names:
        spaces = [at for at, letter in enumerate(long) if letter == " "]
        for short in {*(long[:at] for at in spaces), *(long[at + 1 :] for at in spaces)} & known:
            found[short].append(long)
    return found


@dataclass(frozen=True, slots=True)
class _Use:
    """How an article uses a name: first where, in which lines, and after which titles."""

    first: Phrase
    lines: frozenset[int]
    titles: frozenset[str]

    @classmethod
    def of(cls, places: Sequence[Phrase]) -> _Use:
        """The use at all places of a name, in order."""
        titles = {phrase.title for phrase in places} - {""}
        return cls(places[0], frozenset(phrase.line for phrase in places), frozenset(titles))


def _introduces(long: _Use, short: _Use) -> bool:
    """Whether a name is used only behind one that begins with it, and never beside it or as another kind of thing.

    "FPT Automotive" is no "FPT", but a daughter of it.
    """
    apart = bool(long.titles and short.titles) and long.titles.isdisjoint(short.titles)
    return long.first < short.first and long.lines.isdisjoint(short.lines) and not apart


def _is_short_for(short: str, long: str, type: str) -> bool:
    """Whether a name can be short for another: "altman" for "sam altman", but not "iphone" for "iphone 7"."""
    if short == long or type == "Place" or f" {short} " not in f" {long} ":
        return False
    rest = f" {long} ".replace(f" {short} ", " ", 1)
    at_end = long.endswith(f" {short}")
    return (at_end or long.startswith(f"{short} ")) and not any(c.isdigit() for c in rest)


def _join_acronyms(readings: Sequence[Reading], keys: dict[Phrase, str]) -> dict[str, str]:
    """The acronym in brackets after a phrase to that phrase: "trí tuệ nhân tạo tổng quát (AGI)"."""
    joined = {}
    for reading in readings:
        words = reading.line.words
        for phrase in reading.phrases:
            at = phrase.last
            short = reading.starting.get(at + 1)
            if short is None or words[at].text != "(" or short.last >= len(words) or words[short.last].text != ")":
                continue
            text = _form(reading, short)
            known = phrase.kind is PhraseKind.CONCEPT and short.known  # never taken for a longer concept
            if known or phrase not in keys or short not in keys or not _is_acronym(text, phrase):
                continue
            if keys[phrase] != keys[short]:
                joined[keys[short]] = keys[phrase]  # a later phrase that ends here is a tail of this one
    return {short: long for short, long in joined.items() if joined.get(long) != short}


def _is_acronym(text: str, phrase: Phrase) -> bool:
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return " " not in text and capitals >= 2 and len(letters) <= _MAX_ACRONYM and phrase.last - phrase.first > 1


def _thing(readings: Sequence[Reading], phrases: Sequence[Phrase], type: str, labels: Sequence[str]) -> Thing:
    """All forms of a group: names, plain forms of concepts, and phrases with their modifiers."""
    names: list[str] = []
    concepts: list[str] = []
    whole: list[str] = []
    for phrase in phrases:
        if phrase.kind is not PhraseKind.REFERENCE or phrase == phrases[0]:
            form, line = _form(readings[phrase.line], phrase), readings[phrase.line].line
            (names if phrase.kind is PhraseKind.NAME else concepts).append(form)
            if phrase.kind is not PhraseKind.NAME:  # the head of a name is its last word, and that may be another's
                whole.append(" ".join(line.text(phrase.head, phrase.last).split()))
    concepts = [_uncapitalised(form) for form in concepts]
    name = _full_name(names, concepts, f" {' '.join((*concepts, *whole)).casefold()} ", labels)
    aliases = {*names, *concepts, *(whole if names else map(_uncapitalised, whole))} - {name}
    return Thing(name, type, tuple(sorted(aliases)), tuple(phrases))


def _full_name(names: Sequence[str], concepts: Sequence[str], text: str, labels: Sequence[str]) -> str:
    """The longest name; what acronyms are short for; of a known concept its first label that the text has."""
    spelled = [form for form in concepts if not labels or form in labels]
    known = [label for label in labels if f" {label.casefold()} " in text]
    if names:
        forms = spelled if spelled and all(name.isupper() for name in names) else names
    else:
        forms = known[:1] or concepts[:1]
    return max(forms, key=lambda form: (len(form.split()), len(form)))


def _uncapitalised(form: str) -> str:
    """A concept without the capital of a sentence's beginning; acronyms keep theirs."""
    return form[:1].lower() + form[1:] if form[1:2].islower() or form[1:2] == " " else form
