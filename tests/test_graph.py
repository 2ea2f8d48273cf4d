"""The Python API on the graph of the sample articles."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import networkx
import pytest
import rdflib
from command import ROOT, SAMPLES

import kg


@pytest.fixture(scope="module")
def graph(built: Path) -> kg.Graph:
    return kg.Graph(built)


def test_importing_kg_loads_nothing_heavy() -> None:
    code = "import kg, kg.cli, sys; print(sorted({'torch', 'stanza', 'rdflib', 'networkx'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_build_gives_an_open_graph(tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text("Tập đoàn FPT hợp tác với Nvidia.\n", encoding="utf8")
    with kg.build(article, out=tmp_path / "out", date="2026-11-26") as graph:
        assert graph.summary is not None and graph.summary.built == ("a.txt",)
        assert graph.articles() == ("a.txt",)
        rows = [tuple(map(str, row)) for row in graph.query("SELECT ?s ?o { ?s kg:partnersWith ?o }")]
    assert {end.rsplit("/", 1)[-1] for end in rows[0]} == {"fpt", "nvidia"}


def test_every_statement_has_evidence_that_stands_in_its_article(graph: kg.Graph) -> None:
    rows = list(
        graph.query(
            "SELECT ?st ?text ?start ?end ?exact ?prefix ?suffix { ?st prov:wasDerivedFrom ?ev . ?ev oa:hasSource ?a ; "
            "oa:hasSelector ?w , ?p . ?a schema:text ?text . ?p oa:start ?start ; oa:end ?end . "
            "?w oa:exact ?exact ; oa:prefix ?prefix ; oa:suffix ?suffix }"
        )
    )
    for _, text, start, end, exact, prefix, suffix in rows:
        assert str(text)[int(start) : int(end)] == str(exact)
        assert str(text)[int(start) - len(prefix) : int(end) + len(suffix)] == f"{prefix}{exact}{suffix}"
    assert len({row[0] for row in rows}) == graph.stats().facts > 100


def test_each_triple_is_in_one_graph_and_each_plain_fact_is_asserted(graph: kg.Graph) -> None:
    twice = "SELECT ?s { GRAPH ?g { ?s ?p ?o } GRAPH ?h { ?s ?p ?o } FILTER(?g != ?h) }"
    assert not list(graph.query(twice))
    plain = set(graph.query("SELECT ?s ?p ?o { ?s ?p ?o . ?p a owl:ObjectProperty }"))
    stated = "SELECT ?s ?p ?o { ?st rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; kg:modality kg:Asserted }"
    assert plain == set(graph.query(stated))


def test_networkx_has_all_facts(graph: kg.Graph) -> None:
    network = graph.to_networkx()
    assert isinstance(network, networkx.MultiDiGraph)
    assert network.number_of_edges() == graph.stats().facts
    assert network.number_of_nodes() == graph.stats().entities
    *_, attributes = next(iter(network.edges(data=True)))
    assert set(attributes) >= {"relation", "modality", "speaker", "confidence", "evidence", "article"}


def test_rdflib_sees_the_union(graph: kg.Graph) -> None:
    statements = set(graph.to_rdflib().subjects(rdflib.RDF.type, rdflib.RDF.Statement))
    assert len(statements) == graph.stats().facts


def test_names_are_found_without_tone_marks(graph: kg.Graph) -> None:
    assert graph.entities("nang luong") == graph.entities("năng lượng") == graph.entities("id:nang-luong")
    with pytest.raises(kg.KgError, match="OpenAI"):
        graph.entities("OpenAl")


def test_show_is_a_page_in_a_frame(graph: kg.Graph) -> None:
    shown = graph.show()._repr_html_()
    assert shown.startswith("<iframe srcdoc=") and "OpenAI" in shown and "<script" not in shown


def test_plain_triples_can_be_chosen(tmp_path: Path) -> None:
    counts = {}
    for plain in ("unattributed", "asserted", "all"):
        with kg.build(SAMPLES[0], out=tmp_path, plain=plain) as graph:
            counts[plain] = len(list(graph.query("SELECT ?s ?p ?o { ?s ?p ?o . ?p a owl:ObjectProperty }")))
    assert 0 < counts["unattributed"] < counts["asserted"] < counts["all"]


def test_from_narrows_a_query_to_one_article(graph: kg.Graph) -> None:
    count = "SELECT (COUNT(?st) AS ?n) {} WHERE {{ ?st kg:modality ?from }}"
    parts = [f"FROM <https://example.org/kg/article/{name}>" for name in (*graph.articles(), "none.txt")]
    numbers = [int(str(next(iter(graph.query(count.format(part))))[0])) for part in parts]
    assert sum(numbers) == graph.stats().facts and min(numbers[:-1]) > 0 and numbers[-1] == 0


def test_a_graph_of_many_facts_keeps_no_files_of_a_former_state(copy: Path) -> None:
    before = (copy / "graph.ttl").read_bytes()
    with kg.Graph(copy) as graph:
        facts = graph.stats().facts
        assert not graph.write_exports(most=facts - 1)
        assert not (copy / "graph.ttl").exists() and not (copy / "graph.html").exists()
        assert graph.write_exports(most=facts)
    assert (copy / "graph.ttl").read_bytes() == before
