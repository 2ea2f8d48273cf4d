"""The read side: a store with two short articles, and views made by hand."""

from __future__ import annotations

import csv
import io
import itertools
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import explore, ontology
from kg.errors import RequestError
from kg.explore import Edge, Node, Quote, View
from kg.explore.importance import grouped, weighed
from kg.model import Article, Entity, Evidence, Extraction, Fact, Mention, Modality, Sentence
from kg.store import Store

ID = "https://example.org/kg/id/"
FIRST = "OpenAI hợp tác với Nvidia. AI phụ thuộc vào năng lượng, theo Sam Altman."
SECOND = "OpenAI không hợp tác với Nvidia."


def read(name: str, text: str, facts: tuple[tuple[str, str, str, str, str, Modality], ...]) -> tuple[Article, ...]:
    """An article with its sentences and extraction; facts as (subject, relation, object, speaker, quote, modality)."""
    kinds = {"OpenAI": "Organization", "Nvidia": "Organization", "AI": "Technology", "Sam Altman": "Person"}
    names = sorted({name for fact in facts for name in (fact[0], fact[2], fact[3]) if name})
    entities = tuple(
        Entity(key, word, kinds.get(word, "Resource"), (), (mention(text, word, kinds.get(word, "Resource")),))
        for key, word in enumerate(names)
    )
    found = tuple(
        Fact(
            names.index(s),
            relation,
            names.index(o),
            modality,
            names.index(who) if who else None,
            (quoted(text, q),),
            0.9,
        )
        for s, relation, o, who, q, modality in facts
    )
    article = Article(name, text, "vi", title=f"Bài {name}", date="2026-11-26")
    ends = [0, *(match.end() for match in re.finditer(r"\. ?", text))]
    sentences = tuple(Sentence(a, b, text[a:b].strip(), (), ()) for a, b in itertools.pairwise(ends))
    return article, sentences, Extraction(entities, found)  # type: ignore[return-value]


def mention(text: str, word: str, type: str) -> Mention:
    return Mention(text.index(word), text.index(word) + len(word), word, type, 0, 0, "name")


def quoted(text: str, words: str) -> Evidence:
    return Evidence(text.index(words), text.index(words) + len(words), words)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    together = ("OpenAI", "partnersWith", "Nvidia", "", "OpenAI hợp tác với Nvidia", Modality.ASSERTED)
    depends = ("AI", "dependsOn", "năng lượng", "Sam Altman", "AI phụ thuộc vào năng lượng", Modality.ASSERTED)
    denied = ("OpenAI", "partnersWith", "Nvidia", "", "OpenAI không hợp tác với Nvidia", Modality.DENIED)
    with Store.memory() as made:
        made.set_ontology(ontology.load())
        made.replace(*read("a.txt", FIRST, (together, depends)), run="r")  # type: ignore[arg-type]
        made.replace(*read("b.txt", SECOND, (denied,)), run="r")  # type: ignore[arg-type]
        yield made


def test_view_gives_facts_with_their_sentences(store: Store) -> None:
    view = explore.view(store)
    assert {node.label for node in view.nodes} == {"OpenAI", "Nvidia", "AI", "năng lượng", "Sam Altman"}
    assert (view.entities, view.facts) == (5, 3)
    said = next(edge for edge in view.edges if edge.speaker)
    assert (said.relation, said.modality, said.speaker_label) == ("dependsOn", "asserted", "Sam Altman")
    (quote,) = said.quotes
    assert quote.prefix + quote.exact + quote.suffix == "AI phụ thuộc vào năng lượng, theo Sam Altman."
    assert (quote.article, quote.title, quote.date, quote.start) == ("a.txt", "Bài a.txt", "2026-11-26", 27)
    assert sorted(edge.modality for edge in view.edges) == ["asserted", "asserted", "denied"]
    assert view.relation_labels["dependsOn"] == {"vi": "phụ thuộc vào", "en": "depends on"}
    assert view.type_labels["Person"]["vi"] == "người"


def test_view_keeps_the_most_central_and_says_how_many_there_are(store: Store) -> None:
    view = explore.view(store, most=2)
    assert [node.degree for node in view.nodes] == [2, 2]
    assert {node.label for node in view.nodes} == {"OpenAI", "Nvidia"}
    assert (len(view.edges), view.entities, view.facts) == (2, 5, 3)
    assert explore.view(store).nodes[-1].degree == 0  # Sam Altman only speaks


def test_view_of_some_entities_and_relations(store: Store) -> None:
    view = explore.view(store, entities=explore.find(store, "năng lượng"))
    assert [edge.relation for edge in view.edges] == ["dependsOn"]
    kg = "https://example.org/kg/ontology#"
    assert {edge.relation for edge in explore.view(store, relations=[f"{kg}partnersWith"]).edges} == {"partnersWith"}


def test_two_views_are_the_same(store: Store) -> None:
    assert explore.view(store) == explore.view(store)
    assert explore.layout(explore.view(store)) == explore.layout(explore.view(store))


@pytest.mark.parametrize("name", ["năng lượng", "NĂNG LƯỢNG", "nang luong", f"{ID}nang-luong", "id:nang-luong"])
def test_find_by_label_iri_and_without_tone_marks(store: Store, name: str) -> None:
    assert explore.find(store, name) == (f"{ID}nang-luong",)


def test_find_says_what_is_near(store: Store) -> None:
    with pytest.raises(RequestError, match=r"no entity 'Nvidea' in the graph; near it: Nvidia"):
        explore.find(store, "Nvidea")


