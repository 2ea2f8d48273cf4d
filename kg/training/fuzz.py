"""Hostile input, led by coverage: `python -m kg.training.fuzz TARGET --minutes 30` (needs `pip install kg[fuzz]`).

A target takes any bytes and may raise KgError only. What else it raises, and what takes longer than SLOW, is a finding:
atheris stops, and its bytes stand in a file of the folder `--findings`. The corpus begins with the seeds below, kept
with what is found on the way in `--corpus`, if given.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from kg.child import environment
from kg.errors import KgError

if TYPE_CHECKING:
    from starlette.types import Message

    from kg.ontology import Ontology

SLOW = 20  # seconds of one input
LONGEST = 20_000  # bytes of one input
_PROSE = 'Theo ông Sam Altman, CEO của OpenAI: "Công ty (Mỹ) sẽ hợp tác với Nvidia, AMD và Oracle vào 8/10/2025."\n'
_TURTLE = """@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<#A> a owl:Class ; rdfs:subClassOf <#B> . <#B> a owl:Class ; rdfs:subClassOf <#A> .
<#r> a owl:ObjectProperty ; rdfs:domain [ owl:unionOf ( <#A> <#B> ) ] ; owl:inverseOf <#r> ; rdfs:label "gives" .
"""
_EXAMPLE = {"text": "A gives B.", "facts": [{"subject": "A", "relation": "partnersWith", "object": "B"}]}
_PDF = """%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj 2 0 obj << /Type /Pages /Count 1 /Kids [3 0 R] >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >> endobj
4 0 obj << /Length 43 >> stream
BT /F 9 Tf 9 TL 0 9 Td (Va nhung.) Tj T* ET
endstream endobj 5 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj
trailer << /Root 1 0 R >>
startxref
9
%%EOF
"""


@dataclass(frozen=True, slots=True)
class Target:
    """What is fed, and what it is fed first."""

    feed: Callable[[bytes], None]
    seeds: tuple[str, ...]


def _read(ending: str) -> Callable[[bytes], None]:
    """A reader of articles, by the ending of a file."""

    def feed(content: bytes) -> None:
        from kg.articles import read, sources

        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / f"a{ending}").write_bytes(content)
            for source in sources([folder]):
                text = read(source, lang="vi").text
                text.encode()  # no lone surrogates

    return feed


@cache
def _ontology() -> Ontology:
    from kg.ontology import load

    return load()


def _extract(content: bytes) -> None:
    """The extraction, on words and tags that are as likely as not."""
    from kg.articles.text import clean
    from kg.extract import extract
    from kg.model import Article, Name, Sentence, Word
    from kg.parse.atoms import find_atoms, find_paragraphs, find_sentences

    tags = ("NOUN", "PROPN", "VERB", "ADP", "PUNCT", "PRON", "NUM", "ADV", "DET", "CCONJ")
    kinds = ("Person", "Organization", "Place", "DateTime")
    text = clean(content.decode("utf-8", "replace"))
    sentences = []
    for begin, end in find_paragraphs(text):
        for atoms in find_sentences(text[begin:end], find_atoms(text[begin:end])):
            words = []
            for index, (first, last) in enumerate(atoms):
                form = text[begin + first : begin + last]
                tag = tags[(sum(map(ord, form)) + index) % len(tags)]
                words.append(
                    Word(begin + first, begin + last, form, form, tag, "_", index - 1, "obj" if index else "root")
                )
            capital = (at for at, word in enumerate(words) if word.text[:1].isupper())
            names = tuple(Name(at, at + 1, kinds[len(words[at].text) % len(kinds)]) for at in capital)
            start, stop = words[0].start, words[-1].end
            sentences.append(Sentence(start, stop, text[start:stop], tuple(words), names))
    article = Article("a.txt", text, "vi")
    for fact in extract(article, sentences, _ontology(), least=0.0).facts:
        assert all(text[one.start : one.end] == one.quote for one in fact.evidence)


def _parse(content: bytes) -> None:
    """The shipped models: every word stands where it says."""
    from kg.articles.text import clean
    from kg.engines.worker import give_back
    from kg.model import Article
    from kg.parse import Parser

    article = Article("a.txt", clean(content.decode("utf-8", "replace")), "vi")
    for sentence in cache(Parser)("vi").parse(article):
        assert article.text[sentence.start : sentence.end] == sentence.text
        assert sum(word.head < 0 for word in sentence.words) == 1
    give_back()  # as the workers of a build do: or what the allocator keeps would look like a leak


def _load(content: bytes) -> None:
    """The loader of ontologies."""
    from kg.ontology import load

    with tempfile.NamedTemporaryFile(suffix=".ttl") as file:
        Path(file.name).write_bytes(content)
        load([Path(file.name)])


def _examples(content: bytes) -> None:
    """The reader of examples."""
    from kg.examples import read_examples

    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        Path(file.name).write_bytes(content)
        read_examples(Path(file.name), _ontology())


def _query(content: bytes) -> None:
    """What the endpoint and the store let through, on an empty store."""
    import pyoxigraph as ox

    from kg.store.queries import bare, service_place
    from kg.web.answers import Refusal
    from kg.web.sparql import Query, check

    text = content.decode("utf-8", "replace")
    bare(text), service_place(text)
    try:
        check(Query(text))
        ox.Store().query(text)
    except (Refusal, SyntaxError, OSError):  # OSError: SERVICE, which nothing answers
        return


async def _respond(content: bytes) -> int:
    """The status code of the routes that read a request, with no graph behind them: none may be 500."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    from kg.web.access import Access
    from kg.web.answers import Answer
    from kg.web.headers import Guard
    from kg.web.sparql import Endpoint

    class Nobody:
        async def ask(self, task: Mapping[str, object], client: str) -> Answer:
            return Answer(b"", "text/plain")

    async def describe(request: object) -> Answer:
        return Answer(b"", "text/plain")

    nobody = Nobody()
    endpoint = Endpoint(nobody, nobody, Access("secret"), describe)  # type: ignore[arg-type]
    methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
    app = Guard(Starlette(routes=[Route("/sparql", endpoint.answer, methods=methods)]), host="127.0.0.1")
    head, _, body = content.partition(b"\n\n")
    method, address, *lines = (*head.split(b"\n"), b"", b"")
    path, _, asked = address.partition(b"?")
    headers = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method.decode("latin-1") or "GET",
        "scheme": "http",
        "path": path.decode("utf-8", "replace") or "/sparql",
        "raw_path": path,
        "query_string": asked,
        "headers": [(name, value) for name, value in headers if name],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    sent: list[Message] = []

    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return int(sent[0]["status"])


