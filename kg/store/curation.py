"""What people decide about the graph, in a graph of its own: it survives rebuilds and goes before what is found.

A decision about entities names them and their groups (see ``mentions.py``), so that it is found again when articles
come and go. One about a fact names what an article says by its mentions, which are the same in every build.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pyoxigraph as ox
from rdflib import DCTERMS, RDF, Literal, URIRef

from kg.identity import Decisions
from kg.model import Article, Extraction, Fact, Modality
from kg.ontology import local_name
from kg.rdf import CURATION_GRAPH, DECISION, ID, KG, MODALITIES, PREFIXES, Triple, mention_iri
from kg.store.quads import Quads

MODALITY_OF = {str(iri): modality for modality, iri in MODALITIES.items()}


@dataclass(frozen=True, order=True, slots=True)
class Said:
    """What an article says: two of its mentions (IRIs), and the relation's IRI between them."""

    subject: str
    relation: str
    object: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is right instead: nothing, or another fact of the same article, perhaps in another modality."""

    right: Said | None
    modality: Modality | None = None  # None: as the article says it


@dataclass(frozen=True, slots=True)
class Curation:
    """All decisions."""

    entities: Decisions
    linked: frozenset[tuple[str, str, str, str]]  # merges: an entity, the one that it is, and the groups of both
    split_groups: Mapping[str, str]  # split entity (slug) -> its group
    facts: Mapping[Said, Verdict]

    def closure(self, groups: Iterable[str]) -> set[str]:
        """The groups with all that merges link them to."""
        reached, before = set(groups), -1
        while len(reached) != before:
            before = len(reached)
            reached |= {group for _, _, *pair in self.linked if reached & set(pair) for group in pair}
        return reached

    def curated(self, article: Article, extraction: Extraction) -> Extraction:
        """An article's facts without those that are rejected, and as they were corrected."""
        verdicts = {(said.subject, local_name(said.relation), said.object): v for said, v in self.facts.items()}
        mentions = {entity.key: str(mention_iri(article.id, entity)) for entity in extraction.entities}
        keys = {mention: key for key, mention in mentions.items()}
        facts = []
        for fact in extraction.facts:
            key = (mentions[fact.subject], fact.relation, mentions[fact.object])
            right: Fact | None = fact
            seen = set()
            while right is not None and key in verdicts and key not in seen:  # a correction may be corrected
                seen.add(key)
                right, key = _judged(right, verdicts[key], keys)
            facts += [right] if right is not None else []
        return replace(extraction, facts=tuple(facts))


def _judged(fact: Fact, verdict: Verdict, keys: Mapping[str, int]) -> tuple[Fact | None, tuple[str, str, str]]:
    """A fact as a verdict has it, and what it now says; ``keys``: entities by the IRIs of their mentions."""
    said = verdict.right
    if said is None or said.subject not in keys or said.object not in keys:
        return None, ("", "", "")
    ends = keys[said.subject], keys[said.object]
    relation, how = local_name(said.relation), verdict.modality or fact.modality
    right = replace(fact, subject=ends[0], relation=relation, object=ends[1], modality=how)
    return right, (said.subject, relation, said.object)


def read(store: Quads) -> Curation:
    """What a store has been told."""
    merges = list(_rows(store, "?d a kg:Merge ; kg:merged ?a ; kg:into ?b ; kg:mergedGroup ?ga ; kg:intoGroup ?gb"))
    splits = {row["a"].removeprefix(str(ID)): row["g"] for row in _rows(store, "?d kg:splits ?a ; kg:splitGroup ?g")}
    merged = {row["a"].removeprefix(str(ID)): row["b"].removeprefix(str(ID)) for row in merges}
    facts: dict[Said, Verdict] = {}
    wrong = "kg:wrongSubject ?s ; kg:wrongRelation ?p ; kg:wrongObject ?o"
    right = "kg:rightSubject ?rs ; kg:rightRelation ?rp ; kg:rightObject ?ro ; kg:rightModality ?m"
    for row in _rows(store, f"?d {wrong} . OPTIONAL {{ ?d {right} }}"):
        said = Said(row["rs"], row["rp"], row["ro"]) if row["rs"] else None
        facts[Said(row["s"], row["p"], row["o"])] = Verdict(said, MODALITY_OF.get(row["m"]))
    linked = frozenset((row["a"], row["b"], row["ga"], row["gb"]) for row in merges)
    return Curation(Decisions(merged, frozenset(splits)), linked, splits, facts)


