"""The cases of the W3C test suite for the SPARQL 1.1 Protocol, over HTTP, in our own words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from command import Run
from served import publish, serving
from starlette.testclient import TestClient

from kg.ontology import load
from kg.web.server import Settings, app

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
ONE, TWO, THREE = (f"https://example.org/data{number}" for number in (1, 2, 3))
TOKEN = {"Authorization": "Bearer geheim"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server that allows updates, with three graphs of one triple each: <ONE> <p> "ONE", and so on."""
    folder = tmp_path_factory.mktemp("protocol")
    publish(folder, load(), "Nvidia")
    with TestClient(app(folder, settings=Settings(token="geheim")), base_url="http://localhost") as opened:
        for graph in (ONE, TWO, THREE):
            text = f"INSERT DATA {{ GRAPH <{graph}> {{ <{graph}> <urn:p> '{graph}' }} }}"
            assert update(opened, text).status_code == 204
        yield opened


def update(client: TestClient, text: str, **parameters: str) -> httpx.Response:
    params = {name.replace("_", "-"): value for name, value in parameters.items()}
    return client.post("/sparql", content=text, params=params, headers={"Content-Type": UPDATE} | TOKEN)


def holds(client: TestClient, pattern: str) -> bool:
    response = client.get("/sparql", params={"query": f"ASK {{ {pattern} }}"})
    assert response.status_code == 200, response.text
    return bool(response.json()["boolean"])


# Queries


def test_query_get(client: TestClient) -> None:
    assert client.get("/sparql?query=ASK%20%7B%7D").json()["boolean"] is True


def test_query_post_form(client: TestClient) -> None:
    response = client.post("/sparql", content="query=ASK%20%7B%7D", headers={"Content-Type": FORM})
    assert response.json()["boolean"] is True


def test_query_post_direct(client: TestClient) -> None:
    response = client.post("/sparql", content="ASK {}", headers={"Content-Type": QUERY})
    assert response.json()["boolean"] is True


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("SELECT (1 AS ?value) {}", ["xml", "json", "text/csv", "text/tab-separated-values"]),
        ("ASK {}", ["xml", "json"]),
        ("DESCRIBE <urn:s>", ["application/rdf+xml", "text/turtle", "application/n-triples"]),
        ("CONSTRUCT { <urn:s> <urn:p> 1 } WHERE {}", ["application/rdf+xml", "text/turtle", "application/n-triples"]),
    ],
    ids=["select", "ask", "describe", "construct"],
)
def test_query_content_type(client: TestClient, query: str, kinds: list[str]) -> None:
    for kind in (f"application/sparql-results+{kind}" if "/" not in kind else kind for kind in kinds):
        response = client.get("/sparql", params={"query": query}, headers={"Accept": kind})
        assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, kind)


SEEN = f"ASK {{ <{ONE}> ?p1 ?o1 . <{TWO}> ?p2 ?o2 }}"
SEEN_NAMED = f"ASK {{ GRAPH ?g1 {{ <{ONE}> ?p1 ?o1 }} GRAPH ?g2 {{ <{TWO}> ?p2 ?o2 }} }}"
DATASETS = [  # name, query, parameters, answer
    ("default_graph", f"ASK {{ <{ONE}> ?p ?o }}", [("default-graph-uri", ONE)], True),
    ("default_graph elsewhere", f"ASK {{ <{TWO}> ?p ?o }}", [("default-graph-uri", ONE)], False),
    ("default_graphs", SEEN, [("default-graph-uri", ONE), ("default-graph-uri", TWO)], True),
    ("default_graphs, not all", SEEN, [("default-graph-uri", ONE), ("default-graph-uri", THREE)], False),
    ("named_graphs", SEEN_NAMED, [("named-graph-uri", ONE), ("named-graph-uri", TWO)], True),
    ("named_graphs are not the default", SEEN, [("named-graph-uri", ONE), ("named-graph-uri", TWO)], False),
    (
        "full",
        f"ASK {{ <{ONE}> ?p ?o . GRAPH ?g {{ <{TWO}> ?p2 ?o2 }} FILTER NOT EXISTS {{ <{TWO}> ?p3 ?o3 }} }}",
        [("default-graph-uri", ONE), ("named-graph-uri", TWO)],
        True,
    ),
    ("multiple", f"ASK FROM <{TWO}> {{ <{ONE}> ?p ?o }}", [("default-graph-uri", ONE)], True),
    ("multiple, request goes first", f"ASK FROM <{TWO}> {{ <{TWO}> ?p ?o }}", [("default-graph-uri", ONE)], False),
    ("from", f"ASK FROM <{TWO}> {{ <{TWO}> ?p ?o FILTER NOT EXISTS {{ <{ONE}> ?q ?r }} }}", [], True),
]


