"""Annotated articles become windows of atoms whose spans and links are the words that annotators meant."""

from __future__ import annotations

import json

from annotated import GOLD, TEXT

from kg.ontology import load
from kg.training.fact_data import FactArticle, article_of, news_articles, written_articles
from kg.training.fact_model import HERE


def _said(article: FactArticle, span: tuple[int, int]) -> str:
    return article.text[article.atoms[span[0]][0] : article.atoms[span[1] - 1][1]]


def test_links_join_the_words_that_stand_for_the_ends() -> None:
    article = article_of(GOLD, TEXT)
    links = {
        (_said(article, link.subject), _said(article, link.object)): (link.relations, link.modality)
        for link in article.links
        if link.modality
    }
    assert links == {
        ("OpenAI", "tập đoàn Nvidia"): (("partnersWith",), "asserted"),
        ("tập đoàn Nvidia", "OpenAI"): (("", "partnersWith"), "asserted"),  # symmetric: the other way is no mistake
        ("Sam Altman", "công ty này"): (("", "leads", "worksFor"), "asserted"),  # optional: nothing is no mistake
        ("Sam Altman", "Hà Nội"): (("visits",), "planned"),  # unsaid in the evidence: the name in the sentence before
    }


def test_speakers_are_spans_and_the_article_is_none() -> None:
    article = article_of(GOLD, TEXT)
    speakers = {
        link.relations[-1]: (link.known_speaker, link.speaker and _said(article, link.speaker))
        for link in article.links
        if link.modality
    }
    assert speakers == {"partnersWith": (True, None), "worksFor": (True, None), "visits": (True, "Sam Altman")}


def test_a_pair_that_is_stated_elsewhere_is_left_open() -> None:
    text = TEXT + " OpenAI và Nvidia vui mừng."
    article = article_of(GOLD, text)
    last = article.sentences[-1][0]
    again = [link for link in article.links if min(link.subject[0], link.object[0]) >= last]
    assert {(_said(article, link.subject), _said(article, link.object)) for link in again} == {
        ("OpenAI", "Nvidia"),
        ("Nvidia", "OpenAI"),
    }
    assert all("" in link.relations and not link.modality for link in again)


def test_annotations_kept_apart_from_their_texts(tmp_path) -> None:  # type: ignore[no-untyped-def]
    news = tmp_path / "news.jsonl"
    news.write_text(json.dumps({"id": "7", "text": "OpenAI mua Sora."}) + "\n")
    row = {
        "id": "7",
        "entities": [["Organization", [0, 6], []], ["Product", [11, 15], []]],
        "facts": [[0, ["acquires", "owns"], 1, "asserted", None, [0, 16], [0, 6], [11, 15], [7, 10], False]],
    }
    (tmp_path / "facts.news.jsonl").write_text(json.dumps(row) + "\n")
    (article,) = news_articles(tmp_path, news)
    (link,) = article.links
    assert (_said(article, link.subject), link.relations, _said(article, link.object)) == (
        "OpenAI",
        ("acquires", "owns"),
        "Sora",
    )
    assert article.required == (frozenset({("0", "acquires", "1"), ("0", "owns", "1")}),)


def test_invented_articles_are_annotated_in_terms_of_the_ontology() -> None:
    ontology = load()
    articles = written_articles(HERE)
    links = [link for article in articles for link in article.links if link.modality]
    assert {article.lang for article in articles} == {"en", "vi"}
    assert {name for link in links for name in link.relations} - {""} == ontology.relations.keys()
    assert {kind for article in articles for kind in article.types.values()} <= ontology.classes.keys()
    assert sum(link.cue is not None for link in links) > len(links) / 2
    assert {"asserted", "planned", "possible", "denied"} == {link.modality for link in links}
