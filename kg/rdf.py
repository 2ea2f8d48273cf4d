"""Facts -> triples: names (IRIs), the vocabulary, and what an article's named graph holds.

IRIs are made from content, never from a counter or the clock, and no node is blank: the same article gives the same
triples. A mention here is a name as one article uses it (a model.Entity); it refers to a canonical entity, which
``kg.identity`` finds.
"""

from __future__ import annotations

import bisect
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, XSD, Literal, Namespace, URIRef
from rdflib.term import Node

from kg.errors import RequestError
from kg.literals import DATE
from kg.model import Article, Entity, Evidence, Extraction, Fact, Modality, Sentence
from kg.ontology import Ontology

Triple = tuple[URIRef, URIRef, Node]

BASE = "https://example.org/kg/"
KG = Namespace(f"{BASE}ontology#")
ID = Namespace(f"{BASE}id/")
ARTICLE = Namespace(f"{BASE}article/")
MENTION = Namespace(f"{BASE}mention/")
STATEMENT = Namespace(f"{BASE}statement/")
EVIDENCE = Namespace(f"{BASE}evidence/")
RUN = Namespace(f"{BASE}run/")
DECISION = Namespace(f"{BASE}decision/")
OA = Namespace("http://www.w3.org/ns/oa#")
SCHEMA = Namespace("https://schema.org/")

IDENTITY_GRAPH = URIRef(f"{BASE}graph/identity")  # which canonical entity a mention refers to, and why
CURATION_GRAPH = URIRef(f"{BASE}graph/curation")  # what people decided: it survives every build
RUN_GRAPH = URIRef(f"{BASE}graph/runs")  # prov:Activity: with which code, models and ontology
ONTOLOGY_GRAPH = URIRef(f"{BASE}graph/ontology")  # names and definitions of classes and relations

PREFIXES: dict[str, str] = {
    "kg": str(KG),
    "id": str(ID),
    "article": str(ARTICLE),
    "m": str(MENTION),
    "st": str(STATEMENT),
    "ev": str(EVIDENCE),
    "run": str(RUN),
    "decision": str(DECISION),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "xsd": str(XSD),
    "owl": str(OWL),
    "skos": str(SKOS),
    "schema": str(SCHEMA),
    "dcterms": str(DCTERMS),
    "prov": str(PROV),
    "oa": str(OA),
}

_ADDRESS = re.compile(r"https?://[\w.~%-]+(:\d*)?([/?]|$)", re.ASCII)

_DATES = (XSD.gYear, XSD.gYearMonth, XSD.date)  # by how many hyphens they have
MODALITIES = {modality: KG[modality.value.capitalize()] for modality in Modality}


def short(term: Node) -> str:
    """A term for people: an IRI in short form, a literal as its text.

    >>> short(KG.leads), short(Literal("năng lượng", lang="vi"))
    ('kg:leads', 'năng lượng')
    """
    prefix = next((name for name, iri in PREFIXES.items() if isinstance(term, URIRef) and term.startswith(iri)), "")
    return f"{prefix}:{str(term).removeprefix(PREFIXES[prefix])}" if prefix else str(term)


def article_iri(article_id: str) -> URIRef:
    """The article's IRI, which also names its graph: its address, or a path below article/.

    >>> article_iri("news/bài 1.txt")
    rdflib.term.URIRef('https://example.org/kg/article/news/b%C3%A0i%201.txt')
    """
    address = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", article_id)  # a bare % is none in an IRI
    start, mark, fragment = quote(address, safe="/:?#@!$&'()*+,;=%~").partition("#")
    if _ADDRESS.match(start):
        return URIRef(start + mark + fragment.replace("#", "%23"))
    return ARTICLE[quote(article_id)]


def class_iri(name: str, iris: Mapping[str, str]) -> URIRef:
    """The IRI of a class by its local name; kg's own where an ontology that replaces ours has none of that name."""
    return URIRef(iris.get(name) or KG[name or "Concept"])


def mention_iri(article_id: str, entity: Entity) -> URIRef:
    """Hash of article, type and name."""
    return MENTION[_digest(article_id, entity.type, entity.name)]