@pytest.mark.parametrize("how", ["get", "post form", "post direct"])
@pytest.mark.parametrize(("query", "graphs", "answer"), [case[1:] for case in DATASETS], ids=[c[0] for c in DATASETS])
def test_query_dataset(client: TestClient, how: str, query: str, graphs: list[tuple[str, str]], answer: bool) -> None:
    everything = urlencode([("query", query), *graphs])
    response = {
        "get": lambda: client.get(f"/sparql?{everything}"),
        "post form": lambda: client.post("/sparql", content=everything, headers={"Content-Type": FORM}),
        "post direct": lambda: client.post(
            f"/sparql?{urlencode(graphs)}", content=query, headers={"Content-Type": QUERY}
        ),
    }[how]()
    assert response.status_code == 200, response.text
    assert response.json()["boolean"] is answer


BAD_QUERIES = [  # name, method, path, media type, body, status
    ("method", "PUT", "/sparql?query=ASK%20%7B%7D", "", b"", 405),
    ("multiple_queries", "GET", "/sparql?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D", "", b"", 400),
    ("wrong_media_type", "POST", "/sparql", "text/plain", b"ASK {}", 415),
    ("missing_form_type", "POST", "/sparql", "", b"query=ASK%20%7B%7D", 415),
    ("missing_direct_type", "POST", "/sparql", "", b"ASK {}", 415),
    ("non_utf8", "POST", "/sparql", f"{QUERY}; charset=UTF-16", "ASK {}".encode("utf-16"), 415),
    ("said to be utf8", "POST", "/sparql", QUERY, "ASK {}".encode("utf-16"), 400),
    ("syntax", "GET", "/sparql?query=ASK%20%7B%20%3Fs%20%7D", "", b"", 400),
]


@pytest.mark.parametrize(("method", "path", "kind", "body", "status"), [c[1:] for c in BAD_QUERIES])
def test_bad_query(client: TestClient, method: str, path: str, kind: str, body: bytes, status: int) -> None:
    response = client.request(method, path, content=body, headers={"Content-Type": kind} if kind else {})
    assert response.status_code == status, response.text


# Updates


def test_update_post_form(client: TestClient) -> None:
    body = urlencode({"update": "INSERT DATA { GRAPH <urn:form> { <urn:a> <urn:b> 'năng' } }"})
    response = client.post("/sparql", content=body, headers={"Content-Type": FORM} | TOKEN)
    assert response.status_code == 204 and not response.content
    assert holds(client, "GRAPH <urn:form> { <urn:a> <urn:b> 'năng' }")


def test_update_post_direct(client: TestClient) -> None:
    assert update(client, "INSERT DATA { GRAPH <urn:direct> { <urn:a> <urn:b> 1 } }").status_code == 204
    assert holds(client, "GRAPH <urn:direct> { <urn:a> <urn:b> 1 }")
    assert update(client, "DROP GRAPH <urn:direct>").status_code == 204
    assert not holds(client, "GRAPH <urn:direct> { ?s ?p ?o }")


def test_update_base_uri(client: TestClient) -> None:
    text = "BASE <https://example.org/base/> INSERT DATA { GRAPH <urn:base> { <here> <urn:p> 1 } }"
    assert update(client, text).status_code == 204
    assert holds(client, "GRAPH <urn:base> { <https://example.org/base/here> <urn:p> 1 }")
    assert update(client, "INSERT DATA { GRAPH <base> { <here> <urn:p> 2 } }").status_code == 204
    assert holds(client, "GRAPH <http://localhost/base> { <http://localhost/here> <urn:p> 2 }")  # the endpoint's own
    assert holds(client, "GRAPH <base> { <here> <urn:p> 2 }")
    rows = client.get("/sparql", params={"query": "SELECT ?o FROM <base> { <here> ?p ?o }"}).json()["results"][
        "bindings"
    ]
    assert [row["o"]["value"] for row in rows] == ["2"]


USING = [  # name, WHERE, parameters, what is found
    ("default_graph", "?s ?p ?o", [("using-graph-uri", ONE)], {ONE}),
    ("default_graphs", "?s ?p ?o", [("using-graph-uri", ONE), ("using-graph-uri", TWO)], {ONE, TWO}),
    (
        "named_graphs",
        "GRAPH ?g { ?s ?p ?o }",
        [("using-named-graph-uri", TWO), ("using-named-graph-uri", ONE)],
        {ONE, TWO},
    ),
    ("full", "?s ?p ?x . GRAPH ?g { ?o ?q ?y }", [("using-graph-uri", ONE), ("using-named-graph-uri", TWO)], {ONE}),
]


