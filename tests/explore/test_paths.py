"""Paths and neighbours in stores of a few facts."""

from __future__ import annotations

import itertools

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stated import Said, put

from kg.explore.index import MODALITIES, Index, read_index
from kg.explore.neighbours import neighbours, shares
from kg.explore.paths import Path, paths
from kg.model import Modality
from kg.store import Store


def index(*facts: Said) -> Index:
    with Store.memory() as store:
        put(store, facts)
        return read_index(store)


def linked(*pairs: str) -> Index:
    """Facts between entities of one-letter names: "ab" says that A works with B."""
    return index(
        *(Said(*(f"Công ty {name}" for name in pair[:1]), "partnersWith", f"Công ty {pair[1]}") for pair in pairs)
    )


def between(known: Index, start: str, end: str, **options: object) -> list[str]:
    """Paths as the letters of their entities."""
    asked = {"limit": 5, "longest": 6} | options
    return [letters(known, path) for path in paths(known, number(known, start), number(known, end), **asked)]  # type: ignore[arg-type]


def number(known: Index, letter: str) -> int:
    return known.labels.index(f"Công ty {letter}")


def letters(known: Index, path: Path) -> str:
    return "".join(known.labels[entity][-1] for entity in path.entities)


def test_paths_go_either_way_and_shorter_ones_come_first() -> None:
    known = linked("ab", "cb", "ad", "de", "ec", "zz")
    assert between(known, "a", "c") == ["abc", "adec"]
    assert between(known, "c", "a") == ["cba", "ceda"]
    assert between(known, "a", "c", longest=2) == between(known, "a", "c", limit=1) == ["abc"]


def test_there_is_none_to_itself_nor_to_another_part_of_the_graph_nor_beyond_the_longest() -> None:
    known = linked("ab", "bc", "cd", "xy")
    assert between(known, "a", "a") == between(known, "a", "x") == between(known, "a", "d", longest=2) == []
    assert between(known, "a", "d", longest=3) == ["abcd"]


def test_the_way_through_less_central_entities_goes_first() -> None:
    known = linked("ah", "hb", "hc", "hd", "he", "hf", "hg", "as", "sb")
    assert between(known, "a", "b") == ["asb", "ahb"]


def test_the_surer_way_goes_first_and_a_denied_one_last() -> None:
    def way(middle: str, confidence: float, modality: Modality) -> list[Said]:
        return [
            Said(f"Công ty {a}", "partnersWith", f"Công ty {b}", modality, confidence)
            for a, b in ("a" + middle, middle + "b")
        ]

    known = index(*way("d", 0.9, Modality.DENIED), *way("u", 0.5, Modality.ASSERTED), *way("s", 0.9, Modality.PLANNED))
    assert between(known, "a", "b") == ["asb", "aub", "adb"]
    assert between(known, "a", "b", modalities=["asserted"]) == ["aub"]
    assert between(known, "a", "b", modalities=["asserted", "denied"]) == ["aub", "adb"]


def test_a_hop_has_all_facts_between_its_ends_the_surest_first_and_denied_ones_last() -> None:
    one, other = "Công ty a", "Công ty b"
    known = index(
        Said(one, "partnersWith", other, Modality.DENIED, 0.99),
        Said(other, "uses", one, confidence=0.5),
        Said(one, "owns", other, confidence=0.8),
        Said(one, "owns", "Công ty c"),
    )
    (path,) = paths(known, number(known, "a"), number(known, "b"), limit=5, longest=6)
    relations = [known.facts.relation_iris[known.facts.relations[fact]].rsplit("#", 1)[1] for fact in path.hops[0]]
    assert relations == ["owns", "uses", "partnersWith"]


PAIRS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), min_size=1, max_size=16)


