"""Which entity each mention refers to: read from the store by groups of one name, and worked out anew for an article.

A group holds the mentions whose names share a slug or are labels of one listed thing: what ``kg.identity`` has to see
together. Its key is the kg:nameKey of its mentions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox
from rdflib import URIRef

from kg.identity import PERSON, Canonical, Decisions, Hierarchy, MentionRecord, canonicalise, decide, name_key, slug
from kg.model import Article, Extraction
from kg.ontology import Ontology, local_name
from kg.rdf import ID, PREFIXES, article_iri, mention_iri
from kg.store.curation import Curation
from kg.store.curation import read as read_curation
from kg.store.quads import Quads
from kg.store.updates import literal

HELD = 300_000  # mentions that are remembered, about; then all are forgotten, and read again when they are needed
_MENTION = """?m skos:prefLabel ?name ; kg:mentionType ?type ; kg:refersTo ?e ; kg:mergeReason ?why ; kg:inArticle ?a .
?a dcterms:identifier ?id"""


@dataclass(frozen=True, slots=True)
class Placed:
    """A mention with the IRI of its entity, and why it refers to it."""

    record: MentionRecord
    entity: str
    reason: str


@dataclass(frozen=True, slots=True)
class Move:
    """What an article's arrival, change or removal does to the mentions of all groups that it touches."""

    gone: frozenset[str]  # IRIs of the mentions that the store has of the article
    before: Mapping[str, Placed]  # by IRI of the mention
    after: Mapping[str, Mapping[str, Placed]]  # by group, then by IRI
    canonicals: Sequence[Canonical]

    @property
    def placed(self) -> dict[str, Placed]:
        """All mentions as they are afterwards, by IRI."""
        return {iri: mention for group in self.after.values() for iri, mention in group.items()}

    def canonical(self, mentions: Iterable[str]) -> dict[URIRef, URIRef]:
        """Mention -> entity, afterwards, of some mentions (IRIs)."""
        placed = self.placed
        return {URIRef(iri): URIRef(placed[iri].entity) for iri in mentions}

    @property
    def changed(self) -> tuple[dict[str, Placed], dict[str, Placed]]:
        """Those that are not as they were: before, and afterwards."""
        before, after = self.before, self.placed
        return (
            {iri: one for iri, one in before.items() if after.get(iri) is not one},
            {iri: one for iri, one in after.items() if before.get(iri) is not one},
        )

    @property
    def renamed(self) -> dict[str, tuple[str, str]]:
        """The mentions of other articles that get another entity: mention -> (old, new)."""
        after = self.placed
        others = ((m, old.entity) for m, old in self.before.items() if m in after and m not in self.gone)
        return {m: (old, after[m].entity) for m, old in others if old != after[m].entity}