@pytest.mark.parametrize("how", ["form", "direct"])
@pytest.mark.parametrize(("name", "where", "graphs", "found"), USING, ids=[case[0] for case in USING])
def test_update_dataset(
    client: TestClient, how: str, name: str, where: str, graphs: list[tuple[str, str]], found: set[str]
) -> None:
    target = f"urn:{how}:{name}"
    text = f"INSERT {{ GRAPH <{target}> {{ ?s <urn:found> 'where' }} }} WHERE {{ {where} }}"
    if how == "form":
        body = urlencode([("update", text), *graphs])
        response = client.post("/sparql", content=body, headers={"Content-Type": FORM} | TOKEN)
    else:
        kind = {"Content-Type": UPDATE} | TOKEN
        response = client.post(f"/sparql?{urlencode(graphs)}", content=text, headers=kind)
    assert response.status_code == 204, response.text
    rows = client.get("/sparql", params={"query": f"SELECT ?s {{ GRAPH <{target}> {{ ?s ?p ?o }} }}"}).json()
    assert {row["s"]["value"] for row in rows["results"]["bindings"]} == found


WHERE = "INSERT { GRAPH <urn:never> { ?s ?p ?o } } %s WHERE { ?s ?p ?o }"
CLEAR = "CLEAR GRAPH <urn:never>"
BAD_UPDATES = [  # name, method, query string, media type, body, status, what the message holds
    ("get", "GET", [("update", CLEAR)], "", "", 405, "POST"),
    ("multiple_updates", "POST", [], FORM, urlencode([("update", CLEAR), ("update", CLEAR)]), 400, "2 updates"),
    ("wrong_media_type", "POST", [], "text/plain", CLEAR, 415, "text/plain"),
    ("missing_form_type", "POST", [], "", urlencode({"update": CLEAR}), 415, "(none)"),
    ("non_utf8", "POST", [], f"{UPDATE}; charset=UTF-16", CLEAR.encode("utf-16"), 415, "utf-16"),
    ("syntax", "POST", [], UPDATE, "INSERT DATA {\n a b }", 400, "line 2, column"),
    ("dataset_conflict", "POST", [("using-graph-uri", ONE)], UPDATE, WHERE % f"USING <{ONE}>", 400, "USING"),
    ("with conflict", "POST", [("using-graph-uri", ONE)], UPDATE, f"WITH <{ONE}> {WHERE % ''}", 400, "WITH"),
    ("graph is no IRI", "POST", [("using-graph-uri", "not one")], UPDATE, WHERE % "", 400, "not one"),
    ("load", "POST", [], UPDATE, "LOAD <http://127.0.0.1:1/>", 403, "LOAD"),
    ("load silent", "POST", [], UPDATE, f"{CLEAR};LOAD SILENT<http://127.0.0.1:1/>", 403, "LOAD"),
    (
        "load behind an escape",
        "POST",
        [],
        UPDATE,
        r"INSERT DATA { <urn:a> <urn:b> <http://e/\u0041#> }; LOAD <http://127.0.0.1:1/>",
        403,
        "LOAD at 1:53",
    ),
    ("load as one word", "POST", [], UPDATE, "PREFIX e: <http://127.0.0.1:1/> LOADSILENTe:a # .", 403, "LOAD"),
    ("service", "POST", [], UPDATE, WHERE % "" + "; INSERT {} WHERE { SERVICE <http://x/> {} }", 403, "SERVICE"),
    ("query and update", "POST", [("query", "ASK {}")], UPDATE, CLEAR, 400, "1 queries"),
]


@pytest.mark.parametrize(("method", "params", "kind", "body", "status", "says"), [case[1:] for case in BAD_UPDATES])
def test_bad_update(
    client: TestClient, method: str, params: list[tuple[str, str]], kind: str, body: str | bytes, status: int, says: str
) -> None:
    headers = TOKEN | ({"Content-Type": kind} if kind else {})
    response = client.request(method, "/sparql", params=params, content=body, headers=headers)
    assert (response.status_code, says in response.text) == (status, True), response.text
    assert not holds(client, "GRAPH <urn:never> { ?s ?p ?o }")