def evidence_iri(article_id: str, evidence: Evidence) -> URIRef:
    """Hash of article, start and end."""
    return EVIDENCE[_digest(article_id, str(evidence.start), str(evidence.end))]


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=10).hexdigest()


def article_triples(
    article: Article,
    sentences: Sequence[Sentence],
    extraction: Extraction,
    ontology: Ontology,
    *,
    canonical: Mapping[URIRef, URIRef],
    run: str,
) -> list[Triple]:
    """All triples of an article's graph, sorted. ``canonical`` names the entity that each mention refers to.

    Raises RequestError if a quote is not in the article at its place: nothing enters the graph without evidence.
    """
    classes = {name: found.iri for name, found in ontology.classes.items()}
    mentions = {entity.key: mention_iri(article.id, entity) for entity in extraction.entities}
    triples = {*_article(article), (article_iri(article.id), KG.readBy, RUN[run])}
    for entity in extraction.entities:
        triples |= set(_mention(article, entity, mentions[entity.key], classes))
    confidence: dict[URIRef, float] = {}  # of facts that are one statement the highest
    for fact in extraction.facts:
        node = _statement_iri(article, fact, mentions)
        confidence[node] = max(fact.confidence, confidence.get(node, 0.0))
        triples |= {
            *_statement(article, fact, node, mentions, canonical, ontology),
            (node, PROV.wasGeneratedBy, RUN[run]),
        }
        for evidence in fact.evidence:
            triples |= set(_evidence(article, sentences, evidence))
    for node, value in confidence.items():
        triples.add((node, KG.confidence, Literal(f"{value:.2f}", datatype=XSD.decimal, normalize=False)))
    return sorted(triples)


def _article(article: Article) -> Iterator[Triple]:
    node = article_iri(article.id)
    yield node, RDF.type, SCHEMA.NewsArticle
    yield node, DCTERMS.identifier, Literal(article.id)
    yield node, DCTERMS.language, Literal(article.lang)
    yield node, SCHEMA.text, Literal(article.text)
    yield node, KG.contentHash, Literal(article.hash)
    optional = {SCHEMA.headline: article.title, SCHEMA.author: article.author, SCHEMA.publisher: article.publisher}
    yield from ((node, prop, Literal(value)) for prop, value in optional.items() if value)
    if article.date:
        yield node, SCHEMA.datePublished, Literal(article.date, datatype=XSD.date)
    if article.address:
        yield node, SCHEMA.url, Literal(article.address, datatype=XSD.anyURI)


def _mention(article: Article, entity: Entity, node: URIRef, classes: Mapping[str, str]) -> Iterator[Triple]:
    yield node, RDF.type, KG.Mention
    yield node, KG.inArticle, article_iri(article.id)
    yield node, KG.mentionType, class_iri(entity.type, classes)
    yield node, SKOS.prefLabel, Literal(entity.name)
    yield from ((node, SKOS.altLabel, Literal(alias)) for alias in entity.aliases)


def statement_iri(
    article_id: str, subject: str, relation: str, object: str, modality: Modality, speaker: str = ""
) -> URIRef:
    """Hash of what is said, how, by whom and in which article, so that merging entities renames nothing.

    Subject, object and speaker are IRIs of mentions, ``relation`` is a local name.
    """
    return STATEMENT[_digest(article_id, subject, relation, object, modality, speaker)]


def _statement_iri(article: Article, fact: Fact, mentions: Mapping[int, URIRef]) -> URIRef:
    speaker = mentions[fact.speaker] if fact.speaker is not None else ""
    return statement_iri(
        article.id, mentions[fact.subject], fact.relation, mentions[fact.object], fact.modality, speaker
    )


