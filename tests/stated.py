"""Stores of a few facts, for tests: each fact is an article of its own that says it in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kg import ontology
from kg.model import Article, Entity, Evidence, Extraction, Fact, Mention, Modality, Sentence
from kg.store import Store


@lru_cache
def known() -> ontology.Ontology:
    return ontology.load()


@dataclass(frozen=True)
class Said:
    """Subject, relation and object by name, and how it is said."""

    subject: str
    relation: str
    object: str
    modality: Modality = Modality.ASSERTED
    confidence: float = 0.9
    speaker: str = ""
    date: str = ""


def put(store: Store, facts: Iterable[Said], *, aliases: Mapping[str, tuple[str, ...]] | None = None) -> None:
    """Put facts into a store; what is not a speaker is an organization."""
    store.set_ontology(known())
    for fact in facts:
        words = f"{fact.subject} {fact.relation} {fact.object}"
        text = f"{words}, {fact.speaker} nói."
        names = list(dict.fromkeys(name for name in (fact.subject, fact.object, fact.speaker) if name))
        entities = tuple(entity(key, name, text, fact, (aliases or {}).get(name, ())) for key, name in enumerate(names))
        speaker = names.index(fact.speaker) if fact.speaker else None
        found = Fact(
            0,
            fact.relation,
            names.index(fact.object),
            fact.modality,
            speaker,
            (Evidence(0, len(words), words),),
            fact.confidence,
            fact.date,
        )
        name = f"{fact.subject}-{fact.relation}-{fact.object}-{fact.modality}.txt"
        sentence = Sentence(0, len(text), text, (), ())
        store.replace(Article(name, text, "vi"), (sentence,), Extraction(entities, (found,)), "run")


def entity(key: int, name: str, text: str, fact: Said, aliases: tuple[str, ...]) -> Entity:
    start = text.index(name)
    type = "Person" if name == fact.speaker else "Organization"
    return Entity(key, name, type, aliases, (Mention(start, start + len(name), name, type, 0, 0, "name"),))
