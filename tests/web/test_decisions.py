"""Curation over HTTP: what people decide is seen by the next query, and can be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import publish
from starlette.testclient import TestClient

from kg.ontology import Ontology, load
from kg.rdf import ID, KG
from kg.store import STORE, Store
from kg.web.server import Settings, app

TOKEN = {"Authorization": "Bearer t"}
NVIDIA, INTEL, OPENAI = (str(ID[name]) for name in ("nvidia", "intel", "openai"))


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load()


@pytest.fixture
def folder(tmp_path: Path, ontology: Ontology) -> Path:
    """Two articles say that OpenAI partners with Nvidia, one of them Intel too."""
    publish(tmp_path, ontology, "Nvidia", "Intel", article="a.txt")
    publish(tmp_path, ontology, "Nvidia", article="b.txt")
    return tmp_path


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(app(folder, settings=Settings(token="t")), base_url="http://localhost") as opened:
        yield opened


def decide(client: TestClient, **words: Any) -> httpx.Response:
    return client.post("/api/decisions", json=words, headers=TOKEN)


def facts(client: TestClient) -> list[tuple[str, ...]]:
    """Article, relation, object and modality of every statement, short and sorted."""
    query = """SELECT ?a ?p ?o ?m { ?st rdf:predicate ?p ; rdf:object ?o ; kg:modality ?m ;
        kg:subjectMention/kg:inArticle/dcterms:identifier ?a }"""
    rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    short = lambda row, name: row[name]["value"].replace("#", "/").rpartition("/")[2]  # noqa: E731
    return sorted(tuple(short(row, name) for name in "apom") for row in rows)


def statement(client: TestClient, article: str, object: str) -> str:
    query = (
        f"""SELECT ?st {{ ?st rdf:object <{object}> ; kg:objectMention/kg:inArticle/dcterms:identifier '{article}' }}"""
    )
    (row,) = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    return str(row["st"]["value"])


A_INTEL = ("a.txt", "partnersWith", "intel", "Asserted")
A_NVIDIA = ("a.txt", "partnersWith", "nvidia", "Asserted")
B_NVIDIA = ("b.txt", "partnersWith", "nvidia", "Asserted")


def test_a_rejected_statement_goes_alone_and_comes_back(client: TestClient) -> None:
    assert facts(client) == [A_INTEL, A_NVIDIA, B_NVIDIA]
    made = decide(client, action="reject", statement=statement(client, "a.txt", NVIDIA))
    assert (made.status_code, made.json()["changed"]) == (201, 1)
    assert facts(client) == [A_INTEL, B_NVIDIA]
    (decision,) = made.json()["decisions"]
    listed = client.get("/api/decisions").json()["decisions"]
    assert listed == [decision] and "Nvidia" in decision["text"]
    undone = client.delete(f"/api/decisions/{decision['id']}", headers=TOKEN)
    assert undone.status_code == 200
    assert facts(client) == [A_INTEL, A_NVIDIA, B_NVIDIA]
    assert client.get("/api/decisions").json() == {"decisions": []}


def test_a_fact_can_be_rejected_everywhere(client: TestClient) -> None:
    made = decide(client, action="reject", statement=statement(client, "b.txt", NVIDIA), everywhere=True)
    assert made.json()["changed"] == 2 and facts(client) == [A_INTEL]


def test_a_corrected_statement_says_what_is_right(client: TestClient) -> None:
    right = {"relation": str(KG.dependsOn), "object": INTEL, "modality": "planned"}
    made = decide(client, action="correct", statement=statement(client, "a.txt", NVIDIA), **right)
    assert made.status_code == 201, made.text
    assert facts(client) == [("a.txt", "dependsOn", "intel", "Planned"), A_INTEL, B_NVIDIA]


def test_entities_are_merged_and_parted(client: TestClient) -> None:
    assert decide(client, action="merge", entity=INTEL, into=NVIDIA).status_code == 201
    assert {row[2] for row in facts(client)} == {"nvidia"}
    assert decide(client, action="split", entity=NVIDIA).json()["changed"] == 2
    assert facts(client) == [A_INTEL, A_NVIDIA, B_NVIDIA]


def test_a_decision_survives_the_next_build(client: TestClient, folder: Path, ontology: Ontology) -> None:
    decide(client, action="reject", statement=statement(client, "a.txt", INTEL))
    publish(folder, ontology, "Nvidia", "Intel", article="a.txt")
    assert facts(client) == [A_NVIDIA, B_NVIDIA]


NONE = "https://example.org/kg/statement/none"
WRONG = [  # words, status, what the message holds
    ({}, 400, "reject, correct, merge, split"),
    ({"action": ["reject"]}, 400, "reject, correct, merge, split"),
    ({"action": "reject"}, 400, "statement"),
    ({"action": "reject", "statement": "> ?p ?o } DROP ALL"}, 400, "give an IRI"),
    ({"action": "reject", "statement": 7}, 400, "give an IRI"),
    ({"action": "reject", "statement": NONE}, 404, NONE),
    ({"action": "merge", "entity": OPENAI, "into": f"{ID}nobody"}, 404, "nobody"),
    ({"action": "merge", "entity": OPENAI, "into": OPENAI}, 400, "not two entities"),
    ({"action": "split", "entity": INTEL}, 400, "nothing to split"),
    ({"action": "correct", "statement": "NVIDIA"}, 400, "nothing to correct"),
    ({"action": "correct", "statement": "NVIDIA", "modality": "perhaps"}, 400, "planned"),
    ({"action": "correct", "statement": "NVIDIA", "relation": "urn:loves"}, 400, "urn:loves"),
    ({"action": "correct", "statement": "NVIDIA", "object": f"{ID}nobody"}, 400, "does not name nobody"),
]


@pytest.mark.parametrize(("words", "status", "says"), WRONG)
def test_what_is_wrong_is_told_as_json_and_changes_nothing(
    made: TestClient, words: dict[str, Any], status: int, says: str
) -> None:
    if words.get("statement") == "NVIDIA":
        words = words | {"statement": statement(made, "a.txt", NVIDIA)}
    before = facts(made)
    response = decide(made, **words)
    assert response.status_code == status, response.text
    assert says in response.json()["error"]
    assert facts(made) == before


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, ontology: Ontology) -> Iterator[TestClient]:
    """One server for all that changes nothing."""
    folder = tmp_path_factory.mktemp("decisions")
    publish(folder, ontology, "Nvidia", "Intel", article="a.txt")
    with TestClient(app(folder, settings=Settings(token="t")), base_url="http://localhost") as opened:
        yield opened


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("POST", "/api/decisions", {"Content-Type": "application/json"}, "{}", 401),
        ("POST", "/api/decisions", {"Content-Type": "application/json", "Authorization": "Bearer x"}, "{}", 401),
        ("DELETE", "/api/decisions/abc", {}, "", 401),
        ("DELETE", "/api/decisions/abc", TOKEN, "", 404),
        ("POST", "/api/decisions", TOKEN, "{}", 415),
        ("POST", "/api/decisions", TOKEN | {"Content-Type": "text/plain"}, "{}", 415),
        ("POST", "/api/decisions", TOKEN | {"Content-Type": "application/json"}, "{", 400),
        ("POST", "/api/decisions", TOKEN | {"Content-Type": "application/json"}, "[]", 400),
        ("POST", "/api/decisions", TOKEN | {"Content-Type": "application/json"}, "[" * 100_000, 400),
    ],
)
def test_requests_that_are_refused(
    made: TestClient, method: str, path: str, headers: dict[str, str], body: str, status: int
) -> None:
    response = made.request(method, path, headers=headers, content=body)
    assert response.status_code == status and response.json()["error"]


def test_without_updates_nobody_decides(folder: Path) -> None:
    with TestClient(app(folder), base_url="http://localhost") as opened:
        response = decide(opened, action="reject", statement=NONE)
        assert response.status_code == 403 and "not allowed" in response.json()["error"]
        assert opened.get("/api/decisions").json() == {"decisions": []}


def test_while_another_writes_503_says_so(made: TestClient) -> None:
    folder: Path = made.app.state.writer._folder  # type: ignore[attr-defined]
    assert folder.name == STORE
    with Store.create_or_open(folder):
        response = decide(made, action="reject", statement=NONE)
    assert response.status_code == 503 and "written by another process" in json.loads(response.content)["error"]
    assert int(response.headers["retry-after"]) > 0
