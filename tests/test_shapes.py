"""The SHACL shapes: a good graph conforms, and each kind of fault is refused with its own message."""

from __future__ import annotations

from functools import cache

import pyshacl
import pytest
from rdflib import RDF, RDFS, SH, Graph, URIRef

from kg.ontology import shapes_file, shipped_folder

PREFIXES = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ex: <https://example.org/kg/x/> .
@prefix kg: <https://example.org/kg/ontology#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
GOOD = f"""{PREFIXES}
ex:article a schema:NewsArticle ; dcterms:identifier "a.txt" ; dcterms:language "vi" ;
    schema:text "OpenAI hợp tác với Nvidia." ; kg:contentHash "{"0" * 64}" .
ex:openai a kg:Organization ; skos:prefLabel "OpenAI" .
ex:nvidia a kg:Organization ; skos:prefLabel "Nvidia" .
ex:m1 a kg:Mention ; kg:inArticle ex:article ; kg:mentionType kg:Organization ; skos:prefLabel "OpenAI" ;
    kg:refersTo ex:openai .
ex:m2 a kg:Mention ; kg:inArticle ex:article ; kg:mentionType kg:Organization ; skos:prefLabel "Nvidia" ;
    kg:refersTo ex:nvidia .
ex:statement a rdf:Statement ; rdf:subject ex:openai ; rdf:predicate kg:partnersWith ; rdf:object ex:nvidia ;
    kg:subjectMention ex:m1 ; kg:objectMention ex:m2 ; kg:modality kg:Asserted ; kg:confidence 0.91 ;
    prov:wasDerivedFrom ex:evidence .
ex:evidence a oa:SpecificResource ; oa:hasSource ex:article ; oa:hasSelector ex:quote , ex:position .
ex:quote a oa:TextQuoteSelector ; oa:exact "hợp tác với Nvidia" ; oa:prefix "OpenAI " ; oa:suffix "." .
ex:position a oa:TextPositionSelector ; oa:start 7 ; oa:end 25 .
"""
FAULTS = {  # what is changed -> (the words in GOOD, what stands there instead, the message that must appear)
    "no subject": ("rdf:subject ex:openai ;", "", "exactly one subject"),
    "two objects": ("rdf:object ex:nvidia", "rdf:object ex:nvidia , ex:openai", "exactly one object"),
    "object is a text": ("rdf:object ex:nvidia", 'rdf:object "Nvidia"', "exactly one object"),
    "foreign relation": ("kg:partnersWith", "ex:likes", "exactly one predicate"),
    "property of the data as relation": ("kg:partnersWith", "kg:modality", "exactly one predicate"),
    "no modality": ("kg:modality kg:Asserted ;", "", "exactly one modality"),
    "unknown modality": ("kg:Asserted", "kg:Perhaps", "exactly one modality"),
    "two modalities": ("kg:Asserted", "kg:Asserted , kg:Denied", "exactly one modality"),
    "confidence over 1": ("0.91", "1.5", "exactly one confidence"),
    "confidence below 0": ("0.91", "-0.1", "exactly one confidence"),
    "confidence in words": ("0.91", '"high"', "exactly one confidence"),
    "no evidence": ("prov:wasDerivedFrom ex:evidence", "prov:wasGeneratedBy ex:run", "at least one piece of evidence"),
    "evidence is no evidence": ("wasDerivedFrom ex:evidence", "wasDerivedFrom ex:m1", "at least one piece of evidence"),
    "no subject mention": ("kg:subjectMention ex:m1 ;", "", "the mention that is its subject"),
    "two speakers": ("kg:Asserted", "kg:Asserted ; prov:wasAttributedTo ex:openai , ex:nvidia", "at most one speaker"),
    "no source": ("oa:hasSource ex:article ;", "", "exactly one source"),
    "source is no article": ("oa:hasSource ex:article", "oa:hasSource ex:openai", "exactly one source"),
    "no quote": ("ex:quote , ex:position", "ex:position", "exactly one text quote selector"),
    "no position": ("ex:quote , ex:position", "ex:quote", "exactly one text position selector"),
    "empty quote": ('oa:exact "hợp tác với Nvidia"', 'oa:exact ""', "is not empty"),
    "end before start": ("oa:end 25", "oa:end 7", "before its end"),
    "negative start": ("oa:start 7", "oa:start -7", "from 0"),
    "shifted quote": ("oa:start 7", "oa:start 6", "is not what stands at its position"),
    "altered quote": ('"hợp tác với Nvidia"', '"hợp tác với nvidia"', "is not what stands at its position"),
    "no text": ('schema:text "OpenAI hợp tác với Nvidia." ;', "", "exactly one text"),
    "unknown language": ('"vi"', '"xx"', "one language, vi or en"),
    "bad hash": ("0" * 64, "0" * 63, "64 hex digits"),
    "two types": ("ex:nvidia a kg:Organization", "ex:nvidia a kg:Organization , kg:Place", "exactly one type"),
    "type is no class": ("ex:nvidia a kg:Organization", "ex:nvidia a ex:Maker", "exactly one type"),
    "no label": (
        'ex:nvidia a kg:Organization ; skos:prefLabel "Nvidia"',
        "ex:nvidia a kg:Organization",
        "an entity has at",
    ),
    "mention without article": (
        'kg:Mention ; kg:inArticle ex:article ; kg:mentionType kg:Organization ; skos:prefLabel "Nvidia"',
        'kg:Mention ; kg:mentionType kg:Organization ; skos:prefLabel "Nvidia"',
        "exactly one article",
    ),
    "mention of two entities": ("kg:refersTo ex:nvidia", "kg:refersTo ex:nvidia , ex:openai", "refers to at most one"),
}


