"""The triple store: open, replace an article's graph, query, export. The only importer of pyoxigraph.

    database.py   open, replace, remove, publish, load: what changes a store, one atomic update each
    updates.py    the SPARQL updates as text
    results.py    query results as values and as bytes
    export.py     sorted files: the same content gives the same bytes

On disk, below the folder of a store:

    VERSION       the number of this layout
    live/         what the one writer works on
    published/N/  checkpoints: what readers open; CURRENT names the newest
"""

from kg.store.database import Stats, Store
from kg.store.export import FORMATS
from kg.store.folder import current
from kg.store.results import RESULT_FORMATS, Result

STORE = "store"  # the folder of the store within an output folder

__all__ = ["FORMATS", "RESULT_FORMATS", "STORE", "Result", "Stats", "Store", "current"]
