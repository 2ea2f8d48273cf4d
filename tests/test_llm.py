"""A language model at an address, for which a local server stands: what passes is what the article bears out."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from command import Run

import kg
from kg.errors import RequestError
from kg.llm import from_environment

TEXT = "OpenAI hợp tác với Nvidia.\nÔng Sam Altman cho biết OpenAI sẽ mua chip của AMD."
ENTITIES = [
    {"id": "a", "name": "OpenAI", "type": "Organization", "aliases": ["Open AI Inc"]},
    {"id": "b", "name": "Nvidia", "type": "Organization"},
    {"id": "c", "name": "Sam Altman", "type": "Person", "aliases": []},
    {"id": "d", "name": "chip", "type": "Gadget", "aliases": None},
    {"id": "e", "name": "Microsoft", "type": "Organization"},
    {"name": "AMD", "type": "Organization"},  # nothing can refer to it
]


def fact(subject: str, relation: str, object: str, quote: str, **more: Any) -> dict[str, Any]:
    return {"subject": subject, "relation": relation, "object": object, "quote": quote, **more}


GOOD = "OpenAI hợp tác với Nvidia"
FACTS = [
    fact("a", "partnersWith", "b", GOOD, speaker=None),
    {"subject": "a", "relation": "acquires", "quote": GOOD},  # without an object
    fact("a", "acquires", "d", "OpenAI sẽ mua chip", modality="planned", speaker="c"),
    fact("b", "partnersWith", "a", "Nvidia hợp tác với OpenAI"),  # not in the article
    fact("a", "befriends", "b", GOOD),  # not in the ontology
    fact("b", "bornIn", "a", GOOD),  # only persons are born, and in places
    fact("a", "partnersWith", "e", GOOD),  # the article does not name Microsoft
    fact("a", "partnersWith", "b", GOOD, modality="perhaps"),
    "nonsense",
]


class _Server(HTTPServer):
    content: str = json.dumps({"entities": ENTITIES, "facts": FACTS})
    status: int = 200
    asked: list[tuple[str, dict[str, Any], str]]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body, self.headers.get("Authorization", "")))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(json.dumps({"choices": [{"message": {"content": self.server.content}}]}).encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Handler) as found:
        found.asked = []
        threading.Thread(target=found.serve_forever, daemon=True).start()
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{found.server_port}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "secret")
        monkeypatch.setenv("OPENAI_MODEL", "any-model")
        yield found
        found.shutdown()


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "a.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_only_what_the_article_and_the_ontology_bear_out_enters_the_graph(
    server: _Server, article: Path, tmp_path: Path
) -> None:
    with kg.build(article, out=tmp_path / "out", extractor="openai") as graph:
        rows = graph.query(
            "SELECT ?s ?p ?o ?m ?w ?q { ?st rdf:subject/skos:prefLabel ?s ; rdf:predicate ?p ; "
            "rdf:object/skos:prefLabel ?o ; kg:modality ?m ; prov:wasDerivedFrom/oa:hasSelector/oa:exact ?q . "
            "OPTIONAL { ?st prov:wasAttributedTo/skos:prefLabel ?w } }"
        )
        found = {tuple(str(term or "").rsplit("#", 1)[-1] for term in row) for row in rows}
        assert not graph.query("ASK { ?e skos:altLabel 'Open AI Inc' }")  # the article does not say so
    assert found == {
        ("OpenAI", "partnersWith", "Nvidia", "Asserted", "", GOOD),
        ("OpenAI", "acquires", "chip", "Planned", "Sam Altman", "OpenAI sẽ mua chip"),
    }


def test_the_model_is_asked_once_with_article_ontology_and_key(server: _Server, article: Path, tmp_path: Path) -> None:
    for skipped in (0, 1):  # the second time nothing has changed
        with kg.build(article, out=tmp_path / "out", extractor="openai") as graph:
            assert graph.summary is not None and len(graph.summary.skipped) == skipped
    ((path, body, key),) = server.asked
    assert (path, body["model"], key) == ("/v1/chat/completions", "any-model", "Bearer secret")
    assert body["messages"][1]["content"] == TEXT
    assert "partnersWith" in body["messages"][0]["content"]


@pytest.mark.parametrize(("status", "content"), [(500, "{}"), (200, "no JSON"), (200, "[]"), (200, '{"entities": 3}')])
def test_an_answer_that_cannot_be_read(
    server: _Server, article: Path, tmp_path: Path, status: int, content: str
) -> None:
    server.status, server.content = status, content
    with kg.build(article, out=tmp_path / "out", extractor="openai") as graph:
        assert graph.summary is not None
        assert graph.stats().facts == 0
        if content != '{"entities": 3}':
            (message,) = graph.summary.failed
            assert "a.txt" in message


def test_nothing_is_asked_unless_a_model_is_named(
    monkeypatch: pytest.MonkeyPatch, article: Path, tmp_path: Path, kg: Run
) -> None:
    monkeypatch.delenv("OPENAI_MODEL", raising=False)
    done = kg("build", article, "--extractor", "openai")
    assert done.returncode == 2 and "OPENAI_MODEL" in done.stderr
    monkeypatch.setenv("OPENAI_MODEL", "m")
    monkeypatch.setenv("OPENAI_BASE_URL", "ftp://example.org")

    with pytest.raises(RequestError, match="OPENAI_BASE_URL"):
        from_environment()