def _statement(
    article: Article,
    fact: Fact,
    node: URIRef,
    mentions: Mapping[int, URIRef],
    canonical: Mapping[URIRef, URIRef],
    ontology: Ontology,
) -> Iterator[Triple]:
    subject, object = mentions[fact.subject], mentions[fact.object]
    speaker = mentions[fact.speaker] if fact.speaker is not None else None
    yield node, RDF.type, RDF.Statement
    yield node, RDF.type, PROV.Entity
    yield node, RDF.subject, canonical[subject]
    relation = ontology.relations[fact.relation]
    yield node, RDF.predicate, URIRef(relation.iri)
    yield node, RDF.object, _value(fact.value, relation.datatype) if relation.datatype else canonical[object]
    yield node, KG.subjectMention, subject
    yield node, KG.objectMention, object
    yield node, KG.modality, MODALITIES[fact.modality]
    if speaker is not None:
        yield node, PROV.wasAttributedTo, canonical[speaker]
        yield node, KG.speakerMention, speaker
    if fact.date:
        yield node, SCHEMA.temporalCoverage, Literal(fact.date, datatype=_DATES[fact.date.count("-")])
    for evidence in fact.evidence:
        yield node, PROV.wasDerivedFrom, evidence_iri(article.id, evidence)


def _value(text: str, datatype: str) -> Literal:
    """A literal; a date of any precision gets the datatype of its own."""
    kind = _DATES[text.count("-")] if datatype == DATE else URIRef(datatype)
    return Literal(text, datatype=kind, normalize=False)


def _evidence(article: Article, sentences: Sequence[Sentence], evidence: Evidence) -> Iterator[Triple]:
    """Web Annotation selectors; prefix and suffix are the rest of the sentence, so that all three make it up."""
    if article.text[evidence.start : evidence.end] != evidence.quote or not evidence.quote:
        raise RequestError(f"{article.id}: the quote {evidence.quote!r} does not stand at {evidence.start}")
    node = evidence_iri(article.id, evidence)
    words, place = URIRef(f"{node}-quote"), URIRef(f"{node}-position")
    start, end = _around(sentences, evidence)
    yield node, RDF.type, OA.SpecificResource
    yield node, OA.hasSource, article_iri(article.id)
    yield node, OA.hasSelector, words
    yield node, OA.hasSelector, place
    yield words, RDF.type, OA.TextQuoteSelector
    yield words, OA.exact, Literal(evidence.quote)
    yield words, OA.prefix, Literal(article.text[start : evidence.start])
    yield words, OA.suffix, Literal(article.text[evidence.end : end])
    yield place, RDF.type, OA.TextPositionSelector
    yield place, OA.start, Literal(evidence.start)
    yield place, OA.end, Literal(evidence.end)


def _around(sentences: Sequence[Sentence], evidence: Evidence) -> tuple[int, int]:
    """Where the sentence (or sentences) that hold the evidence start and end."""
    first = bisect.bisect_right(sentences, evidence.start, key=lambda sentence: sentence.end)
    last = bisect.bisect_left(sentences, evidence.end, key=lambda sentence: sentence.start)
    if first >= last:
        raise RequestError(f"the quote {evidence.quote!r} at {evidence.start} stands in no sentence")
    return sentences[first].start, sentences[last - 1].end


def run_triples(run: str, *, code: str, models: str, ontology: str) -> list[Triple]:
    """A run: named by what decides its results, without any time."""
    node = RUN[run]
    return [
        (node, RDF.type, PROV.Activity),
        (node, KG.codeVersion, Literal(code)),
        (node, KG.modelsVersion, Literal(models)),
        (node, KG.ontologyHash, Literal(ontology)),
    ]


def ontology_triples(ontology: Ontology) -> list[Triple]:
    """Labels and kinds of classes and relations, and of concepts that have narrower ones: for queries by name."""
    triples: list[Triple] = []
    terms = [(OWL.Class, found.iri, found.labels) for found in ontology.classes.values()]
    for found in ontology.relations.values():
        terms.append((OWL.DatatypeProperty if found.datatype else OWL.ObjectProperty, found.iri, found.labels))
    for kind, iri, labels in terms:
        triples.append((URIRef(iri), RDF.type, kind))
        triples += [(URIRef(iri), RDFS.label, Literal(label.text, lang=label.lang or None)) for label in labels]
    things = {thing.name: thing for thing in ontology.known}
    for above in {name for thing in ontology.known for name in thing.broader}:
        labels = things[above].labels
        triples += [(ID[above], RDFS.label, Literal(label.text, lang=label.lang or None)) for label in labels]
    return sorted(triples)
