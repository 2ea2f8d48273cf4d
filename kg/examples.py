"""Examples that a user gives for relations of an ontology: JSON lines -> what ``kg.parse.adapter`` learns from."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.articles.language import detect
from kg.errors import RequestError
from kg.model import Example
from kg.ontology import Ontology

_KEYS = ("subject", "relation", "object")
SHAPE = '{"text": "...", "facts": [{"subject": "words", "relation": "name or label", "object": "words"}]}'


def read_examples(file: Path, ontology: Ontology) -> tuple[Example, ...]:
    """All examples of a file. Raises RequestError with the line of the first that cannot be used."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{file} cannot be read: {error}") from None
    names = dict(_names(ontology))
    found = tuple(_example(line, names, f"{file}:{n}") for n, line in enumerate(lines, 1) if line.strip())
    if not found:
        raise RequestError(f"{file} has no examples: write lines such as {SHAPE}")
    return found


def _names(ontology: Ontology) -> Iterator[tuple[str, str]]:
    """What a relation may be called -> its name."""
    for name, relation in ontology.relations.items():
        yield from ((label.text.casefold(), name) for label in relation.labels)
    yield from ((name.casefold(), name) for name in ontology.relations)


def _example(line: str, names: Mapping[str, str], place: str) -> Example:
    try:
        row: Any = json.loads(line)
        text = unicodedata.normalize("NFC", row["text"])
        facts = [{key: unicodedata.normalize("NFC", fact[key]) for key in _KEYS} for fact in row["facts"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RequestError(f"{place}: no example ({error}); write {SHAPE}") from None
    for fact in facts:
        if fact["relation"].casefold() not in names:
            raise RequestError(f"{place}: the ontology has no relation {fact['relation']!r}")
        for end in ("subject", "object"):
            if fact[end] not in text:
                raise RequestError(f"{place}: {fact[end]!r} does not stand in the text, letter for letter")
    told = ((fact["subject"], names[fact["relation"].casefold()], fact["object"]) for fact in facts)
    return Example(text, row.get("lang") or detect(text) or "vi", tuple(told))