class Mentions:
    """The mentions of a store, for its one writer: a group is read once, and kept in step by ``moved``."""

    def __init__(self, store: Quads, ontology: Ontology) -> None:
        self._store = store
        self._listed = {name_key(label.text): thing for thing in ontology.known for label in thing.labels}
        self._things = {thing.name: thing for thing in ontology.known}
        self._hierarchy = Hierarchy(ontology)
        self.classes = {name: found.iri for name, found in ontology.classes.items()}
        self._groups: dict[str, Mapping[str, Placed]] = {}
        self._held = 0
        self.curation = read_curation(store)

    def records(self, article: Article, extraction: Extraction) -> dict[str, list[MentionRecord]]:
        """Group -> the mentions of an article that belong to it."""
        by_key = {entity.key: entity for entity in extraction.entities}
        links: dict[int, set[str]] = defaultdict(set)
        for fact in extraction.facts:
            for end, other in ((fact.subject, fact.object), (fact.object, fact.subject)):
                links[end].add(self._link(by_key[other].name, by_key[other].type))
        found: dict[str, MentionRecord] = {}
        for entity in extraction.entities:
            iri = str(mention_iri(article.id, entity))
            record = MentionRecord(article.id, iri, entity.name, entity.type, entity.aliases, tuple(links[entity.key]))
            found[iri] = _joined(found[iri], record) if iri in found else record
        groups: dict[str, list[MentionRecord]] = defaultdict(list)
        for record in found.values():
            groups[self._group(record.name, record.type)].append(record)
        return dict(groups)

    def move(self, article_id: str, records: Mapping[str, Sequence[MentionRecord]]) -> Move:
        """What happens when ``records`` take the place of all mentions of an article."""
        graph = article_iri(article_id).n3()
        rows = self._rows(f"SELECT ?m ?k {{ GRAPH {graph} {{ ?m kg:nameKey ?k }} }}")
        old = {row[0]: row[1] for row in rows}
        groups = self.curation.closure({*records, *old.values()})
        return self._move(groups, frozenset(old), records, self.curation.entities)

    def regroup(self, groups: Iterable[str], curation: Curation) -> Move:
        """What happens to groups when people decide otherwise: ``curation`` is what holds from now on."""
        reached = self.curation.closure(groups) | curation.closure(groups)
        return self._move(reached, frozenset(), {}, curation.entities)

    def _move(
        self,
        groups: set[str],
        gone: frozenset[str],
        records: Mapping[str, Sequence[MentionRecord]],
        decisions: Decisions,
    ) -> Move:
        if self._held > HELD:
            self._groups, self._held = {}, 0
        if unread := groups - self._groups.keys():
            self._read(unread)
        members = {
            group: {
                **{iri: placed.record for iri, placed in self._groups[group].items() if iri not in gone},
                **{record.iri: record for record in records.get(group, ())},
            }
            for group in sorted(groups)
        }
        found = [
            entity
            for group, by_iri in members.items()
            for entity in canonicalise(group, by_iri.values(), self._things.get(group))
        ]
        articles = {iri: record.article for by_iri in members.values() for iri, record in by_iri.items()}
        canonicals = [self._hierarchy.placed(entity) for entity in decide(found, articles, decisions)]
        before = {iri: placed for group in groups for iri, placed in self._groups[group].items()}
        after = _placed(members, before, canonicals)
        return Move(gone, before, after, canonicals)

    def groups_of(self, entity: str) -> tuple[str, ...]:
        """The groups of the mentions that refer to an entity (IRI), sorted."""
        rows = self._rows(f"SELECT DISTINCT ?k {{ ?m kg:refersTo <{entity}> ; kg:nameKey ?k }}")
        return tuple(sorted(row[0] for row in rows))

    def moved(self, move: Move, curation: Curation | None = None) -> None:
        """Remember what a move did, and what was decided, once the store has it."""
        self._groups.update(move.after)
        self._held += sum(map(len, move.after.values())) - len(move.before)
        self.curation = curation or self.curation

    def _group(self, name: str, type: str) -> str:
        thing = self._listed.get(name_key(name))
        return thing.name if thing and (thing.type == PERSON) == (type == PERSON) else slug(name)

    def _link(self, name: str, type: str) -> str:
        """What two articles must share to link to one thing: its name, accents and all (Hòa is not Hoa)."""
        thing = self._listed.get(name_key(name))
        return thing.name if thing and (thing.type == PERSON) == (type == PERSON) else name_key(name)

    def _read(self, groups: Iterable[str]) -> None:
        """Read groups that are not known yet."""
        found: dict[str, dict[str, Placed]] = {group: {} for group in groups}
        those = f"VALUES ?k {{ {' '.join(map(literal, sorted(found)))} }} ?m kg:nameKey ?k ."
        rows = list(self._rows(f"SELECT ?k ?m ?id ?name ?type ?e ?why {{ {those} {_MENTION} }}"))
        self._held += len(rows)
        aliases: dict[str, set[str]] = defaultdict(set)
        for mention, alias in self._rows(f"SELECT ?m ?alias {{ {those} ?m skos:altLabel ?alias }}"):
            aliases[mention].add(alias)
        links = self._links(row[1] for row in rows if local_name(row[4]) == PERSON)
        for key, mention, article, name, type, entity, why in rows:
            self.classes.setdefault(local_name(type), type)
            more = (tuple(sorted(aliases[mention])), tuple(sorted(links[mention])))
            found[key][mention] = Placed(MentionRecord(article, mention, name, local_name(type), *more), entity, why)
        self._groups.update(found)

    def _links(self, mentions: Iterable[str]) -> dict[str, set[str]]:
        """Mention -> what facts link it to. Only for persons: they alone need it."""
        values = " ".join(f"<{mention}>" for mention in sorted(mentions))
        links: dict[str, set[str]] = defaultdict(set)
        for end, other in (("subject", "object"), ("object", "subject")) if values else ():
            for mention, name, type in self._rows(
                f"SELECT DISTINCT ?m ?name ?type {{ VALUES ?m {{ {values} }} "
                f"?st kg:{end}Mention ?m ; kg:{other}Mention ?o . ?o skos:prefLabel ?name ; kg:mentionType ?type }}"
            ):
                links[mention].add(self._link(name, local_name(type)))
        return links

    def _rows(self, sparql: str) -> Iterator[tuple[str, ...]]:
        solutions = self._store.query(sparql, prefixes=PREFIXES, use_default_graph_as_union=True)
        assert isinstance(solutions, ox.QuerySolutions)
        return (tuple(term.value for term in row) for row in solutions)


def _placed(
    members: Mapping[str, Mapping[str, MentionRecord]], before: Mapping[str, Placed], canonicals: Sequence[Canonical]
) -> dict[str, dict[str, Placed]]:
    """Mentions, by group and IRI, with their entities; what has not changed is the same object as before."""
    ends = [(str(ID[entity.slug]), entity) for entity in canonicals]
    entities = {mention: (iri, entity.reason) for iri, entity in ends for mention in entity.mentions}
    result: dict[str, dict[str, Placed]] = {}
    for group, records in members.items():
        result[group] = {}
        for mention, record in records.items():
            old, (entity, reason) = before.get(mention), entities[mention]
            same = old is not None and old.record is record and old.entity == entity and old.reason == reason
            result[group][mention] = old if old is not None and same else Placed(record, entity, reason)
    return result


def _joined(one: MentionRecord, other: MentionRecord) -> MentionRecord:
    """Two entities of one article with one name and one class are one mention."""
    aliases = tuple(sorted({*one.aliases, *other.aliases}))
    return replace(one, aliases=aliases, links=tuple(sorted({*one.links, *other.links})))
