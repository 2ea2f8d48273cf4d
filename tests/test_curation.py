"""What people decide: merges and splits go before what is found, and survive whatever is built."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from command import Run
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_store import ONTOLOGY, article, entities, exported, put, said, store_of

from kg.errors import RequestError
from kg.model import Modality
from kg.ontology import local_name
from kg.rdf import ID, KG
from kg.store import Curator, Store

ACME, OPEN = str(ID["acme"]), str(ID["acme-inc"])


def test_a_merged_entity_has_the_facts_names_and_mentions_of_both() -> None:
    store = store_of(article("a", "Nam leads Acme_Inc"), article("b", "Acme partnersWith X"))
    Curator(store).merge(OPEN, ACME)
    assert entities(store, "Acme Inc") == entities(store, "Acme") == ["acme"]
    assert store.query("ASK { id:nam kg:leads id:acme . id:acme kg:partnersWith id:x }")
    assert not store.query("ASK { { id:acme-inc ?p ?o } UNION { GRAPH ?g { ?st rdf:object id:acme-inc } } }")
    labels = {str(row[0]) for row in store.query("SELECT ?l { id:acme skos:prefLabel|skos:altLabel ?l }")}
    assert labels == {"Acme", "Acme Inc"}
    reasons = {str(row[0]) for row in store.query("SELECT ?r { ?m kg:refersTo id:acme ; kg:mergeReason ?r }")}
    assert reasons == {"merged by hand"}


def test_a_merge_holds_for_articles_to_come_and_split_takes_it_back() -> None:
    store = store_of(article("a", "Nam leads Acme_Inc"), article("b", "Acme partnersWith X"))
    before = exported(store)
    Curator(store).merge(OPEN, ACME)
    put(store, article("c", "Lan leads Acme_Inc"))
    store.set_ontology(ONTOLOGY)  # as a new process, which remembers nothing
    put(store, article("d", "Lan partnersWith Acme_Inc"))
    assert store.query("ASK { id:lan kg:leads id:acme ; kg:partnersWith id:acme }")
    assert set(Curator(store).split(ACME)) == {ACME, OPEN}
    store.remove("c")
    store.remove("d")
    assert exported(store) == before


def test_a_merge_waits_for_an_entity_that_is_gone() -> None:
    store = store_of(article("a", "Nam leads Acme_Inc"), article("b", "Acme partnersWith X"))
    Curator(store).merge(OPEN, ACME)
    store.remove("b")
    assert entities(store, "Acme Inc") == ["acme-inc"]
    put(store, article("b", "Acme partnersWith X"))
    assert entities(store, "Acme Inc") == ["acme"]


def test_a_split_name_means_another_entity_in_each_article() -> None:
    store = store_of(article("a", "Acme leads X"), article("b", "Acme leads Y"))
    parts = Curator(store).split(ACME)
    assert len(parts) == 2 and ACME not in parts
    put(store, article("c", "Acme leads Z"))
    assert len(set(entities(store, "Acme"))) == 3
    assert not store.query("ASK { id:acme ?p ?o }")


def test_a_split_entity_can_be_merged_again() -> None:
    store = store_of(article("a", "Acme leads X"), article("b", "Acme leads Y"))
    one, other = Curator(store).split(ACME)
    Curator(store).merge(one, other)
    assert {f"{ID}{end}" for end in entities(store, "Acme")} == {other}
    assert store.query(f"ASK {{ <{other}> kg:leads id:x , id:y }}")


def test_what_cannot_be_decided_is_refused() -> None:
    store = store_of(article("a", "Acme leads X"))
    for decide in (
        lambda: Curator(store).merge(ACME, ACME),
        lambda: Curator(store).merge(ACME, str(ID["no"])),
        lambda: Curator(store).split(ACME),
    ):
        with pytest.raises(RequestError):
            decide()


A, B, X = (str(ID[name]) for name in "abx")
LEADS, PARTNERS = str(KG.leads), str(KG.partnersWith)


def said_of(store: Store) -> set[tuple[str, str, str, str]]:
    rows = store.query("SELECT ?s ?p ?o ?m { ?st rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; kg:modality ?m }")
    return {tuple(local_name(term) for term in row) for row in rows}  # type: ignore[misc]


def test_a_rejected_fact_goes_with_its_evidence_and_does_not_come_back() -> None:
    both = article("a", "A leads B", "A partnersWith B")
    store = store_of(both, article("b", "A leads B"))
    assert Curator(store).judge((A, LEADS, B), right=None) == 2
    expected = {("a", "partnersWith", "b", "Asserted")}
    assert said_of(store) == expected
    assert not store.query("ASK { id:a kg:leads id:b }")
    assert [str(row[0]) for row in store.query("SELECT ?q { ?w oa:exact ?q }")] == ["A partnersWith B"]
    store.set_ontology(ONTOLOGY)
    put(store, both)
    assert said_of(store) == expected


def test_a_corrected_fact_keeps_its_sentence_and_stays_corrected() -> None:
    content = article("a", "A leads B", "A leads X")
    store = store_of(content)
    Curator(store).judge((A, LEADS, B), right=(X, PARTNERS, A), modality="planned")
    expected = {("x", "partnersWith", "a", "Planned"), ("a", "leads", "x", "Asserted")}
    assert said_of(store) == expected
    corrected = exported(store)
    store.set_ontology(ONTOLOGY)
    put(store, content)
    assert said_of(store) == expected
    assert exported(store) == corrected  # the same bytes, corrected at once or read again
    quote = "SELECT ?q { ?st rdf:subject id:x ; prov:wasDerivedFrom/oa:hasSelector/oa:exact ?q }"
    assert [str(row[0]) for row in store.query(quote)] == ["A leads B"]


def test_a_correction_can_be_corrected_and_both_are_undone() -> None:
    content = article("a", "A leads B", "A leads X")
    store = store_of(content)
    before = exported(store)
    curator = Curator(store)
    curator.judge((A, LEADS, B), right=(X, PARTNERS, A))
    curator.judge((X, PARTNERS, A), right=(X, PARTNERS, A), modality="denied")
    curator.judge((A, LEADS, X), right=None)
    corrected = exported(store)
    assert said_of(store) == {("x", "partnersWith", "a", "Denied")}
    store.set_ontology(ONTOLOGY)
    put(store, content)
    assert exported(store) == corrected
    for text in ("x partnersWith a: right", "a leads x: rejected", "a leads b: right"):
        (decision,) = (iri for iri, said in curator.decisions() if said.startswith(text))
        curator.undo(decision)
    assert exported(store) == before


@pytest.mark.parametrize("right", [None, (B, PARTNERS, A), (A, LEADS, B)])
def test_undo_brings_back_what_was(right: tuple[str, str, str] | None) -> None:
    store = store_of(article("a", said("A leads B", Modality.DENIED, "Nam"), "X leads B"), article("b", "A leads B"))
    before = exported(store)
    Curator(store).judge((A, LEADS, B), right=right, modality="possible" if right else "")
    assert exported(store) != before
    for decision, _ in Curator(store).decisions():
        Curator(store).undo(decision)
    assert exported(store) == before


def test_a_symmetric_fact_is_rejected_whichever_end_is_named_first() -> None:
    store = store_of(article("a", "A partnersWith B"), article("b", "B partnersWith A", "B leads A"))
    symmetric = replace(ONTOLOGY.relations["partnersWith"], symmetric=True)
    store.set_ontology(replace(ONTOLOGY, relations={**ONTOLOGY.relations, "partnersWith": symmetric}))
    assert Curator(store).judge((B, PARTNERS, A), right=None) == 2
    assert said_of(store) == {("b", "leads", "a", "Asserted")}


def test_a_second_verdict_takes_the_place_of_the_first() -> None:
    store = store_of(article("a", "A leads B"))
    before = exported(store)
    curator = Curator(store)
    for modality in ("planned", "denied"):
        curator.judge((A, LEADS, B), right=(A, LEADS, B), modality=modality)
    assert said_of(store) == {("a", "leads", "b", "Denied")}
    ((decision, _),) = curator.decisions()
    curator.undo(decision)
    assert exported(store) == before


@pytest.mark.parametrize("content", [("A leads B", "B leads X"), ("B leads X", "A leads B")])
@pytest.mark.parametrize("modality", ["", "planned"])
def test_undo_after_the_article_changed_lets_the_next_build_read_it_again(
    content: tuple[str, ...], modality: str
) -> None:
    store, changed = store_of(article("a", "A leads B")), article("a", *content)
    Curator(store).judge((A, LEADS, B), right=(A, LEADS, B) if modality else None, modality=modality)
    put(store, changed)
    ((decision, _),) = Curator(store).decisions()
    assert Curator(store).undo(decision) == ("a",)
    assert store.article("a") == (changed[0].hash, "") and list(store.articles()) == ["a"]
    put(store, changed)
    assert exported(store) == exported(store_of(changed))


def test_undo_after_a_merge_names_the_entity_of_today() -> None:
    store = store_of(article("a", "A leads B"), article("b", "X leads B"))
    Curator(store).judge((A, LEADS, B), right=None)
    Curator(store).merge(A, X)
    (rejection,) = (iri for iri, text in Curator(store).decisions() if "rejected" in text)
    Curator(store).undo(rejection)
    assert said_of(store) == {("x", "leads", "b", "Asserted")}


def test_a_fact_that_nobody_states_and_an_end_that_the_article_does_not_name_are_refused() -> None:
    store = store_of(article("a", "A leads B"), article("b", "X leads B"))
    before = exported(store)
    for fact, right in (((B, LEADS, A), None), ((A, LEADS, B), (X, LEADS, B))):
        with pytest.raises(RequestError):
            Curator(store).judge(fact, right=right)
    assert exported(store) == before


NAMES = ("Acme", "Acme Inc", "ACME", "Nam", "nam", "Beta")
ARTICLES = st.tuples(st.sampled_from("abcd"), st.sampled_from(NAMES), st.sampled_from(NAMES))
STEPS = st.lists(
    st.one_of(
        ARTICLES,
        st.tuples(st.just("merge"), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("split"), st.integers(0, 9), st.just(0)),
    ),
    max_size=10,
)


@given(STEPS)
@example([("a", "Acme", "Nam"), ("merge", 0, 1), ("b", "Acme", "nam"), ("merge", 0, 1)])
@settings(max_examples=150, deadline=None)
def test_any_history_of_decisions_is_what_a_new_process_makes_of_it(steps: list[tuple[str, object, object]]) -> None:
    store = store_of()
    for kind, one, other in steps:
        known = [str(row[0]) for row in store.query("SELECT DISTINCT ?e { ?m kg:refersTo ?e } ORDER BY ?e")]
        try:
            if kind == "merge" and known:
                Curator(store).merge(known[int(str(one)) % len(known)], known[int(str(other)) % len(known)])
            elif kind == "split" and known:
                Curator(store).split(known[int(str(one)) % len(known)])
            elif kind not in ("merge", "split"):
                fact = f"{str(one).replace(' ', '_')} leads {str(other).replace(' ', '_')}"
                put(store, article(str(kind), fact if one != other else "X leads Y"))
        except RequestError:
            pass
    again = exported(store)
    for row in list(store.query("SELECT ?id { ?a dcterms:identifier ?id }")):
        _renew(store, str(row[0]))
    assert exported(store) == again
    for statement in store.query(
        "SELECT ?s ?o ?e ?f { ?st rdf:subject ?s ; rdf:object ?o ; kg:subjectMention/kg:refersTo ?e ; "
        "kg:objectMention/kg:refersTo ?f }"
    ):
        assert statement[0] == statement[2] and statement[1] == statement[3]


def _renew(store: Store, id: str) -> None:
    """Put an article again, by a store that remembers nothing."""
    store.set_ontology(ONTOLOGY)
    ((s, o),) = store.query(
        f'SELECT ?s ?o {{ ?a dcterms:identifier "{id}" . ?st kg:subjectMention ?m ; kg:objectMention ?n . '
        "?m kg:inArticle ?a ; skos:prefLabel ?s . ?n skos:prefLabel ?o }"
    )
    put(store, article(id, f"{str(s).replace(' ', '_')} leads {str(o).replace(' ', '_')}"))


def test_merge_and_split_as_commands(copy: Path, kg: Run) -> None:
    done = kg("merge", "Sam Altman", "OpenAI")
    assert done.returncode == 0, done.stderr
    assert "true" in kg("query", "ASK { id:openai skos:altLabel 'Sam Altman' }").stdout
    assert "Sam Altman" in (copy / "graph.ttl").read_text(encoding="utf-8")
    assert kg("split", "OpenAI").returncode == 0
    assert "false" in kg("query", "ASK { id:openai skos:altLabel 'Sam Altman' }").stdout
    wrong = kg("merge", "Không Ai Cả", "OpenAI")
    assert wrong.returncode == 2 and "Không Ai Cả" in wrong.stderr


def test_reject_correct_and_undo_as_commands(copy: Path, kg: Run) -> None:
    ask = "ASK { ?st rdf:subject id:openai ; rdf:predicate kg:partnersWith ; rdf:object id:amd }"
    before = (copy / "graph.ttl").read_bytes()
    done = kg("reject", "OpenAI", "partnersWith", "AMD")
    assert done.returncode == 0, done.stderr
    assert "false" in kg("query", ask).stdout
    (line,) = kg("decisions").stdout.splitlines()
    assert "openai partnersWith amd: rejected" in line
    assert kg("undo", line.split()[0]).returncode == 0
    assert (copy / "graph.ttl").read_bytes() == before
    done = kg("correct", "OpenAI", "partnersWith", "AMD", "--relation", "competesWith", "--modality", "possible")
    assert done.returncode == 0, done.stderr
    assert "true" in kg("query", ask.replace("partnersWith", "competesWith")).stdout
    for wrong in (("reject", "AMD", "founded", "OpenAI"), ("correct", "OpenAI", "owns", "AMD"), ("undo", "nothing")):
        assert kg(*wrong).returncode == 2
