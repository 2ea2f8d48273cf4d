"""Files -> triples: the shipped ontology and a user's Turtle files, with messages that name file, line and remedy."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib import OWL, RDF, RDFS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.plugins.parsers.notation3 import BadSyntax
from rdflib.term import Node

from kg.errors import OntologyError
from kg.terms import to_rdflib

KG = Namespace("https://example.org/kg/ontology#")
ONTOLEX = Namespace("http://www.w3.org/ns/lemon/ontolex#")
_STORE = "SimpleMemory"  # rdflib's store without named graphs, twice as quick
_SHAPES = "shapes.ttl"
_NOT_READ = (_SHAPES, "data.ttl")  # what the graphs that kg writes look like: nothing to extract
_NO_TURTLE = (
    "ontologies are read as Turtle only: correct it, or convert RDF/XML and others with `rdfpipe -o turtle FILE`"
)
TEXTS = (RDFS.Literal, RDF.langString)  # ranges that are read as text
_KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.OntologyProperty)
_IMPLYING = (  # properties of one of the kinds
    *(OWL.SymmetricProperty, OWL.AsymmetricProperty, OWL.TransitiveProperty, OWL.ReflexiveProperty),
    *(OWL.IrreflexiveProperty, OWL.InverseFunctionalProperty, OWL.FunctionalProperty, RDF.Property),
)
_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class TurtleFile:
    """A file's text, what its relative IRIs are relative to, and whose it is."""

    path: Path
    text: str
    base: str
    shipped: bool


@dataclass(frozen=True, slots=True)
class Source:
    """All triples together, the files that they are from, and whether a user's file replaces the shipped ontology."""

    files: tuple[TurtleFile, ...]
    graph: Graph
    replaced: bool

    def named(self, *types: URIRef) -> list[URIRef]:
        """The subjects of these types that have an IRI, sorted."""
        return sorted({s for type in types for s in self.graph.subjects(RDF.type, type) if isinstance(s, URIRef)})

    def error(self, subject: Node, message: str) -> OntologyError:
        """An error that names the file and line where a subject is first described (a user's file before ours)."""
        local = re.escape(re.split(r"[#/]", str(subject))[-1])
        name = re.compile(rf"^\s*(<{re.escape(str(subject))}>|\S*[#/:]{local}(?![\w-])>?)")
        for file in reversed(self.files):
            line = next((n for n, line in enumerate(file.text.splitlines(), 1) if name.search(line)), 0)
            if line:
                return OntologyError(f"{file.path}, line {line}: {message}")
        return OntologyError(f"{self.files[-1].path}: {message}")


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


def read_files(paths: Sequence[Path]) -> tuple[TurtleFile, ...]:
    """The shipped files (without the shapes), then ``paths``."""
    names = sorted(path for path in shipped_folder().glob("*.ttl") if path.name not in _NOT_READ)
    every = [*((path, True) for path in names), *((path, False) for path in paths)]
    return tuple(TurtleFile(path, _read_text(path), path.resolve().as_uri(), shipped) for path, shipped in every)


def parse_files(files: tuple[TurtleFile, ...]) -> Source:
    """The triples of files, and the kinds of properties that they imply. Raises OntologyError."""
    own, ours = Graph(_STORE), Graph(_STORE)
    for file in files:
        if not file.shipped:
            _parse(file, own)
    _imply(own)
    replaced = _replaces(own)
    for file in files:
        if file.shipped:
            _read(file, ours)
    if replaced:
        ours = _markers(ours)
    source = Source(files, ours, replaced)
    for triple in sorted(own, key=str):
        _check(source, triple)
        ours.add(triple)
    return source


def _imply(graph: Graph) -> None:
    """Type properties as what their other types and their ranges make them."""
    told = {s for kind in _KINDS for s in graph.subjects(RDF.type, kind)}
    for property in {s for kind in _IMPLYING for s in graph.subjects(RDF.type, kind)} - told:
        ranges = set(graph.objects(property, RDFS.range))
        values = {
            r for r in ranges if str(r).startswith(str(XSD)) or r in TEXTS or (r, RDF.type, RDFS.Datatype) in graph
        }
        graph.add((property, RDF.type, OWL.DatatypeProperty if values else OWL.ObjectProperty))


