"""Which phrases of an article mean the same: phrases to entities.

Names that are spelled alike are one entity; short names join the only longer one that they can be; an acronym joins
what stands before its bracket; references go to the nearest entity that fits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.extract.claims import Saying
from kg.extract.lexicon import Lexicon
from kg.extract.limits import begins
from kg.extract.lines import Line
from kg.extract.phrases import Phrase, PhraseKind
from kg.extract.reading import Reading
from kg.extract.references import Antecedents, Told
from kg.model import LITERAL
from kg.ontology import MarkerKind

_MAX_ACRONYM = 6  # letters
_AGENTS = ("Organization", "Person")


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


def resolve(
    readings: Sequence[Reading],
    sayings: Sequence[Sequence[Saying]],
    lexicon: Lexicon,
    told: Told,
) -> Resolution:
    """Group the phrases of an article."""
    named = [
        (r, p) for r in readings for p in (*r.phrases, *r.actions) if p.kind in (PhraseKind.NAME, PhraseKind.CONCEPT)
    ]
    keys = _keys(named)
    types = _types(keys)
    joined = _join_short_names(readings, keys, types) | _join_acronyms(readings, keys)
    group = {phrase: _follow(key, joined) for phrase, key in keys.items()}
    referring = Antecedents(readings, group, types, lexicon, told).resolve()
    group |= referring
    group |= _speakers_themselves(readings, sayings, group)
    for phrase, key in _unmet_references(readings, group):
        group[phrase] = key
        types.setdefault(key, phrase.type or "Concept")
    order = {key: number for number, key in enumerate(dict.fromkeys(group[p] for p in sorted(group)))}
    members: dict[str, list[Phrase]] = defaultdict(list)
    for phrase in sorted(group):
        members[group[phrase]].append(phrase)
    labels = {known.name: [label.text for label in known.labels] for known in lexicon.ontology.known}
    things = tuple(_thing(readings, members[key], types[key], labels.get(key, ()), referring) for key in order)
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
    return _words(reading.line, *phrase.core)


def _keys(named: Sequence[tuple[Reading, Phrase]]) -> dict[Phrase, str]:
    """What phrases that are spelled alike share. A concept without a capital is none of the names that are surely
    written with one: "hoa" is not "Hoa", but "năng lượng" is the "Năng lượng" that begins a sentence."""
    keys = {phrase: phrase.known or _form(reading, phrase).casefold() for reading, phrase in named}
    proper = {
        keys[phrase]
        for reading, phrase in named
        if phrase.kind is PhraseKind.NAME and not phrase.known and _is_proper(reading, phrase)
    }
    lower = {_form(reading, phrase) for reading, phrase in named if phrase.kind is PhraseKind.NAME}
    for reading, phrase in named:
        form = _form(reading, phrase)
        if phrase.kind is PhraseKind.CONCEPT and form == keys[phrase] and form in proper - lower:
            keys[phrase] = f"{form}\0"
    return keys


def _is_proper(reading: Reading, phrase: Phrase) -> bool:
    """Whether a capital tells a name: not one that may only begin a sentence, nor those of a headline."""
    form = _form(reading, phrase)
    capitals = sum(syllable[:1].isupper() for syllable in form.split())
    first = phrase.type == "Person" and " " not in form
    sure = first or capitals > 1 or not begins(reading.line.sentence, phrase.first)
    return sure and capitals > 0 and not form.isupper()


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


def _join_short_names(readings: Sequence[Reading], keys: dict[Phrase, str], types: dict[str, str]) -> dict[str, str]:
    """Short names to the only longer name of their class that holds them at its beginning or end."""
    told = {short for long, short in _bracketed(readings) if f" {keys.get(short)} " in f" {keys.get(long)} "}
    places: dict[str, list[Phrase]] = defaultdict(list)
    for phrase, key in sorted(keys.items()):
        if phrase.kind is PhraseKind.NAME and not phrase.known:
            places[key].append(phrase)
    uses = {name: _Use.of(phrases, told) for name, phrases in places.items()}
    joined = {}
    for short, names in _longer_names(sorted(places)).items():
        longer = [long for long in names if types[long] == types[short] and _is_short_for(short, long, types[short])]
        longer = [long for long in longer if _may_stand_for(short, long, types[short], uses)]
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
    """How an article uses a name: where first in the article and in each line, and after which titles."""

    first: Phrase
    lines: dict[int, Phrase]
    titles: frozenset[str]

    @classmethod
    def of(cls, places: Sequence[Phrase], told: Container[Phrase]) -> _Use:
        """The use at all places of a name, in order; one in brackets behind the longer name is not beside it."""
        titles = {phrase.title for phrase in places} - {""}
        lines = {phrase.line: phrase for phrase in reversed(places) if phrase not in told}
        return cls(places[0], lines, frozenset(titles))


def _may_stand_for(short: str, long: str, type: str, uses: Mapping[str, _Use]) -> bool:
    """Whether an article uses a name as one that is short for another.

    It is so only behind the longer one, never beside it or as another kind of thing: "FPT Automotive" is no "FPT", but
    a daughter of it, and "Lê Minh Khái" is somebody else than "Lê Minh". A person's last name may come first in the
    article, and after the whole name in a line; what people make is also called without its maker: "Samsung Z4".
    """
    one, other = uses[long], uses[short]
    both = one.lines.keys() & other.lines.keys()
    at_end = long.endswith(f" {short}")
    if type == "Person" and at_end and " " not in short:
        return all(one.lines[line] < other.lines[line] for line in both)
    apart = bool(one.titles and other.titles) and one.titles.isdisjoint(other.titles) and type != "Person"
    behind = one.first < other.first or (at_end and type not in _AGENTS)
    return behind and not both and not apart


def _is_short_for(short: str, long: str, type: str) -> bool:
    """Whether a name can be short for another: "altman" for "sam altman", but not "iphone" for "iphone 7"."""
    if short == long or type == "Place" or f" {short} " not in f" {long} ":
        return False
    rest = f" {long} ".replace(f" {short} ", " ", 1)
    at_end = long.endswith(f" {short}")
    return (at_end or long.startswith(f"{short} ")) and not any(c.isdigit() for c in rest)


def _bracketed(readings: Sequence[Reading]) -> Iterator[tuple[Phrase, Phrase]]:
    """Phrases, each with the one that alone stands in brackets behind it."""
    for reading in readings:
        words = reading.line.words
        for phrase in reading.phrases:
            short = reading.starting.get(phrase.last + 1)
            last = len(words) if short is None else short.last
            if short is not None and last < len(words) and (words[phrase.last].text, words[last].text) == ("(", ")"):
                yield phrase, short


def _join_acronyms(readings: Sequence[Reading], keys: dict[Phrase, str]) -> dict[str, str]:
    """The acronym in brackets after a phrase to that phrase: "trí tuệ nhân tạo tổng quát (AGI)"."""
    joined = {}
    for phrase, short in _bracketed(readings):
        text = _form(readings[short.line], short)
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


def _thing(
    readings: Sequence[Reading],
    phrases: Sequence[Phrase],
    type: str,
    labels: Sequence[str],
    referring: Container[Phrase],
) -> Thing:
    """All forms of a group but those of ``referring`` phrases: names, plain forms of concepts, and phrases with their
    modifiers."""
    names: list[str] = []
    concepts: list[str] = []
    whole: list[str] = []
    plain: list[str] = []
    for phrase in phrases:
        if not (phrase.kind is PhraseKind.REFERENCE or phrase in referring) or phrase == phrases[0]:
            line, (first, last) = readings[phrase.line].line, phrase.core
            if phrase.kind is PhraseKind.NAME:
                names.append(_words(line, first, last))
            else:  # the head of a name is its last word, and that may be another's
                concepts.append(_uncapitalised(line, first, last, phrase.type))
                whole.append(_words(line, phrase.head, phrase.last))
                plain.append(_uncapitalised(line, phrase.head, phrase.last, phrase.type))
    name = _full_name(names, concepts, f" {' '.join((*concepts, *whole)).casefold()} ", labels)
    aliases = {*names, *concepts, *(whole if names else plain)} - {name}
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


def _uncapitalised(line: Line, first: int, last: int, type: str) -> str:
    """The words of a concept without the capital of a sentence's beginning; acronyms and mere values keep theirs."""
    form = _words(line, first, last)
    lowered = begins(line.sentence, first) and type != LITERAL and (form[1:2].islower() or form[1:2] == " ")
    return form[:1].lower() + form[1:] if lowered else form


def _words(line: Line, first: int, last: int) -> str:
    return " ".join(line.text(first, last).split())
