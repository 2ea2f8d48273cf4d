"""What may be extracted: classes, relations, cue words and markers, read from Turtle.

Nothing about a language or a relation is written in Python: editing the Turtle changes what is extracted.

    values.py    the frozen values that the other stages read
    turtle.py    files -> triples: the shipped folder, a user's files, what is wrong with them and in which line
    reading.py   triples -> values
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

from kg.errors import OntologyError
from kg.ontology.reading import local_name, read_values
from kg.ontology.turtle import KG, TurtleFile, parse_files, read_files, shapes_file, shipped_folder
from kg.ontology.values import (
    Cue,
    EntityClass,
    Frame,
    Known,
    Label,
    Marker,
    MarkerKind,
    Ontology,
    Relation,
)

__all__ = [
    "KG",
    "Cue",
    "EntityClass",
    "Frame",
    "Known",
    "Label",
    "Marker",
    "MarkerKind",
    "Ontology",
    "Relation",
    "load",
    "local_name",
    "shapes_file",
    "shipped_folder",
]


def load(paths: Sequence[Path] = ()) -> Ontology:
    """The shipped ontology, extended or replaced by the Turtle files ``paths``. Raises OntologyError.

    A file that says ``<...> a owl:Ontology ; kg:replaces kg: .`` replaces the shipped classes, relations, cues and
    known things, and keeps the markers (they belong to the language). Two classes or relations with one local name
    are one.

    Plain OWL of other people works too: classes and properties with labels, domain and range. A relation
    without cues gets a verb cue of confidence 0.5 for each of its labels ("birthPlace" is the cue "birth place").
    Objects of datatype properties are literals. owl:imports is never fetched.

    >>> sorted(load().relations)[:3]
    ['accuses', 'acquires', 'affects']
    """
    try:
        return _values(read_files(paths))
    except RecursionError:  # the parser and the hash follow brackets and lists downwards
        names = ", ".join(map(str, paths))
        raise OntologyError(f"{names}: brackets or lists in one another too deep; write them apart") from None


@functools.lru_cache(maxsize=2)  # the shipped one, and a user's: to read it takes longer than to add an article
def _values(files: tuple[TurtleFile, ...]) -> Ontology:
    return read_values(parse_files(files))