def _check(source: Source, triple: tuple[Node, Node, Node]) -> None:
    """Raises OntologyError where a term could not be stored."""
    for term in triple:
        try:
            if isinstance(term, URIRef):
                ox.NamedNode(term)
            elif isinstance(term, Literal) and term.language:
                ox.Literal("", language=term.language)
            elif isinstance(term, Literal) and term.datatype:
                ox.NamedNode(term.datatype)
        except ValueError as error:
            bad = f"{term!s:.60}" + (f"@{term.language}" if isinstance(term, Literal) else "")
            remedy = "write IRIs without spaces, quotes and brackets (%20 is a space), language tags like vi or en-US"
            raise source.error(triple[0], f"{bad!r} cannot be stored: {error}; {remedy}") from None


def _replaces(graph: Graph) -> bool:
    targets = {
        str(o).rstrip("#") for s in graph.subjects(RDF.type, OWL.Ontology) for o in graph.objects(s, KG.replaces)
    }
    return str(KG).rstrip("#") in targets


def _markers(graph: Graph) -> Graph:
    kept = Graph(_STORE)
    for marker in graph.subjects(RDF.type, KG.Marker):
        for triple in graph.triples((marker, None, None)):
            kept.add(triple)
    return kept


def _read(file: TurtleFile, graph: Graph) -> None:
    """Add the triples of a file that is known to be right: three times as fast as ``_parse``."""
    term = functools.cache(to_rdflib)  # most stand in many triples
    for quad in ox.parse(file.text, format=ox.RdfFormat.TURTLE, base_iri=file.base):
        graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))


def _parse(file: TurtleFile, graph: Graph) -> None:
    """Add a file's triples to a graph. Raises OntologyError."""
    before, path = len(graph), file.path
    try:
        graph.parse(data=file.text, format="turtle", publicID=file.base)
    except BadSyntax as error:
        raise OntologyError(f"{path}, {_fault(error, file.text)}; {_NO_TURTLE}") from error
    except (ValueError, IndexError) as error:  # rdflib's parser on some broken escapes and names
        raise OntologyError(f"{path}: not Turtle: {error}; {_NO_TURTLE}") from error
    except AttributeError as error:  # the same, on the variables of N3
        raise OntologyError(f"{path}: not Turtle: it has a variable, such as ?name; {_NO_TURTLE}") from error
    if not file.shipped and len(graph) == before:
        raise OntologyError(f"{path}: nothing new in it; write classes, relations or cues in Turtle, or leave it out")


def _fault(error: BadSyntax, text: str) -> str:
    """Line, reason and the words there, without the parser's quotation of the whole file."""
    if not 0 < error._i <= len(text):  # the file's end, or its beginning: only the statement's line is known
        return f"line {error.lines + 1}: not Turtle: {error._why}"
    line, near = text.count("\n", 0, error._i) + 1, text[error._i : error._i + 40].split("\n")[0].strip()
    return f"line {line}: not Turtle: {error._why}" + (f" at {near!r}" if near else "")


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


def content_hash(graph: Graph) -> str:
    """SHA-256 of the sorted triples, 64 hex digits: their order, prefixes and blank-node labels do not matter."""
    names = _blank_names(graph)
    lines = sorted(" ".join(_name(term, names) for term in triple) for triple in graph)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _blank_names(graph: Graph) -> dict[Node, str]:
    """Names of blank nodes, each by all that it leads to, but not by how those in a circle lead to each other."""
    import networkx

    blanks = {node for node in graph.all_nodes() if isinstance(node, BNode)}
    links = networkx.DiGraph()
    links.add_nodes_from(blanks)
    links.add_edges_from((node, other) for node in blanks for other in graph.objects(node) if isinstance(other, BNode))
    names: dict[Node, str] = {}
    for circle in networkx.strongly_connected_components(links):  # what they lead to comes before them
        parts = {node: sorted(f"{p} {_name(o, names)}" for p, o in graph.predicate_objects(node)) for node in circle}
        names |= {node: "_:" + hashlib.sha256("\n".join(found).encode()).hexdigest() for node, found in parts.items()}
    return names


def _name(term: Node, names: Mapping[Node, str]) -> str:
    """A term as text."""
    if isinstance(term, Literal):
        return f"{str(term)!r}@{term.language}^{term.datatype}"  # quicker than Literal.n3
    return names.get(term, "_:again") if isinstance(term, BNode) else f"<{term}>"
