"""Sentences whose relations are annotated after other ontologies -> windows: Re-DocRED, CoNLL04, Text2KGBench."""

from __future__ import annotations

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kg.model import LITERAL, RelationText
from kg.models.facts import LONGEST_SPAN
from kg.ontology import Ontology, load
from kg.parse.atoms import AtomIndex, Span, find_atoms, fitting, glued
from kg.parse.facts import MAX_ATOMS
from kg.training.fact_data import Link, Window

ANY = ("Concept", "Event", "Organization", "Person", "Place", "Product", "Role", "Technology", "Resource", "Work")
_TYPES = {
    **dict.fromkeys(("PER", "Peop"), ("Person",)),
    "ORG": ("Organization",),
    "Org": ("Organization",),
    **dict.fromkeys(("LOC", "Loc"), ("Place",)),
    **dict.fromkeys(("TIME", "NUM"), (LITERAL,)),
}
_CONLL04 = {
    "Live_In": ("lives in", "person", "place"),
    "Located_In": ("located in", "place", "place"),
    "Kill": ("kills", "person", "person"),
    "OrgBased_In": ("organisation based in", "organisation", "place"),
    "Work_For": ("works for", "person", "organisation"),
}
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def conll04(file: Path) -> Iterator[Window]:
    """The sentences of CoNLL04 (Roth and Yih 2004) in the columns of Eberts and Ulges's split."""
    schema = tuple(RelationText(name, *words) for name, words in sorted(_CONLL04.items()))
    for block in file.read_text(encoding="utf-8").split("#doc")[1:]:
        rows = [line.split("\t") for line in block.strip().split("\n")[1:]]
        spans: dict[int, Span] = {}  # by last token
        types: dict[Span, tuple[str, ...]] = {}
        for number, row in enumerate(rows):
            if row[2].startswith("B-"):
                last = number + 1
                while last < len(rows) and rows[last][2] == "I-" + row[2][2:]:
                    last += 1
                spans[last - 1] = (number, last)
                types[number, last] = _TYPES.get(row[2][2:], ANY)
        stated: dict[tuple[Span, Span], set[str]] = defaultdict(set)
        for number, row in enumerate(rows):
            names = re.findall(r"'(\w+)'", row[3])
            for name, head in zip(names, json.loads(row[4]), strict=True):
                if name != "N" and number in spans and head in spans:
                    stated[spans[number], spans[head]].add(name)
        words = [re.sub(r"-LRB-|-RRB-", lambda m: "(" if m[0] == "-LRB-" else ")", row[1]) for row in rows]
        yield _window([words], types, stated, schema)


def redocred(file: Path, names: Path) -> Iterator[Window]:
    """The documents of Re-DocRED (Tan et al. 2022) in windows; ``names``: lines of a property and what it is called."""
    called = dict(line.split("\t") for line in names.read_text(encoding="utf-8").splitlines())
    schema = tuple(RelationText(name, words, "", "") for name, words in sorted(called.items()))
    for row in json.loads(file.read_text(encoding="utf-8")):
        begins = [0, *itertools.accumulate(map(len, row["sents"]))]
        types: dict[Span, tuple[str, ...]] = {}
        places: list[list[tuple[int, Span]]] = []
        for entity in row["vertexSet"]:
            places.append([])
            for mention in entity:
                begin = begins[mention["sent_id"]]
                span = (mention["pos"][0] + begin, mention["pos"][1] + begin)
                places[-1].append((mention["sent_id"], span))
                types[span] = _TYPES.get(mention["type"], ANY)
        stated: dict[tuple[Span, Span], set[str]] = defaultdict(set)
        loose: dict[tuple[Span, Span], set[str]] = defaultdict(set)  # where a relation may be read, and need not
        for label in row["labels"]:
            pairs = sorted(
                (abs(s[0] - o[0]), abs(s[1][0] - o[1][0]), s[1], o[1])
                for s in places[label["h"]]
                for o in places[label["t"]]
                if abs(s[0] - o[0]) <= 1 and s[1] != o[1]
            )
            for rank, (_, _, s, o) in enumerate(pairs):
                (loose if rank else stated)[s, o].add(label["r"])
        yield from _windows(row["sents"], types, stated, schema, loose)


def text2kg(folder: Path) -> Iterator[Window]:
    """The training sentences of Text2KGBench (Mihindukulasooriya et al. 2023), every tenth of an ontology left out."""
    for file, ontology in ontologies(folder):
        schema = tuple(text for group in ontology.relation_texts() for text in group)
        known = {re.sub(r"\W", "", relation.name.lower()): relation.name for relation in schema}
        known |= {re.sub(r"\W", "", relation.meaning.lower()): relation.name for relation in schema}
        for row in sentences_of(file, learned=True):
            yield from _sentence(row["sent"], triples_of(row), schema, known)


def ontologies(folder: Path, sentences: Path | None = None) -> Iterator[tuple[Path, Ontology]]:
    """Files of sentences, training ones unless a folder of others is given, with their ontologies."""
    for turtle in sorted(folder.glob("**/owl/*.ttl")):
        for file in sorted((sentences or turtle.parents[2]).glob(f"**/{turtle.stem}_t*.jsonl")):
            yield file, _own_relations(load([turtle]))


def sentences_of(file: Path, *, learned: bool | None) -> Iterator[Mapping[str, Any]]:
    """The rows of a file: those that are learned from, every tenth that is not, or (None) all."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        if learned is None or learned == (number % 10 != 9):
            yield json.loads(line)


def _own_relations(ontology: Ontology) -> Ontology:
    """One of the benchmark's ontologies without the relations that are ours."""
    relations = {name: found for name, found in ontology.relations.items() if "/Text2KGBench/" in found.iri}
    return replace(ontology, relations=relations, cues=tuple(c for c in ontology.cues if c.relation in relations))


