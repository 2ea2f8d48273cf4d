"""The decisions of people: each is written together with all that follows from it, as one atomic update."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox
from rdflib import URIRef

from kg.errors import RequestError
from kg.model import Modality
from kg.ontology import local_name
from kg.rdf import CURATION_GRAPH, ID
from kg.store import curation, statements, updates
from kg.store.changes import article_change
from kg.store.database import Store
from kg.store.folder import explained

Fact = tuple[str, str, str]  # subject, relation, object: IRIs


class Curator:
    """Decides about the entities and facts of a store that is open for writing, and knows an ontology."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def decisions(self) -> list[tuple[str, str]]:
        """What people decided: the IRI of each decision, and what it says, sorted."""
        return curation.listed(self._store.quads)

    def merge(self, one: str, other: str) -> None:
        """Make an entity (IRI) another one from now on, whatever is built. Raises RequestError where there is none."""
        groups = self._group(one), self._group(other)
        if one == other or not all(groups):
            raise RequestError(f"{local_name(one)} and {local_name(other)} are not two entities that articles name")
        triples = curation.merge_triples(one, other, groups)
        self._decide([*curation.forget_merges([one]), *updates.insert(CURATION_GRAPH, triples)])

    def split(self, entity: str) -> tuple[str, ...]:
        """Take back what was merged into an entity (IRI); where nothing was, each article means another by its name.

        Gives the entities that it is now. Raises RequestError where nothing was merged and only one article names it.
        """
        mentions = [str(row[0]) for row in self._store.query(f"SELECT ?m {{ ?m kg:refersTo <{entity}> }}")]
        articles = list(self._store.query(f"SELECT DISTINCT ?a {{ ?m kg:refersTo <{entity}> ; kg:inArticle ?a }}"))
        merged = self._store.mentions.curation.entities.merged
        parts = [str(ID[part]) for part, whole in merged.items() if str(ID[whole]) == entity]
        if not parts and len(articles) < 2:
            raise RequestError(f"{local_name(entity)} is named in one article and was not merged: nothing to split")
        apart = updates.insert(CURATION_GRAPH, curation.split_triples(entity, self._group(entity)))
        self._decide(curation.forget_merges(parts) or apart)
        values = " ".join(f"<{mention}>" for mention in mentions)
        rows = self._store.query(f"SELECT DISTINCT ?e {{ VALUES ?m {{ {values} }} ?m kg:refersTo ?e }} ORDER BY ?e")
        return tuple(str(row[0]) for row in rows)

    def _group(self, entity: str) -> str:
        """The group of an entity's own name, not of those merged into it; "" where no article names it."""
        groups, slug = self._store.mentions.groups_of(entity), entity.removeprefix(str(ID))
        own = [group for group in groups if slug == group or slug.startswith(f"{group}-")]
        return max(own or groups, key=len, default="")

    def relations(self) -> list[str]:
        """The relations (IRIs) that a fact may be corrected to, sorted."""
        return sorted(relation.iri for relation in self._store.ontology.relations.values())

    def fact_of(self, statement: str) -> Fact:
        """The fact that a statement (IRI) states. Raises RequestError where there is none of that name."""
        ends = "rdf:subject ?s ; rdf:predicate ?p ; kg:objectMention/kg:refersTo ?o"
        rows = list(self._store.query(f"SELECT ?s ?p ?o {{ <{statement}> {ends} }}"))
        if not rows:
            raise RequestError(f"no statement <{statement}>: it may have been decided about already")
        return str(rows[0][0]), str(rows[0][1]), str(rows[0][2])

    def judge(self, fact: Fact, *, right: Fact | None, modality: str = "", statement: str = "") -> int:
        """Say that what articles state (subject, relation, object: IRIs) is wrong, and what is right instead, if
        anything; ``modality`` as the articles say it if it is "". Gives the number of statements that this changes.

        With a ``statement`` (IRI) of the fact only its article is meant, in whatever modality and whoever says so.
        Raises RequestError where no article states the fact, or one does not name the entities that are right.
        """
        found = self._stated(fact)
        if statement:
            meant = next((said.said for said in found if said.iri == statement), None)
            found = [said for said in found if meant and _alike(said.said, meant)]
        if not found:
            raise RequestError(f"no article states {' '.join(map(local_name, fact))}: kg query can list the facts")
        operations: list[str] = []
        for said in sorted({statement.said for statement in found}):
            verdict = self._verdict(said, right, modality)
            those = [statement for statement in found if statement.said == said]
            old = frozenset(quad for statement in those for quad in statement.quads)
            new = frozenset(q for statement in those for q in statements.right(self._store.quads, statement, verdict))
            node = curation.verdict_node(said)
            triples = curation.verdict_triples(
                said,
                verdict,
                text=_verdict_text(fact, right, modality, those[0].quote),
                removed=curation.removed_by(self._store.quads, str(node)) or statements.as_text(old),
            )
            operations += [curation.forget(node), *updates.insert(CURATION_GRAPH, triples)]
            operations += statements.swap(old, new, self._store.plain)
        self._decide(operations)
        return len(found)

    def _stated(self, fact: Fact) -> list[statements.Statement]:
        """All statements of a fact; where its relation is symmetric, the other way round too."""
        relation = self._store.ontology.relations.get(local_name(fact[1]))
        found = statements.find(self._store.quads, *fact)
        if relation is not None and relation.symmetric and fact[0] != fact[2]:
            found += statements.find(self._store.quads, *reversed(fact))
        return found

    def _verdict(self, said: curation.Said, right: Fact | None, modality: str) -> curation.Verdict:
        if right is None:
            return curation.Verdict(None)
        ends = []
        for end in (right[0], right[2]):
            in_article = f"<{said.subject}> kg:inArticle ?a . ?m kg:inArticle ?a"
            rows = list(self._store.query(f"SELECT ?m {{ {in_article} ; kg:refersTo <{end}> }} ORDER BY ?m"))
            if not rows:
                raise RequestError(f"the article does not name {local_name(end)}, so it cannot state that")
            ends.append(str(rows[0][0]))
        how = Modality(modality) if modality else None
        return curation.Verdict(curation.Said(ends[0], right[1], ends[1]), how)

    def undo(self, decision: str) -> tuple[str, ...]:
        """Take back a decision, named by its IRI or the end of it. Raises RequestError for one that there is not.

        Gives the ids of articles that have changed since: what they say is found when the next build reads them again.
        """
        found = {name: iri for iri, _ in self.decisions() for name in (iri, local_name(iri))}
        if decision not in found:
            raise RequestError(f"no decision {decision!r}: kg decisions lists them")
        node, plain = found[decision], self._store.plain
        operations = [curation.forget(URIRef(node))]
        outdated = statements.outdated(self._store.quads, node)
        operations += map(updates.read_again, outdated)
        for said, verdict in self._store.mentions.curation.facts.items():
            if str(curation.verdict_node(said)) == node and not outdated:
                operations += statements.swap(*statements.undone(self._store.quads, node, said, verdict), plain)
        self._decide(operations)
        values = " ".join(f"<{article}>" for article in outdated)
        rows = self._store.query(f"SELECT ?id {{ VALUES ?a {{ {values} }} ?a dcterms:identifier ?id }} ORDER BY ?id")
        return tuple(str(row[0]) for row in rows)

    def _decide(self, operations: Sequence[str]) -> None:
        """Write a decision, and all that follows from it for entities, as one atomic update."""
        mentions = self._store.mentions
        trial = ox.Store()
        trial.extend(self._store.quads.quads_for_pattern(None, None, None, ox.NamedNode(str(CURATION_GRAPH))))
        with explained(self._store.folder):
            trial.update(updates.PROLOGUE + ";\n".join(operations))
        after = curation.read(trial)
        groups = {group for _, _, *pair in mentions.curation.linked ^ after.linked for group in pair}
        groups |= set(mentions.curation.split_groups.values()) ^ set(after.split_groups.values())
        move = mentions.regroup(groups, after)
        with explained(self._store.folder):
            change = article_change(self._store.quads, move, None, (), mentions.classes, self._store.plain)
        self._store.update([*operations, *change])
        mentions.moved(move, after)


def _alike(one: curation.Said, other: curation.Said) -> bool:
    """Whether two that state one fact use the same two mentions."""
    return {one.subject, one.object} == {other.subject, other.object}


def _verdict_text(fact: Fact, right: Fact | None, modality: str, quote: str) -> str:
    """A decision about a fact, for people."""
    wrong = " ".join(map(local_name, fact))
    instead = f"right is {' '.join((*map(local_name, right), modality)).strip()}" if right else "rejected"
    return f"{wrong}: {instead}; “{quote}”"
