"""Stores behind SPARQL servers: the same graph as on disk, one request for an article, and what servers refuse."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import test_store as stored
from command import Run
from relay import oxigraph, rdflib_endpoint, relay

from kg import ontology
from kg.errors import QueryError, StoreError
from kg.graph import Graph, build
from kg.store import STORE, Store, remote
from kg.training import crash

CONTENTS = (
    stored.article("b", "Nam leads X", stored.said("X partnersWith Y", stored.Modality.PLANNED, "Nam")),
    stored.article("a", "Nam leads Z", aliases=["x\ny", 'q"\\', "tab\there"]),  # takes the plain slug of b's Nam
    stored.article("bài 1.txt", "Hoà_Bình dependsOn năng_lượng", "A leads B"),
    stored.article("d", "A leads B", stored.said("A leads B", stored.Modality.DENIED)),
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as address:
        yield address


@pytest.fixture
def empty(server: str) -> str:
    """The address of a server without any quads."""
    with Store.at(f"{server}/query") as store:
        store.update(["DROP ALL"])
    return server


def live(store: Store) -> None:
    """Articles that come, change and go."""
    store.set_ontology(stored.ONTOLOGY)
    for content in CONTENTS:
        stored.put(store, content)
    store.remove("bài 1.txt")
    stored.put(store, stored.article("d", "A leads C"))
    store.set_ontology(stored.ONTOLOGY, plain="all")


def same(one: Store, other: Store) -> None:
    """Both hold the same, in every form that is asked for."""
    for form in ("nquads", "turtle"):
        assert stored.exported(one, form) == stored.exported(other, form)
    assert one.stats() == other.stats() and one.articles() == other.articles()


def test_a_build_into_a_server_gives_the_same_graph_as_one_on_disk(empty: str, tmp_path: Path) -> None:
    invented = crash.invent(tmp_path, ontology.load(), 1)
    with invented.instead():
        options = {"lang": "vi", "engine": "serial"}
        for texts in ("before", "after"):
            build(tmp_path / texts, out=tmp_path / "out", **options).close()
            build(tmp_path / texts, out=tmp_path / "nowhere", store=f"{empty}/query", **options).close()
        again = build(tmp_path / "after", store=f"{empty}/query", **options)
    assert again.summary and not again.summary.built and len(again.summary.skipped) == crash.ARTICLES
    with again, Graph(tmp_path / "out") as disk:
        one, other = (str(row[0]) for row in disk.query("SELECT DISTINCT ?e { ?m kg:refersTo ?e } ORDER BY ?e LIMIT 2"))
        fact = [str(term) for term in next(iter(disk.query("SELECT ?s ?p ?o { ?s ?p ?o . ?p a owl:ObjectProperty }")))]
        for graph in (again, disk):
            graph.merge(one, other)
            graph.reject(*fact)
    with Store.at(f"{empty}/query") as there, Store.read(tmp_path / "out" / STORE) as here:
        same(there, here)
    assert not (tmp_path / "nowhere").exists()


def test_rdflib_and_a_token_give_the_same_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    with rdflib_endpoint("secret") as address, Store.at(address) as refused, Store.memory() as here:
        with pytest.raises(StoreError, match="KG_STORE_TOKEN"):
            refused.set_ontology(stored.ONTOLOGY)
        monkeypatch.setenv("KG_STORE_TOKEN", "secret")
        live(here)
        with Store.at(address) as there:
            live(there)
            same(there, here)


def test_a_token_that_no_request_can_carry_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE_TOKEN", "bí mật")
    with pytest.raises(StoreError, match=r"KG_STORE_TOKEN .*printable ASCII"):
        Store.at("http://127.0.0.1:1/query")


def test_a_password_is_taken_from_the_environment_and_an_article_is_one_request(
    empty: str, kg: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with relay(empty, user="me:pass word") as proxy, Store.memory() as here:
        refused = kg("stats", "--store", f"{proxy.address}/query")
        assert refused.returncode == 2 and "KG_STORE_USER and KG_STORE_PASSWORD" in refused.stderr
        monkeypatch.setenv("KG_STORE_USER", "me")
        monkeypatch.setenv("KG_STORE_PASSWORD", "pass word")
        large = stored.article("large", *(f"Nam{n} leads X{n}" for n in range(250)))
        live(here)
        stored.put(here, large)
        with Store.at(f"{proxy.address}/query") as there:
            live(there)
            proxy.asked.clear()
            stored.put(there, large)
            sizes = [size for path, size in proxy.asked if path == "/update"]
            assert len(sizes) == 1 and sizes[0] > 300_000
            same(there, here)
        done = kg("export", "--format", "nquads", "--store", f"{proxy.address}/query")
        assert done.stdout.encode() == stored.exported(here)
        done = kg("query", "SELECT ?o { id:a kg:leads ?o }", "--store", f"{proxy.address}/query", "--format", "csv")
        assert done.stdout.split() == ["o", "https://example.org/kg/id/c"]
        assert "facts" in kg("stats", "--store", f"{proxy.address}/query").stdout


def test_a_refused_article_changes_nothing_and_can_be_put_in_later(empty: str) -> None:
    with relay(empty) as proxy, Store.at(f"{proxy.address}/query") as store:
        live(store)
        before = stored.exported(store)
        proxy.largest = 2000
        with pytest.raises(StoreError, match=r"request of [\d,]+ bytes with status 413.*allow larger requests"):
            stored.put(store, stored.article("e", *(f"Nam{n} leads X" for n in range(9))))
        proxy.largest = 10**9
        assert stored.exported(store) == before
        stored.put(store, stored.article("e", "Nam leads X"))
        assert "e" in store.articles()


def test_an_export_is_restored_in_requests_of_some_size(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.memory() as here, relay(empty) as proxy, Store.at(f"{proxy.address}/query") as there:
        live(here)
        stored.put(here, stored.article("large", *(f"Nam{n} leads X{n}" for n in range(250))))
        (tmp_path / "a.nq").write_bytes(stored.exported(here))
        monkeypatch.setattr(remote, "BATCH", 100_000)
        there.load(tmp_path / "a.nq")
        sizes = [size for path, size in proxy.asked if path == "/update"]
        assert len(sizes) > 2 and max(sizes) < 150_000
        same(there, here)


REFUSALS = {
    401: "KG_STORE_USER",
    403: "KG_STORE_USER",
    404: "nothing at that address",
    405: "--store-update",
    413: "allow larger requests",
    500: "look into its log",
    302: "moved to http://elsewhere.example/query",
}


@pytest.mark.parametrize("status", REFUSALS)
def test_what_a_server_refuses_is_told_with_a_remedy(status: int) -> None:
    with relay(refusals=[status] * 9) as proxy, Store.at(f"{proxy.address}/query") as store:
        for ask in (store.articles, lambda: store.update(["DROP ALL"])):
            proxy.asked.clear()
            with pytest.raises(StoreError, match=REFUSALS[status]) as caught:
                ask()
            assert proxy.address in str(caught.value) and len(proxy.asked) == 1


def test_only_what_does_no_harm_is_sent_again() -> None:
    answer = ("application/sparql-results+json", b'{"head": {"vars": []}, "results": {"bindings": [{}]}}')
    for refusals in ([503, 502], [0, 503]):
        with relay(content=answer) as proxy, Store.at(f"{proxy.address}/query") as store:
            proxy.refusals = list(refusals)
            assert any(True for _ in store.quads.query("SELECT * {}")) and len(proxy.asked) == 3
            for refusal, remedy in ((503, "later"), (0, "is not known")):
                proxy.asked.clear()
                proxy.refusals = [refusal]
                with pytest.raises(StoreError, match=remedy):
                    store.update(["DROP ALL"])
                assert len(proxy.asked) == 1


def test_an_answer_that_is_no_result_is_told() -> None:
    for content in (("text/html", b"<html></html>"), ("application/sparql-results+json", b'{"head":')):
        told = pytest.raises(StoreError, match="no SPARQL result")
        with relay(content=content) as proxy, Store.at(f"{proxy.address}/query") as store, told:
            store.query("ASK {}")


def test_a_server_that_is_not_there_or_says_nothing_is_told() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/query"
        with Store.at(address) as store, pytest.raises(StoreError, match=r"cannot be reached.*check that it runs"):
            store.query("ASK {}")
        silent.listen()
        with Store.at(address, patience=0.3) as store:
            with pytest.raises(StoreError, match=r"does not answer within 0.3 seconds.*check that it runs"):
                store.query("ASK {}")
            with pytest.raises(StoreError, match=r"does not answer.*not known; run the same again"):
                store.update(["DROP ALL"])


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("ftp://host/query", "http://host/query"),
        ("outputs/store", "http://host/query"),
        ("http://me:secret@host/query", "KG_STORE_USER"),
    ],
)
def test_addresses_that_are_none_or_hold_a_password_are_refused(address: str, says: str) -> None:
    with pytest.raises(StoreError, match=says) as caught:
        Store.at(address)
    assert "secret" not in str(caught.value)


def test_a_wrong_query_is_told_with_what_the_server_says(server: str) -> None:
    with Store.at(f"{server}/query") as store, pytest.raises(QueryError, match=r"cannot answer the query: .*expected"):
        store.query("SELECT * {")
