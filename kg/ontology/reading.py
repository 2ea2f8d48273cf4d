"""Triples -> values: what the Turtle says, checked and sorted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.errors import OntologyError
from kg.literals import DATE
from kg.model import LITERAL
from kg.ontology.turtle import KG, ONTOLEX, TEXTS, Source, content_hash
from kg.ontology.values import Cue, EntityClass, Frame, Known, Label, Marker, MarkerKind, Ontology, Relation, spaced

_DEFAULT_CONFIDENCE = 0.7  # of a cue that does not say
_LABEL_CONFIDENCE = 0.5  # of a cue made from a relation's label
MOST_ABOVE = 1_000  # classes: in a circle, or a chain, of more than that there is a mistake
_LABELS = (SKOS.prefLabel, RDFS.label, SKOS.altLabel)
_DEFINITIONS = (SKOS.definition, RDFS.comment)
_VALUES = {"date": DATE, "year": str(XSD.gYear), "number": str(XSD.decimal), "string": str(XSD.string)}
_MODALITIES = ("asserted", "planned", "possible", "denied")


def read_values(source: Source) -> Ontology:
    """The ontology that the triples state. Raises OntologyError."""
    classes = _read_classes(source)
    relations = _read_relations(source, classes)
    if not relations:
        paths = ", ".join(str(file.path) for file in source.files if not file.shipped)
        raise OntologyError(f"{paths}: no relation; declare at least one owl:ObjectProperty or owl:DatatypeProperty")
    if any(relation.datatype for relation in relations.values()):
        classes.setdefault(LITERAL, EntityClass(LITERAL, str(KG[LITERAL]), (), (), ()))
    return Ontology(
        classes,
        relations,
        tuple(sorted(set(_read_cues(source, relations)))),
        tuple(sorted(set(_read_markers(source, classes, relations)))),
        tuple(sorted(_read_known(source, classes))),
        content_hash(source.graph),
    )


def local_name(iri: object) -> str:
    """The part after the last "#" or "/".

    >>> local_name(URIRef("https://example.org/kg/ontology#develops"))
    'develops'
    """
    return re.split(r"[#/]", str(iri).rstrip("#/"))[-1]


def written_form(text: str) -> str:
    """NFC, casefolded, single spaces.

    >>> written_form("  Rót   vốn ")
    'rót vốn'
    """
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _language(literal: Literal) -> str:
    """The language of a literal without country or script, "" for none: "en" of "en-US"."""
    return (literal.language or "").partition("-")[0].lower()


def _labels(graph: Graph, subject: Node) -> tuple[Label, ...]:
    """All labels, preferred ones first, each kind sorted."""
    return _texts(graph, subject, _LABELS)


def _texts(graph: Graph, subject: Node, kinds: Sequence[URIRef]) -> tuple[Label, ...]:
    """All literals of these properties, those of the first one first, each kind sorted."""
    found: dict[Label, None] = {}
    for kind in kinds:
        texts = (o for o in graph.objects(subject, kind) if isinstance(o, Literal))
        normal = (Label(_language(o), " ".join(unicodedata.normalize("NFC", o).split())) for o in texts)
        found.update(dict.fromkeys(sorted(normal)))
    return tuple(found)


def _read_classes(source: Source) -> dict[str, EntityClass]:
    """Classes with an IRI, and what domains and ranges name; not owl:Thing."""
    graph = source.graph
    ends = [(s, p) for s in source.named(OWL.ObjectProperty) for p in (RDFS.domain, RDFS.range)]
    ends += [(s, RDFS.domain) for s in source.named(OWL.DatatypeProperty)]
    used = {c for s, p in ends for c in _members(source, s, p)}
    by_name: dict[str, list[URIRef]] = {}
    for iri in sorted({*source.named(OWL.Class, RDFS.Class), *used} - {OWL.Thing}):
        by_name.setdefault(local_name(iri), []).append(iri)
    classes = {}
    for name, iris in sorted(by_name.items()):
        above = _above(source, iris)
        parents = tuple(sorted({local_name(p) for p in above if isinstance(p, URIRef)} & by_name.keys() - {name}))
        tags = {str(tag) for iri in iris for tag in graph.objects(iri, KG.recognisedAs)}
        classes[name] = EntityClass(name, str(_own(iris)), _all_labels(graph, iris), parents, tuple(sorted(tags)))
    return classes


def _above(source: Source, iris: Sequence[URIRef]) -> set[Node]:
    """All that classes are below, which may go in a circle. Raises OntologyError."""
    found: set[Node] = set(iris)
    todo: list[Node] = [*iris]
    while todo:
        new = set(source.graph.objects(todo.pop(), RDFS.subClassOf)) - found
        found |= new
        todo += new
        if len(found) > MOST_ABOVE:
            raise source.error(iris[0], f"class {local_name(iris[0])} is below more than {MOST_ABOVE:,} others")
    return found - set(iris)


def _own(iris: Sequence[URIRef]) -> URIRef:
    """Of several IRIs with one local name kg's own."""
    return next((iri for iri in iris if iri in KG), iris[0])


