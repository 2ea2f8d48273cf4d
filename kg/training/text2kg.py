"""Text2KGBench as a user would run it: ``python -m kg.training.text2kg`` reads sentences after each of its ontologies.

python -m kg.training.text2kg                       every tenth training sentence, which the model did not learn from
python -m kg.training.text2kg --sentences FOLDER    its test files, ont_*_test.jsonl
                       --results FOLDER             write the benchmark's result format too
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from kg.extract import LEAST, extract
from kg.literals import read_date
from kg.model import Article, Extraction
from kg.ontology import Ontology
from kg.ontology.values import spaced
from kg.parse import Parser
from kg.training.relation_data import MONTHS, ontologies, sentences_of, triples_of

Triple = Mapping[str, str]  # "sub", "rel", "obj"
_DATE = re.compile(rf"((\d\d?|{'|'.join(MONTHS)}),? )*[12]\d{{3}}", re.IGNORECASE)


def triples(found: Extraction, ontology: Ontology, *, days: bool = False) -> list[Triple]:
    """The facts in the words of the benchmark: names, labels of relations, and dates as ``day`` has them."""
    names = {entity.key: entity.name for entity in found.entities}
    rows = [(names[f.subject], _label(ontology, f.relation), f.value or names[f.object]) for f in found.facts]
    return [{"sub": s, "rel": r, "obj": day(o) if days else o} for s, r, o in rows]


def day(words: str) -> str:
    """A date as Wikidata has it, where a year is its first day; other words as they are.

    >>> day("february 12, 2010"), day("1925"), day("Blink-182")
    ('12 February 2010', '01 January 1925', 'Blink-182')
    """
    date = read_date(words, "en") if _DATE.fullmatch(words) else ""
    year, month, number = (date + "-01-01").split("-")[:3]
    return f"{number} {MONTHS[int(month) - 1]} {year}" if date else words


def _label(ontology: Ontology, relation: str) -> str:
    labels = ontology.relations[relation].labels
    return labels[0].text if labels else relation


def f1(found: Sequence[Triple], gold: Sequence[Triple]) -> float:
    """F1 of one sentence, triples compared without case, spaces and underscores."""
    one, other = ({plain(triple) for triple in part} for part in (found, gold))
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


def plain(triple: Triple) -> tuple[str, ...]:
    """A triple in the form in which it is compared."""
    return tuple(re.sub(r"[\W_]", "", spaced(triple[key])).lower() for key in ("sub", "rel", "obj"))


def main() -> None:
    """Score each ontology, then the mean of both halves of the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--sentences", type=Path)
    parser.add_argument("--results", type=Path)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--least", type=float, default=LEAST)
    asked = parser.parse_args()
    for half in ("wikidata_tekgen", "dbpedia_webnlg"):
        scores = []
        for file, ontology in ontologies(asked.shared / "data" / "text2kg" / half, asked.sentences):
            reader = Parser("en", asked.models, schemas=ontology.relation_texts())
            means, rows = [], []
            for row in sentences_of(file, learned=None if asked.sentences else False):
                article = Article("sentence", row["sent"], "en")
                extraction = extract(article, reader.parse(article), ontology, least=asked.least)
                found = triples(extraction, ontology, days=half == "wikidata_tekgen")
                means.append(f1(found, triples_of(row)))
                rows.append({"id": row["id"], "sent": row["sent"], "triples": found})
            scores.append(sum(means) / max(len(means), 1))
            name = re.sub(r"_(train|test)$", "", file.stem)
            print(f"{half} {name}: F1 {scores[-1]:.3f} over {len(means)} sentences", flush=True)
            if asked.results:
                asked.results.mkdir(parents=True, exist_ok=True)
                lines = (json.dumps(row, ensure_ascii=False) for row in rows)
                (asked.results / f"{name}_output.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{half}: F1 {sum(scores) / max(len(scores), 1):.3f}, mean of {len(scores)} ontologies")


if __name__ == "__main__":
    main()
