"""Noun phrases: where they end, what they are, and what names the thing in them."""

from __future__ import annotations

import pytest

from kg.extract.lexicon import Lexicon

from .conftest import readings_of

CASES = {
    "modifiers are no part of the plain concept": (
        "các/DET nguồn/NOUN năng_lượng/NOUN rẻ/ADJ hơn/ADV",
        [("các nguồn năng lượng rẻ hơn", "năng lượng", "concept", "Resource")],
    ),
    "a modifier that makes another thing stays": (
        "năng_lượng/NOUN hạt_nhân/NOUN",
        [("năng lượng hạt nhân", "năng lượng hạt nhân", "concept", "Concept")],
    ),
    "a place within a phrase": (
        "thị_trường/NOUN Trung_Quốc/PROPN/Place",
        [
            ("thị trường Trung Quốc", "thị trường Trung Quốc", "concept", "Concept"),
            ("Trung Quốc", "Trung Quốc", "name", "Place"),
        ],
    ),
    "a class noun before a name": (
        "tập_đoàn/NOUN Nvidia/PROPN/Organization",
        [("tập đoàn", "tập đoàn", "reference", "Organization"), ("Nvidia", "Nvidia", "name", "Organization")],
    ),
    "a definite class noun points back": (
        "hãng/NOUN này/PRON mua/VERB vi_mạch/NOUN",
        [("hãng này", "hãng", "reference", "Organization"), ("vi mạch", "vi mạch", "concept", "Concept")],
    ),
    "a title before a name is no pronoun": (
        "Ông/NOUN Bình/PROPN/Person nói/VERB",
        [("Bình", "Bình", "name", "Person")],
    ),
    "a pronoun": ("Ông/PRON nói/VERB", [("Ông", "Ông", "reference", "Person")]),
    "an empty noun": ("năm/NOUN 2020/NUM", [("năm", "năm", "empty", "Concept")]),
    "a nominalised verb": (
        "sự/NOUN phát_triển/VERB của/ADP AI/PROPN",
        [("sự phát triển", "phát triển", "concept", "Concept"), ("AI", "AI", "name", "Technology")],
    ),
    "a verb ends a phrase": (
        "công_ty/NOUN mua/VERB máy_bay/NOUN",
        [("công ty", "công ty", "concept", "Concept"), ("máy bay", "máy bay", "concept", "Concept")],
    ),
    "a syllable that completes a verb": (
        "công_ty/NOUN tăng/VERB tốc/NOUN",
        [("công ty", "công ty", "concept", "Concept"), ("tốc", "tốc", "empty", "Concept")],
    ),
}


@pytest.mark.parametrize(("line", "expected"), CASES.values(), ids=CASES)
def test_phrases(lexicon: Lexicon, line: str, expected: list[tuple[str, str, str, str]]) -> None:
    (reading,) = readings_of(lexicon, line)
    text = reading.line.text
    found = [(text(p.first, p.last), text(*p.core), p.kind.value, p.type) for p in reading.phrases]
    assert found == expected
