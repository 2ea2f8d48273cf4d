"""Dates of facts: what a sentence says of when, counted from the article's own date where it is relative."""

from __future__ import annotations

import pytest

from kg.extract import extract
from kg.literals import read_date

from .conftest import small_ontology
from .notation import article_of

PUBLISHED = "2017-03-15"


@pytest.mark.parametrize(
    ("words", "lang", "date"),
    [
        ("ngày 9/3", "vi", "2017-03-09"),
        ("sáng 12/3", "vi", "2017-03-12"),
        ("tối qua", "vi", "2017-03-14"),
        ("hôm nay", "vi", "2017-03-15"),
        ("ngày 9 tháng 3 năm 2016", "vi", "2016-03-09"),
        ("tháng 5/2016", "vi", "2016-05"),
        ("cuối năm 2016", "vi", "2016"),
        ("năm ngoái", "vi", "2016"),
        ("2 năm trước", "vi", "2015"),
        ("rạng sáng nay", "vi", "2017-03-15"),
        ("tháng ba năm nay", "vi", "2017"),
        ("từ năm 2010 đến nay", "vi", "2010"),
        ("hôm 12/3 vừa qua", "vi", "2017-03-12"),
        ("sáng 24/7", "vi", "2017-07-24"),
        ("March 12", "en", "2017-03-12"),
        ("in 2016", "en", "2016"),
        ("last year", "en", "2016"),
        ("yesterday", "en", "2017-03-14"),
    ],
)
def test_expressions(words: str, lang: str, date: str) -> None:
    assert read_date(words, lang, PUBLISHED) == date


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        ("3 ngày", "vi"),
        ("trong 30 năm", "vi"),
        ("quý 2", "vi"),
        ("tuần trước", "vi"),
        *((words, "vi") for words in ("5 năm qua", "tuần qua", "những năm qua", "thời gian qua", "hai thập kỷ qua")),
        *((words, "vi") for words in ("vừa qua", "từ đó đến nay", "xưa nay", "3 năm nay", "mấy hôm nay")),
        *((words, "vi") for words in ("đầu thế kỷ 20", "24/7", "mùa giải 2016-17")),
        ("2016-17", "en"),
        ("five years", "en"),
        ("the 1990s", "en"),
    ],
)
def test_how_long_something_lasts_is_no_date(words: str, lang: str) -> None:
    assert read_date(words, lang, PUBLISHED) == ""


@pytest.mark.parametrize("words", ["hôm qua", "ngày 9/3", "năm ngoái", "tháng 5"])
def test_what_only_the_date_of_the_article_would_tell_is_left_open(words: str) -> None:
    """Never today's date: the same article gives the same graph tomorrow."""
    assert read_date(words, "vi") == ""
    assert read_date("năm 2016", "vi") == "2016"


@pytest.mark.parametrize(
    ("line", "date"),
    [
        (
            "OpenAI/PROPN/Organization hợp_tác/VERB với/ADP AMD/PROPN/Organization năm_2016/NOUN/DateTime ./PUNCT",
            "2016",
        ),
        (
            "Năm_2016/NOUN/DateTime ,/PUNCT OpenAI/PROPN/Organization hợp_tác/VERB với/ADP AMD/PROPN/Organization",
            "2016",
        ),
        (
            "OpenAI/PROPN/Organization hợp_tác/VERB với/ADP AMD/PROPN/Organization ,/PUNCT dự_án/NOUN kết_thúc/VERB "
            "năm_2016/NOUN/DateTime",
            "",
        ),
        ("OpenAI/PROPN/Organization hợp_tác/VERB với/ADP AMD/PROPN/Organization ./PUNCT", ""),
    ],
)
def test_a_fact_has_the_date_of_its_clause_or_of_the_sentence_as_a_whole(line: str, date: str) -> None:
    article, sentences = article_of(line)
    (fact,) = extract(article, sentences, small_ontology()).facts
    assert (fact.relation, fact.date) == ("partnersWith", date)
