"""What a model of facts proposes becomes facts: in the phrases, entities and relations that the rules know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from kg.extract import extract
from kg.extract.confidence import chance
from kg.literals import XSD
from kg.model import LITERAL, Antecedent, Article, Extraction, Modality, Place, Proposal, Sentence
from kg.ontology import EntityClass, Relation

from .conftest import small_ontology
from .notation import article_of

ONTOLOGY = small_ontology()
SURE = 0.75  # the model, of each of its proposals
LINES = (
    "Sam_Altman/PROPN/Person cho/ADP rằng/SCONJ tập_đoàn/NOUN Nvidia/PROPN/Organization lớn_mạnh/ADJ ./PUNCT",
    "ông/NOUN ký/VERB hợp_đồng/NOUN mới/ADJ với/ADP AMD/PROPN/Organization ./PUNCT",
)


def extraction_of(*said: tuple[str, str, str, Modality, str], sure: Sequence[float] = ()) -> tuple[Extraction, str]:
    """Of two lines, with proposals given by the words of their ends and, or "", of their speaker."""
    article, sentences = article_of(*LINES)

    def place(words: str, kind: str = "Organization") -> Place:
        return _place(article.text, words, kind)

    proposals = tuple(
        Proposal(place(s), relation, place(o), how, place(who, "Person") if who else None, one)
        for (s, relation, o, how, who), one in zip(said, sure or [SURE] * len(said), strict=True)
    )
    found = extract(article, [*sentences[:-1], replace(sentences[-1], proposals=proposals)], ONTOLOGY)
    return found, article.text


def facts_of(*said: tuple[str, str, str, Modality, str]) -> set[tuple[str, str, str, str, str, str]]:
    found, text = extraction_of(*said)
    names = {entity.key: entity.name for entity in found.entities} | {None: ""}
    assert all(e.quote == text[e.start : e.end] for fact in found.facts for e in fact.evidence)
    return {
        (names[f.subject], f.relation, names[f.object], f.modality.value, names[f.speaker], e.quote)
        for f in found.facts
        for e in f.evidence
        if f.confidence == round(chance(model=SURE, ours=False), 2)  # no fact that a cue states
    }


def test_a_proposal_is_a_fact_with_its_modality_and_speaker() -> None:
    (fact,) = facts_of(("Nvidia", "partnersWith", "AMD", Modality.PLANNED, "Sam Altman"))
    assert {fact[0], fact[2]} == {"Nvidia", "AMD"}  # a symmetric relation has no direction
    assert (fact[1], *fact[3:]) == ("partnersWith", "planned", "Sam Altman", _between("Nvidia", "AMD"))


def test_ends_are_the_entities_that_the_rules_know() -> None:
    """A class noun before a name is no part of it, and a pronoun is who it stands for."""
    assert facts_of(
        ("tập đoàn Nvidia", "develops", "hợp đồng mới", Modality.ASSERTED, ""),
        ("ông", "acquires", "AMD", Modality.DENIED, ""),
    ) == {
        ("Nvidia", "develops", "hợp đồng mới", "asserted", "", _between("Nvidia", "mới")),
        ("Sam Altman", "acquires", "AMD", "denied", "", _between("ông", "AMD")),
    }


def test_common_words_are_what_the_model_says_that_they_mean() -> None:
    def names(words: str, before: str, sure: float) -> set[str]:
        article, sentences = article_of(*LINES)
        first, object = (_place(article.text, one, "Organization") for one in (before, "AMD"))
        told = Antecedent(first.start, first.end, sure, None)
        subject = replace(_place(article.text, words, "Organization"), antecedent=told)
        said = Proposal(subject, "partnersWith", object, Modality.ASSERTED, None, SURE)
        found = extract(article, [*sentences[:-1], replace(sentences[-1], proposals=(said,))], ONTOLOGY)
        ends = {end for fact in found.facts for end in (fact.subject, fact.object)}
        return {entity.name for entity in found.entities if entity.key in ends}

    assert names("hợp đồng mới", "Nvidia", 0.9) == {"Nvidia", "AMD"}
    assert names("hợp đồng mới", "Nvidia", 0.1) == set()  # no contract partners with anybody
    assert "Nvidia" not in names("ông", "Nvidia", 0.9)  # a personal pronoun means a person
    assert names("Nvidia", "Sam Altman", 0.9) == {"Nvidia", "AMD"}  # a name means what it names


def test_the_evidence_holds_the_words_that_state_the_fact() -> None:
    article, (sentence,) = article_of("Nvidia/PROPN/Organization và/CCONJ AMD/PROPN/Organization bắt_tay/VERB ./PUNCT")
    ends = [_place(article.text, name, "Organization") for name in ("Nvidia", "AMD")]
    start = article.text.index("bắt tay")

    def quote(cue: tuple[int, int] | None) -> str:
        said = Proposal(ends[0], "partnersWith", ends[1], Modality.ASSERTED, None, SURE, cue)
        (fact,) = extract(article, [replace(sentence, proposals=(said,))], ONTOLOGY).facts
        return fact.evidence[0].quote

    assert quote(None) == "Nvidia và AMD"
    assert quote((start, start + len("bắt tay"))) == "Nvidia và AMD bắt tay"


def test_the_ontology_is_in_command() -> None:
    nothing = (("Nvidia", "befriends", "AMD"), ("Nvidia", "locatedIn", "AMD"), ("Nvidia", "leads", "AMD"))
    assert facts_of(*((*said, Modality.ASSERTED, "") for said in nothing)) == set()


@pytest.mark.parametrize("words", ["66/NUM", "thứ/NOUN 2/NUM"])
def test_a_number_is_no_end(words: str) -> None:
    article, (sentence,) = article_of(f"Nvidia/PROPN/Organization thấy/VERB {words}")
    number = article.text.partition("thấy ")[2]
    ends = _place(article.text, "Nvidia", "Organization"), _place(article.text, number, "Concept")
    said = Proposal(ends[0], "develops", ends[1], Modality.ASSERTED, None, SURE)
    assert not extract(article, [replace(sentence, proposals=(said,))], ONTOLOGY).facts


def test_a_value_is_read_with_the_number_before_a_phrase() -> None:
    article, (sentence,) = article_of(
        "Nvidia/PROPN/Organization có/VERB 12/NUM bộ/NOUN phim/NOUN truyền_hình/NOUN dài/ADJ"
    )
    words = "12 bộ phim truyền hình dài"
    ends = _place(article.text, "Nvidia", "Organization"), _place(article.text, words, LITERAL)
    said = Proposal(ends[0], "films", ends[1], Modality.ASSERTED, None, SURE)
    films = Relation("films", "films", (), False, (), (), (), datatype=XSD + "integer")
    classes = ONTOLOGY.classes | {LITERAL: EntityClass(LITERAL, LITERAL, (), (), ())}
    ontology = replace(ONTOLOGY, classes=classes, relations=ONTOLOGY.relations | {"films": films})
    assert [fact.value for fact in extract(article, [replace(sentence, proposals=(said,))], ontology).facts] == ["12"]


def test_names_in_a_row_are_no_end() -> None:
    article, (sentence,) = article_of(
        "Nvidia/PROPN/Organization mua/VERB AMD/PROPN/Product ,/PUNCT Intel/PROPN/Product"
    )
    ends = _place(article.text, "Nvidia", "Organization"), _place(article.text, "AMD, Intel", "Organization")
    said = Proposal(ends[0], "acquires", ends[1], Modality.ASSERTED, None, SURE)
    found = extract(article, [replace(sentence, proposals=(said,))], ONTOLOGY)
    assert "AMD, Intel" not in {entity.name for entity in found.entities}


def test_words_that_the_rules_take_for_nothing_can_be_an_end() -> None:
    found = facts_of(("Nvidia", "develops", "lớn mạnh", Modality.ASSERTED, ""))
    assert {(s, p, o) for s, p, o, *_ in found} == {("Nvidia", "develops", "lớn mạnh")}


def test_over_the_end_of_a_sentence_the_model_must_be_surer() -> None:
    def built(sure: float) -> int:
        return len(extraction_of(("Nvidia", "partnersWith", "AMD", Modality.ASSERTED, ""), sure=[sure])[0].facts)

    assert (built(0.45), built(0.55)) == (0, 1)


def test_of_proposals_for_one_thing_the_surest_is_kept() -> None:
    found, _ = extraction_of(
        ("Nvidia", "develops", "hợp đồng mới với AMD", Modality.ASSERTED, ""),
        ("Nvidia", "develops", "hợp đồng", Modality.ASSERTED, ""),
        sure=(0.6, 0.7),
    )
    assert [entity.name for entity in found.entities if entity.key == found.facts[0].object] == ["hợp đồng"]
    assert len(found.facts) == 1


def test_an_end_has_no_open_bracket() -> None:
    article, (sentence,) = article_of(
        "Nvidia/PROPN/Organization dùng/VERB bộ_xử_lý/NOUN (/PUNCT GPU/PROPN )/PUNCT đó/DET"
    )
    ends = _place(article.text, "Nvidia", "Organization"), _place(article.text, "bộ xử lý ( GPU", "Technology")
    said = Proposal(ends[0], "develops", ends[1], Modality.ASSERTED, None, SURE)
    found = extract(article, [replace(sentence, proposals=(said,))], ONTOLOGY)
    names = {entity.key: entity.name for entity in found.entities}
    assert [names[fact.object] for fact in found.facts] == ["bộ xử lý"]


@pytest.mark.parametrize(
    ("line", "end", "name"),
    [
        ("ông/NOUN chủ_tịch/NOUN FIFA/PROPN/Organization Blatter/PROPN/Person", "ông chủ tịch FIFA Blatter", "Blatter"),
        ("bà/NOUN con/NOUN của/ADP Blatter/PROPN/Person", "bà con của Blatter", "bà con của Blatter"),
        ("một/NUM tên/NOUN khác/ADJ", "tên khác", "tên khác"),
        ('mẫu/NOUN "/PUNCT Em_hoa/NOUN "/PUNCT', 'mẫu " Em hoa "', 'mẫu " Em hoa "'),
        ("tổng_thống/NOUN FIFA/PROPN/Organization Blatter/PROPN/Person", "FIFA Blatter", "FIFA"),
        ("OpenAI/PROPN thấy/VERB Luật/NOUN phòng_chống/VERB bão/NOUN", "Luật phòng chống bão", "Luật phòng chống bão"),
        ("Luật/NOUN phòng_chống/VERB bão/NOUN", "Luật phòng chống bão", "luật phòng chống bão"),
        ("7/NUM Eleven/PROPN", "7 Eleven", "7 Eleven"),
        ("Các/DET Tiểu_vương_quốc/NOUN", "Các Tiểu vương quốc", "Các Tiểu vương quốc"),
        ("1634/NUM :/PUNCT The/DET Baltic/PROPN War/PROPN", "1634: The Baltic War", "1634: The Baltic War"),
        (
            "A/DET Fort/PROPN/Work of/PROPN/Work Grey/PROPN/Work Old/PROPN/Work Ice/PROPN/Work",
            "A Fort of Grey Old Ice",
            "A Fort of Grey Old Ice",
        ),
    ],
)
def test_what_an_end_is_called(line: str, end: str, name: str) -> None:
    article, (sentence,) = article_of(f"{line} thấy/VERB AMD/PROPN/Organization")
    ends = _place(article.text, end, ""), _place(article.text, "AMD", "Organization")
    said = Proposal(ends[0], "develops", ends[1], Modality.ASSERTED, None, SURE)
    found = extract(article, [replace(sentence, proposals=(said,))], ONTOLOGY, least=0.5)
    names = {entity.key: entity.name for entity in found.entities}
    assert [names[fact.subject] for fact in found.facts if fact.relation == "develops"] == [name]


def test_a_value_is_called_as_it_is_written() -> None:
    string = "http://www.w3.org/2001/XMLSchema#string"
    motto = Relation("motto", "motto", (), False, (), (), (), (), string)
    ontology = replace(ONTOLOGY, relations={**ONTOLOGY.relations, "motto": motto})
    article, (sentence,) = article_of("Nghĩ/VERB khác/ADJ thấy/VERB AMD/PROPN/Organization")
    ends = _place(article.text, "AMD", "Organization"), _place(article.text, "Nghĩ khác", LITERAL)
    said = Proposal(ends[0], "motto", ends[1], Modality.ASSERTED, None, SURE)
    found = extract(article, [replace(sentence, proposals=(said,))], ontology, least=0.0)
    assert {entity.name for entity in found.entities} == {"AMD", "Nghĩ khác"}


def test_an_office_is_who_holds_it() -> None:
    """Named with what it is in, an office stands for its holder, and for itself where nobody named holds it."""
    article, sentences = article_of(
        "tổng_thống/NOUN Putin/PROPN/Person đến/VERB ./PUNCT",
        "tổng_thống/NOUN Nga/PROPN/Place thấy/VERB AMD/PROPN/Organization ./PUNCT",
    )
    ends = [_place(article.text, *end) for end in (("tổng thống Nga", "Person"), ("AMD", "Organization"))]
    said = Proposal(ends[0], "develops", ends[1], Modality.ASSERTED, None, SURE)
    last = replace(sentences[1], proposals=(said,))
    assert [_subjects(article, lines) for lines in ([sentences[0], last], [last])] == [["Putin"], ["tổng thống Nga"]]


def _subjects(article: Article, sentences: Sequence[Sentence]) -> list[str]:
    found = extract(article, sentences, ONTOLOGY)
    names = {entity.key: entity.name for entity in found.entities}
    return [names[fact.subject] for fact in found.facts if fact.relation == "develops"]


@pytest.mark.parametrize(
    ("line", "mode"),
    [
        ("Nvidia/PROPN/Organization có_thể/AUX thấy/VERB AMD/PROPN/Organization", Modality.POSSIBLE),
        ("Nvidia/PROPN/Organization sẽ/ADV thấy/VERB AMD/PROPN/Organization", Modality.PLANNED),
        ("Nvidia/PROPN/Organization không/ADV thấy/VERB AMD/PROPN/Organization", Modality.ASSERTED),
        ("có_thể/AUX thấy/VERB Nvidia/PROPN/Organization ở/ADP AMD/PROPN/Organization", Modality.ASSERTED),
    ],
)
def test_words_of_plans_and_possibility_outweigh_the_model_where_a_verb_links_ends(line: str, mode: Modality) -> None:
    article, (sentence,) = article_of(line)
    ends = [_place(article.text, name, "Organization") for name in ("Nvidia", "AMD")]
    said = Proposal(ends[0], "develops", ends[1], Modality.ASSERTED, None, SURE)
    found = extract(article, [replace(sentence, proposals=(said,))], ONTOLOGY)
    assert [fact.modality for fact in found.facts if fact.relation == "develops"] == [mode]


def test_a_cue_holds_within_what_the_model_takes_for_one_thing() -> None:
    article, (sentence,) = article_of("Nvidia/PROPN/Organization mua/VERB AMD/PROPN/Organization gây/VERB lo/NOUN")
    whole, fear = _place(article.text, "Nvidia mua AMD", "Event"), _place(article.text, "lo", "Concept")
    said = Proposal(whole, "develops", fear, Modality.ASSERTED, None, SURE)
    found = extract(article, [replace(sentence, proposals=(said,))], ONTOLOGY, least=0.0)
    names = {entity.key: entity.name for entity in found.entities}
    assert ("Nvidia", "acquires", "AMD") in {(names[f.subject], f.relation, names[f.object]) for f in found.facts}


def test_the_model_says_who_states_what_a_cue_finds() -> None:
    article, sentences = article_of(
        "Altman/PROPN/Person nói/VERB ./PUNCT", "Nvidia/PROPN/Organization mua/VERB AMD/PROPN/Organization ./PUNCT"
    )
    ends = [_place(article.text, name, "Organization") for name in ("Nvidia", "AMD")]
    said = Proposal(ends[0], "acquires", ends[1], Modality.ASSERTED, _place(article.text, "Altman", "Person"), SURE)
    found = extract(article, [sentences[0], replace(sentences[1], proposals=(said,))], ONTOLOGY)
    names = {entity.key: entity.name for entity in found.entities}
    assert [names.get(fact.speaker) for fact in found.facts] == ["Altman"]


def _place(text: str, words: str, kind: str) -> Place:
    at = text.index(words)
    return Place(at, at + len(words), kind)


def _between(first: str, last: str) -> str:
    text = article_of(*LINES)[0].text
    return text[text.index(first) : text.index(last) + len(last)]
