"""The read side: store -> a part of the graph as plain values, names to entities, positions, paths, other formats.

    values.py       View, Node, Edge, Quote
    reading.py      store -> View; names -> entities
    importance.py   degree, PageRank, communities
    positions.py    View -> where to draw each entity
    formats.py      View -> networkx, GraphML, GEXF, CSV

    index.py        store -> Index: all entities and facts by number, for the modules below
    names.py        what people type -> entities
    opening.py      the most central entities, their communities and places
    islands.py      where to draw many entities
    neighbours.py   an entity's facts by relation and direction
    paths.py        how two entities are connected

Never loads a language model; networkx is imported where it is used, since it is slow to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.explore.formats import gexf, graphml, network, table
from kg.explore.positions import layout
from kg.explore.reading import find, view
from kg.explore.values import MOST, Edge, Node, Quote, View
from kg.store import Store

if TYPE_CHECKING:
    import networkx

__all__ = [
    "MOST", "Edge", "Node", "Quote", "View", "find", "gexf", "graphml", "layout", "network", "table", "to_networkx",
    "view",
]  # fmt: skip


def to_networkx(store: Store) -> networkx.MultiDiGraph:
    """All entities and facts: nodes and edges are named by IRI, attributes are strings and numbers."""
    return network(view(store, most=None))
