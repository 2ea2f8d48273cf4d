"""Where to draw each entity: computed beforehand, always the same for the same view, without overlaps.

Each component is laid out by stress majorization: distances on the screen follow distances in the graph, and entities
with many facts get longer edges, so that their neighbours have room. Small components fill the room around the
greatest one. Last, what still overlaps is pushed apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kg.explore.values import Node, View

if TYPE_CHECKING:
    import networkx

ASPECT = 1.3  # width to height of a usual window
CELL = 40  # pixels: what a component covers is counted in squares of this size
LETTER = 7.2  # pixels: mean width of a letter of a label

Points = Any  # numpy array of shape (entities, 2), pixels at scale 1, y downwards


def layout(part: View) -> dict[str, tuple[int, int]]:
    """Positions in pixels at scale 1 by IRI: linked entities near each other, nothing on top of anything."""
    import networkx
    import numpy as np

    index = {node.iri: number for number, node in enumerate(part.nodes)}
    if not index:
        return {}
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(index)))
    graph.add_edges_from(sorted({(index[edge.subject], index[edge.object]) for edge in part.edges}))
    graph.remove_edges_from(list(networkx.selfloop_edges(graph)))
    parts = [sorted(group) for group in networkx.connected_components(graph)]
    parts.sort(key=lambda group: (-len(group), group[0]))
    rooms = np.array([_room(node, len(index)) for node in part.nodes])
    shapes = [_apart(_component(graph.subgraph(group), len(index)), rooms[group]) for group in parts]
    xy = np.zeros((len(index), 2))
    for group, shape in zip(parts, _packed(shapes, [rooms[group] for group in parts]), strict=True):
        xy[group] = shape
    xy -= xy[parts[0]].mean(axis=0)
    return {node.iri: (round(float(x)), round(float(y))) for node, (x, y) in zip(part.nodes, xy, strict=True)}


def _room(node: Node, entities: int) -> tuple[float, float]:
    """Width and height that a node takes: with its label in small pictures, less in big ones, where people zoom in."""
    letters = min(len(node.label), 22)
    dense = min(max((entities - 40) / 260, 0), 1)
    node_wide = 26 + 5.6 * min(node.degree, 60) ** 0.5
    return max(node_wide, (1 - dense) * (24 + LETTER * letters)), 46 - 12 * dense + 2 * min(node.degree, 60) ** 0.5


def _component(graph: networkx.Graph, entities: int) -> Points:
    """One component around (0, 0), its longer side lying."""
    import numpy as np

    unit = float(np.clip(210 - 30 * np.log2(max(entities, 20) / 20), 62, 210))
    if len(graph) <= 2:
        return np.array([[-0.5, 0.0], [0.5, 0.0]])[: len(graph)] * max(unit, 120) * (len(graph) - 1)
    distances = _distances(graph)
    points = _majorized(distances, _scaled(distances))
    points -= points.mean(axis=0)
    axes = np.linalg.eigh(points.T @ points)[1][:, ::-1]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    return points @ axes * unit


def _distances(graph: networkx.Graph) -> Any:
    """Lengths of shortest paths; an edge is the longer the more neighbours its ends have."""
    import numpy as np
    from scipy.sparse.csgraph import shortest_path

    order = {n: number for number, n in enumerate(sorted(graph))}
    lengths = np.zeros((len(order), len(order)))
    for a, b in graph.edges:
        less, more = sorted((graph.degree(a), graph.degree(b)))
        length = 0.75 + 0.12 * more**0.5 + 0.16 * (less - 1) ** 0.5
        lengths[order[a], order[b]] = lengths[order[b], order[a]] = length
    return shortest_path(lengths, directed=False)


def _scaled(distances: Any) -> Points:
    """Where to start: classical scaling, and a small spiral that parts those with the same distances to all."""
    import numpy as np

    squares = distances**2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    vectors = vectors[:, -2:] * np.sign(vectors[np.abs(vectors[:, -2:]).argmax(axis=0), [-2, -1]])
    turn = np.arange(len(distances)) * 2.39996
    spiral = np.stack([np.cos(turn), np.sin(turn)], axis=1) * 0.4
    return vectors * np.sqrt(np.maximum(values[-2:], 0)) + spiral


def _majorized(distances: Any, points: Points, *, rounds: int = 150) -> Points:
    """Points whose distances are as near to the wanted ones as can be (SMACOF); near pairs count more."""
    import numpy as np

    weights = 1 / (distances + np.eye(len(points))) ** 2
    np.fill_diagonal(weights, 0)
    laplacian = np.diag(weights.sum(axis=1)) - weights
    inverse = np.linalg.inv(laplacian + 1 / len(points))  # but for a shift, which changes no distance
    wanted = weights * distances
    for _ in range(rounds):
        between = np.hypot(*(points[:, None, axis] - points[None, :, axis] for axis in (0, 1)))
        pull = wanted / np.maximum(between, 1e-9)
        moved = inverse @ (pull.sum(axis=1)[:, None] * points - pull @ points)
        done = np.abs(moved - points).max() < 0.002
        points = moved
        if done:
            break
    return points


def _packed(shapes: Sequence[Points], rooms: Sequence[Any]) -> list[Points]:
    """The first component in the middle, each other one as near to it as there is room."""
    import numpy as np
    from scipy.signal import fftconvolve

    masks = [_mask(shape, room) for shape, room in zip(shapes, rooms, strict=True)]
    side = 2 * max(masks[0].shape) + 6 * int(np.sqrt(sum(mask.size for mask in masks))) + 2
    taken = np.zeros((side, side))
    ys, xs = np.indices(taken.shape)
    placed = []
    for shape, mask in zip(shapes, masks, strict=True):
        high, wide = mask.shape
        clash = fftconvolve(taken, mask[::-1, ::-1], mode="valid") > 0.5
        far = ((xs + wide / 2 - side / 2) / ASPECT) ** 2 + (ys + high / 2 - side / 2) ** 2
        far = np.round(far[: clash.shape[0], : clash.shape[1]], 3)
        row, column = np.unravel_index(np.where(clash, np.inf, far).argmin(), clash.shape)
        taken[row : row + high, column : column + wide] += mask
        corner = np.array([column, row]) * CELL + np.array([wide, high]) * CELL / 2
        placed.append(shape - (shape.min(axis=0) + shape.max(axis=0)) / 2 + corner)
    return placed


def _mask(shape: Points, rooms: Any) -> Any:
    """The squares that a component covers, edges left out; the middle of the array is the middle of the component."""
    import numpy as np

    centre = (shape.min(axis=0) + shape.max(axis=0)) / 2
    reach = rooms / 2 + [CELL / 2, CELL / 4]
    half = np.ceil((np.abs(shape - centre) + reach).max(axis=0) / CELL).astype(int) + 1
    mask = np.zeros((2 * half[1], 2 * half[0]))
    first, last = (np.floor((shape - centre + way * reach) / CELL).astype(int) + half for way in (-1, 1))
    for (left, top), (right, bottom) in zip(first, last, strict=True):
        mask[top : bottom + 1, left : right + 1] = 1
    if len(shape) <= 12:  # small ones as their box, so that no edge crosses another component
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = 1
    return mask


def _apart(points: Points, rooms: Any, *, rounds: int = 120) -> Points:
    """Push apart what overlaps: every node has a box of its own, the label below it included."""
    import numpy as np

    xy = points.copy()
    wide, high = ((rooms[:, None, axis] + rooms[None, :, axis]) / 2 for axis in (0, 1))
    order = np.sign(np.arange(len(xy))[:, None] - np.arange(len(xy))[None, :])
    for _ in range(rounds):
        dx, dy = (xy[:, None, axis] - xy[None, :, axis] for axis in (0, 1))
        over_x, over_y = wide - np.abs(dx), high - np.abs(dy)
        clash = (over_x > 0) & (over_y > 0) & (order != 0)
        if not clash.any():
            break
        sideways = clash & (over_x / wide < over_y / high)
        upright = clash & ~sideways
        xy[:, 0] += (np.where(dx == 0, order, np.sign(dx)) * over_x * sideways).sum(axis=1) * 0.25
        xy[:, 1] += (np.where(dy == 0, order, np.sign(dy)) * over_y * upright).sum(axis=1) * 0.25
    return xy
