"""Media types: what each kind of result can be written as, and which of them a client likes best."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kg.web.answers import Refusal

TABLES = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
GRAPHS = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/rdf+xml": "rdfxml",
    "application/ld+json": "jsonld",
}
MEDIA_TYPES = {"select": TABLES, "ask": TABLES, "construct": GRAPHS}
"""Kind of result -> media type -> format of the store, the usual one first."""

DATASETS = {
    "application/n-quads": "nquads",
    "application/trig": "trig",
    "application/ld+json": "jsonld",
}
"""Media type -> format of the store, for all graphs together and apart."""


def named(format: str, offered: Mapping[str, str]) -> str:
    """The media type that a format or a media type names. Raises Refusal."""
    if format in offered:
        return format
    found = next((kind for kind, name in offered.items() if name == format), "")
    if not found:
        formats = ", ".join(dict.fromkeys(offered.values()))
        raise Refusal(406, f"this result cannot be written as {format!r}: ask for {formats}")
    return found


def negotiate(accept: str, offered: Mapping[str, str]) -> str:
    """The offered media type that an Accept header likes best. Raises Refusal.

    Of two that it likes as well, the one that it names more exactly, then the usual one.

    >>> negotiate("text/csv;q=0.5, application/*", TABLES), negotiate("*/*, text/csv", TABLES)
    ('application/sparql-results+json', 'text/csv')
    """
    wanted = [_preference(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    likings = {kind: _liking(kind, wanted) for kind in offered}
    best = max(likings, key=lambda kind: likings[kind])  # the first of equals
    if likings[best][0] <= 0:
        raise Refusal(406, f"this result cannot be made as {accept!r}: ask for one of {', '.join(offered)}")
    return best


def _preference(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((p.partition("=")[2].strip() for p in parameters if re.match(r"q\s*=", p)), "1")
    return kind, float(quality) if re.fullmatch(r"[01](\.\d{0,3})?", quality) else 0.0


def _liking(kind: str, wanted: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """Quality and exactness, by the most exact of the ranges that fit (RFC 9110, 12.5.1)."""
    for exactness, pattern in ((2, kind), (1, kind.partition("/")[0] + "/*"), (0, "*/*")):
        if fitting := [quality for name, quality in wanted if name == pattern]:
            return min(max(fitting), 1.0), exactness
    return 0.0, 0
