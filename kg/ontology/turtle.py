"""Files -> triples: the shipped ontology and a user's Turtle files, with messages that name file, line and remedy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import OWL, RDF, BNode, Graph, Namespace, URIRef
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.term import Node

from kg.errors import OntologyError

KG = Namespace("https://example.org/kg/ontology#")
ONTOLEX = Namespace("http://www.w3.org/ns/lemon/ontolex#")
_SHAPES = "shapes.ttl"
_NOT_READ = (_SHAPES, "data.ttl")  # what the graphs that kg writes look like: nothing to extract
_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class TurtleFile:
    """A file with its triples; the text serves to say in which line something is."""

    path: Path
    text: str
    graph: Graph
    shipped: bool


def shipped_folder() -> Path:
    """The folder of the shipped ontology: packaged in an installed kg, at the top level in a checkout."""
    packaged = _PACKAGE / "data" / "ontology"
    folder = packaged if packaged.is_dir() else _PACKAGE.parent / "ontology"
    if not folder.is_dir():
        raise OntologyError(f"{folder}: the shipped ontology is missing; reinstall kg")
    return folder


def shapes_file() -> Path:
    """The SHACL shapes of the data that kg writes."""
    return shipped_folder() / _SHAPES


def read_files(paths: Sequence[Path]) -> tuple[tuple[TurtleFile, ...], bool]:
    """The shipped files (without the shapes) and then ``paths``; and whether one of ``paths`` replaces what is shipped."""
    own = tuple(_read_file(path, shipped=False) for path in paths)
    replaced = any(_replaces(file.graph) for file in own)
    names = sorted(path for path in shipped_folder().glob("*.ttl") if path.name not in _NOT_READ)
    shipped = tuple(_read_file(path, shipped=True) for path in names)
    if replaced:
        shipped = tuple(TurtleFile(f.path, f.text, _markers(f.graph), shipped=True) for f in shipped)
    return shipped + own, replaced


def _replaces(graph: Graph) -> bool:
    targets = {str(o).rstrip("#") for s in graph.subjects(RDF.type, OWL.Ontology) for o in graph.objects(s, KG.replaces)}
    return str(KG).rstrip("#") in targets


def _markers(graph: Graph) -> Graph:
    kept = Graph()
    for marker in graph.subjects(RDF.type, KG.Marker):
        for triple in graph.triples((marker, None, None)):
            kept.add(triple)
    return kept


def _read_file(path: Path, *, shipped: bool) -> TurtleFile:
    text = _read_text(path)
    graph = Graph()
    try:
        graph.parse(data=text, format="turtle", publicID=path.resolve().as_uri())
    except BadSyntax as error:
        line, reason = error.lines + 1, _reason(error)
        raise OntologyError(
            f"{path}, line {line}: not Turtle: {reason}; ontologies are read as Turtle only: correct the line"
            " (or convert RDF/XML and others with `rdfpipe -o turtle FILE`)"
        ) from error
    if not len(graph):
        raise OntologyError(f"{path}: no triples; write classes, relations or cues in Turtle, or leave the file out")
    return TurtleFile(path, text, graph, shipped)


def _reason(error: BadSyntax) -> str:
    """The parser's reason in one line, without its quotation of the whole file.

    Its positions are after the statement's start, so the text at the fault is given too.
    """
    rest = error._str[error._i : error._i + 40]
    near = (rest.decode("utf-8", "replace") if isinstance(rest, bytes) else rest).split("\n")[0].strip()
    return f"{error._why} at {near!r}" if near else str(error._why)


def _read_text(path: Path) -> str:
    remedy = "name a Turtle file (.ttl)"
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise OntologyError(f"{path}: no such file; {remedy}") from None
    except IsADirectoryError:
        raise OntologyError(f"{path}: is a folder; {remedy}, or each of its files") from None
    except UnicodeDecodeError as error:
        raise OntologyError(f"{path}: not UTF-8 text (byte {error.start}), so not Turtle; {remedy}") from None
    except OSError as error:
        raise OntologyError(f"{path}: cannot be read ({error.strerror}); {remedy}") from None


def where(files: Iterable[TurtleFile], subject: Node) -> str:
    """File and line that first say something about ``subject``: "cues.vi.ttl, line 12"."""
    for file in files:
        if (subject, None, None) in file.graph:
            line = _line(file.text, str(subject)) if isinstance(subject, URIRef) else 0
            return f"{file.path}, line {line}" if line else str(file.path)
    return "ontology"


def _line(text: str, iri: str) -> int:
    """The first line with the IRI or a prefixed name of it, counted from 1; 0 where there is none."""
    local = re.escape(re.split(r"[#/]", iri)[-1])
    pattern = re.compile(rf"<{re.escape(iri)}>|[#/:]{local}(?![\w-])")
    return next((n for n, line in enumerate(text.splitlines(), 1) if pattern.search(line)), 0)


def content_hash(graph: Graph) -> str:
    """SHA-256 of the sorted triples, 64 hex digits: their order, prefixes and blank-node labels do not matter."""
    names: dict[Node, str] = {}
    lines = sorted(" ".join(_name(graph, term, names, ()) for term in triple) for triple in graph)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _name(graph: Graph, term: Node, names: dict[Node, str], above: tuple[Node, ...]) -> str:
    """The N-Triples form of a term; a blank node is named by all that it leads to."""
    if not isinstance(term, BNode):
        return str(term.n3()) if hasattr(term, "n3") else str(term)
    if term in above:
        return "_:again"
    if term not in names or above:
        parts = sorted(f"{p} {_name(graph, o, names, (*above, term))}" for p, o in graph.predicate_objects(term))
        name = "_:" + hashlib.sha256("\n".join(parts).encode()).hexdigest()
        if above:
            return name
        names[term] = name
    return names[term]
