"""Data for programs: the graphs at /data, and what is told of each name; what other origins may read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import rdflib
from served import publish
from starlette.testclient import TestClient

from kg.ontology import load
from kg.rdf import IDENTITY_GRAPH, KG, STATEMENT, article_iri
from kg.store import STORE, Store
from kg.web.server import Settings, app

ARTICLE = str(article_iri("news/bài.txt"))
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
KINDS = ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("data")
    publish(made, load(), "Nvidia", "Tập đoàn Điện lực")
    return made


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(app(folder), base_url="http://localhost", follow_redirects=False) as opened:
        yield opened


def triples(response: httpx.Response, kind: str = "text/turtle") -> rdflib.Graph:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == kind
    return rdflib.Graph().parse(data=response.content, format=kind)


# The graphs


@pytest.mark.parametrize("kind", KINDS)
def test_one_graph_in_every_format(client: TestClient, folder: Path, kind: str) -> None:
    with Store.read(folder / STORE) as store:
        for graph in (ARTICLE, str(IDENTITY_GRAPH)):
            query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
            expected = rdflib.Graph().parse(data=store.query(query).serialize("ntriples"), format="nt")
            got = triples(client.get("/data", params={"graph": graph}, headers={"Accept": kind}), kind)
            assert set(got) == set(expected) and len(got) > 2


@pytest.mark.parametrize(("asked", "status"), [("bytes=999999999999-", 416), ("bytes=x", 400), ("bytes=0-9", 206)])
def test_no_file_is_left_of_a_dump(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, status: int
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert client.get("/data", headers={"Range": asked}).status_code == status
    assert not list(tmp_path.iterdir())


def test_the_default_graph_is_that_alone(client: TestClient) -> None:
    graph = triples(client.get("/data?default"))
    openai, nvidia = (rdflib.URIRef(f"https://example.org/kg/id/{name}") for name in ("openai", "nvidia"))
    assert (openai, KG.partnersWith, nvidia) in graph
    assert not list(graph.subjects(rdflib.RDF.type, rdflib.RDF.Statement))  # these are in the article's graph


@pytest.mark.parametrize("kind", ["application/n-quads", "application/trig", "application/ld+json"])
def test_the_whole_dataset(client: TestClient, folder: Path, kind: str, tmp_path: Path) -> None:
    response = client.get("/data", headers={"Accept": kind})
    assert response.status_code == 200 and response.headers["content-type"].partition(";")[0] == kind
    dataset = rdflib.Dataset()
    dataset.parse(data=response.text, format={"application/n-quads": "nquads"}.get(kind, kind))
    with Store.read(folder / STORE) as store:
        assert len(set(dataset.quads())) == store.stats().triples
    assert {ARTICLE, str(IDENTITY_GRAPH)} <= {str(graph.identifier) for graph in dataset.graphs()}


WRONG = [
    ("GET", "/data?graph=urn:none", {}, 404, "urn:none"),
    ("HEAD", "/data?graph=urn:none", {}, 404, ""),
    ("GET", "/data?graph=not%20one", {}, 400, "not one"),
    ("GET", "/data?graph=", {}, 400, "graph"),
    ("GET", "/data?default&graph=urn:a", {}, 400, "default, graph"),
    ("GET", "/data?query=ASK%7B%7D", {}, 400, "query"),
    ("GET", "/data?default", {"Accept": "image/png"}, 406, "text/turtle"),
    ("GET", "/data", {"Accept": "text/turtle"}, 406, "application/trig"),
    ("PUT", "/data?default", {}, 405, "PUT"),
    ("POST", "/data", {}, 405, "POST"),
    ("DELETE", "/data?graph=urn:a", {}, 405, "DELETE"),
    ("PATCH", "/data?default", {}, 405, "PATCH"),
    ("DELETE", "/id/openai", {}, 405, "DELETE"),
    ("GET", "/id/nobody", {}, 404, "nobody"),
    ("GET", "/id/50%25", {}, 404, "nothing is known"),
    ("GET", "/id/nobody", BROWSER, 404, "nobody"),
    ("GET", "/id/a%3E%20%7B%7D", {}, 404, "no name"),
    ("GET", "/id/openai", {"Accept": "image/png"}, 406, "text/turtle"),
]


@pytest.mark.parametrize(("method", "path", "headers", "status", "says"), WRONG)
def test_what_is_wrong_is_told(
    client: TestClient, method: str, path: str, headers: dict[str, str], status: int, says: str
) -> None:
    response = client.request(method, path, headers=headers)
    assert response.status_code == status and says in response.text
    assert (response.headers.get("allow") == "GET, HEAD, OPTIONS") == (status == 405)


def test_head_tells_of_a_graph_without_sending_it(client: TestClient) -> None:
    head, got = client.head("/data?default"), client.get("/data?default")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


# Names


@pytest.mark.parametrize("kind", KINDS)
def test_an_entity_comes_with_its_facts_and_the_words_that_state_them(client: TestClient, kind: str) -> None:
    graph = triples(client.get("/id/nvidia", headers={"Accept": kind}), kind)
    labels = graph.query("SELECT ?l { id:nvidia skos:prefLabel ?l }", initNs=_NAMES)
    assert [str(label) for (label,) in labels] == ["Nvidia"]
    rows = graph.query(
        "SELECT ?who ?quote { ?st rdf:object id:nvidia ; rdf:subject/skos:prefLabel ?who ; "
        "prov:wasDerivedFrom/oa:hasSelector/oa:exact ?quote }",
        initNs=_NAMES,
    )
    assert [tuple(map(str, row)) for row in rows] == [("OpenAI", "OpenAI hợp tác với Nvidia.")]
    assert "Điện lực" not in " ".join(map(str, graph.objects()))  # of which another fact is


_NAMES = {
    "id": rdflib.Namespace("https://example.org/kg/id/"),
    "rdf": rdflib.RDF,
    "skos": rdflib.SKOS,
    "prov": rdflib.PROV,
    "oa": rdflib.Namespace("http://www.w3.org/ns/oa#"),
}


def test_a_browser_is_led_to_the_explorer(client: TestClient) -> None:
    response = client.get("/id/openai", headers=BROWSER)
    assert (response.status_code, response.headers["location"]) == (
        303,
        "/#entity=https%3A%2F%2Fexample.org%2Fkg%2Fid%2Fopenai",
    )
    assert response.headers["vary"] == "Accept"


def test_statements_evidence_and_articles_have_pages_too(client: TestClient, folder: Path) -> None:
    with Store.read(folder / STORE) as store:
        ((statement, evidence),) = store.query("SELECT ?st ?ev { ?st rdf:object id:nvidia ; prov:wasDerivedFrom ?ev }")
    base = "https://example.org/kg"
    for iri, kind in ((str(statement), "statement"), (str(evidence), "evidence"), (ARTICLE, "article")):
        path = iri.removeprefix(base)
        graph = triples(client.get(path, headers={"Accept": "text/turtle"}))
        assert (rdflib.URIRef(iri), None, None) in graph
        led = client.get(path, headers=BROWSER)
        assert led.status_code == 303 and led.headers["location"].startswith(f"/#{kind}=https%3A%2F%2F")
    about = triples(client.get(str(statement).replace(str(STATEMENT), "/statement/")))
    assert "OpenAI hợp tác với Nvidia." in set(map(str, about.objects()))


# Other origins


def test_other_origins_read_the_graph_only_where_that_is_allowed(folder: Path) -> None:
    preflight = {"Access-Control-Request-Method": "POST", "Origin": "https://other.example"}
    with TestClient(app(folder, settings=Settings(cors=True, token="t")), base_url="http://localhost") as opened:
        for path in ("/sparql?query=ASK%7B%7D", "/data?default", "/id/nvidia", "/.well-known/void", "/sparql?query="):
            shared = opened.get(path, headers={"Origin": "https://other.example"}).headers
            assert shared["access-control-allow-origin"] == "*", path
            assert "access-control-allow-credentials" not in shared
            assert shared["cross-origin-resource-policy"] == "cross-origin"
        asked = opened.options("/sparql", headers=preflight)
        assert asked.status_code == 204 and "POST" in asked.headers["access-control-allow-methods"]
        assert "authorization" not in asked.headers["access-control-allow-headers"].lower()
        for path in ("/", "/health", "/api/decisions"):
            assert "access-control-allow-origin" not in opened.get(path).headers, path
    with TestClient(app(folder), base_url="http://localhost") as opened:
        for response in (opened.get("/data?default"), opened.options("/sparql", headers=preflight)):
            assert not [name for name in response.headers if name.startswith("access-control")]