def merge_triples(one: str, other: str, groups: tuple[str, str]) -> list[Triple]:
    """The decision that an entity (IRI) is another one."""
    node = _node("merge", one)
    return [
        (node, RDF.type, KG.Merge),
        (node, KG.merged, URIRef(one)),
        (node, KG.into, URIRef(other)),
        (node, KG.mergedGroup, Literal(groups[0])),
        (node, KG.intoGroup, Literal(groups[1])),
        (node, DCTERMS.description, Literal(f"{local_name(one)} is {local_name(other)}")),
    ]


def split_triples(entity: str, group: str) -> list[Triple]:
    """The decision that each article means another entity (IRI) by a name."""
    node = _node("split", entity)
    return [
        (node, RDF.type, KG.Split),
        (node, KG.splits, URIRef(entity)),
        (node, KG.splitGroup, Literal(group)),
        (node, DCTERMS.description, Literal(f"{local_name(entity)} is another one in each article")),
    ]


def verdict_triples(said: Said, verdict: Verdict, *, text: str, removed: str) -> list[Triple]:
    """The decision about a fact. ``removed``: the quads that it takes away, as N-Quads, so that it can be undone."""
    node = verdict_node(said)
    triples: list[Triple] = [
        (node, RDF.type, KG.Rejection if verdict.right is None else KG.Correction),
        (node, KG.wrongSubject, URIRef(said.subject)),
        (node, KG.wrongRelation, URIRef(said.relation)),
        (node, KG.wrongObject, URIRef(said.object)),
        (node, KG.removed, Literal(removed)),
        (node, DCTERMS.description, Literal(text)),
    ]
    if verdict.right is not None:
        triples += [
            (node, KG.rightSubject, URIRef(verdict.right.subject)),
            (node, KG.rightRelation, URIRef(verdict.right.relation)),
            (node, KG.rightObject, URIRef(verdict.right.object)),
            (node, KG.rightModality, MODALITIES[verdict.modality] if verdict.modality else KG.AsSaid),
        ]
    return triples


def verdict_node(said: Said) -> URIRef:
    """The name of the decision about a fact."""
    return _node("fact", said.subject, said.relation, said.object)


def forget_merges(entities: Iterable[str]) -> list[str]:
    """The operations that undo the merges of entities (IRIs)."""
    return [forget(_node("merge", entity)) for entity in sorted(entities)]


def forget(decision: URIRef) -> str:
    """The operation that forgets a decision."""
    return f"DELETE WHERE {{ GRAPH {CURATION_GRAPH.n3()} {{ {decision.n3()} ?p ?o }} }}"


def listed(store: Quads) -> list[tuple[str, str]]:
    """All decisions: IRI and what was decided, sorted."""
    return sorted((row["d"], row["text"]) for row in _rows(store, "?d dcterms:description ?text"))


def removed_by(store: Quads, decision: str) -> str:
    """The quads that a decision took away, as N-Quads."""
    return next((row["text"] for row in _rows(store, f"<{decision}> kg:removed ?text")), "")


def _node(kind: str, *parts: str) -> URIRef:
    return DECISION[hashlib.blake2b("\0".join((kind, *parts)).encode(), digest_size=6).hexdigest()]


def _rows(store: Quads, pattern: str) -> Iterator[Mapping[str, str]]:
    solutions = store.query(f"SELECT * {{ GRAPH {CURATION_GRAPH.n3()} {{ {pattern} }} }}", prefixes=PREFIXES)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    return ({name: row[name].value if row[name] else "" for name in names} for row in solutions)
