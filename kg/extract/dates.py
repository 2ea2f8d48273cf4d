"""When a fact holds or happened: the date that its sentence gives, as ISO 8601."""

from __future__ import annotations

from kg.extract.reading import Reading
from kg.literals import read_date
from kg.ontology import MarkerKind

TAGS = ("DateTime", "DATE")  # of the recogniser
_REACH = 25  # words between a fact and its date, at most


def date_near(reading: Reading, first: int, last: int, lang: str, published: str) -> str:
    """The date nearest to words first..last-1 of a line in their clause or opening the sentence, "" for none.

    Relative ones count from ``published`` (ISO 8601, or "" where the article has no date).
    """
    apart = sorted(
        (max(name.first - last, first - name.last, 0), name.first, name.last)
        for name in reading.line.sentence.names
        if name.type in TAGS and (name.first <= 1 or _in_one_clause(reading, (first, last), (name.first, name.last)))
    )
    for distance, start, end in apart:
        date = read_date(reading.line.text(start, end), lang, published) if distance <= _REACH else ""
        if date:
            return date
    return ""


def _in_one_clause(reading: Reading, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether neither punctuation nor a word that ends a clause stands between two stretches of words."""
    left, right = sorted((one, other))
    between = range(left[1], right[0])
    return not any(reading.line.upos(at) == "PUNCT" or reading.line.has(at, MarkerKind.BOUNDARY) for at in between)
