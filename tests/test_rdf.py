"""Facts -> triples: a golden article, names made from content, and evidence that is the article's own words."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import to_isomorphic

from kg.errors import RequestError
from kg.model import Article, Entity, Evidence, Extraction, Fact, Modality, Sentence
from kg.ontology import EntityClass, Label, Ontology, Relation
from kg.rdf import ID, KG, OA, PREFIXES, Triple, article_iri, article_triples, mention_iri, ontology_triples

ONTOLOGY = Ontology(
    classes={
        name: EntityClass(name, KG[name], (Label("vi", "tổ chức"),), (), ()) for name in ("Organization", "Person")
    },
    relations={
        "leads": Relation("leads", KG.leads, (Label("vi", "lãnh đạo"), Label("en", "leads")), False, (), (), ())
    },
    cues=(),
    markers=(),
    known=(),
    hash="0" * 64,
)
TEXT = "Theo bà Lan, ông Nam có thể lãnh đạo ACME.\nHết."
ARTICLE = Article("tin/bài 1.txt", TEXT, "vi", title="Nam", date="2025-10-01", address="https://example.com/1")
SENTENCES = (Sentence(0, 42, TEXT[:42], (), ()), Sentence(43, 47, TEXT[43:], (), ()))
ENTITIES = (
    Entity(0, "Nam", "Person", (), ()),
    Entity(1, "ACME", "Organization", ("Acme Corp",), ()),
    Entity(2, "Lan", "Person", (), ()),
)
FACT = Fact(0, "leads", 1, Modality.POSSIBLE, 2, (Evidence(13, 41, TEXT[13:41]),), 0.7)
GOLDEN = """
<%(article)s> a schema:NewsArticle ;
    dcterms:identifier "tin/bài 1.txt" ; dcterms:language "vi" ; schema:headline "Nam" ;
    schema:datePublished "2025-10-01"^^xsd:date ; schema:url "https://example.com/1"^^xsd:anyURI ;
    schema:text "Theo bà Lan, ông Nam có thể lãnh đạo ACME.\\nHết." ; kg:contentHash "%(hash)s" ; kg:readBy run:r1 .
<%(nam)s> a kg:Mention ; kg:inArticle <%(article)s> ; kg:mentionType kg:Person ; skos:prefLabel "Nam" .
<%(lan)s> a kg:Mention ; kg:inArticle <%(article)s> ; kg:mentionType kg:Person ; skos:prefLabel "Lan" .
<%(acme)s> a kg:Mention ; kg:inArticle <%(article)s> ; kg:mentionType kg:Organization ; skos:prefLabel "ACME" ;
    skos:altLabel "Acme Corp" .
<%(statement)s> a rdf:Statement , prov:Entity ; rdf:subject id:nam ; rdf:predicate kg:leads ; rdf:object id:acme ;
    kg:subjectMention <%(nam)s> ; kg:objectMention <%(acme)s> ; kg:speakerMention <%(lan)s> ;
    prov:wasAttributedTo id:lan ; kg:modality kg:Possible ; kg:confidence 0.70 ;
    prov:wasGeneratedBy run:r1 ; prov:wasDerivedFrom <%(evidence)s> .
<%(evidence)s> a oa:SpecificResource ; oa:hasSource <%(article)s> ;
    oa:hasSelector <%(evidence)s-quote> , <%(evidence)s-position> .
<%(evidence)s-quote> a oa:TextQuoteSelector ; oa:prefix "Theo bà Lan, " ; oa:exact "ông Nam có thể lãnh đạo ACME" ;
    oa:suffix "." .
