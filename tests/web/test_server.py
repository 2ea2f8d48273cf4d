"""The server: routes, headers, a build while it serves, the process as a user runs it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from command import ROOT
from served import FAR, serving
from starlette.testclient import TestClient

from kg.errors import RequestError, StoreError
from kg.model import Article, Entity, Evidence, Extraction, Fact, Mention, Modality, Sentence
from kg.ontology import Ontology, load
from kg.store import STORE, Store
from kg.web import server

EVIL = "<img src=x onerror=alert(1)><script>alert(2)</script>"
NAMES = "SELECT DISTINCT ?name { ?m kg:refersTo ?e . ?e skos:prefLabel ?name }"


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load()


def publish(folder: Path, ontology: Ontology, partner: str) -> None:
    """Publish an article that says "OpenAI hợp tác với PARTNER.", quoted from Sam Altman, in an output folder."""
    text = f'"OpenAI hợp tác với {partner}", Sam Altman nói.'
    named = {"OpenAI": "Organization", partner: "Organization", "Sam Altman": "Person"}
    entities = []
    for key, (name, kind) in enumerate(named.items()):
        start = text.index(name)
        mention = Mention(start, start + len(name), name, kind, 0, 0, "name")
        entities.append(Entity(key, name, kind, (), (mention,)))
    quote = text[1 : text.index('",')]
    evidence = (Evidence(1, 1 + len(quote), quote),)
    facts = tuple(
        sorted(
            Fact(0, relation, 1, modality, speaker, evidence, 0.9)
            for relation, modality, speaker in (
                ("partnersWith", Modality.ASSERTED, 2),
                ("dependsOn", Modality.PLANNED, None),
            )
        )
    )
    sentence = Sentence(0, len(text), text, (), ())
    with Store.create_or_open(folder / STORE) as store:
        store.set_ontology(ontology)
        store.replace(
            Article(f"{len(partner)}.txt", text, "vi"), (sentence,), Extraction(tuple(entities), facts), "run"
        )
        store.publish()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, ontology: Ontology) -> Path:
    """An output folder with a graph; not to be changed."""
    folder = tmp_path_factory.mktemp("made")
    publish(folder, ontology, EVIL)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """An output folder with a graph, to be changed."""
    return Path(shutil.copytree(made, tmp_path / "outputs"))


def client(folder: Path, host: str = "127.0.0.1") -> TestClient:
    return TestClient(server.app(folder, host=host), base_url="http://localhost:8000")


# Routes


def test_the_page_is_the_file_that_the_build_wrote(folder: Path) -> None:
    (folder / "graph.html").write_text("<p>năng lượng</p>", encoding="utf8")
    response = client(folder).get("/graph.html")
    assert response.status_code == 200 and response.text == "<p>năng lượng</p>"
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "'unsafe-inline'" in response.headers["content-security-policy"]  # the page has its scripts inside
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


def test_the_page_is_made_from_the_store_where_there_is_no_file(folder: Path) -> None:
    response = client(folder).get("/graph.html")
    assert response.status_code == 200 and "OpenAI" in response.text and EVIL not in response.text
    assert not (folder / "graph.html").exists()


def test_files_of_the_folder_are_served_if_they_are_on_the_list(folder: Path) -> None:
    (folder / "graph.ttl").write_text("<x:năng> a <x:lượng> .", encoding="utf8")
    (folder / "secret.txt").write_text("secret")
    with client(folder) as opened:
        turtle = opened.get("/graph.ttl")
        assert turtle.text == "<x:năng> a <x:lượng> ."
        assert turtle.headers["content-type"] == "text/turtle; charset=utf-8"
        os.utime(folder / "graph.ttl", (0, 0))  # the graph was changed since
        stale = opened.get("/graph.ttl")
        assert stale.status_code == 404 and "kg export" in stale.text
        missing = opened.get("/graph.trig")
        assert missing.status_code == 404 and "kg export" in missing.text
        for path in ("/secret.txt", "/store/CURRENT", "/..%2Fsecret.txt", "/graph.ttl/../secret.txt"):
            assert opened.get(path).status_code == 404, path
        assert opened.post("/").status_code == opened.delete("/graph.ttl").status_code == 405


def test_a_build_while_serving_is_seen_by_the_next_request(folder: Path, ontology: Ontology) -> None:
    with client(folder) as opened:

        def ask() -> set[str]:
            rows = opened.get("/sparql", params={"query": NAMES}).json()["results"]["bindings"]
            return {row["name"]["value"] for row in rows}

        assert ask() == {"OpenAI", "Sam Altman", EVIL}
        assert "Foxconn" not in opened.get("/graph.html").text
        for partner in ("Nvidia", "Foxconn", "Intel"):  # the checkpoint that was open at first is gone after these
            publish(folder, ontology, partner)
        assert ask() == {"OpenAI", "Sam Altman", EVIL, "Nvidia", "Foxconn", "Intel"}
        assert "Foxconn" in opened.get("/graph.html").text
        assert opened.get("/api/search", params={"q": "foxconn"}).json()["total"] == 1


def test_a_graph_that_vanishes_is_told_with_the_remedy(folder: Path) -> None:
    with client(folder) as opened:
        shutil.rmtree(folder / STORE)
        for path in ("/graph.html", "/api/overview", f"/sparql?query={quote(NAMES)}"):
            response = opened.get(path)
            assert response.status_code == 503 and "kg build" in response.text, path
        assert opened.get("/health").text == "ok\n"


# Headers

PATHS = [
    "/",
    "/health",
    "/graph.html",
    "/api/overview",
    "/api/about",
    "/export/graphml",
    "/graph.ttl",
    "/nothing",
    "/sparql",
    "/sparql?query=ASK{}",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_security_headers_and_none_for_other_origins(made: Path, path: str) -> None:
    headers = client(made).get(path, headers={"Origin": "https://evil.example"}).headers
    for name, value in server.SECURITY.items():
        assert headers[name] == value or (path in ("/", "/graph.html") and name == "Content-Security-Policy")
    assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("host", "listening", "status"),
    [
        ("localhost:8000", "127.0.0.1", 200),
        ("LOCALHOST", "127.0.0.1", 200),
        ("127.0.0.1:8000", "127.0.0.1", 200),
        ("[::1]:8000", "127.0.0.1", 200),
        ("graph.local:8000", "graph.local", 200),
        ("192.168.1.7:8000", "0.0.0.0", 200),
        ("[fe80::1]:8000", "::", 200),
        ("192.168.1.7:8000", "127.0.0.1", 400),
        ("evil.example", "127.0.0.1", 400),
        ("evil.example", "0.0.0.0", 400),
        ("localhost.evil.example", "127.0.0.1", 400),
        ("localhost@evil.example", "127.0.0.1", 400),
        ("[", "127.0.0.1", 400),
        ("", "127.0.0.1", 400),
    ],
)
def test_only_known_hosts_are_answered(made: Path, host: str, listening: str, status: int) -> None:
    response = client(made, listening).get("/health", headers={"Host": host})
    assert response.status_code == status
    assert response.headers["x-content-type-options"] == "nosniff"


# The process


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_real_server_answers_and_ends_on_ctrl_c(made: Path) -> None:
    with serving(made) as (address, process):
        assert httpx.get(address).status_code == 200
        answer = httpx.post(f"{address}/sparql", data={"query": NAMES}, headers={"Accept": "text/csv"})
        assert answer.status_code == 200 and "OpenAI" in answer.text
        assert httpx.get(address, headers={"Host": "evil.example"}).status_code == 400
        head = httpx.head(f"{address}/sparql", params={"query": NAMES})
        assert head.status_code == 200 and int(head.headers["content-length"]) > 0 and not head.content
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=20)
    assert process.returncode == 0, told
    assert "Traceback" not in told


def test_ctrl_c_ends_it_while_a_query_runs_that_never_ends(made: Path) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }"
    with serving(made) as (address, process):
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{address}/sparql", params={"query": endless}, timeout=1)
        assert httpx.get(f"{address}/health").text == "ok\n"
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=20)
    assert process.returncode == 0, told
    assert "Traceback" not in told


def test_a_port_in_use_is_named_with_the_remedy(made: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(RequestError, match=f"port {port} is in use: .*--port"):
            server.serve(made, port=port)


def test_no_address_is_not_taken_for_all(made: Path) -> None:
    with pytest.raises(RequestError, match="empty: give one with --host"):
        server.serve(made, host="", port=0, ready=lambda address: pytest.fail(address))


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("no.such.host.invalid", 0), ("192.0.2.1", 0)])
def test_where_nothing_can_listen_is_told(made: Path, host: str, port: int) -> None:
    with pytest.raises(RequestError, match=f"{host}, port {port} .*--host and --port"):
        server.serve(made, host=host, port=port)


def test_no_graph_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="kg build"):
        server.serve(tmp_path)


def test_the_address_is_told_when_it_can_be_opened(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ended:
        def __init__(self, config: object) -> None:
            """Takes what uvicorn.Server takes."""

        def run(self, sockets: list[socket.socket]) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr("uvicorn.Server", Ended)
    told: list[str] = []
    server.serve(made, port=0, ready=told.append)
    assert told[0].startswith("http://127.0.0.1:") and not told[0].endswith(":0")


def test_serving_loads_no_language_model(made: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kg.web import server; from starlette.testclient import TestClient\n"
        "client = TestClient(server.app(Path(sys.argv[1])), base_url='http://localhost')\n"
        "assert client.get('/').status_code == client.get('/sparql?query=ASK{}').status_code == 200\n"
        "heavy = {'torch', 'stanza', 'transformers', 'kg.pipeline', 'kg.parse', 'kg.extract'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, made], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


@pytest.mark.parametrize("pieces", [1, 2, 5, 40])
def test_a_query_that_comes_in_pieces_is_read_whole(made: Path, pieces: int) -> None:
    body = b"SELECT (42 AS ?x) {} #" + b"x" * 90_000
    with serving(made) as (address, _):
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=FAR) as link:
            head = f"POST /sparql HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
            link.sendall(f"{head}Content-Type: application/sparql-query\r\n\r\n".encode())
            step = -(-len(body) // pieces)
            for start in range(0, len(body), step):
                link.sendall(body[start : start + step])
                time.sleep(0.02)
            answer = b"".join(iter(lambda: link.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200") and b'"42"' in answer
