"""Files: sorted, so that the same content gives the same bytes, and lossless where the format keeps graphs apart.

A whole store is never held in memory: its lines of N-Triples are sorted, and read again by the writer of the format.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox
from rdflib import URIRef

from kg.errors import RequestError, StoreError
from kg.rdf import KG, ONTOLOGY_GRAPH, PREFIXES, RUN_GRAPH
from kg.store.quads import Quads
from kg.store.sorting import SortedLines

FORMATS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_RESTORABLE = {".trig": ox.RdfFormat.TRIG, ".nq": ox.RdfFormat.N_QUADS, ".nquads": ox.RdfFormat.N_QUADS}
_LINES = ("ntriples", "nquads")  # sorted as ``LC_ALL=C sort`` does
_BATCH = 10_000  # lines that are read at once
_CLASS_FIRST = f"> <{_TYPE}> ".encode(), b"> <\0> "  # a byte that N-Triples has only escaped
_MACHINERY = {RUN_GRAPH, ONTOLOGY_GRAPH}  # not knowledge: only in the formats that keep graphs apart
_PART = """CONSTRUCT { ?n ?p ?o . ?s ?relation ?object } WHERE {
  { SELECT DISTINCT ?st ?relation { ?st rdf:predicate ?relation . %s %s } }
  ?st (rdf:subject|rdf:object|prov:wasAttributedTo|prov:wasDerivedFrom|prov:wasGeneratedBy
    |kg:subjectMention|kg:objectMention|kg:speakerMention
    |prov:wasDerivedFrom/oa:hasSelector|prov:wasDerivedFrom/oa:hasSource)? ?n .
  ?n ?p ?o .
  FILTER(?p != schema:text && (!STRSTARTS(STR(?n), STR(id:)) || ?p IN (rdf:type, skos:prefLabel, skos:altLabel)))
  OPTIONAL { ?st rdf:subject ?s ; rdf:object ?object . ?s ?relation ?object }
}"""


def write(store: Quads, format: str, file: IO[bytes], *, about: Sequence[str], relations: Sequence[str]) -> None:
    """All quads, or the statements of some entities and relations with their evidence, in one of FORMATS."""
    if format not in FORMATS:
        raise RequestError(f"unknown format {format!r}: use one of {', '.join(FORMATS)}")
    for iri in (*about, *relations):
        if not _IRI.fullmatch(iri):
            raise RequestError(f"{iri!r} is no IRI: give one such as {KG.leads}")
    if about or relations:
        part: Any = store.query(_part(about, relations), prefixes=PREFIXES, use_default_graph_as_union=True)
        write_rows(sorted(set(part), key=order), file, format)
    elif format in _LINES:
        with SortedLines() as lines:
            for graph in (None,) if format == "nquads" else _graphs(store):
                store.dump(cast(IO[bytes], lines), format=FORMATS[format], from_graph=graph)
            file.writelines(lines)
    elif format == "trig":
        rows = ((row, graph) for graph in _graphs(store, all=True) for row in _in_order(store, [graph]))
        write_rows((ox.Quad(row.subject, row.predicate, row.object, graph) for row, graph in rows), file, format)
    else:
        write_rows(_in_order(store, _graphs(store)), file, format)


def _graphs(store: Quads, *, all: bool = False) -> list[Any]:
    """The graphs, sorted, the default graph last; those of the machinery only if ``all``."""
    named = sorted(store.named_graphs(), key=str)
    return [*(graph for graph in named if all or URIRef(graph.value) not in _MACHINERY), ox.DefaultGraph()]


def _in_order(store: Quads, graphs: Sequence[Any]) -> Iterator[ox.Triple]:
    """The triples of some graphs, each once, in the order of ``order``."""
    with SortedLines(_CLASS_FIRST) as lines:
        for graph in graphs:
            store.dump(cast(IO[bytes], lines), format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
        rest = iter(lines)
        while batch := b"".join(itertools.islice(rest, _BATCH)):
            yield from (quad.triple for quad in ox.parse(batch, format=ox.RdfFormat.N_TRIPLES))


def write_rows(rows: Iterable[Any], file: IO[bytes], format: str) -> None:
    """Triples or quads of pyoxigraph, in their order, in one of FORMATS."""
    if format in ("ntriples", "nquads", "jsonld"):  # these have no prefixes
        ox.serialize(rows, file, format=FORMATS[format])
        return
    sorted_header = _SortedHeader(file)
    ox.serialize(rows, cast(IO[bytes], sorted_header), format=FORMATS[format], prefixes=PREFIXES)
    sorted_header.finish()


def dump(store: Quads, format: str, file: Path) -> None:
    """All quads as they come, quickly and in little memory, in a format of FORMATS that keeps graphs apart."""
    store.dump(str(file), format=FORMATS[format], prefixes=PREFIXES)


def order(row: Any) -> tuple[str, bool, str, str]:
    """By subject, its class first."""
    return str(row.subject), row.predicate.value != _TYPE, str(row.predicate), str(row.object)


class _SortedHeader:
    """A file whose leading prefix lines are put in order, since pyoxigraph writes them in another one every time."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._header: bytes | None = b""

    def write(self, data: bytes) -> int:
        if self._header is None:
            return self._file.write(data)
        self._header += data
        lines = self._header.split(b"\n")
        count = next((n for n, line in enumerate(lines[:-1]) if not line.startswith(b"@prefix")), None)
        if count is not None:
            self._file.write(b"\n".join([*sorted(lines[:count]), *lines[count:]]))
            self._header = None
        return len(data)

    def flush(self) -> None:
        """Nothing is passed on before the header is whole."""

    def finish(self) -> None:
        """Pass on a header that no triple follows."""
        if self._header:
            self._file.write(b"".join(sorted(self._header.splitlines(keepends=True))))


def _part(about: Sequence[str], relations: Sequence[str]) -> str:
    ends = " ".join(f"<{iri}>" for iri in sorted(about))
    kinds = " ".join(f"<{iri}>" for iri in sorted(relations))
    return _PART % (
        f"VALUES ?end {{ {ends} }} ?st rdf:subject|rdf:object ?end ." if ends else "",
        f"VALUES ?relation {{ {kinds} }}" if kinds else "",
    )


def format_of(file: Path) -> str:
    """The format that a file's ending names, if it is one that keeps everything; else ""."""
    kind = _RESTORABLE.get(file.suffix.lower())
    return next((name for name, format in FORMATS.items() if format == kind), "")


def restorable(file: Path) -> ox.RdfFormat:
    """The format of a file by its ending. Raises StoreError if it is not there, or does not keep everything."""
    if not format_of(file):
        raise StoreError(f"{file}: only {', '.join(sorted(_RESTORABLE))} keep everything; export as trig or nquads")
    if not file.is_file():
        raise StoreError(f"{file}: no such file; name one that kg export or kg backup wrote")
    return _RESTORABLE[file.suffix.lower()]


def restore(file: Path, folder: Path) -> None:
    """Fill a new store in ``folder`` from an export. Raises StoreError if the file is none."""
    kind = restorable(file)
    store = ox.Store(str(folder))
    try:
        store.bulk_load(path=str(file), format=kind)
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"{file} is damaged: {error}; export it again") from error
    check_ours(store, file)
    store.flush()


def check_ours(store: ox.Store, source: Path) -> None:
    """Raises StoreError for a store that kg did not make."""
    if not store.contains_named_graph(ox.NamedNode(str(ONTOLOGY_GRAPH))):  # every one of kg has it
        raise StoreError(f"{source} is no export of kg: name what kg export wrote as trig or nquads, or kg backup")
