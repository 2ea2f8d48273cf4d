"""Whole articles: claims, references, and the laws that every extraction obeys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract import extract
from kg.model import Extraction, Modality
from kg.ontology import Ontology

from .conftest import small_ontology
from .notation import article_of

ONTOLOGY = small_ontology()
OPENAI, AMD = "OpenAI/PROPN/Organization", "AMD/PROPN/Organization"
BINH = "Trương_Gia_Bình/PROPN/Person"


def extraction_of(*lines: str, ontology: Ontology = ONTOLOGY) -> Extraction:
    return extract(*article_of(*lines), ontology)


def claims_of(*lines: str, ontology: Ontology = ONTOLOGY) -> set[tuple[str, str, str, str, str]]:
    """Facts as (subject, relation, object, modality, speaker or "")."""
    found = extraction_of(*lines, ontology=ontology)
    names = {entity.key: entity.name for entity in found.entities}
    return {
        (names[f.subject], f.relation, names[f.object], f.modality.value, "" if f.speaker is None else names[f.speaker])
        for f in found.facts
    }


MODALITIES = {
    "đã/ADV": Modality.ASSERTED,
    "sẽ/ADV": Modality.PLANNED,
    "có_thể/ADV": Modality.POSSIBLE,
    "không/ADV": Modality.DENIED,
    "có_thể/ADV sẽ/ADV": Modality.POSSIBLE,
    "sẽ/ADV không/ADV": Modality.DENIED,
}


@pytest.mark.parametrize(("marker", "modality"), MODALITIES.items(), ids=MODALITIES)
def test_modality(marker: str, modality: Modality) -> None:
    assert claims_of(f"{OPENAI} {marker} mua/VERB {AMD} ./PUNCT") == {("OpenAI", "acquires", "AMD", modality, "")}


def test_a_condition_is_possible() -> None:
    line = f"Nếu/SCONJ {OPENAI} mua/VERB {AMD} ,/PUNCT giá/NOUN tăng/VERB ./PUNCT"
    assert claims_of(line) == {("OpenAI", "acquires", "AMD", "possible", "")}


def test_a_marker_of_another_clause_does_not_count() -> None:
    line = f"giá/NOUN không/ADV tăng/VERB nhưng/CCONJ {OPENAI} mua/VERB {AMD} ./PUNCT"
    assert claims_of(line) == {("OpenAI", "acquires", "AMD", "asserted", "")}


HELD_AND_PLACED = {
    "office": (f"{BINH} là/AUX CEO/NOUN của/ADP {AMD}", "leads", "asserted"),
    "denied office": (f"{BINH} không/ADV là/AUX CEO/NOUN của/ADP {AMD}", "leads", "denied"),
    "planned office": (f"{BINH} sẽ/ADV là/AUX CEO/NOUN của/ADP {AMD}", "leads", "planned"),
    "office in a planned clause": (
        f"{BINH} ,/PUNCT CEO/NOUN của/ADP {AMD} ,/PUNCT sẽ/ADV đến/VERB",
        "leads",
        "asserted",
    ),
    "denied place": (f"{OPENAI} không/ADV đến/VERB tại/ADP Huế/PROPN/Place", "locatedIn", "denied"),
    "place in a planned clause": (
        f"Nga/PROPN/Place sẽ/ADV mua/VERB {AMD} tại/ADP Huế/PROPN/Place",
        "locatedIn",
        "asserted",
    ),
}


@pytest.mark.parametrize(("line", "relation", "mode"), HELD_AND_PLACED.values(), ids=HELD_AND_PLACED)
def test_offices_and_places_are_denied_or_planned_with_the_verb_that_states_them(
    line: str, relation: str, mode: str
) -> None:
    assert {claim[3] for claim in claims_of(line) if claim[1] == relation} == {mode}


def test_an_office_is_said_by_who_tells_of_it() -> None:
    claims = claims_of(f"Lisa_Su/PROPN/Person cho_biết/VERB {BINH} sẽ/ADV là/AUX CEO/NOUN của/ADP {AMD}")
    assert claims == {("Trương Gia Bình", "leads", "AMD", "planned", "Lisa Su")}


SPOKEN = f"{OPENAI} mua/VERB {AMD}"
SPEAKERS = {
    "before": [f"Ông/NOUN {BINH} cho_biết/VERB {SPOKEN} ./PUNCT"],
    "before, with that": [f"{BINH} nói/VERB rằng/SCONJ {SPOKEN} ./PUNCT"],
    "after a quotation": [f'"/PUNCT {SPOKEN} "/PUNCT ,/PUNCT ông/NOUN {BINH} nói/VERB ./PUNCT'],
    "according to": [f"Theo/ADP {BINH} ,/PUNCT {SPOKEN} ./PUNCT"],
    "pronoun": [f"{BINH} đến/VERB ./PUNCT", f"Ông/PRON cho_biết/VERB {SPOKEN} ./PUNCT"],
    "earlier in the quotation": [
        f"{BINH} nói/VERB :/PUNCT “/PUNCT Giá/NOUN tăng/VERB ./PUNCT",
        f"{SPOKEN} ./PUNCT ”/PUNCT",
    ],
    "after it, with a title": [f"{SPOKEN} ,/PUNCT ông/NOUN {BINH} nói/VERB tại/ADP cuộc/NOUN họp/NOUN"],
}


@pytest.mark.parametrize("lines", SPEAKERS.values(), ids=SPEAKERS)
def test_speaker(lines: list[str]) -> None:
    assert claims_of(*lines) == {("OpenAI", "acquires", "AMD", "asserted", "Trương Gia Bình")}


PRICES, GOOD = "Giá/NOUN tăng/VERB", "Tốt/ADJ"
SILENT = {
    "somebody says something else": [f"{SPOKEN} ,/PUNCT {BINH} nói/VERB rằng/SCONJ giá/NOUN sẽ/ADV tăng/VERB"],
    "between quotations behind inches": [
        'màn_hình/NOUN 6/NUM "/PUNCT ./PUNCT',
        f'"/PUNCT {PRICES} "/PUNCT ,/PUNCT ông/NOUN {BINH} nói/VERB ./PUNCT',
        f"{SPOKEN} ./PUNCT",
        f'"/PUNCT {GOOD} "/PUNCT ./PUNCT',
    ],
    "behind a quotation that nobody closed": [
        f"{BINH} nói/VERB :/PUNCT “/PUNCT {PRICES} ./PUNCT",
        f"{SPOKEN} ./PUNCT",
        f"“/PUNCT {GOOD} ./PUNCT ”/PUNCT",
    ],
    "behind one with marks that do not show their sides": [
        f'{BINH} nói/VERB :/PUNCT "/PUNCT ~{PRICES} ./PUNCT',
        f"{SPOKEN} ./PUNCT",
        f'"/PUNCT ~{GOOD} ~"/PUNCT ./PUNCT',
    ],
    "far behind it": [
        f"{BINH} nói/VERB :/PUNCT “/PUNCT {PRICES} ./PUNCT",
        *[f"{PRICES} ./PUNCT"] * 10,
        f"{SPOKEN} ./PUNCT ”/PUNCT",
    ],
}


@pytest.mark.parametrize("lines", SILENT.values(), ids=SILENT)
def test_nobody_says_what_stands_beside_their_words(lines: list[str]) -> None:
    assert claims_of(*lines) == {("OpenAI", "acquires", "AMD", "asserted", "")}


def test_a_forecast_is_planned() -> None:
    claims = claims_of(f"{BINH} dự_báo/VERB {SPOKEN} ./PUNCT")
    assert claims == {("OpenAI", "acquires", "AMD", "planned", "Trương Gia Bình")}


def test_short_names_join_the_only_longer_one() -> None:
    entities = extraction_of(
        "Sam_Altman/PROPN/Person gặp/VERB Larry_Page/PROPN/Person ./PUNCT", "Altman/PROPN/Person nói/VERB ./PUNCT"
    ).entities
    assert [(e.name, e.aliases) for e in entities] == [("Sam Altman", ("Altman",)), ("Larry Page", ())]


FPT, AUTOMOTIVE = "FPT/PROPN/Organization", "FPT_Automotive/PROPN/Organization"
UNIVERSITY, PERSON = "Đại_học_FPT/PROPN/Organization", "/PROPN/Person"
SHORT_NAMES = {
    "a mother and her daughter": ([f"{FPT} mua/VERB {AMD}", f"{AUTOMOTIVE} mua/VERB {OPENAI}"], 4),
    "both in one sentence": ([f"{AUTOMOTIVE} mua/VERB {FPT}", f"{FPT} mua/VERB {AMD}"], 3),
    "used behind the long name only": ([f"{AUTOMOTIVE} mua/VERB {OPENAI}", f"{FPT} mua/VERB {AMD}"], 3),
    "a firm and its university": ([f"{FPT} mua/VERB {AMD}", f"{UNIVERSITY} mua/VERB {OPENAI}"], 4),
    "both persons in one sentence": ([f"Lê_Minh{PERSON} gặp/VERB Lê_Minh_Khái{PERSON}"], 2),
    "a longer person's name later": ([f"Trần_Anh{PERSON} đến/VERB", f"Trần_Anh_Tuấn{PERSON} đến/VERB"], 2),
    "a person's last name first": ([f"Khái{PERSON} đến/VERB", f"Lê_Minh_Khái{PERSON} đến/VERB"], 1),
    "a person's last name further on": ([f"Lê_Minh_Khái{PERSON} nói/VERB Khái{PERSON} đến/VERB"], 1),
    "a wife's last name": ([f"Obama{PERSON} gặp/VERB Michelle_Obama{PERSON}"], 2),
    "in brackets": ([f"{UNIVERSITY} (/PUNCT {FPT} )/PUNCT đến/VERB", f"{FPT} mua/VERB {AMD}"], 2),
    "a product without its maker": (["Z4/PROPN/Product đến/VERB", "Samsung_Z4/PROPN/Product đến/VERB"], 1),
}


@pytest.mark.parametrize(("lines", "count"), SHORT_NAMES.values(), ids=SHORT_NAMES)
def test_a_name_is_short_for_a_longer_one_only_where_it_is_used_so(lines: list[str], count: int) -> None:
    assert len(extraction_of(*lines).entities) == count


ENERGY = "năng_lượng_gió/NOUN"
NAMESAKES = {
    "a person and what she buys": ([f"Hoa{PERSON} phát_triển/VERB hoa/NOUN ./PUNCT"], {"Hoa", "hoa"}),
    "a place and a concept": (
        [f"{AMD} đến/VERB Hòa_Bình/PROPN/Place ./PUNCT", f"{AMD} mua/VERB hòa_bình/NOUN ./PUNCT"],
        {"AMD", "Hòa Bình", "hòa bình"},
    ),
    "a concept that begins a sentence": (
        ["Năng_lượng_gió/PROPN/Organization tăng/VERB", f"{AMD} mua/VERB {ENERGY}"],
        {"AMD", "Năng lượng gió"},
    ),
    "a headline": (["NĂNG_LƯỢNG_GIÓ/PROPN/Place tăng/VERB", f"{AMD} mua/VERB {ENERGY}"], {"AMD", "năng lượng gió"}),
}


@pytest.mark.parametrize(("lines", "names"), NAMESAKES.values(), ids=NAMESAKES)
def test_a_common_noun_is_no_name_of_these_letters(lines: list[str], names: set[str]) -> None:
    assert {entity.name for entity in extraction_of(*lines).entities} == names


def test_a_company_without_its_legal_form_is_no_person() -> None:
    found = extraction_of(
        "hãng/NOUN TNHH_Đồng_Thành/PROPN/Organization mua/VERB Oi/PROPN/Organization",
        f"Đồng_Thành/PROPN/Person mua/VERB {AMD}",
    )
    assert {(e.name, e.type) for e in found.entities} >= {("TNHH Đồng Thành", "Organization")}
    assert len(found.entities) == 3


def test_a_bare_class_noun_is_who_was_called_so() -> None:
    lines = [f"{OPENAI} ,/PUNCT hãng/NOUN lớn/ADJ ,/PUNCT gặp/VERB {FPT}", f"hãng/NOUN mua/VERB {AMD}"]
    assert ("OpenAI", "acquires", "AMD", "asserted", "") in claims_of(*lines)


def test_who_is_quoted_does_nothing_in_the_sentence() -> None:
    line = f"theo/ADP bà/NOUN Lisa_Su/PROPN/Person ,/PUNCT CEO/NOUN của/ADP {AMD} ,/PUNCT hợp_tác/VERB với/ADP {OPENAI}"
    assert not any(relation == "partnersWith" for _, relation, *_ in claims_of(line))


def test_a_shared_family_name_joins_nobody() -> None:
    entities = extraction_of(
        "Sam_Altman/PROPN/Person gặp/VERB Jack_Altman/PROPN/Person ./PUNCT", "Altman/PROPN/Person nói/VERB ./PUNCT"
    ).entities
    assert [e.name for e in entities] == ["Sam Altman", "Jack Altman", "Altman"]


def test_pronouns_rather_go_to_the_last_subject() -> None:
    claims = claims_of(
        "Sam_Altman/PROPN/Person gặp/VERB Larry_Page/PROPN/Person ./PUNCT", f"Ông/PRON mua/VERB {AMD} ./PUNCT"
    )
    assert ("Sam Altman", "acquires", "AMD", "asserted", "") in claims


def test_definite_phrases_go_to_an_entity_of_their_class() -> None:
    claims = claims_of(
        f"hãng/NOUN {OPENAI} gặp/VERB Larry_Page/PROPN/Person ./PUNCT", f"Hãng/NOUN này/PRON mua/VERB {AMD} ./PUNCT"
    )
    assert ("OpenAI", "acquires", "AMD", "asserted", "") in claims


def test_an_acronym_joins_what_stands_before_its_bracket() -> None:
    found = extraction_of(
        f"{OPENAI} phát_triển/VERB trí_tuệ/NOUN tổng_quát/ADJ (/PUNCT AGI/PROPN )/PUNCT ./PUNCT",
        "AGI/PROPN đòi_hỏi/VERB năng_lượng/NOUN ./PUNCT",
    )
    names = {e.key: e.name for e in found.entities}
    ends = {(names[f.subject], f.relation, names[f.object]) for f in found.facts}
    assert (
        len(
            {f.object for f in found.facts if f.relation == "develops"}
            | {f.subject for f in found.facts if f.relation == "dependsOn"}
        )
        == 1
    )
    assert len(ends) == 2


def test_one_fact_for_all_sentences_that_state_it() -> None:
    (fact,) = extraction_of(f"{OPENAI} mua/VERB {AMD} ./PUNCT", f"{OPENAI} đã/ADV mua/VERB {AMD} ./PUNCT").facts
    assert [e.quote for e in fact.evidence] == ["OpenAI mua AMD", "OpenAI đã mua AMD"]


def with_broader(**broader: str) -> Ontology:
    """The ontology with broader relations of some."""
    wider = {name: replace(ONTOLOGY.relations[name], broader=(one,)) for name, one in broader.items()}
    return replace(ONTOLOGY, relations={**ONTOLOGY.relations, **wider})


NARROWER = {
    "said in the same way": ("đã/ADV", {"acquires asserted"}),
    "denied": ("không/ADV", {"develops asserted", "acquires denied"}),
    "planned": ("sẽ/ADV", {"develops asserted", "acquires planned"}),
}


@pytest.mark.parametrize(("marker", "claims"), NARROWER.values(), ids=NARROWER)
def test_a_narrower_relation_stands_for_a_broader_one_where_it_implies_it(marker: str, claims: set[str]) -> None:
    lines = f"{OPENAI} phát_triển/VERB {AMD}", f"{OPENAI} {marker} mua/VERB {AMD}"
    found = claims_of(*lines, ontology=with_broader(acquires="develops"))
    assert {f"{relation} {mode}" for _, relation, _, mode, _ in found} == claims


def test_of_relations_that_are_broader_than_each_other_one_is_left() -> None:
    lines = f"{OPENAI} phát_triển/VERB {AMD}", f"{OPENAI} mua/VERB {AMD}"
    assert len(claims_of(*lines, ontology=with_broader(acquires="develops", develops="acquires"))) == 1


def test_symmetric_relations_are_stated_once() -> None:
    lines = ("A/PROPN/Person gặp/VERB B/PROPN/Person ./PUNCT", "B/PROPN/Person gặp/VERB A/PROPN/Person ./PUNCT")
    (fact,) = extraction_of(*lines).facts
    assert len(fact.evidence) == 2


def test_concepts_without_a_fact_are_left_out_and_names_kept() -> None:
    entities = extraction_of("Sam_Altman/PROPN/Person ăn/VERB cơm/NOUN ./PUNCT").entities
    assert [entity.name for entity in entities] == ["Sam Altman"]


def test_an_empty_article() -> None:
    assert extraction_of() == Extraction((), ())


WORDS = [
    "Sam_Altman/PROPN/Person",
    "Altman/PROPN/Person",
    "OpenAI/PROPN/Organization",
    "Nvidia/PROPN",
    "Hà_Nam/PROPN/Place",
    "AI/PROPN",
    "ông/NOUN",
    "Ông/PRON",
    "hãng/NOUN",
    "này/PRON",
    "các/DET",
    "một/NUM",
    "năng_lượng/NOUN",
    "nguồn/NOUN",
    "tương_lai/NOUN",
    "công_ty/NOUN",
    "hợp_tác/VERB",
    "mua/VERB",
    "phát_triển/VERB",
    "gặp/VERB",
    "nói/VERB",
    "cho_biết/VERB",
    "thuộc_về/VERB",
    "ăn/VERB",
    "là/AUX",
    "được/AUX",
    "CEO/NOUN",
    "Tổng_thống/NOUN",
    "của/ADP",
    "với/ADP",
    "giữa/ADP",
    "tại/ADP",
    "theo/ADP",
    "bởi/ADP",
    "để/ADP",
    "như/SCONJ",
    "nếu/SCONJ",
    "rằng/SCONJ",
    "và/CCONJ",
    "nhưng/CCONJ",
    "không/ADV",
    "sẽ/ADV",
    "rẻ/ADJ",
    "hơn/ADV",
    "sự/NOUN",
    ",/PUNCT",
    "./PUNCT",
    ":/PUNCT",
    '"/PUNCT',
    "“/PUNCT",
    "”/PUNCT",
    "(/PUNCT",
    ")/PUNCT",
    "7/NUM",
]
ARTICLES = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join), max_size=4)


@settings(max_examples=150, deadline=None)
@given(ARTICLES)
def test_laws(lines: list[str]) -> None:
    article, sentences = article_of(*lines)
    found = extract(article, sentences, ONTOLOGY)
    keys = [entity.key for entity in found.entities]
    assert keys == sorted(set(keys))
    for entity in found.entities:
        assert entity.mentions == tuple(sorted(entity.mentions)) and entity.name not in entity.aliases
        assert all(article.text[m.start : m.end] == m.text for m in entity.mentions)
    for fact in found.facts:
        assert fact.subject != fact.object and {fact.subject, fact.object} <= set(keys)
        assert fact.speaker is None or fact.speaker in keys
        assert fact.evidence and all(article.text[e.start : e.end] == e.quote for e in fact.evidence)
        assert 0 < fact.confidence <= 1 and round(fact.confidence, 2) == fact.confidence
        sentence = next(s for s in sentences if s.start <= fact.evidence[0].start < s.end)
        assert fact.evidence[0].end <= sentence.end
    assert extract(article, sentences, ONTOLOGY) == found
