"""Entities and facts of an article, from its parsed sentences and an ontology.

article, sentences -> lines (names, markers, cues) -> clauses (phrases) -> entities
                                                   -> candidates -> facts (with claims: modality, speaker)
"""

from __future__ import annotations

from collections.abc import Sequence

from kg.extract.claims import find_sayings
from kg.extract.confidence import LEAST
from kg.extract.facts import build_facts
from kg.extract.lexicon import read_ontology
from kg.extract.lines import read_lines
from kg.extract.phrases import Phrase, PhraseKind
from kg.extract.proposals import read_proposals
from kg.extract.reading import Reading, read_line
from kg.extract.relations import find_candidates
from kg.extract.resolve import Resolution, Thing, resolve
from kg.model import Article, Entity, Extraction, Fact, Mention, Sentence
from kg.ontology import Ontology

__all__ = ["LEAST", "extract"]


def extract(article: Article, sentences: Sequence[Sentence], ontology: Ontology, *, least: float = LEAST) -> Extraction:
    """What an article states. The same values in give the same values out; every quote is cut from ``article.text``.

    ``least``: the confidence from which a fact is kept.
    """
    lexicon = read_ontology(ontology, article.lang)
    readings = tuple(read_line(line, lexicon) for line in read_lines(sentences, lexicon))
    cued = [found for reading in readings for found in find_candidates(reading, lexicon)]
    readings, proposed, told = read_proposals(readings, sentences, ontology)
    sayings = find_sayings(readings)
    resolution = resolve(readings, sayings, lexicon, told)
    candidates = [*proposed, *cued]
    facts = build_facts(article, readings, candidates, sayings, resolution, lexicon, least=least)
    return _extraction(article, readings, resolution, facts)


def _extraction(
    article: Article, readings: Sequence[Reading], resolution: Resolution, facts: Sequence[Fact]
) -> Extraction:
    """Only what people look for: names, and concepts that are an end of a fact."""
    used = {end for fact in facts for end in (fact.subject, fact.object, fact.speaker)}
    entities = tuple(
        _entity(article, readings, key, thing)
        for key, thing in enumerate(resolution.things)
        if key in used or any(phrase.kind is PhraseKind.NAME for phrase in thing.phrases)
    )
    return Extraction(entities, tuple(facts))


def _entity(article: Article, readings: Sequence[Reading], key: int, thing: Thing) -> Entity:
    mentions = tuple(sorted(_mention(article, readings[phrase.line], phrase) for phrase in thing.phrases))
    return Entity(key, thing.name, thing.type, thing.aliases, mentions)


def _mention(article: Article, reading: Reading, phrase: Phrase) -> Mention:
    words = reading.line.words[phrase.core[0] : phrase.core[1]]
    start, end = words[0].start, words[-1].end
    kind = phrase.kind.value
    return Mention(start, end, article.text[start:end], phrase.type, phrase.line, phrase.head, kind)
