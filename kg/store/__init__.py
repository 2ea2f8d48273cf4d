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
    folder.py     checkpoints, versions, and what a killed process left
    quads.py      what is asked of a database: one of this process, or
    remote.py     one behind a SPARQL server, and client.py, which sends the requests
    copies.py     copies to keep, and stores from copies
    lock.py       the right to write, which one process has at a time
    files.py      files that appear whole or not at all

On disk, below the folder of a store:

    VERSION       the number of this layout
    LOCK          held by the one writer, and names it
    live/         what the one writer works on
    AHEAD         is there while that may hold what was not published
    published/N/  checkpoints: what readers open; CURRENT names the newest
"""

from kg.store.copies import backup, restorable
from kg.store.curator import Curator
from kg.store.database import Stats, Store
from kg.store.export import FORMATS
from kg.store.files import replacing
from kg.store.folder import EXPORTS, STORE, current
from kg.store.results import RESULT_FORMATS, Limits, Result

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
    "backup",
    "current",
    "replacing",
    "restorable",
]
