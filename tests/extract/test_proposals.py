"""What a model of facts proposes becomes facts: in the phrases, entities and relations that the rules know."""

from __future__ import annotations

from dataclasses import replace

from kg.extract import extract
from kg.extract.confidence import chance
from kg.model import Extraction, Modality, Place, Proposal

from .conftest import small_ontology
from .notation import article_of

ONTOLOGY = small_ontology()
SURE = 0.75  # the model, of each of its proposals
LINES = (
    "Sam_Altman/PROPN/Person cho/ADP rằng/SCONJ tập_đoàn/NOUN Nvidia/PROPN/Organization lớn_mạnh/ADJ ./PUNCT",
    "ông/NOUN ký/VERB hợp_đồng/NOUN mới/ADJ với/ADP AMD/PROPN/Organization ./PUNCT",
)


def extraction_of(*said: tuple[str, str, str, Modality, str]) -> tuple[Extraction, str]:
    """Of two lines, with proposals given by the words of their ends and, or "", of their speaker."""
    article, sentences = article_of(*LINES)

    def place(words: str, kind: str = "Organization") -> Place:
        at = article.text.index(words)
        return Place(at, at + len(words), kind)

    proposals = tuple(
        Proposal(place(s), relation, place(o), how, place(who, "Person") if who else None, SURE)
        for s, relation, o, how, who in said
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
        if f.confidence == round(chance(model=SURE), 2)  # no fact that a cue states
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


def test_the_ontology_is_in_command() -> None:
    nothing = (("Nvidia", "befriends", "AMD"), ("Nvidia", "locatedIn", "AMD"), ("Nvidia", "leads", "AMD"))
    assert facts_of(*((*said, Modality.ASSERTED, "") for said in nothing)) == set()


def test_words_that_the_rules_take_for_nothing_can_be_an_end() -> None:
    found = facts_of(("Nvidia", "develops", "lớn mạnh", Modality.ASSERTED, ""))
    assert {(s, p, o) for s, p, o, *_ in found} == {("Nvidia", "develops", "lớn mạnh")}


def _between(first: str, last: str) -> str:
    text = article_of(*LINES)[0].text
    return text[text.index(first) : text.index(last) + len(last)]