def test_networkx_keeps_each_fact(store: Store) -> None:
    graph = explore.to_networkx(store)
    assert isinstance(graph, networkx.MultiDiGraph)
    assert graph.number_of_edges(f"{ID}openai", f"{ID}nvidia") == 2
    values = {type(value) for *_, edge in graph.edges(data=True) for value in edge.values()}
    assert values <= {str, int, float}
    assert graph.nodes[f"{ID}openai"]["label"] == "OpenAI"


def test_graphml_and_gexf_can_be_read_again(store: Store) -> None:
    view = explore.view(store)
    for write, load in ((explore.graphml, networkx.read_graphml), (explore.gexf, networkx.read_gexf)):
        data = write(view)
        assert data == write(view)
        again = load(io.BytesIO(data))
        assert sorted(again.nodes) == sorted(node.iri for node in view.nodes)
        assert sorted(edge["evidence"] for *_, edge in again.edges(data=True))[0] == "AI phụ thuộc vào năng lượng"
    assert b"lastmodified" not in explore.gexf(view)


def test_control_characters_do_not_break_xml() -> None:
    view = made(["trang 1\x0ctrang\u20282", "b"], [(0, 1)])
    for write, load in ((explore.graphml, networkx.read_graphml), (explore.gexf, networkx.read_gexf)):
        assert load(io.BytesIO(write(view))).nodes["id:0"]["label"] == "trang 1 trang\u20282"


def test_csv_has_a_row_for_each_sentence(store: Store) -> None:
    rows = list(csv.DictReader(io.StringIO(explore.table(explore.view(store)).decode(), newline="")))
    assert [row["relation"] for row in rows].count("partnersWith") == 2
    said = next(row for row in rows if row["speaker"])
    assert list(said.values())[:6] == ["AI", "dependsOn", "năng lượng", "asserted", "Sam Altman", "0.90"]
    assert (said["quote"], said["article"], said["start"]) == ("AI phụ thuộc vào năng lượng", "a.txt", "27")


def test_an_empty_store_gives_an_empty_view() -> None:
    with Store.memory() as empty:
        view = explore.view(empty)
    assert view == View((), (), 0, 0, {}, {})
    assert explore.layout(view) == {}
    assert explore.table(view).count(b"\n") == 1


def made(labels: list[str], pairs: list[tuple[int, int]]) -> View:
    """A view by hand: entities with labels, facts between them by number."""
    quote = Quote("a", "", "", 0, "", "x", "")
    edges = tuple(
        Edge(f"st:{n}", f"id:{a}", "uses", f"id:{b}", "asserted", "", "", 1.0, (quote,))
        for n, (a, b) in enumerate(pairs)
    )
    nodes = tuple(
        Node(f"id:{n}", label, "Concept", (), sum(n in pair for pair in pairs), 0.0, 0)
        for n, label in enumerate(labels)
    )
    return View(nodes, edges, len(nodes), len(edges), {}, {})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)), max_size=50))
def test_no_two_entities_are_drawn_in_one_place(pairs: list[tuple[int, int]]) -> None:
    places = explore.layout(made([f"thực thể {n}" for n in range(25)], pairs))
    assert len(places) == 25
    assert (
        min(max(abs(a - c) / 40, abs(b - d) / 24) for (a, b), (c, d) in itertools.combinations(places.values(), 2)) > 1
    )


def test_a_star_keeps_its_labels_apart_and_its_heart_in_the_middle() -> None:
    places = explore.layout(made([f"thực thể số {n}" for n in range(20)], [(0, n) for n in range(1, 20)]))
    wide, high = 24 + 7.2 * 12, 44
    for (a, b), (c, d) in itertools.combinations(places.values(), 2):
        assert abs(a - c) > wide * 0.8 or abs(b - d) > high * 0.8
    xs, ys = zip(*places.values(), strict=True)
    assert min(xs) < places["id:0"][0] < max(xs) and min(ys) < places["id:0"][1] < max(ys)


def test_linked_entities_are_nearer_than_others() -> None:
    chain = explore.layout(made([str(n) for n in range(9)], [(n, n + 1) for n in range(8)]))
    spots = [complex(*chain[f"id:{n}"]) for n in range(9)]
    steps = [abs(a - b) for a, b in itertools.pairwise(spots)]
    assert max(steps) < abs(spots[0] - spots[8]) / 4


def test_five_hundred_entities_are_placed_in_seconds() -> None:
    pairs = [(n, (n * n + 7) % max(n // 3, 1)) for n in range(1, 450)]
    view = made([f"thực thể {n}" for n in range(500)], pairs)
    start = time.process_time()
    explore.layout(view)
    assert time.process_time() - start < 5


def test_positions_do_not_depend_on_the_run() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests'); import test_explore as t; from kg import explore;"
        "print(explore.layout(t.made(list('abcdefgh'), [(0, 1), (0, 2), (0, 3), (4, 5), (3, 6)])))"
    )
    root = Path(__file__).parents[1]
    runs = {
        subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


def test_reading_loads_no_language_model() -> None:
    heavy = {"torch", "stanza", "networkx", "pyvis"}
    code = f"import kg.explore, kg.web.page, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importance_and_communities() -> None:
    view = made(list("abcdefg"), [(0, 1), (1, 2), (2, 0), (2, 3), (4, 5)])
    nodes = weighed([replace(node, degree=0) for node in view.nodes], view.edges)
    assert (nodes[0].label, nodes[0].degree, nodes[-1].label, nodes[-1].degree) == ("c", 3, "g", 0)
    homes = {node.label: node.community for node in grouped(view.nodes, view.edges)}
    assert homes["a"] == homes["b"] == homes["c"] == 0 and homes["e"] == homes["f"] != homes["g"]
