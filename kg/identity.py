"""Which entity a name means: mentions of all articles -> canonical entities, in whatever order they come. Pure.

Names that differ in case, or in where the tone mark stands (hoà, hòa), are one name. Mentions of one name are one
entity, whatever their classes, except for concepts in small letters beside a name ("hòa bình", the place Hòa Bình), and
for persons: a person is never anything else, and two persons of one name in different articles are one only with
evidence: both articles link them, by a fact, to another entity of one name.
What the ontology lists is one entity by all of its labels. What people decide goes before all of this.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from kg.ontology import Known, Ontology

PERSON, CONCEPT = "Person", "Concept"
LISTED = "the ontology lists its name"
SAME_NAME = "same name"
SHARED_LINK = "same name, and facts link both to one other name"
SINGLE = "named in one article only"
MERGED = "merged by hand"
SPLIT = "split by hand"
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # grave, acute, tilde, hook above, dot below


@dataclass(frozen=True, order=True, slots=True)
class MentionRecord:
    """What identity needs to know of a mention. ``links``: keys of the names that facts connect it with."""

    article: str
    iri: str
    name: str
    type: str  # local name of its class
    aliases: tuple[str, ...]
    links: tuple[str, ...]


@dataclass(frozen=True, order=True, slots=True)
class Canonical:
    """An entity over all articles. ``slug`` is the end of its IRI; ``reason`` says why its mentions are one."""

    slug: str
    name: str
    type: str
    aliases: tuple[str, ...]
    mentions: tuple[str, ...]  # IRIs, sorted
    reason: str
    broader: tuple[str, ...] = ()  # slugs of concepts of which it is a kind


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people decided about entities, named by their slugs; it goes before all reasons."""

    merged: Mapping[str, str]  # an entity -> the one that it is
    split: frozenset[str]  # entities by whose name each article means another


_ORDER = attrgetter("article", "iri")  # of records, as their own order is, only quicker


@functools.lru_cache(maxsize=100_000)
def name_key(name: str) -> str:
    """What two spellings of one name share: casefolded, tone marks after the letters of their syllable.

    >>> name_key("Hoà Bình") == name_key("hòa  bình")
    True
    """
    return " ".join(_syllable_key(part) for part in unicodedata.normalize("NFC", name).casefold().split())


def _syllable_key(syllable: str) -> str:
    letters = unicodedata.normalize("NFD", syllable)
    tones = "".join(char for char in letters if char in _TONES)
    return unicodedata.normalize("NFC", "".join(char for char in letters if char not in _TONES)) + tones


def slug(name: str) -> str:
    """A readable end of an IRI, ASCII where the script allows it.

    >>> slug("năng lượng hạt nhân"), slug("Đà Nẵng")
    ('nang-luong-hat-nhan', 'da-nang')
    """
    letters = unicodedata.normalize("NFKD", name.casefold().replace("đ", "d"))
    return re.sub(r"[\W_]+", "-", "".join(c for c in letters if not unicodedata.combining(c))).strip("-") or "x"


def canonicalise(group: str, records: Iterable[MentionRecord], known: Known | None = None) -> list[Canonical]:
    """The entities behind all mentions whose names share the slug ``group``, or are labels of ``known``."""
    clusters = sorted(
        _clusters(sorted(records, key=_ORDER), known),
        key=lambda cluster: (cluster.reason != LISTED, *_ORDER(cluster.records[0])),
    )
    named = list(_named(clusters, group, taken=known is None))
    return sorted(_canonical(cluster, name, known) for cluster, name in named)


def decide(entities: Iterable[Canonical], articles: Mapping[str, str], decisions: Decisions) -> list[Canonical]:
    """The entities as people want them, sorted. ``articles``: the article of each mention, by the mention's IRI."""
    found: dict[str, Canonical] = {}
    for entity in entities:
        for part in _apart(entity, articles) if entity.slug in decisions.split else (entity,):
            found[part.slug] = part
    members: dict[str, list[Canonical]] = defaultdict(list)
    for entity in sorted(found.values()):
        members[_merged(entity.slug, found, decisions.merged)].append(entity)
    return sorted(_together(found[target], parts) for target, parts in members.items())


def _apart(entity: Canonical, articles: Mapping[str, str]) -> Iterator[Canonical]:
    """An entity for each article."""
    mentions: dict[str, list[str]] = defaultdict(list)
    for mention in entity.mentions:
        mentions[articles[mention]].append(mention)
    for article, found in mentions.items():
        mark = hashlib.blake2b(f"{article}\0{entity.slug}".encode(), digest_size=3).hexdigest()
        yield replace(entity, slug=f"{entity.slug}-{mark}", mentions=tuple(sorted(found)), reason=SPLIT)


def _merged(slug: str, found: Container[str], merged: Mapping[str, str]) -> str:
    """The last entity that a chain of merges leads to, as far as there are such entities."""
    seen = {slug}
    while merged.get(slug, slug) not in seen and merged[slug] in found:
        slug = merged[slug]
        seen.add(slug)
    return slug


def _together(target: Canonical, parts: Sequence[Canonical]) -> Canonical:
    if len(parts) == 1:
        return target
    names = {name for part in parts for name in (part.name, *part.aliases)}
    mentions = tuple(sorted(mention for part in parts for mention in part.mentions))
    return replace(target, aliases=tuple(sorted(names - {target.name})), mentions=mentions, reason=MERGED)


