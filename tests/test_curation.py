"""What people decide: merges and splits go before what is found, and survive whatever is built."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from test_store import ONTOLOGY, article, entities, exported, put, store_of

from kg.errors import RequestError
from kg.rdf import ID
from kg.store import Store

ACME, OPEN = str(ID["acme"]), str(ID["acme-inc"])


def test_a_merged_entity_has_the_facts_names_and_mentions_of_both() -> None:
    store = store_of(article("a", "Nam leads Acme_Inc"), article("b", "Acme partnersWith X"))
    store.merge(OPEN, ACME)
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
    store.merge(OPEN, ACME)
    put(store, article("c", "Lan leads Acme_Inc"))
    store.set_ontology(ONTOLOGY)  # as a new process, which remembers nothing
    put(store, article("d", "Lan partnersWith Acme_Inc"))
    assert store.query("ASK { id:lan kg:leads id:acme ; kg:partnersWith id:acme }")
    assert set(store.split(ACME)) == {ACME, OPEN}
    store.remove("c")
    store.remove("d")
    assert exported(store) == before


def test_a_merge_waits_for_an_entity_that_is_gone() -> None:
    store = store_of(article("a", "Nam leads Acme_Inc"), article("b", "Acme partnersWith X"))
    store.merge(OPEN, ACME)
    store.remove("b")
    assert entities(store, "Acme Inc") == ["acme-inc"]
    put(store, article("b", "Acme partnersWith X"))
    assert entities(store, "Acme Inc") == ["acme"]


def test_a_split_name_means_another_entity_in_each_article() -> None:
    store = store_of(article("a", "Acme leads X"), article("b", "Acme leads Y"))
    parts = store.split(ACME)
    assert len(parts) == 2 and ACME not in parts
    put(store, article("c", "Acme leads Z"))
    assert len(set(entities(store, "Acme"))) == 3
    assert not store.query("ASK { id:acme ?p ?o }")


def test_a_split_entity_can_be_merged_again() -> None:
    store = store_of(article("a", "Acme leads X"), article("b", "Acme leads Y"))
    one, other = store.split(ACME)
    store.merge(one, other)
    assert {f"{ID}{end}" for end in entities(store, "Acme")} == {other}
    assert store.query(f"ASK {{ <{other}> kg:leads id:x , id:y }}")


def test_what_cannot_be_decided_is_refused() -> None:
    store = store_of(article("a", "Acme leads X"))
    for decide in (
        lambda: store.merge(ACME, ACME),
        lambda: store.merge(ACME, str(ID["no"])),
        lambda: store.split(ACME),
    ):
        with pytest.raises(RequestError):
            decide()


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
@settings(max_examples=60, deadline=None)
def test_any_history_of_decisions_is_what_a_new_process_makes_of_it(steps: list[tuple[str, object, object]]) -> None:
    store = store_of()
    for kind, one, other in steps:
        known = [str(row[0]) for row in store.query("SELECT DISTINCT ?e { ?m kg:refersTo ?e } ORDER BY ?e")]
        try:
            if kind == "merge" and known:
                store.merge(known[int(str(one)) % len(known)], known[int(str(other)) % len(known)])
            elif kind == "split" and known:
                store.split(known[int(str(one)) % len(known)])
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
