"""Where to draw many entities: each community laid out by itself, and all of them as islands with sea between.

Laying out all together takes time by the cube of their number, and shows a hairball.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from kg.explore.positions import Points, layout
from kg.explore.values import Edge, View

SEA = 120  # pixels between two islands, at least
LARGE = 150  # entities of an island whose facts decide where they are; others lie around, the most central inside
TURN = 2.39996  # golden angle: points of a spiral by it lie evenly


def islands(part: View) -> dict[str, tuple[int, int]]:
    """Positions in pixels at scale 1 by IRI; the communities of the view's nodes are the islands."""
    import numpy as np

    homes = {node.iri: node.community for node in part.nodes}
    inner: dict[int, list[Edge]] = defaultdict(list)
    bridges: Counter[tuple[int, int]] = Counter()
    for edge in part.edges:
        ends = sorted((homes[edge.subject], homes[edge.object]))
        if ends[0] == ends[1]:
            inner[ends[0]].append(edge)
        else:
            bridges[ends[0], ends[1]] += 1
    shapes = [_island(part, home, inner[home]) for home in sorted(set(homes.values()))]
    radii = np.array([max(np.hypot(x, y) for x, y in shape.values()) for shape in shapes])
    centres = _centres(radii + SEA / 2, bridges)
    return {
        iri: (round(x + centres[home][0]), round(y + centres[home][1]))
        for home, shape in enumerate(shapes)
        for iri, (x, y) in shape.items()
    }


def _island(part: View, home: int, edges: list[Edge]) -> dict[str, tuple[float, float]]:
    """One community around (0, 0)."""
    import numpy as np

    nodes = tuple(node for node in part.nodes if node.community == home)
    inside = {node.iri for node in nodes[:LARGE]}
    between = tuple(edge for edge in edges if edge.subject in inside and edge.object in inside)
    found = layout(replace(part, nodes=nodes[:LARGE], edges=between))
    middle = np.mean(list(found.values()), axis=0)
    places = {iri: (float(x - middle[0]), float(y - middle[1])) for iri, (x, y) in found.items()}
    reach = max(np.hypot(x, y) for x, y in places.values())
    for number, node in enumerate(nodes[LARGE:]):
        far = (reach + 60) * (1 + number / LARGE) ** 0.5
        places[node.iri] = (far * float(np.cos(number * TURN)), far * float(np.sin(number * TURN)))
    return places


def _centres(radii: Points, bridges: Counter[tuple[int, int]], *, rounds: int = 400) -> Points:
    """Where discs of these radii lie without touching: in a spiral first, the greatest inside, then linked ones drawn
    to each other and all to the middle."""
    import numpy as np

    turn = np.arange(len(radii)) * TURN
    squares = radii**2
    far = np.sqrt(np.cumsum(squares) - squares[0])
    xy = np.stack([np.cos(turn), np.sin(turn)], axis=1) * far[:, None] * 1.3
    apart = radii[:, None] + radii[None, :]
    pull = np.zeros((len(radii), len(radii)))
    for (a, b), count in bridges.items():
        pull[a, b] = pull[b, a] = np.log2(1 + count)
    pull /= np.maximum(pull.sum(axis=1, keepdims=True), 1)
    for step in range(rounds):
        drawn = pull @ xy - pull.sum(axis=1, keepdims=True) * xy - 0.2 * xy
        xy = _parted(xy + drawn * 0.1 * (1 - step / rounds), apart, rounds=1)
    return _parted(xy, apart, rounds=300)


def _parted(xy: Points, apart: Points, *, rounds: int) -> Points:
    """Discs moved away from each other until none overlap, or for so many rounds."""
    import numpy as np

    for _ in range(rounds):
        away = xy[:, None] - xy[None, :]
        between = np.maximum(np.hypot(away[..., 0], away[..., 1]), 1e-6)
        over = np.maximum(apart - between, 0)
        np.fill_diagonal(over, 0)
        if not over.any():
            break
        xy = xy + (away / between[..., None] * over[..., None] * 0.5).sum(axis=1)
    return xy