def _ask(content: bytes) -> None:
    status = asyncio.run(_respond(content))
    assert status < 500, status


TARGETS: dict[str, Target] = {
    "text": Target(_read(".txt"), (_PROSE, "\ufeff" + _PROSE, _PROSE * 20)),
    "markdown": Target(
        _read(".md"), (f"---\ntitle: a\n---\n# A **b** _c_\n\n> {_PROSE}", "[a](b) `c` <!-- d -->\n```\n")
    ),
    "html": Target(_read(".html"), (f"<html><body><article><h1>A</h1><p>{_PROSE}</p></article></body></html>",)),
    "pdf": Target(_read(".pdf"), (_PDF,)),
    "extract": Target(_extract, (_PROSE, "Nvidia, FPT và AMD (Mỹ) sáng lập công ty này tại Hà Nội.\n")),
    "parse": Target(_parse, (_PROSE,)),
    "ontology": Target(_load, (_TURTLE,)),
    "examples": Target(_examples, (json.dumps(_EXAMPLE),)),
    "query": Target(_query, ("SELECT * { ?s ?p ?o FILTER(?o = 'a{') }", "ASK { GRAPH <a:b> { [] a ('x' 1) } } # c")),
    "http": Target(
        _ask,
        (
            "GET\n/sparql?query=ASK%7B%7D\nHost: 127.0.0.1\nAccept: text/csv;q=0.5, */*",
            "POST\n/sparql\nHost: 127.0.0.1\nContent-Type: application/x-www-form-urlencoded;charset=utf-8\n\nquery=A",
        ),
    ),
}


def feed(name: str, content: bytes) -> None:
    """One input for a target. Raises what is a finding."""
    try:
        TARGETS[name].feed(content[:LONGEST])
    except KgError as error:
        str(error).encode()  # it can be shown


def main() -> None:
    """Run one target, or feed it files that were findings."""
    parser = argparse.ArgumentParser(prog="python -m kg.training.fuzz", description=__doc__)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--findings", type=Path, default=Path("findings"), help="folder of what failed")
    parser.add_argument("--corpus", type=Path, help="folder of inputs, kept from run to run")
    parser.add_argument("files", nargs="*", type=Path, help="findings to feed again, without atheris")
    options = parser.parse_args()
    for file in options.files:
        feed(options.target, file.read_bytes())
    if not options.files:
        _fuzz(options.target, options)


def _fuzz(name: str, options: argparse.Namespace | SimpleNamespace) -> None:
    try:
        import atheris
    except ImportError:
        sys.exit("atheris is missing: pip install 'kg[fuzz]'")
    os.environ.update(environment())  # before torch comes: or what oneDNN keeps would look like a leak
    with atheris.instrument_imports(include=["kg"], exclude=["kg.training"]):
        for seed in TARGETS[name].seeds:
            feed(name, seed.encode())
    options.findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as passing:
        corpus = options.corpus or Path(passing)
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(TARGETS[name].seeds):
            (corpus / f"seed{number}").write_text(seed, encoding="utf-8")
        flags = {
            "artifact_prefix": f"{options.findings}/{name}-",
            "max_len": LONGEST,
            "max_total_time": round(60 * options.minutes),
            "print_final_stats": 1,
            "rss_limit_mb": 4096,
            "timeout": SLOW,
        }
        atheris.Setup(
            [sys.argv[0], *(f"-{flag}={value}" for flag, value in flags.items()), str(corpus)],
            lambda content: feed(name, content),
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