class Hierarchy:
    """Which listed concepts are broader than an entity: the ontology says so, or the entity's name begins (in English:
    ends) with the concept's: "năng lượng hạt nhân", "nuclear energy"."""

    def __init__(self, ontology: Ontology) -> None:
        self._things = {thing.name: thing for thing in ontology.known}
        self._heads: dict[tuple[str, str], str] = {}
        self._concepts = {name for name, one in ontology.classes.items() if CONCEPT in (name, *one.parents)}
        for thing in ontology.known:
            for label in thing.labels if thing.type in self._concepts else ():
                self._heads.setdefault((label.lang, name_key(label.text)), thing.name)

    def placed(self, entity: Canonical) -> Canonical:
        """The entity with what is broader."""
        thing = self._things.get(entity.slug)
        found = thing.broader if thing else ()
        if not found and entity.type in self._concepts:
            found = self._by_name(entity)
        return replace(entity, broader=found)

    def _by_name(self, entity: Canonical) -> tuple[str, ...]:
        words = name_key(entity.name).split()
        for size in range(len(words) - 1, 0, -1):
            keys = ("vi", " ".join(words[:size])), ("en", " ".join(words[-size:]))
            found = sorted({self._heads[key] for key in keys if key in self._heads} - {entity.slug})
            if found:
                return tuple(found)
        return ()


@dataclass(frozen=True, slots=True)
class _Cluster:
    reason: str
    records: tuple[MentionRecord, ...]  # sorted: the first article first
    noun: bool = False  # a namesake in small letters


def _clusters(records: Sequence[MentionRecord], known: Known | None) -> Iterator[_Cluster]:
    listed: list[MentionRecord] = []
    others: dict[str, list[MentionRecord]] = {}
    persons: dict[str, list[MentionRecord]] = {}
    labels = {name_key(label.text) for label in known.labels} if known else set()
    for record in records:
        key = name_key(record.name)
        if known and key in labels and (record.type == PERSON) == (known.type == PERSON):
            listed.append(record)
        else:
            (persons if record.type == PERSON else others).setdefault(key, []).append(record)
    if listed:
        yield _Cluster(LISTED, tuple(listed))
    for found in others.values():
        yield from _same_names(found)
    for found in persons.values():
        yield from _same_persons(found)


def _same_names(records: Sequence[MentionRecord]) -> Iterator[_Cluster]:
    """Mentions of one name: one, but for concepts in small letters beside what is written as a name ("Hòa Bình")."""
    proper = any(record.type != CONCEPT and _is_proper(record.name) for record in records)
    parts: dict[bool, list[MentionRecord]] = {False: [], True: []}
    for record in records:
        parts[proper and record.type == CONCEPT and record.name.islower()].append(record)
    for noun, found in parts.items():
        if found:
            yield _Cluster(SAME_NAME, tuple(found), noun)


def _is_proper(name: str) -> bool:
    """Whether capitals tell a name, and not a sentence's beginning or a headline."""
    first, *others = name.split()
    return any(part[:1].isupper() for part in others or [first]) and not name.isupper()


def _same_persons(records: Sequence[MentionRecord]) -> Iterator[_Cluster]:
    """Persons of one name, joined where they are of one article, or where facts link both to one other name."""
    known_by: dict[tuple[str, str], _Persons] = {}
    for record in records:
        marks = {("article", record.article), *(("link", link) for link in record.links)}
        found = {id(known_by[mark]): known_by[mark] for mark in marks if mark in known_by}
        joined = max(found.values(), key=lambda persons: len(persons.records), default=_Persons(set(), []))
        for other in found.values():
            if other is not joined:
                joined.records += other.records
                joined.marks |= other.marks
                known_by |= dict.fromkeys(other.marks, joined)
        joined.records.append(record)
        joined.marks |= marks
        known_by |= dict.fromkeys(marks, joined)
    for persons in {id(persons): persons for persons in known_by.values()}.values():
        reason = SHARED_LINK if len(persons.records) > 1 else SINGLE
        yield _Cluster(reason, tuple(sorted(persons.records, key=_ORDER)))


@dataclass(eq=False, slots=True)
class _Persons:
    """Some who are one, and what they are known by."""

    marks: set[tuple[str, str]]
    records: list[MentionRecord]


def _named(clusters: Sequence[_Cluster], group: str, *, taken: bool) -> Iterator[tuple[_Cluster, str]]:
    """The first one (of the ontology, else of the first article) has the plain slug, namesakes get a suffix."""
    for number, cluster in enumerate(clusters):
        first = cluster.records[0]
        plain = cluster.reason == LISTED or (number == 0 and taken)
        kind = "person" if first.type == PERSON else "noun" if cluster.noun else ""
        mark = "\0".join((first.article, name_key(first.name), kind))
        yield cluster, group if plain else f"{group}-{hashlib.blake2b(mark.encode(), digest_size=3).hexdigest()}"


def _canonical(cluster: _Cluster, name: str, known: Known | None) -> Canonical:
    """Named as most articles do, or by the first label (preferred ones come first) of the language in which most do, if
    any does; its class the ontology's own, else the commonest, ties by name."""
    names = Counter(record.name for record in cluster.records)
    types = Counter(record.type for record in cluster.records)
    best = min(names, key=lambda text: (-names[text], text))
    type = min(types, key=lambda text: (-types[text], text))
    others = {alias for record in cluster.records for alias in record.aliases} | set(names)
    if known and cluster.reason == LISTED:
        spoken: Counter[str] = Counter()
        for label in known.labels:
            spoken[label.lang] += names[label.text]
        labels = sorted(known.labels, key=lambda label: (-spoken[label.lang], label.lang != "vi"))  # else as they are
        best = next((label.text for label in labels if label.text in others), best)
        others |= {label.text for label in labels}
        type = known.type
    mentions = tuple(sorted(record.iri for record in cluster.records))
    reason = cluster.reason if len(mentions) > 1 or cluster.reason == LISTED else SINGLE
    return Canonical(name, best, type, tuple(sorted(others - {best})), mentions, reason)