@cache
def shapes() -> Graph:
    return Graph().parse(shapes_file(), format="turtle")


@cache
def knowledge() -> Graph:
    graph = Graph()
    for name in ("classes.ttl", "relations.ttl", "data.ttl"):
        graph.parse(shipped_folder() / name, format="turtle")
    return graph


def check(turtle: str) -> tuple[bool, Graph, str]:
    """Whether a graph conforms, the results, and their messages."""
    data = Graph().parse(data=turtle, format="turtle")
    conforms, results, _ = pyshacl.validate(data, shacl_graph=shapes(), ont_graph=knowledge(), allow_warnings=True)
    assert isinstance(results, Graph)
    return conforms, results, "\n".join(str(text) for text in results.objects(None, SH.resultMessage))


def test_good_graph_conforms_without_a_warning() -> None:
    conforms, _, messages = check(GOOD)
    assert conforms and not messages


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_refused(fault: str) -> None:
    old, new, message = FAULTS[fault]
    assert GOOD.count(old) >= 1, "the fault no longer fits the good graph"
    conforms, _, messages = check(GOOD.replace(old, new, 1))
    assert not conforms and message.lower() in messages.lower()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kg:partnersWith", "kg:bornIn", "subject of this class"),  # an organisation is not born
        ("kg:partnersWith", "kg:visits", ""),
        ("kg:partnersWith", "kg:studiedAt", "subject of this class"),
        ("ex:nvidia a kg:Organization", "ex:nvidia a kg:Technology", "object of this class"),
    ],
)
def test_domain_and_range_are_warnings(old: str, new: str, message: str) -> None:
    conforms, results, messages = check(GOOD.replace(old, new))
    assert conforms
    assert message in messages if message else not messages
    assert set(results.objects(None, SH.resultSeverity)) <= {SH.Warning}


def test_subclass_is_admitted() -> None:
    """Where a relation admits a Concept, it admits a Technology."""
    turtle = GOOD.replace("kg:partnersWith", "kg:investsIn").replace(
        "ex:nvidia a kg:Organization", "ex:nvidia a kg:Technology"
    )
    assert check(turtle)[2] == ""


def test_vocabulary_is_labelled_in_both_languages() -> None:
    graph = Graph().parse(shipped_folder() / "data.ttl", format="turtle")
    terms = {s for s in graph.subjects(RDF.type, None) if isinstance(s, URIRef)}
    assert len(terms) > 25
    for term in terms:
        languages = {label.language for label in graph.objects(term, RDFS.label)}
        assert languages == {"vi", "en"}, term
