"""What a worker is asked about the published graph.

A task is a function from plain values to an answer; whatever is wrong with a request is a Refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from kg.errors import LimitError, QueryError, RequestError, StoreError
from kg.store import Limits, Store
from kg.store.queries import bare, graphs_of
from kg.web.answers import Answer, Refusal, busy
from kg.web.media import DATASETS, MEDIA_TYPES, named, negotiate
from kg.web.published import Published

READ_ONLY = "updates are not allowed here: this endpoint is read-only; send SELECT, ASK, CONSTRUCT or DESCRIBE"
LIMITS = Limits(rows=1_000_000, size=100_000_000)
FRESH = (("Vary", "Accept"), ("Cache-Control", "no-cache"))  # a build may change the graph at any time

Writer = Callable[[Store, Path], None]

_NO_GRAPH = "urn:kg:none"  # the default graph of a request that names only named graphs
_UPDATES = re.compile(
    r"(?:\s*(?:prefix|base)\b)*\s*(?:insert|delete|load|clear|create|drop|add|move|copy|with)\b", re.IGNORECASE
)


class Reader:
    """Reads the newest checkpoint of a folder, which may not be there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._published: Published | None = None

    def published(self) -> Store:
        """The store to read from now. Raises StoreError."""
        if self._published is None:
            self._published = Published(self.folder)
        return self._published()


@contextmanager
def refusing(text: str = "") -> Iterator[None]:
    """What goes wrong, as Refusal; ``text`` is what the person wrote."""
    try:
        yield
    except LimitError as error:
        raise Refusal(500, str(error)) from error
    except QueryError as error:
        raise explain(str(error), text) from error
    except RequestError as error:
        raise Refusal(400, str(error)) from error
    except (StoreError, OSError) as error:
        raise busy(f"the graph cannot be used: {error}", 10) from error


def query(
    reader: Reader,
    text: str,
    default_graphs: Sequence[str],
    named_graphs: Sequence[str],
    accept: str,
    format: str,
    about: str = "",
    missing: int = 400,
    base: str = "",
) -> Answer:
    """The whole result of a query. Graphs that are not there get the status ``missing``, entities ``about`` 404."""
    with refusing(text):
        store = reader.published()
        if unknown := store.missing_graph((*default_graphs, *named_graphs) or graphs_of(text, base)):
            raise Refusal(missing, f"no graph <{unknown}> here: SELECT DISTINCT ?g {{ GRAPH ?g {{}} }} lists them")
        if about and not _is_known(store, about):
            raise Refusal(404, f"nothing is known of <{about}> here")
        default = default_graphs or ([_NO_GRAPH] if named_graphs else [])
        result = store.query(text, default_graphs=default, named_graphs=named_graphs, base=base)
        offered = MEDIA_TYPES[result.kind]
        media_type = named(format, offered) if format else negotiate(accept, offered)
        content = result.serialize(offered[media_type], LIMITS)
    return Answer(content, media_type, headers=FRESH)


def _is_known(store: Store, iri: str) -> bool:
    """Whether anything is said of a name, which may be no IRI at all."""
    with suppress(QueryError):
        return bool(store.query(f"ASK {{ <{iri}> ?p ?o }}"))
    return False


def dump(reader: Reader, format: str, path: str) -> Answer:
    """The whole graph, written to a file in one of WRITERS; the answer is empty."""
    with refusing():
        WRITERS[format](reader.published(), Path(path))
    return Answer(b"")


def _turtle(store: Store, path: Path) -> None:
    with path.open("wb") as file:
        store.export("turtle", file)


def _dataset(format: str) -> Writer:
    return lambda store, path: store.dump(format, path)


def _drawn(name: str) -> Writer:
    """A function of ``kg.explore``, which is loaded when somebody asks."""

    def write(store: Store, path: Path) -> None:
        from kg import explore

        path.write_bytes(getattr(explore, name)(explore.view(store, most=None)))

    return write


def _picture(store: Store, path: Path) -> None:
    from kg.web import page  # takes half a second, so it comes with the first picture

    path.write_bytes(page.from_store(store))


WRITERS: Mapping[str, Writer] = {
    "turtle": _turtle,
    "graphml": _drawn("graphml"),
    "gexf": _drawn("gexf"),
    "picture": _picture,
    **{format: _dataset(format) for format in DATASETS.values()},
}
"""Formats of the whole graph, and what writes a file in each."""


def explain(message: str, text: str) -> Refusal:
    """A bad query or update: what the store says, and the line that it means with a mark below the place."""
    if "asks another server" in message:
        return Refusal(403, message)
    if message.startswith("the query cannot be read") and _UPDATES.match(bare(text)):
        return Refusal(403, READ_ONLY)
    place = re.search(r"\bat (\d+):(\d+)", message)
    lines = text.split("\n")
    if place is None or not 1 <= int(place[1]) <= len(lines):
        return Refusal(400, message)
    line, column = int(place[1]), int(place[2])
    mark = " " * (column - 1) + "^"
    return Refusal(400, f"{message}\nline {line}, column {column}:\n{lines[line - 1].expandtabs(1)}\n{mark}")
