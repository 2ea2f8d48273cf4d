"""The triple store: open, replace an article's graph, query, export. The only importer of pyoxigraph.

    database.py   open, replace, remove, publish, load: what changes a store, one atomic update each
    mentions.py   which entity each mention refers to, worked out anew where an article comes or goes
    curator.py    what people decide, one atomic update each
    curation.py   their decisions in the store: they go before what is found
    statements.py statements as they are taken away, put right, or wanted back
    changes.py    the one update that puts an article in or takes it out: only what differs
    updates.py    the SPARQL updates as text
    queries.py    what is asked, and what is refused
    results.py    query results as values and as bytes
    sorting.py    sorted lines in bounded memory
    export.py     sorted files: the same content gives the same bytes

On disk, below the folder of a store:

    VERSION       the number of this layout
    live/         what the one writer works on
    published/N/  checkpoints: what readers open; CURRENT names the newest
"""

from kg.store.curator import Curator
from kg.store.database import Stats, Store
from kg.store.export import FORMATS, restorable
from kg.store.folder import current
from kg.store.results import RESULT_FORMATS, Limits, Result

STORE = "store"  # the folder of the store within an output folder
EXPORTS = {"graph.ttl": "turtle", "graph.html": "html"}  # the files beside it, and their formats

__all__ = [
    "EXPORTS",
    "FORMATS",
    "RESULT_FORMATS",
    "STORE",
    "Curator",
    "Limits",
    "Result",
    "Stats",
    "Store",
    "current",
    "restorable",
]
