"""Candidates by frame: which phrases a cue takes as its ends."""

from __future__ import annotations

import pytest

from kg.extract.lexicon import Lexicon
from kg.extract.relations import find_candidates

from .conftest import readings_of

OPENAI, NVIDIA, AMD = "OpenAI/PROPN/Organization", "Nvidia/PROPN/Organization", "AMD/PROPN/Organization"
ALTMAN = "Sam_Altman/PROPN/Person"
LEADS = {("Sam Altman", "leads", "OpenAI")}

CASES = {
    "verb": (f"{OPENAI} đã/ADV mua/VERB {AMD} ./PUNCT", {("OpenAI", "acquires", "AMD")}),
    "inverse": (f"{AMD} thuộc_về/VERB {NVIDIA} ./PUNCT", {("Nvidia", "owns", "AMD")}),
    "passive with the agent before": (f"{AMD} được/AUX {NVIDIA} mua/VERB ./PUNCT", {("Nvidia", "acquires", "AMD")}),
    "passive with the agent after": (
        f"{AMD} bị/AUX mua/VERB bởi/ADP {NVIDIA} ./PUNCT",
        {("Nvidia", "acquires", "AMD")},
    ),
    "passive with a titled agent before": (
        f"{AMD} được/AUX ông/NOUN {ALTMAN} mua/VERB ./PUNCT",
        {("Sam Altman", "acquires", "AMD")},
    ),
    "agent without a passive": (f"{AMD} do/ADP {NVIDIA} phát_triển/VERB", {("Nvidia", "develops", "AMD")}),
    "passive without an agent": (f"{AMD} bị/AUX mua/VERB ./PUNCT", set()),
    "preposition and list": (
        f"{OPENAI} hợp_tác/VERB với/ADP {NVIDIA} và/CCONJ {AMD} ./PUNCT",
        {("OpenAI", "partnersWith", "Nvidia"), ("OpenAI", "partnersWith", "AMD")},
    ),
    "list of subjects": (
        f"{NVIDIA} và/CCONJ {AMD} gặp/VERB {OPENAI} ./PUNCT",
        {("Nvidia", "meets", "OpenAI"), ("AMD", "meets", "OpenAI")},
    ),
    "second verb of a subject": (
        f"{OPENAI} gặp/VERB {NVIDIA} và/CCONJ mua/VERB {AMD} ./PUNCT",
        {("OpenAI", "meets", "Nvidia"), ("OpenAI", "acquires", "AMD")},
    ),
    "of and with": (
        f"loạt/NOUN hợp_tác/VERB của/ADP {OPENAI} với/ADP {NVIDIA} ./PUNCT",
        {("OpenAI", "partnersWith", "Nvidia")},
    ),
    "between": (
        f"cuộc/NOUN gặp/VERB giữa/ADP {OPENAI} và/CCONJ {NVIDIA} ./PUNCT",
        {("OpenAI", "meets", "Nvidia")},
    ),
    "copula": ("Sora/PROPN/Product là/AUX một/DET công_cụ/NOUN", {("Sora", "kindOf", "công cụ")}),
    "examples": (
        f"các/DET hãng/NOUN lớn/ADJ như/SCONJ {NVIDIA} ,/PUNCT {AMD} ./PUNCT",
        {("Nvidia", "kindOf", "hãng lớn"), ("AMD", "kindOf", "hãng lớn")},
    ),
    "examples stand for their class": (
        f"{OPENAI} hợp_tác/VERB với/ADP các/DET hãng/NOUN lớn/ADJ như/SCONJ {NVIDIA} ./PUNCT",
        {("OpenAI", "partnersWith", "Nvidia"), ("Nvidia", "kindOf", "hãng lớn")},
    ),
    "title, of, comma, holder": (f"CEO/NOUN của/ADP {OPENAI} ,/PUNCT {ALTMAN} ,/PUNCT nói/VERB", LEADS),
    "title, whole, holder": (f"CEO/NOUN {OPENAI} {ALTMAN} nói/VERB", LEADS),
    "holder, comma, title": (f"{ALTMAN} ,/PUNCT CEO/NOUN của/ADP {OPENAI} ,/PUNCT nói/VERB", LEADS),
    "holder, bracket, title": (f"{ALTMAN} (/PUNCT CEO/NOUN {OPENAI} )/PUNCT nói/VERB", LEADS),
    "holder is title": (f"{ALTMAN} là/AUX CEO/NOUN của/ADP {OPENAI} ./PUNCT", LEADS),
    "title, holder, of": (f"CEO/NOUN {ALTMAN} của/ADP {OPENAI} nói/VERB", LEADS),
    "title, whole, dash, titled holder": (f"CEO/NOUN {OPENAI} -/PUNCT ông/NOUN {ALTMAN} nói/VERB", LEADS),
    "place in place": (
        "tại/ADP Tân_Tiến/PROPN/Place ,/PUNCT tỉnh/NOUN Hà_Nam/PROPN/Place ./PUNCT",
        {("Tân Tiến", "locatedIn", "Hà Nam")},
    ),
    "places side by side": (
        "Hà_Nam/PROPN/Place ,/PUNCT Nam_Định/PROPN/Place và/CCONJ Thái_Bình/PROPN/Place mưa/VERB",
        set(),
    ),
    "an empty noun passes on": (
        "sự/NOUN tăng_trưởng/VERB của/ADP AI/PROPN đòi_hỏi/VERB nguồn/NOUN năng_lượng/NOUN rẻ/ADJ",
        {("AI", "dependsOn", "năng lượng")},
    ),
    "purpose shares the subject": (
        f"{OPENAI} gặp/VERB {NVIDIA} để/ADP phát_triển/VERB chip/NOUN ./PUNCT",
        {("OpenAI", "meets", "Nvidia"), ("OpenAI", "develops", "chip")},
    ),
    "a preposition's phrase is no subject": (
        f"{OPENAI} ở/ADP Texas/PROPN/Place mua/VERB {AMD} ./PUNCT",
        {("OpenAI", "acquires", "AMD")},
    ),
}


@pytest.mark.parametrize(("line", "expected"), CASES.values(), ids=CASES)
def test_candidates(lexicon: Lexicon, line: str, expected: set[tuple[str, str, str]]) -> None:
    (reading,) = readings_of(lexicon, line)
    text = reading.line.text
    found = {(text(*c.subject.core), c.relation, text(*c.object.core)) for c in find_candidates(reading, lexicon)}
    assert found == expected
