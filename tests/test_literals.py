"""Objects of datatype properties are literals, from a user's Turtle to the graph, and people decide on them too."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rdflib import XSD, Dataset, Graph, Literal, URIRef
from test_store import ONTOLOGY, Content, article, exported, put, store_of

from kg import explore
from kg.extract import extract
from kg.literals import DATE, lexical
from kg.model import LITERAL, Article, Modality, Place, Proposal
from kg.ontology import EntityClass, Ontology, Relation, load
from kg.parse import Parser
from kg.rdf import ID, KG, ontology_triples
from kg.shapes import validate
from kg.store import Curator, Store

TURTLE = """
@prefix ex: <https://example.org/mine#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix kg: <https://example.org/kg/ontology#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
ex:foundedIn a owl:DatatypeProperty ; rdfs:label "thành lập năm"@vi ;
    rdfs:domain kg:Organization ; rdfs:range xsd:gYear .
ex:employees a owl:DatatypeProperty ; rdfs:label "số nhân viên"@vi ; rdfs:range xsd:integer .
ex:motto a owl:DatatypeProperty . ex:slogan a owl:DatatypeProperty ; rdfs:range rdf:langString .
ex:since a rdf:Property ; rdfs:range xsd:gYear . ex:near a owl:SymmetricProperty .
ex:opened a owl:ObjectProperty ; rdfs:range ex:Date . ex:Date a owl:Class .
ex:owner a owl:ObjectProperty ; rdfs:range ex:DateTree . ex:DateTree a owl:Class .
"""
SINCE = "since"
YEARS = replace(
    ONTOLOGY,
    classes=ONTOLOGY.classes | {LITERAL: EntityClass(LITERAL, KG[LITERAL], (), (), ())},
    relations=ONTOLOGY.relations | {SINCE: Relation(SINCE, KG[SINCE], (), False, (), (), (), (), str(XSD.gYear))},
)


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    file = tmp_path_factory.mktemp("ontology") / "mine.ttl"
    file.write_text(TURTLE, encoding="utf-8")
    return load([file])


def test_a_datatype_property_is_a_relation_to_values(mine: Ontology) -> None:
    names = ("foundedIn", "employees", "motto", "slogan", "since", "near", "opened", "owner", "leads")
    assert {name: mine.relations[name].datatype for name in names} == {
        "foundedIn": str(XSD.gYear),
        "employees": str(XSD.integer),
        "motto": str(XSD.string),
        "slogan": str(XSD.string),
        "since": str(XSD.gYear),  # by its range
        "near": "",
        "opened": DATE,  # by the name of its range
        "owner": "",
        "leads": "",
    }
    assert mine.allows("Organization", "foundedIn", "Person") and not mine.allows("Person", "foundedIn", "Person")


def test_words_become_values_or_no_fact(mine: Ontology) -> None:
    """Each proposal of the model is read in the datatype of its relation; what says nothing there is left out."""
    text = "FPT ra đời năm 1988 và có 48.000 nhân viên."
    (sentence,) = Parser("vi").parse(Article("a", text, "vi"))

    def place(words: str, kind: str) -> Place:
        return Place(text.index(words), text.index(words) + len(words), kind)

    said = [("foundedIn", "năm 1988"), ("employees", "48.000 nhân viên"), ("foundedIn", "nhân viên"), ("motto", "1988")]
    proposals = tuple(
        Proposal(place("FPT", "Organization"), relation, place(words, LITERAL), Modality.ASSERTED, None, 0.9)
        for relation, words in said
    )
    found = extract(Article("a", text, "vi"), [replace(sentence, proposals=proposals)], mine, least=0.0)
    values = {(fact.relation, fact.value) for fact in found.facts if fact.relation in mine.relations and fact.value}
    assert values == {("foundedIn", "1988"), ("employees", "48000"), ("motto", "1988")}


def test_a_year_is_read_with_the_day_and_the_month_before_it(mine: Ontology) -> None:
    """The model may have seen no more of a date than its year."""
    text = "FPT ra đời ngày 13 tháng 9 năm 1988."
    (sentence,) = Parser("vi").parse(Article("a", text, "vi"))
    ends = Place(0, 3, "Organization"), Place(text.index("1988"), len(text) - 1, LITERAL)
    said = Proposal(ends[0], "foundedIn", ends[1], Modality.ASSERTED, None, 0.9)
    exact = replace(mine, relations=mine.relations | {"foundedIn": replace(mine.relations["foundedIn"], datatype=DATE)})
    values = {
        fact.value
        for ontology in (mine, exact)
        for fact in extract(Article("a", text, "vi"), [replace(sentence, proposals=(said,))], ontology).facts
        if fact.value
    }
    assert values == {"1988", "1988-09-13"}


@pytest.mark.parametrize(
    ("words", "datatype", "lang", "value"),
    [
        ("tháng 3/2017", XSD.gYearMonth, "vi", "2017-03"),
        ("hôm qua", XSD.date, "vi", "2017-03-14"),
        ("March 5, 2017", XSD.dateTime, "en", "2017-03-05T00:00:00"),
        ("1,2 tỷ USD", XSD.decimal, "vi", "1200000000"),
        ("-2.75 %", XSD.double, "en", "-2.75"),
        ("2.5", XSD.integer, "en", ""),
        ("5 nghìn tỷ đồng", XSD.integer, "vi", "5000000000000"),
        ("1,2 triệu tỷ", XSD.integer, "vi", "1200000000000000"),
        ("3 tỷ 500 triệu", XSD.integer, "vi", "3500000000"),
        ("1.2 trillion", XSD.integer, "en", "1200000000000"),
        ("$1.5bn", XSD.integer, "en", "1500000000"),
        ("$2.5m", XSD.integer, "en", "2500000"),
        ("50m", XSD.integer, "en", "50"),  # metres
        ("20k", XSD.integer, "en", "20000"),
        ("F-16", XSD.integer, "vi", "16"),
        ("2016, 2017", XSD.decimal, "vi", "2016"),
        ("737 200 chỗ", XSD.integer, "vi", ""),
        ("0.125", XSD.decimal, "vi", "0.125"),
        ("12.5.3", XSD.decimal, "en", ""),
        ("5 May 2016", DATE, "en", "2016-05-05"),
        ("https://fpt.vn", XSD.anyURI, "vi", "https://fpt.vn"),
        ("Có", XSD.boolean, "vi", "true"),
        ("Tiến lên", XSD.boolean, "vi", ""),
        ("hai giờ", XSD.duration, "vi", ""),
        ("“Khát vọng”", XSD.string, "vi", "Khát vọng"),
    ],
)
def test_lexical_forms(words: str, datatype: URIRef, lang: str, value: str) -> None:
    assert lexical(words, str(datatype), lang, "2017-03-15") == value


def content(id: str, *facts: str) -> Content:
    """An article whose objects of SINCE are years."""
    source, sentences, found = article(id, *facts, types=[(f.split()[2], LITERAL) for f in facts if SINCE in f])
    names = {entity.key: entity.name for entity in found.entities}
    facts_ = tuple(replace(f, value=names[f.object] if f.relation == SINCE else "") for f in found.facts)
    return source, sentences, replace(found, facts=facts_)


def stored(*contents: Content) -> Store:
    store = store_of()
    store.set_ontology(YEARS)
    for one in contents:
        put(store, one)
    return store


def test_the_graph_has_literals_that_queries_compare() -> None:
    store = stored(content("a", "Acme since 1998", "Acme partnersWith X"), content("b", "X since 2007"))
    late = store.query('SELECT ?s { ?s kg:since ?year FILTER(?year > "2000"^^xsd:gYear) }')
    assert [row[0] for row in late] == [ID["x"]]
    assert store.query('ASK { GRAPH ?g { ?st rdf:object "1998"^^xsd:gYear ; kg:objectMention ?m } }')
    file = io.BytesIO()
    store.export("trig", file)
    assert (ID["acme"], URIRef(KG[SINCE]), Literal("1998", datatype=XSD.gYear)) in Dataset(default_union=True).parse(
        data=file.getvalue(), format="trig"
    )


@pytest.mark.parametrize(
    ("words", "datatype"), [("1998", XSD.gYear), ("1998-05", XSD.gYearMonth), ("1998-05-12", XSD.date)]
)
def test_a_date_is_as_precise_as_the_text(words: str, datatype: URIRef) -> None:
    store = store_of()
    since = replace(YEARS.relations[SINCE], datatype=DATE)
    store.set_ontology(replace(YEARS, relations=YEARS.relations | {SINCE: since}))
    put(store, content("a", f"Acme since {words}"))
    assert [row[0] for row in store.query("SELECT ?o { ?s kg:since ?o }")] == [Literal(words, datatype=datatype)]


def test_values_can_be_looked_at_and_the_graph_is_valid() -> None:
    store = stored(content("a", "Acme since 1998"))
    (edge,) = explore.view(store).edges
    assert {node.iri: node.type for node in explore.view(store).nodes}[edge.object] == LITERAL
    assert explore.find(store, "1998") == (edge.object,)
    terms = Graph()
    for triple in ontology_triples(YEARS):
        terms.add(triple)
    conforms, report = validate(exported(store, "turtle"), terms.serialize(format="turtle", encoding="utf-8"))
    assert conforms, report


def test_what_is_merged_or_gone_leaves_no_value_behind() -> None:
    store = stored(content("a", "Acme since 1998"), content("b", "Acme_Inc since 1998"))
    Curator(store).merge(str(ID["acme-inc"]), str(ID["acme"]))
    assert [row[0] for row in store.query("SELECT ?s { ?s kg:since ?year }")] == [ID["acme"]]
    store.remove("a")
    assert store.query('ASK { id:acme-inc kg:since "1998"^^xsd:gYear }')
    store.remove("b")
    assert not store.query("ASK { ?s kg:since ?year }")


def test_a_person_rejects_a_value_and_takes_that_back() -> None:
    store = stored(content("a", "Acme since 1998"))
    before = exported(store)
    assert Curator(store).judge((str(ID["acme"]), str(KG[SINCE]), str(ID["1998"])), right=None) == 1
    put(store, content("a", "Acme since 1998"))
    assert not store.query("ASK { ?s kg:since ?year }")
    ((decision, _),) = Curator(store).decisions()
    Curator(store).undo(decision)
    assert exported(store) == before