@settings(max_examples=25, deadline=None)
@given(PAIRS)
def test_paths_are_those_that_networkx_finds(pairs: list[tuple[str, str]]) -> None:
    known = linked(*("".join(pair) for pair in pairs))
    graph = networkx.Graph(pair for pair in pairs if pair[0] != pair[1])
    for start, end in itertools.combinations(sorted({end for pair in pairs for end in pair}), 2):
        found = between(known, start, end, limit=1000)
        every: list[str] = []
        if start in graph and end in graph and networkx.has_path(graph, start, end):
            most = networkx.shortest_path_length(graph, start, end) + 1
            every = ["".join(path) for path in networkx.all_simple_paths(graph, start, end, cutoff=min(most, 6))]
        assert sorted(found) == sorted(every)
        assert [len(path) for path in found] == sorted(len(path) for path in every)
        assert between(known, start, end, limit=2) == found[:2]


def test_neighbours_are_grouped_by_relation_and_direction_with_true_counts() -> None:
    hub = "Công ty h"
    known = index(
        *(Said(hub, "owns", f"Công ty {letter}") for letter in "abcdefg"),
        Said("Công ty a", "owns", hub),
        Said(hub, "uses", "Công ty a"),
        Said(hub, "uses", "Công ty a", Modality.DENIED),
    )
    groups = neighbours(known, number(known, "h"), limit=100)
    told = [(group.relation.rsplit("#", 1)[1], group.direction, group.count) for group in groups]
    assert told == [("owns", "out", 7), ("uses", "out", 2), ("owns", "in", 1)]
    assert [len(group.facts) for group in groups] == [7, 2, 1]
    assert groups[1].entities == groups[2].entities == (number(known, "a"),)
    few = neighbours(known, number(known, "h"), limit=6)
    assert [group.count for group in few] == [7, 2, 1] and [len(group.facts) for group in few] == [3, 2, 1]
    assert few[0].facts == groups[0].facts[:3] and groups[0].entities[0] == number(known, "a")  # the most central


@given(st.lists(st.integers(1, 50), min_size=1, max_size=9), st.integers(1, 200))
def test_shares_use_all_the_room_and_no_group_gets_less_than_a_larger_one_for_it(counts: list[int], limit: int) -> None:
    shown = shares(counts, limit)
    assert sum(shown) == min(limit, sum(counts)) and all(a <= b for a, b in zip(shown, counts, strict=True))
    cut = [some for some, count in zip(shown, counts, strict=True) if some < count]
    assert not cut or max(shown) - min(cut) <= 1


def test_an_index_of_nothing() -> None:
    with Store.memory() as store:
        known = read_index(store)
    assert (known.iris, known.facts.iris, known.names.find("x", limit=3)) == ((), (), ([], 0))


def test_the_index_ranks_entities_and_tells_all_of_a_fact() -> None:
    known = index(
        Said("Công ty a", "owns", "Công ty b", Modality.PLANNED, 0.75, "Lê An", "2026-05"),
        Said("Công ty b", "uses", "Công ty c"),
    )
    assert known.labels[0] == "Công ty b" and known.labels[-1] == "Lê An"  # who only speaks is in no fact
    assert known.degrees.tolist() == [2, 1, 1, 0] and known.types[-1].endswith("#Person")
    (fact,) = np.flatnonzero(known.facts.modalities == MODALITIES.index("planned"))
    assert (known.facts.confidences[fact], known.facts.dates[fact]) == (0.75, "2026-05")
    assert known.facts.speakers[fact] == known.iris[-1]
    assert "planned.txt" in known.facts.articles[fact] and known.facts.iris[fact].count("/statement/") == 1


@pytest.mark.parametrize("entities", [1, 40])
def test_two_indexes_are_the_same(entities: int) -> None:
    facts = [Said(f"Công ty a{n}", "owns", f"Công ty a{n * n % 7}") for n in range(1, entities + 1)]
    one, other = index(*facts), index(*reversed(facts))
    assert one.iris == other.iris and one.facts.iris == other.facts.iris
    assert np.array_equal(one.about, other.about) and one.names.texts == other.names.texts
