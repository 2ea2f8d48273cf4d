"""Positions of many entities: communities as islands."""

from __future__ import annotations

import itertools
from collections import defaultdict

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.explore.islands import SEA, islands
from kg.explore.values import Edge, Node, View


def view(sizes: list[int], pairs: list[tuple[int, int]]) -> View:
    """Communities of such sizes, and facts between entities by number."""
    homes = [home for home, size in enumerate(sizes) for _ in range(size)]
    nodes = tuple(Node(f"id:{n}", f"tên {n}", "", (), 1, 0.0, home) for n, home in enumerate(homes))
    ends = sorted({(a % len(homes), b % len(homes)) for a, b in pairs})
    edges = tuple(Edge(f"{a} {b}", f"id:{a}", "", f"id:{b}", "", "", "", 1.0, ()) for a, b in ends)
    return View(nodes, edges, len(nodes), len(edges), {}, {})


@settings(max_examples=25, deadline=None)
@example([18], [(0, 1), (2, 3)])  # the radius of the only island, squared, is rounded in two ways
@given(
    st.lists(st.integers(1, 25), min_size=1, max_size=7),
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=80),
)
def test_islands_lie_apart_and_so_do_entities(sizes: list[int], pairs: list[tuple[int, int]]) -> None:
    part = view(sizes, pairs)
    places = islands(part)
    assert places == islands(part) and len(set(places.values())) == len(part.nodes) == sum(sizes)
    discs: dict[int, list[complex]] = defaultdict(list)
    for node in part.nodes:
        discs[node.community].append(complex(*places[node.iri]))
    for one, other in itertools.combinations(discs.values(), 2):
        assert min(abs(a - b) for a in one for b in other) > SEA / 2


def test_an_island_of_very_many_has_a_place_for_each() -> None:
    places = islands(view([400, 3], [(n, n // 2) for n in range(1, 400)]))
    assert len(set(places.values())) == 403
