"""The SPARQL protocol over HTTP, in process: every form, media type and status code."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import rdflib
from served import publish
from starlette.testclient import TestClient

from kg.ontology import Ontology, load
from kg.store.queries import service_place
from kg.web import media, messages, sparql
from kg.web.server import app

SELECT = "SELECT ?name { ?m kg:refersTo ?e . ?e skos:prefLabel ?name } ORDER BY ?name"
ASK = "ASK { id:openai kg:partnersWith ?who }"
CONSTRUCT = "CONSTRUCT { ?s kg:partnersWith ?o } WHERE { ?s kg:partnersWith ?o }"
FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, ontology: Ontology) -> Path:
    made = tmp_path_factory.mktemp("served")
    publish(made, ontology, "Nvidia", "Tập đoàn Điện lực")
    return made


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(app(folder), base_url="http://localhost", raise_server_exceptions=False) as opened:
        yield opened


def names(response: httpx.Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [row["name"]["value"] for row in response.json()["results"]["bindings"]]


# Forms


def get(client: TestClient, query: str, **headers: str) -> httpx.Response:
    return client.get("/sparql", params={"query": query}, headers=headers)


def direct(client: TestClient, query: str | bytes, kind: str = DIRECT) -> httpx.Response:
    content = query.encode() if isinstance(query, str) else query
    return client.post("/sparql", content=content, headers={"Content-Type": kind})


ASKED: dict[str, Callable[[TestClient, str], httpx.Response]] = {
    "get": get,
    "form": lambda client, query: client.post("/sparql", data={"query": query}),
    "form with charset": lambda client, query: client.post(
        "/sparql", content=urlencode({"query": query}), headers={"Content-Type": f"{FORM}; charset=UTF-8"}
    ),
    "direct": direct,
    "direct with charset": lambda client, query: direct(client, query, f'{DIRECT}; charset="utf-8"'),
}


@pytest.mark.parametrize("form", ASKED)
def test_every_form_gives_the_same(client: TestClient, form: str) -> None:
    query = f'SELECT DISTINCT ?name {{ ?e skos:prefLabel ?name FILTER(?name = "Tập đoàn Điện lực") }} # {form} + & %41'
    assert names(ASKED[form](client, query)) == ["Tập đoàn Điện lực"]


def test_other_charsets(client: TestClient) -> None:
    query = 'ASK { FILTER("é" = "\\u00e9") }'
    assert direct(client, query.encode("latin1"), f"{DIRECT}; charset=ISO-8859-1").json()["boolean"] is True
    assert direct(client, query, f"{DIRECT}; charset=utf-7").status_code == 415


def test_the_dataset_can_be_named(client: TestClient) -> None:
    article = "https://example.org/kg/article/news/b%C3%A0i.txt"
    count = "SELECT (COUNT(*) AS ?name) { ?s ?p ?o }"
    inside = "SELECT (COUNT(*) AS ?name) { GRAPH ?g { ?s ?p ?o } }"

    def ask(query: str, **graphs: str | list[str]) -> int:
        parameters = {name.replace("_", "-"): value for name, value in graphs.items()}
        sent = client.post("/sparql", params=parameters, content=query, headers={"Content-Type": DIRECT})
        got = client.get("/sparql", params={"query": query} | parameters)
        assert names(sent) == names(got)
        return int(names(got)[0])

    everything, some = ask(count), ask(count, default_graph_uri=article)
    assert everything > some > 0
    assert ask(count, default_graph_uri=[article, "https://example.org/kg/graph/ontology"]) > some
    assert ask(inside, named_graph_uri=article) == some
    assert ask(count, named_graph_uri=article) == 0  # no default graph was named


def test_from_is_told_from_names(client: TestClient) -> None:
    others = r"FILTER(?e != id:a.from && ?e != id:a\/from)"
    all_but = f"SELECT DISTINCT ?name {{ ?m kg:refersTo ?e . ?e skos:prefLabel ?name {others} }}"
    assert len(names(get(client, all_but))) == 3
    escaped = r"PREFIX e: <http://e/\u0041#> SELECT ?name FROM e:none { ?e skos:prefLabel ?name }"
    assert "no graph <http://e/A#none>" in get(client, escaped).text


# Media types

TYPES = [
    (SELECT, "application/sparql-results+json", "application/sparql-results+json"),
    (SELECT, "application/json", "application/json"),
    (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
    (SELECT, "application/xml", "application/xml"),
    (SELECT, "text/csv", "text/csv; charset=utf-8"),
    (SELECT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
    (SELECT, "*/*", "application/sparql-results+json"),
    (SELECT, "", "application/sparql-results+json"),
    (SELECT, "text/*", "text/csv; charset=utf-8"),
    (SELECT, "text/turtle, text/csv;q=0.1", "text/csv; charset=utf-8"),
    (SELECT, "text/csv;q=0.4, application/sparql-results+xml;q=0.5", "application/sparql-results+xml"),
    (SELECT, "TEXT/CSV; header=present; Q=0.9, */*;q=0.1", "text/csv; charset=utf-8"),
    (SELECT, "application/sparql-results+json;q=0, application/json;q=0, */*", "application/sparql-results+xml"),
    (SELECT, "text/csv, */*", "text/csv; charset=utf-8"),
    (ASK, "*/*", "application/sparql-results+json"),
    (ASK, "application/sparql-results+xml", "application/sparql-results+xml"),
    (ASK, "text/csv", "text/csv; charset=utf-8"),
    (CONSTRUCT, "*/*", "text/turtle; charset=utf-8"),
    (CONSTRUCT, "text/turtle", "text/turtle; charset=utf-8"),
    (CONSTRUCT, "application/n-triples", "application/n-triples"),
    (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
    (CONSTRUCT, "application/ld+json", "application/ld+json"),
    ("DESCRIBE id:openai", "application/sparql-results+json, text/turtle;q=0.5", "text/turtle; charset=utf-8"),
]


@pytest.mark.parametrize(("query", "accept", "given"), TYPES)
def test_what_is_asked_for_is_given(client: TestClient, query: str, accept: str, given: str) -> None:
    response = get(client, query, accept=accept)
    assert (response.status_code, response.headers["content-type"]) == (200, given)
    assert response.headers["vary"] == "Accept"
    assert int(response.headers["content-length"]) == len(response.content) > 0


@pytest.mark.parametrize(("query", "format"), [(SELECT, "csv"), (ASK, "xml"), (CONSTRUCT, "ntriples")])
def test_a_parameter_can_name_the_format(client: TestClient, query: str, format: str) -> None:
    response = client.get("/sparql", params={"query": query, "format": format}, headers={"accept": "text/html"})
    kinds = {kind for table in media.MEDIA_TYPES.values() for kind, name in table.items() if name == format}
    assert response.status_code == 200 and response.headers["content-type"].partition(";")[0] in kinds


def test_results_are_what_their_media_type_says(client: TestClient) -> None:
    found = ["Nvidia", "OpenAI", "Tập đoàn Điện lực"]
    assert names(get(client, SELECT)) == found
    assert get(client, SELECT, accept="text/csv").text.split() == "\n".join(["name", *found]).split()
    assert get(client, ASK).json()["boolean"] is True
    assert "<boolean>true</boolean>" in get(client, ASK, accept="application/xml").text
    for kind in media.MEDIA_TYPES["construct"]:
        graph = rdflib.Graph().parse(data=get(client, CONSTRUCT, accept=kind).text, format=kind)
        assert len(graph) == 2, kind


# What goes wrong

WRONG = [  # method, path, headers, body, status, what the message holds
    ("GET", "/sparql?query=ASK%20FROM%20%3Curn:none%3E%7B%7D", {}, "", 400, "no graph <urn:none>"),
    ("GET", "/sparql?query=PREFIX%20x:%3Curn:%3E%20ASK%20FROM%20NAMED%20x:b%7B%7D", {}, "", 400, "no graph <urn:b>"),
    ("GET", "/sparql?query=ASK%7B%7D&named-graph-uri=urn:none", {}, "", 400, "no graph <urn:none>"),
    ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", {}, "", 400, "2 queries"),
    ("POST", "/sparql", {"Content-Type": FORM}, "", 400, "0 queries"),
    ("POST", "/sparql?query=ASK%7B%7D", {"Content-Type": DIRECT}, "ASK {}", 400, "2 queries"),
    (
        "GET",
        "/sparql?query=SELECT%20*%20%7B%0A%20%3Fs%20%3Fp%20%7D",
        {},
        "",
        400,
        "line 2, column 9:\n ?s ?p }\n        ^",
    ),
    ("GET", "/sparql?query=", {}, "", 400, "line 1, column 1"),
    ("GET", "/sparql?query=%FF", {}, "", 400, "UTF-8"),
    ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=not%20one", {}, "", 400, "not one"),
    ("POST", "/sparql", {"Content-Type": DIRECT}, b"ASK { ?s ?p '\xff' }", 400, "not in utf-8"),
    ("POST", "/sparql", {"Content-Type": FORM}, "query=%FF", 400, "UTF-8"),
    ("GET", "/sparql?query=" + "(" * 201, {}, "", 400, "201 deep"),
    (
        "POST",
        "/sparql",
        {"Content-Type": DIRECT},
        r"PREFIX e: <http://e/\u0041#> ASK " + "{" * 30_000,
        400,
        "30000 deep",
    ),
    ("POST", "/sparql", {"Content-Type": "application/sparql-update"}, "CLEAR ALL", 403, "read-only"),
    ("POST", "/sparql", {"Content-Type": FORM}, "update=CLEAR+ALL", 403, "read-only"),
    ("GET", "/sparql?update=CLEAR%20ALL", {}, "", 403, "read-only"),
    ("POST", "/sparql", {"Content-Type": DIRECT}, "PREFIX a: <x:y>\ninsert data { a:a a a:b }", 403, "read-only"),
    ("PUT", "/sparql", {}, "", 405, "PUT"),
    ("PATCH", "/sparql", {}, "", 405, "PATCH"),
    ("DELETE", "/sparql?query=ASK%7B%7D", {}, "", 405, "DELETE"),
    ("GET", "/sparql?query=ASK%7B%7D", {"Accept": "text/html"}, "", 406, "application/sparql-results+json"),
    ("GET", "/sparql?query=ASK%7B%7D", {"Accept": "*/*;q=0"}, "", 406, "text/csv"),
    ("GET", "/sparql?query=ASK%7B%7D&format=turtle", {}, "", 406, "json, xml, csv, tsv"),
    ("POST", "/sparql", {"Content-Type": DIRECT}, "#" * (messages.BODY_LIMIT + 1), 413, "300,000 bytes"),
    ("POST", "/sparql", {"Content-Type": DIRECT}, "#" * (sparql.QUERY_LIMIT + 1), 413, "100,000 characters"),
    ("POST", "/sparql", {}, "ASK {}", 415, "(none)"),
    ("POST", "/sparql", {"Content-Type": "multipart/form-data; boundary=x"}, "ASK {}", 415, "multipart/form-data"),
    ("POST", "/sparql", {"Content-Type": "text/plain"}, "ASK {}", 415, DIRECT),
]


@pytest.mark.parametrize(("method", "path", "headers", "body", "status", "says"), WRONG)
def test_what_is_wrong_is_told_in_plain_text(
    client: TestClient, method: str, path: str, headers: dict[str, str], body: str | bytes, status: int, says: str
) -> None:
    response = client.request(method, path, headers=headers, content=body)
    assert response.status_code == status, response.text
    assert says in response.text
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert ("allow" in response.headers) == (status == 405)


def test_head_and_options(client: TestClient) -> None:
    head = client.head("/sparql", params={"query": SELECT})
    assert head.status_code == 200 and head.headers["content-type"] == "application/sparql-results+json"
    options = client.options("/sparql")
    assert options.status_code == 204 and options.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert "access-control-allow-origin" not in options.headers


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <%s> { ?s ?p ?o } }",
        "SELECT * { service silent<%s> { ?s ?p ?o } }",
        "SELECT * { VALUES ?x { <%s> } SERVICE ?x { ?s ?p ?o } }",
        "PREFIX e: <x:y> SELECT * { OPTIONAL { ?s ?p e:a\\' } SERVICE SILENT <%s> { ?s ?p ?o } FILTER('a' = 'a') }",
        "SELECT * { VALUES (?x ?a) { (<%s> 0) } FILTER(?a<1)SERVICE?x{?s?p?b}FILTER(?b>1) }",
        "SELECT * { ?s ?p 1SERVICE <%s> { ?s ?p ?o } }",
        "SELECT * { # '\n SERVICE <%s> { ?s ?p ?o } # '\n}",
    ],
)
def test_no_query_reaches_another_server(client: TestClient, query: str) -> None:
    response = get(client, query % "http://127.0.0.1:1/")
    assert response.status_code == 403 and "SERVICE" in response.text


@pytest.mark.parametrize("where", ["'service'", '"""it\'s a\nservice"""', "?service", "<x:service>", "kg:service"])
def test_the_word_alone_is_no_service(client: TestClient, where: str) -> None:
    assert get(client, f"SELECT * {{ ?s ?p {where} }} # service").status_code == 200


def test_a_word_that_stands_in_a_name_many_times_is_looked_at_quickly() -> None:
    start = time.process_time()
    assert service_place("?service a{\n" * 8000) == ""
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize("part", ["!", "1+", "(", "{", "'a", "a-", '"""', "\\"])
def test_long_nonsense_is_answered_quickly(client: TestClient, part: str) -> None:
    query = "SELECT * { FILTER(" + part * (20_000 // len(part))
    assert direct(client, query).status_code == 400


def test_results_are_json_as_the_standard_has_it(client: TestClient) -> None:
    result = json.loads(get(client, 'SELECT ?s ?t ?u { BIND("a"@vi AS ?s) BIND(<x:y> AS ?t) }').content)
    assert result["head"]["vars"] == ["s", "t", "u"]
    expected = {"s": {"type": "literal", "value": "a", "xml:lang": "vi"}, "t": {"type": "uri", "value": "x:y"}}
    assert result["results"]["bindings"] == [expected]
