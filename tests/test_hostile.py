"""Hostile corpora and ontologies: one poisonous file stops nothing else, and nothing is ever fetched."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from command import run_kg

from kg import articles, ontology, pipeline
from kg.errors import ArticleError, OntologyError, StoreError
from kg.model import Article, Entity, Evidence, Extraction, Fact, Mention, Modality, Schemas, Sentence
from kg.ontology import Ontology
from kg.store import STORE, Store

SENTENCE = "Tập đoàn FPT hợp tác với Nvidia tại Hà Nội. "
HEAD = (
    "@prefix : <http://x.example/v#> . @prefix owl: <http://www.w3.org/2002/07/owl#> . "
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    ":gives a owl:ObjectProperty ; rdfs:domain :C0 ; rdfs:range :C1 .\n"
)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError(f"the network is asked: {arguments}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


# Articles


def test_articles_of_megabytes_are_left_out_by_name_and_the_others_are_read(tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "a-long.txt").write_text(SENTENCE * 20_000, encoding="utf8")  # 1 MB
    (news / "b-longer.txt").write_text(SENTENCE * 90_000, encoding="utf8")  # 5 MB
    (news / "c-longest.txt").write_text(SENTENCE * 120_000, encoding="utf8")
    (news / "d.txt").write_text(SENTENCE, encoding="utf8")
    done = run_kg("build", "news", "--jobs", "2", "--article-limit", "25", "--no-export", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    for name, words in (
        ("a-long", "not done after 25 seconds; split it"),
        ("b-longer", "not done after 25 seconds; split it"),
        ("c-longest", "more than 5,000,000 letters; split it"),
    ):
        assert any(name in line and words in line for line in done.stderr.splitlines()), done.stderr
    with Store.read(tmp_path / "outputs" / STORE) as store:
        assert list(store.articles()) == ["d.txt"]


def test_links_in_a_circle_are_not_followed(tmp_path: Path) -> None:
    news = tmp_path / "news"
    (news / "deep").mkdir(parents=True)
    (news / "a.txt").write_text(SENTENCE, encoding="utf8")
    (news / "deep" / "up").symlink_to(news, target_is_directory=True)
    (news / "deep" / "b.txt").symlink_to("c.txt")
    (news / "deep" / "c.txt").symlink_to("b.txt")
    done = run_kg("build", "news", "--no-export", cwd=tmp_path)
    assert done.returncode == 1 and done.stderr.count("left out:") <= 2 and "Traceback" not in done.stderr
    with Store.read(tmp_path / "outputs" / STORE) as store:
        assert list(store.articles()) == ["a.txt"]


@dataclass(frozen=True)
class Careless:
    """A reader whose quote is, in articles that say so, not what stands there."""

    version: str = "careless"
    adapter: Path | None = None

    def schemas(self, ontology: Ontology) -> Schemas:
        return ()

    def parse(self, article: Article) -> tuple[Sentence, ...]:
        return (Sentence(0, len(article.text), article.text, (), ()),)

    def extract(self, article: Article, sentences: object, ontology: Ontology) -> Extraction:
        quote = article.text.strip()
        evidence = Evidence(0, len(quote), "made up" if "sai" in quote else quote)
        ends = [
            Entity(key, name, "Organization", (), (Mention(0, 3, name, "Organization", 0, 0, "name"),))
            for key, name in enumerate(("FPT", "Nvidia"))
        ]
        return Extraction(tuple(ends), (Fact(0, "partnersWith", 1, Modality.ASSERTED, None, (evidence,), 0.9),))


def test_a_quote_that_is_not_there_leaves_out_its_article_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (("a", "FPT hợp tác với Nvidia."), ("b", "FPT nói sai về Nvidia."), ("c", "FPT mua Nvidia.")):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf8")
    monkeypatch.setattr(pipeline, "reader", lambda *_: Careless())
    monkeypatch.setattr("kg.work.parser", lambda *_: Careless())
    summary = pipeline.build([str(tmp_path)], out=tmp_path / "out", lang="vi", engine="serial")
    assert summary.built == ("a.txt", "c.txt")
    (told,) = summary.failed
    assert "b.txt" in told and "made up" in told
    with Store.read(tmp_path / "out" / STORE) as store:
        assert sorted(store.articles()) == ["a.txt", "c.txt"]


def pdf(*objects: bytes) -> bytes:
    """A file of these objects; the first is the root."""
    file, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Root 1 0 R /Size %d >>\n"
    end = len(file)
    return bytes(file) + head % (len(places) + 1, table, len(places) + 1) + b"startxref\n%d\n%%%%EOF" % end


def page_tree(*kids: str) -> bytes:
    return f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()


ROOT, PAGE = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
BOMBS = {
    "100,000 pages": lambda: pdf(ROOT, page_tree(*(str(n) for n in range(3, 100_003))), *[PAGE] * 100_000),
    "a million million pages": lambda: pdf(ROOT, *(page_tree(*[str(n + 3)] * 10) for n in range(12)), PAGE),
    "pages in a circle": lambda: pdf(ROOT, page_tree("3", "2"), PAGE),
    "pages too deep": lambda: pdf(ROOT, *(page_tree(str(n + 3)) for n in range(20_000)), PAGE),
}


@pytest.mark.parametrize("name", BOMBS)
def test_trees_of_pages_that_never_end_are_refused_soon(name: str, tmp_path: Path) -> None:
    (tmp_path / "bomb.pdf").write_bytes(BOMBS[name]())
    start = time.process_time()
    with pytest.raises(ArticleError, match=r"bomb\.pdf (unpacks to more than|is not a PDF file or is damaged)"):
        articles.read(articles.sources([str(tmp_path / "bomb.pdf")])[0])
    assert time.process_time() - start < 30


# Ontologies


def classes(file: Path, number: int, above: Callable[[int], int]) -> Path:
    """A file of classes, each below the one that ``above`` names, by their numbers."""
    rows = (f":C{i} a owl:Class ; rdfs:subClassOf :C{above(i)} .\n" for i in range(number))
    file.write_text(HEAD + "".join(rows))
    return file


def test_classes_in_a_circle_are_all_below_each_other(tmp_path: Path) -> None:
    found = ontology.load([classes(tmp_path / "circle.ttl", 200, lambda i: (i + 1) % 200)])
    assert len(found.classes["C7"].parents) == 199


@pytest.mark.parametrize("above", [lambda i: (i + 1) % 5_000, lambda i: max(i - 1, 0)], ids=["circle", "chain"])
def test_a_hierarchy_too_deep_to_be_meant_is_refused_soon(above: Callable[[int], int], tmp_path: Path) -> None:
    file = classes(tmp_path / "deep.ttl", 5_000, above)
    start = time.process_time()
    with pytest.raises(OntologyError, match=r"deep\.ttl, line \d+: class C\d+ is below more than 1,000 others"):
        ontology.load([file])
    assert time.process_time() - start < 60


def test_the_cost_of_many_classes_grows_with_their_number(tmp_path: Path) -> None:
    seconds = []
    for number in (1_000, 8_000):
        file = classes(tmp_path / f"{number}.ttl", number, lambda i: i // 10)
        start = time.process_time()
        assert len(ontology.load([file]).classes) >= number
        seconds.append(time.process_time() - start)
    assert seconds[1] < 16 * seconds[0]


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("target", ["http://192.0.2.1/x.ttl", "{folder}/secret.ttl"])
def test_what_an_ontology_imports_is_not_read(target: str, tmp_path: Path) -> None:
    (tmp_path / "secret.ttl").write_text(HEAD.replace(":gives", ":secret"))
    address = target.format(folder=tmp_path.as_uri())
    file = classes(tmp_path / "mine.ttl", 2, lambda i: 0)
    file.write_text(f"{file.read_text()}<> a owl:Ontology ; owl:imports <{address}> .\n")
    found = ontology.load([file])
    assert "gives" in found.relations and "secret" not in found.relations


@pytest.mark.usefixtures("no_network")
def test_a_remote_context_of_json_ld_is_not_fetched(tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonld"
    file.write_text(
        '{"@context": "http://192.0.2.1/context.jsonld", "@id": "http://x.example/a", "@type": "owl:Class"}'
    )
    with pytest.raises(OntologyError, match="read as Turtle only"):
        ontology.load([file])
    with Store.create_or_open(tmp_path / "out" / STORE) as store, pytest.raises(StoreError, match="keep everything"):
        store.load(file)