<%(evidence)s-position> a oa:TextPositionSelector ; oa:start 13 ; oa:end 41 .
"""


def triples_of(article: Article, *facts: Fact, sentences: tuple[Sentence, ...] = SENTENCES) -> list[Triple]:
    mentions = {entity.name: mention_iri(article.id, entity) for entity in ENTITIES}
    canonical = {iri: ID[name.lower()] for name, iri in mentions.items()}
    return article_triples(article, sentences, Extraction(ENTITIES, facts), ONTOLOGY, canonical=canonical, run="r1")


def test_a_tiny_article_is_the_golden_turtle() -> None:
    triples = triples_of(ARTICLE, FACT)
    (statement,) = {s for s, p, _ in triples if p == KG.modality}
    (evidence,) = {s for s, p, _ in triples if p == OA.hasSource}
    nodes = {entity.name.lower(): mention_iri(ARTICLE.id, entity) for entity in ENTITIES}
    names = {"statement": statement, "evidence": evidence, "article": article_iri(ARTICLE.id), "hash": ARTICLE.hash}
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    golden = Graph().parse(data=prefixes + GOLDEN % (nodes | names), format="turtle")
    made = Graph()
    for triple in triples:
        made.add(triple)
    assert to_isomorphic(made) == to_isomorphic(golden)


def test_nothing_is_blank_and_the_same_article_gives_the_same_triples_in_the_same_order() -> None:
    triples = triples_of(ARTICLE, FACT)
    assert not any(isinstance(term, BNode) for triple in triples for term in triple)
    assert triples == triples_of(ARTICLE, FACT)
    assert triples == sorted(triples)


@pytest.mark.parametrize(
    "other",
    [
        replace(FACT, modality=Modality.ASSERTED),
        replace(FACT, speaker=None),
        replace(FACT, subject=2),
        replace(FACT, object=2),
    ],
)
def test_a_statement_is_named_by_what_is_said_how_and_by_whom(other: Fact) -> None:
    triples = triples_of(ARTICLE, FACT, other)
    assert len({s for s, p, _ in triples if p == KG.modality}) == 2


def test_one_statement_of_two_facts_has_both_quotes_and_the_higher_confidence() -> None:
    again = replace(FACT, evidence=(Evidence(43, 46, "Hết"),), confidence=0.95)
    triples = triples_of(ARTICLE, again, FACT)
    assert [o for _, p, o in triples if p == KG.confidence] == [
        Literal("0.95", datatype=URIRef(PREFIXES["xsd"] + "decimal"))
    ]
    assert {str(o) for _, p, o in triples if p == OA.exact} == {"Hết", "ông Nam có thể lãnh đạo ACME"}


@given(st.lists(st.text("aàđ \"'\\\n𝒳", min_size=1, max_size=9), min_size=1, max_size=4), st.data())
def test_prefix_quote_and_suffix_are_the_sentence_and_stand_where_they_say(
    texts: list[str], data: st.DataObject
) -> None:
    starts = [sum(map(len, texts[:number])) for number in range(len(texts))]
    sentences = tuple(Sentence(at, at + len(text), text, (), ()) for at, text in zip(starts, texts, strict=True))
    sentence = data.draw(st.sampled_from(sentences))
    start = data.draw(st.integers(sentence.start, sentence.end - 1))
    end = data.draw(st.integers(start + 1, sentence.end))
    article = Article("a", "".join(texts), "vi")
    fact = replace(FACT, evidence=(Evidence(start, end, article.text[start:end]),))
    found = {p: o for _, p, o in triples_of(article, fact, sentences=sentences) if p.startswith(str(OA))}
    assert str(found[OA.prefix]) + str(found[OA.exact]) + str(found[OA.suffix]) == sentence.text
    assert article.text[int(str(found[OA.start])) : int(str(found[OA.end]))] == str(found[OA.exact])


@pytest.mark.parametrize("bad", [Evidence(14, 41, TEXT[13:41]), Evidence(13, 13, ""), Evidence(42, 43, "\n")])
def test_a_quote_that_does_not_stand_there_is_refused(bad: Evidence) -> None:
    with pytest.raises(RequestError, match=str(bad.start)):
        triples_of(ARTICLE, replace(FACT, evidence=(bad,)))


ADDRESSES = st.builds(
    "".join,
    st.tuples(st.sampled_from(["", "http://", "https://x.vn/"]), st.text('a/[]%#?<>"\\^ à:@1é|{}', max_size=12)),
)


@given(st.one_of(st.text(max_size=20), ADDRESSES))
def test_every_id_gives_a_valid_iri(article_id: str) -> None:
    assert pyoxigraph.NamedNode(article_iri(article_id)).value == str(article_iri(article_id))


@pytest.mark.parametrize(
    ("article_id", "iri"),
    [
        ("https://vnexpress.net/a-1.html?x=1&y=%20#p", "https://vnexpress.net/a-1.html?x=1&y=%20#p"),
        ("https://x.vn/a[1].html", "https://x.vn/a%5B1%5D.html"),
        ("https://x.vn/100%", "https://x.vn/100%25"),
        ("https://x.vn:8a/", "https://example.org/kg/article/https%3A//x.vn%3A8a/"),
        ("tin/a b.txt", "https://example.org/kg/article/tin/a%20b.txt"),
    ],
)
def test_an_address_stays_itself_and_anything_else_is_below_article(article_id: str, iri: str) -> None:
    assert str(article_iri(article_id)) == iri


@given(st.text(max_size=9), st.text(max_size=9))
def test_two_paths_are_two_articles(one: str, other: str) -> None:
    assert (article_iri(one) == article_iri(other)) == (one == other)


def test_classes_and_relations_carry_their_labels() -> None:
    labels = {(s, o.language, str(o)) for s, _, o in ontology_triples(ONTOLOGY) if isinstance(o, Literal)}
    assert {(KG.leads, "vi", "lãnh đạo"), (KG.leads, "en", "leads"), (KG.Person, "vi", "tổ chức")} <= labels
