"""A big graph of made-up articles, to measure with: ``python -m kg.training.graph --triples 1000000 --out FOLDER``.

It goes through ``kg.rdf`` and ``kg.store``, so that it is what a build of the same articles would write, only faster:
all articles at once. The same seed gives the same graph, byte for byte when it is exported.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from rdflib import Literal, URIRef

from kg import ontology
from kg.identity import MentionRecord
from kg.ontology import Ontology
from kg.rdf import (
    IDENTITY_GRAPH,
    KG,
    ONTOLOGY_GRAPH,
    RUN_GRAPH,
    Triple,
    article_iri,
    article_triples,
    ontology_triples,
    run_triples,
)
from kg.store import STORE, Stats, Store
from kg.store.changes import Row, entity_rows, identity_rows, plain_rows
from kg.store.updates import term
from kg.training.invention import Reading, readings

SEED = 1
RUN = "made-up"
PLAIN = "asserted"
TRIPLES_OF_ARTICLE = 840  # about, with what is derived of them; many articles share entities, few do not


def make(folder: Path, *, triples: int, seed: int = SEED) -> Stats:
    """Make a published store of about so many triples in an output folder, in place of what is there."""
    known = ontology.load()
    read = list(readings(known, number=max(triples // TRIPLES_OF_ARTICLE, 1), seed=seed))
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "graph.nq"
        with file.open("w", encoding="utf-8") as lines:
            write(read, known, lines)
        with Store.create_or_open(Path(folder) / STORE) as store:
            store.load(file)
            store.publish()
            return store.stats()


def write(read: Sequence[Reading], known: Ontology, lines: IO[str]) -> None:
    """The N-Quads of a store that holds these articles and no others."""
    with Store.memory() as empty:
        empty.use_ontology(known)
        mentions = empty.mentions
        records: dict[str, list[MentionRecord]] = defaultdict(list)
        groups: dict[str, str] = {}  # mention -> its group
        for article, _, extraction in read:
            for group, found in mentions.records(article, extraction).items():
                records[group] += found
                groups |= {record.iri: group for record in found}
        move = mentions.move("", records)
    lines.writelines(quads(ontology_triples(known), ONTOLOGY_GRAPH))
    lines.writelines(quads(run_triples(RUN, code="", models="", ontology=known.hash), RUN_GRAPH))
    plain: set[Row] = set()
    canonical = move.canonical(move.placed)
    for reading in read:
        triples = _triples(reading, known, canonical, groups)
        plain |= plain_rows(triples, PLAIN)
        lines.writelines(quads(triples, article_iri(reading[0].id)))
    lines.writelines(_lines(identity_rows(move.placed), IDENTITY_GRAPH))
    lines.writelines(_lines(entity_rows(move.canonicals, mentions.classes) | plain))


def quads(triples: Iterable[Triple], graph: URIRef) -> Iterator[str]:
    """Lines of N-Quads."""
    name = term(graph)
    for triple in triples:
        yield f"{' '.join(map(term, triple))} {name} .\n"


def _triples(
    reading: Reading, known: Ontology, canonical: Mapping[URIRef, URIRef], groups: Mapping[str, str]
) -> list[Triple]:
    """What the graph of an article holds: as ``Store.replace`` writes it."""
    article, sentences, extraction = reading
    triples = article_triples(article, sentences, extraction, known, canonical=canonical, run=RUN)
    named = sorted({subject for subject, predicate, _ in triples if predicate == KG.inArticle})
    return triples + [(mention, KG.nameKey, Literal(groups[str(mention)])) for mention in named]


def _lines(rows: Iterable[Row], graph: URIRef | None = None) -> Iterator[str]:
    name = f" {term(graph)}" if graph else ""
    return (f"{' '.join(row)}{name} .\n" for row in sorted(rows))


def main(arguments: list[str] | None = None) -> int:
    """Make a graph, and say how big it is."""
    reader = argparse.ArgumentParser(prog="python -m kg.training.graph", description=__doc__)
    reader.add_argument("--triples", type=int, default=1_000_000, help="about so many")
    reader.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="the output folder, made if need be")
    reader.add_argument("--seed", type=int, default=SEED, help="another number makes another graph")
    asked = reader.parse_args(arguments)
    start = time.monotonic()
    stats = make(asked.out, triples=asked.triples, seed=asked.seed)
    for name, number in stats.rows():
        print(f"{name:16} {number:>12,}")
    print(f"made in {time.monotonic() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