def _all_labels(graph: Graph, iris: Sequence[URIRef]) -> tuple[Label, ...]:
    return tuple(dict.fromkeys(label for iri in iris for label in _labels(graph, iri)))


def _members(source: Source, subject: URIRef, predicate: URIRef) -> set[URIRef]:
    """The classes that a domain or range names, alone or in an owl:unionOf. owl:Thing names none.

    Raises OntologyError for a list without an end.
    """
    found: set[URIRef] = set()
    for value in source.graph.objects(subject, predicate):
        lists = list(source.graph.objects(value, OWL.unionOf))
        try:
            terms = [term for head in lists for term in Collection(source.graph, head)] if lists else [value]
        except ValueError:
            name, end = local_name(subject), local_name(predicate)
            raise source.error(
                subject, f"{end} of {name}: the list of owl:unionOf goes in a circle; write owl:unionOf ( ex:A ex:B )"
            ) from None
        found |= {term for term in terms if isinstance(term, URIRef) and term != OWL.Thing}
    return found


def _read_relations(source: Source, classes: dict[str, EntityClass]) -> dict[str, Relation]:
    graph = source.graph
    by_name: dict[str, list[URIRef]] = {}
    for iri in source.named(OWL.ObjectProperty, OWL.DatatypeProperty):
        by_name.setdefault(local_name(iri), []).append(iri)
    relations = {}
    for name, iris in sorted(by_name.items()):
        ends = [
            tuple(sorted({local_name(c) for iri in iris for c in _members(source, iri, end)} & classes.keys()))
            for end in (RDFS.domain, RDFS.range)
        ]
        above = {b for iri in iris for p in (KG.broader, RDFS.subPropertyOf) for b in graph.objects(iri, p)}
        broader = tuple(sorted({local_name(b) for b in above} & by_name.keys() - {name}))
        symmetric = any((iri, RDF.type, OWL.SymmetricProperty) in graph for iri in iris)
        labels = _all_labels(graph, iris)
        told = tuple(dict.fromkeys(text for iri in iris for text in _texts(graph, iri, _DEFINITIONS)))
        datatype = _datatype(graph, iris)
        range = () if datatype else ends[1]
        relations[name] = Relation(name, str(_own(iris)), labels, symmetric, ends[0], range, broader, told, datatype)
    return relations


def _datatype(graph: Graph, iris: Sequence[URIRef]) -> str:
    """The range of a datatype property, text where it names none, or several; "" for an object property.

    One whose range is a class called Date, Year, number or string is a datatype property in all but name.
    """
    named = {str(kind) for iri in iris for kind in graph.objects(iri, RDFS.range) if isinstance(kind, URIRef)}
    alone = named.pop() if len(named) == 1 else ""
    if any((iri, RDF.type, OWL.ObjectProperty) in graph for iri in iris):
        return _VALUES.get(local_name(alone).lower(), "")
    return alone if alone and URIRef(alone) not in TEXTS else str(XSD.string)


def _read_cues(source: Source, relations: dict[str, Relation]) -> Iterator[Cue]:
    cued = set()
    for entry in source.named(ONTOLEX.LexicalEntry):
        for cue in _read_entry(source, entry, relations):
            cued.add(cue.relation)
            yield cue
    for name in sorted(relations.keys() - cued):
        relation = relations[name]
        for label in relation.labels or (Label("", name),):
            words = written_form(spaced(label.text))
            yield Cue(words, label.lang, Frame.VERB, name, (), False, _LABEL_CONFIDENCE)


def _read_entry(source: Source, entry: URIRef, relations: dict[str, Relation]) -> Iterator[Cue]:
    """The cues of one lexical entry: one for each written form, relation and pair of prepositions."""
    graph = source.graph
    name = local_name(entry)
    forms = _literals(graph, *graph.objects(entry, ONTOLEX.canonicalForm), *graph.objects(entry, ONTOLEX.otherForm))
    if not forms:
        raise source.error(entry, f"cue {name} has no words; add ontolex:canonicalForm [ ontolex:writtenRep ... ]")
    targets = [local_name(o) for o in graph.objects(entry, ONTOLEX.denotes)]
    unknown = sorted(set(targets) - relations.keys())
    if unknown or not targets:
        bad = f"names an unknown relation {unknown[0]!r}" if unknown else "names no relation"
        raise source.error(entry, f"cue {name} {bad} (ontolex:denotes); relations are {', '.join(relations)}")
    frame = _read_frame(source, entry)
    inverse = any(bool(o.toPython()) for o in graph.objects(entry, KG.inverse) if isinstance(o, Literal))
    confidence = _read_confidence(source, entry)
    words = sorted(written_form(str(o)) for o in graph.objects(entry, KG.preposition))
    groups = [_pair(word) for word in words] if frame is Frame.OF_WITH else [tuple(words)]
    for form in forms:
        for target in targets:
            for group in groups:
                text = written_form(form)
                yield Cue(text, _language(form), frame, target, group, inverse, confidence)