def triples_of(row: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    """The triples of a row: several in one half of the benchmark, one in the other."""
    alone = {end: row.get(f"{end}_label", "") for end in ("sub", "rel", "obj")}
    found: Sequence[Mapping[str, str]] = row.get("triples", [alone])
    return found


def _sentence(
    text: str, triples: Sequence[Mapping[str, str]], schema: tuple[RelationText, ...], known: Mapping[str, str]
) -> Iterator[Window]:
    atoms = find_atoms(text, "en")
    places = AtomIndex(text.lower(), atoms)

    def spans(words: str) -> list[Span]:
        found = (list(places.spans(form.lower(), longest=LONGEST_SPAN)) for form in forms_of(words))
        return next(filter(None, found), [])

    stated: dict[tuple[Span, Span], set[str]] = defaultdict(set)
    loose: dict[tuple[Span, Span], set[str]] = defaultdict(set)
    types: dict[Span, tuple[str, ...]] = {}
    for triple in triples:
        relation = known.get(re.sub(r"\W", "", triple["rel"].replace("_", "").lower()))
        pairs = sorted((abs(s[0] - o[0]), s, o) for s in spans(triple["sub"]) for o in spans(triple["obj"]) if s != o)
        for rank, (_, s, o) in enumerate(pairs if relation else ()):
            (loose if rank else stated)[s, o].add(str(relation))
            types[s] = ANY
            types[o] = (LITERAL,) if re.match(r"[-+]?\d", triple["obj"]) else ANY
    if stated:
        words = [text[slice(*atom)] for atom in atoms]
        yield _window([words], types, stated, schema, loose, glued(atoms), full=False)


def forms_of(words: str) -> Iterator[str]:
    """How a sentence may write what a triple names: "01 January 1998" is the year alone in most of them.

    >>> list(forms_of("Regina,_Saskatchewan"))
    ['Regina, Saskatchewan']
    >>> list(forms_of("02 May 1998"))
    ['02 May 1998', '2 May 1998', 'May 2, 1998', 'May 1998', '1998']
    """
    words = words.replace("_", " ").strip().strip('"')
    yield words
    date = re.fullmatch(r"(\d\d) ([A-Z][a-z]+) (\d{4})", words) or re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", words)
    if date:
        iso = date[1].isdigit() and len(date[1]) == 4
        day, year = (int(date[3]), date[1]) if iso else (int(date[1]), date[3])
        month = MONTHS[int(date[2]) - 1] if iso else date[2]
        yield from (f"{day} {month} {year}", f"{month} {day}, {year}", f"{month} {year}", year)
    bare = re.sub(r" \(.*\)$", "", words)
    if bare != words and bare:
        yield bare


def _windows(
    sentences: Sequence[Sequence[str]],
    types: Mapping[Span, tuple[str, ...]],
    stated: Mapping[tuple[Span, Span], set[str]],
    schema: tuple[RelationText, ...],
    loose: Mapping[tuple[Span, Span], set[str]],
) -> Iterator[Window]:
    """Windows of consecutive sentences with what is within them."""
    at = begin = 0
    sizes = [len(sentence) for sentence in sentences]
    while at < len(sentences):
        last = fitting(sizes, at, MAX_ATOMS)
        end = begin + sum(sizes[at:last])

        def inside(*spans: Span, low: int = begin, high: int = end) -> bool:
            return all(low <= span[0] and span[1] <= high for span in spans)

        def moved(span: Span, low: int = begin) -> Span:
            return span[0] - low, span[1] - low

        parts = [
            {(moved(s), moved(o)): names for (s, o), names in links.items() if inside(s, o)}
            for links in (stated, loose)
        ]
        kinds = {moved(span): kind for span, kind in types.items() if inside(span)}
        yield _window(sentences[at:last], kinds, parts[0], schema, parts[1])
        at, begin = last, end


def _window(
    sentences: Sequence[Sequence[str]],
    types: Mapping[Span, tuple[str, ...]],
    stated: Mapping[tuple[Span, Span], Iterable[str]],
    schema: tuple[RelationText, ...],
    loose: Mapping[tuple[Span, Span], Iterable[str]] | None = None,
    apart: Sequence[bool] | None = None,
    *,
    full: bool = True,
) -> Window:
    """One window; words are cut into atoms only where they come from a text, since annotations count words."""
    words = [word for sentence in sentences for word in sentence]
    links = {ends: Link(*ends, tuple(sorted({"", *names})), "", None, False) for ends, names in (loose or {}).items()}
    links |= {ends: Link(*ends, tuple(sorted(names)), "", None, False) for ends, names in stated.items()}
    return Window(
        tuple(words),
        tuple(_glued(words) if apart is None else apart),
        tuple(number for number, sentence in enumerate(sentences) for _ in sentence),
        {span: kinds for span, kinds in types.items() if span[1] - span[0] <= LONGEST_SPAN},
        {},
        links,
        0,
        schema,
        full=full,
    )


def _glued(words: Sequence[str]) -> list[bool]:
    """Whether each word probably stands without a space behind the one before."""
    return [
        at > 0 and (word in (",", ".", ";", ":", ")", "'s", "%", "?", "!") or words[at - 1] in ("(", "$"))
        for at, word in enumerate(words)
    ]
