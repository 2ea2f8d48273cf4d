"""The made-up graph: it is what a build of its articles would write, conforms, and is the same each time."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from kg import ontology
from kg.explore import view
from kg.rdf import run_triples
from kg.shapes import validate
from kg.store import STORE, Store
from kg.training import graph
from kg.training.invention import readings


def nquads(store: Store) -> bytes:
    buffer = io.BytesIO()
    store.export("nquads", buffer)
    return buffer.getvalue()


def made(folder: Path, *, triples: int, seed: int) -> bytes:
    graph.make(folder, triples=triples, seed=seed)
    with Store.read(folder / STORE) as store:
        return nquads(store)


def test_it_is_what_a_build_would_write(tmp_path: Path) -> None:
    known = ontology.load()
    articles = list(readings(known, number=8, seed=5))
    with Store.memory() as built:
        built.set_ontology(known)
        about = run_triples(graph.RUN, code="", models="", ontology=known.hash)
        for article, sentences, extraction in reversed(articles):  # in whatever order
            built.replace(article, sentences, extraction, graph.RUN, about)
        expected = nquads(built)
    file = tmp_path / "graph.nq"
    with file.open("w", encoding="utf-8") as lines:
        graph.write(articles, known, lines)
    with Store.create_or_open(tmp_path / STORE) as store:
        store.load(file)
        assert nquads(store).decode().splitlines() == expected.decode().splitlines()


def test_one_seed_gives_one_graph(tmp_path: Path) -> None:
    first = made(tmp_path / "a", triples=5000, seed=1)
    assert made(tmp_path / "b", triples=5000, seed=1) == first
    assert made(tmp_path / "c", triples=5000, seed=2) != first


def test_it_conforms_to_the_shapes(tmp_path: Path) -> None:
    graph.make(tmp_path, triples=8000)
    with Store.read(tmp_path / STORE) as store:
        turtle = io.BytesIO()
        store.export("turtle", turtle)
    conforms, report = validate(turtle.getvalue())
    assert conforms, report


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("graph")
    assert graph.main(["--triples", "40000", "--out", str(made)]) == 0
    return made


def test_it_is_about_as_big_as_asked_for(folder: Path) -> None:
    with Store.read(folder / STORE) as store:
        assert 0.8 < store.stats().triples / 40_000 < 1.2


def test_it_has_hubs_and_facts_of_all_kinds(folder: Path) -> None:
    with Store.read(folder / STORE) as store:
        all = view(store, most=None)
        dates = list(store.query("SELECT DISTINCT (DATATYPE(?d) AS ?kind) { ?st schema:temporalCoverage ?d }"))
    degrees = sorted(node.degree for node in all.nodes)
    assert degrees[-1] > 20 * degrees[len(degrees) // 2]
    assert {edge.modality for edge in all.edges} == {"asserted", "planned", "possible", "denied"}
    assert any(edge.speaker for edge in all.edges) and len(dates) == 3
    quote = all.edges[0].quotes[0]
    assert quote.exact and quote.suffix == "."