def _pair(words: str) -> tuple[str, ...]:
    """The two prepositions of an of-with cue, in the order of the text: "của + với"."""
    return tuple(word.strip() for word in words.split("+"))


def _literals(graph: Graph, *subjects: Node) -> list[Literal]:
    return [o for s in subjects for o in graph.objects(s, ONTOLEX.writtenRep) if isinstance(o, Literal)]


def _read_frame(source: Source, entry: URIRef) -> Frame:
    values = sorted(str(o) for o in source.graph.objects(entry, KG.frame))
    allowed = [str(frame) for frame in Frame]
    if len(values) != 1 or values[0] not in allowed:
        bad = f"unknown frame {', '.join(map(repr, values))}" if values else "no frame"
        raise source.error(entry, f"cue {local_name(entry)}: {bad}; kg:frame is one of {', '.join(allowed)}")
    return Frame(values[0])


def _read_confidence(source: Source, entry: URIRef) -> float:
    values = [o.toPython() for o in source.graph.objects(entry, KG.cueConfidence) if isinstance(o, Literal)]
    try:
        value = float(values[0]) if values else _DEFAULT_CONFIDENCE
    except (TypeError, ValueError):
        value = -1.0
    if not 0 <= value <= 1:
        raise source.error(
            entry, f"cue {local_name(entry)}: kg:cueConfidence {values[0]} is not a number from 0 to 1, such as 0.8"
        )
    return value


def _read_markers(source: Source, classes: dict[str, EntityClass], relations: dict[str, Relation]) -> Iterator[Marker]:
    kinds_allowed = [str(kind) for kind in MarkerKind]
    values = {KG.marksClass: tuple(classes), KG.marksRelation: tuple(relations), KG.marksModality: _MODALITIES}
    for iri in source.named(KG.Marker):
        kinds = sorted(str(o) for o in source.graph.objects(iri, KG.kind))
        if not kinds or not set(kinds) <= set(kinds_allowed):
            bad = ", ".join(sorted(set(kinds) - set(kinds_allowed))) or "none"
            raise source.error(
                iri, f"marker {local_name(iri)}: kind {bad}; kg:kind is one of {', '.join(kinds_allowed)}"
            )
        value = _read_value(source, iri, values)
        for form in _literals(source.graph, iri):
            for kind in kinds:
                yield Marker(written_form(form), _language(form), MarkerKind(kind), value)


def _read_value(source: Source, iri: URIRef, allowed: dict[URIRef, tuple[str, ...]]) -> str:
    """A marker's class, relation or modality, "" for none. With a replaced ontology, what it lacks counts as none."""
    for property, names in allowed.items():
        for target in sorted(source.graph.objects(iri, property), key=str):
            name = local_name(target)
            name = name.lower() if property == KG.marksModality else name
            if name in names:
                return name
            if not source.replaced:
                raise source.error(
                    iri,
                    f"marker {local_name(iri)}: unknown {local_name(property).removeprefix('marks').lower()}"
                    f" {name!r}; allowed: {', '.join(names)}",
                )
    return ""


def _read_known(source: Source, classes: dict[str, EntityClass]) -> Iterator[Known]:
    """Individuals with a label whose type is one of the classes (the most specific one, then the first by name)."""
    graph = source.graph
    by_iri = {iri: local_name(iri) for iri in source.named(OWL.Class, RDFS.Class)}
    types: dict[URIRef, set[str]] = {}
    for iri, name in by_iri.items():
        if name in classes:
            for subject in graph.subjects(RDF.type, iri):
                if isinstance(subject, URIRef):
                    types.setdefault(subject, set()).add(name)
    for subject, names in types.items():
        labels = _labels(graph, subject)
        specific = min(names - {p for name in names for p in classes[name].parents} or names)
        if labels:
            broader = {o for o in graph.objects(subject, SKOS.broader) if o in types and _labels(graph, o)}
            above = tuple(sorted(map(local_name, broader)))
            yield Known(local_name(subject), str(subject), specific, labels, above)