def test_an_update_is_one_whole(client: TestClient) -> None:
    both = "INSERT DATA { GRAPH <urn:whole> { <urn:a> <urn:b> 1 } } ; CREATE GRAPH <" + ONE + ">"
    assert update(client, both).status_code >= 400  # the graph is there already
    assert not holds(client, "GRAPH <urn:whole> { ?s ?p ?o }")


@pytest.mark.parametrize("given", ["", "Bearer falsch", "Basic geheim", "Bearer", "geheim"])
@pytest.mark.parametrize("kind", [UPDATE, FORM])
def test_without_the_token_nothing_changes(client: TestClient, given: str, kind: str) -> None:
    text = "INSERT DATA { GRAPH <urn:stranger> { <urn:a> <urn:b> 1 } }"
    body = text if kind == UPDATE else urlencode({"update": text})
    headers = {"Content-Type": kind} | ({"Authorization": given} if given else {})
    response = client.post("/sparql", content=body, headers=headers)
    assert response.status_code == 401 and response.headers["www-authenticate"].startswith("Bearer")
    assert not holds(client, "GRAPH <urn:stranger> { ?s ?p ?o }")


def test_while_another_writes_503_says_when_to_ask_again(client: TestClient) -> None:
    from kg.store import Store

    folder: Path = client.app.state.writer._folder  # type: ignore[attr-defined]
    with Store.create_or_open(folder):
        response = update(client, "INSERT DATA { <urn:a> <urn:b> 1 }")
    assert response.status_code == 503 and "written by another process" in response.text
    assert int(response.headers["retry-after"]) > 0
    assert not holds(client, "<urn:a> <urn:b> 1 FILTER NOT EXISTS { GRAPH ?g { <urn:a> <urn:b> 1 } }")


# What the endpoint says of itself


@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void"])
@pytest.mark.parametrize("kind", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"])
def test_service_description_and_void(client: TestClient, path: str, kind: str) -> None:
    import rdflib

    response = client.get(path, headers={"Accept": kind})
    assert response.status_code == 200 and response.headers["content-type"].startswith(kind)
    graph = rdflib.Graph().parse(data=response.content, format=kind)
    asked = graph.query(
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX void: <http://rdfs.org/ns/void#> "
        "SELECT ?where ?triples ?entities ?classes ?properties { ?s a sd:Service ; sd:endpoint ?where ; "
        "sd:defaultDataset ?d . ?s sd:supportedLanguage sd:SPARQL11Query, sd:SPARQL11Update . "
        "?d void:triples ?triples ; void:entities ?entities ; void:classes ?classes ; void:properties ?properties }"
    )
    ((where, triples, entities, classes, properties),) = asked
    assert str(where) == "http://localhost/sparql" and int(entities) == 2
    count = client.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}).json()
    assert int(triples) == int(count["results"]["bindings"][0]["n"]["value"])
    assert int(classes) > 3 and int(properties) > 10


def test_a_browser_is_led_to_where_a_person_can_ask(client: TestClient) -> None:
    accept = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    response = client.get("/sparql", headers=accept, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, "/#tab=query")


def test_a_token_that_no_request_can_carry_is_refused(tmp_path: Path, kg: Run) -> None:
    publish(tmp_path / "outputs", load(), "Nvidia")
    (tmp_path / "token").write_text("bí mật", encoding="utf8")
    done = kg("serve", "--port", "0", "--allow-update", "--token-file", "token")
    assert done.returncode == 2 and "the token of token has letters" in done.stderr


@pytest.mark.parametrize("how", ["file", "environment", "printed"])
def test_the_command_tells_which_token_it_takes(tmp_path: Path, how: str) -> None:
    publish(tmp_path, load(), "Nvidia")
    (tmp_path / "token").write_text("aus-der-datei\n")
    options = ["--allow-update", *(["--token-file", str(tmp_path / "token")] if how == "file" else [])]
    given = {"file": "aus-der-datei", "environment": "aus-der-umgebung", "printed": ""}[how]
    with serving(tmp_path, *options, token=given if how == "environment" else "") as (address, process):
        assert process.stdout
        process.stdout.readline()
        told = process.stdout.readline()
        token = given or told.split()[-1]
        assert not given or given not in told  # a token that is known is not shown
        for sent, status in ((token, 204), ("falsch", 401)):
            headers = {"Content-Type": UPDATE, "Authorization": f"Bearer {sent}"}
            answer = httpx.post(f"{address}/sparql", content="CLEAR SILENT GRAPH <urn:a>", headers=headers, timeout=60)
            assert answer.status_code == status, answer.text
