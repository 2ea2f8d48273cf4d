"""Golden cases: real sentences with frozen parses, so that they survive new weights.

A case is a folder ``tests/cases/NAME`` with ``article.txt``, ``sentences.conllu`` (kg.parse.to_conllu) and
``expected.txt``: one fact for each line, ``subject | relation | object | modality | speaker | quote``. The facts must
be found exactly so; a line that begins with ``!`` (first three columns) must not. Other facts are no failure: which
cues there are is the ontology's business, and how sure facts have to be is measured elsewhere. To read what a case
gives: ``python -m tests.extract.test_cases NAME``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kg.extract import extract
from kg.model import Article
from kg.ontology import Ontology, load
from kg.parse import from_conllu

LEAST = 0.2
CASES = Path(__file__).parents[1] / "cases"
NAMES = sorted(path.parent.name for path in CASES.glob("*/expected.txt"))


def facts_of(case: Path, ontology: Ontology) -> list[str]:
    """The facts of a case as lines of expected.txt, one for each evidence."""
    text = (case / "article.txt").read_text(encoding="utf-8")
    sentences = from_conllu((case / "sentences.conllu").read_text(encoding="utf-8"), text)
    found = extract(Article(case.name, text, "vi"), sentences, ontology, least=LEAST)
    name = {None: ""} | {entity.key: entity.name for entity in found.entities}
    return [
        " | ".join((name[f.subject], f.relation, name[f.object], f.modality.value, name[f.speaker], e.quote))
        for f in found.facts
        for e in f.evidence
    ]


@pytest.fixture(scope="module")
def shipped() -> Ontology:
    return load()


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, shipped: Ontology) -> None:
    facts = facts_of(CASES / name, shipped)
    lines = (CASES / name / "expected.txt").read_text(encoding="utf-8").splitlines()
    missing = [line for line in lines if line and not line.startswith("!") and line not in facts]
    wrong = [line for line in lines if line.startswith("!") and any(f.startswith(line[1:].strip()) for f in facts)]
    assert not missing and not wrong, "\n".join(["found:", *facts])


if __name__ == "__main__":
    print("\n".join(facts_of(CASES / sys.argv[1], load())))
