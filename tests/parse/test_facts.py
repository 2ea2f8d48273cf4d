"""The model of facts: a Stanza processor for the relations of any ontology, which examples teach more."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import stanza

from kg.errors import ModelError
from kg.model import Article, Example, Proposal, RelationText
from kg.ontology import load
from kg.parse import MODELS, Parser
from kg.parse.adapter import learn
from kg.parse.facts import FactReader, read_adapter
from kg.parse.processors import options

FIRST = "Tập đoàn OpenAI hợp tác với Nvidia."
TEXT = f"{FIRST}\nÔng Nguyễn Văn Nam, giám đốc Công ty ABC, sẽ thăm Hà Nội."
SCHEMAS = load().relation_texts()


@pytest.fixture(scope="module")
def pipeline() -> Any:
    return stanza.Pipeline("vi", **options(schemas=SCHEMAS))


def surest(proposals: tuple[Proposal, ...], text: str) -> dict[str, tuple[str, str]]:
    """Of each relation the surest proposal, by its words."""
    ranked = sorted(proposals, key=lambda found: found.confidence)
    return {
        found.relation: (text[found.subject.start : found.subject.end], text[found.object.start : found.object.end])
        for found in ranked
    }


def test_a_document_has_proposals_in_letters_of_its_text(pipeline: Any) -> None:
    document = pipeline(TEXT)
    found = surest(document.proposals, TEXT)
    assert {word.replace("Tập đoàn ", "") for word in found["partnersWith"]} == {"OpenAI", "Nvidia"}
    assert "Nam" in found["leads"][0] and "ABC" in found["leads"][1] and found["visits"][1] == "Hà Nội"
    assert list(document.proposals) == sorted(document.proposals)
    assert all(0 <= one.confidence <= 1 for one in document.proposals)


def test_proposals_belong_to_the_sentence_that_they_end_in() -> None:
    lead = "Hôm nay trời đẹp.\n" * 40
    sentences = Parser("vi", schemas=SCHEMAS).parse(Article("a", lead + TEXT, "vi"))
    for sentence in sentences:
        for found in sentence.proposals:
            assert sentence.start <= max(found.subject.start, found.object.start) < sentence.end
    proposals = tuple(found for sentence in sentences for found in sentence.proposals)
    assert "ABC" in surest(proposals, lead + TEXT)["leads"][1]


def test_relations_of_another_ontology_are_read_by_their_words() -> None:
    schema = (
        RelationText("r1", "head of: who leads an organisation", "person", "organisation"),
        RelationText("r2", "partners with", "", ""),
    )
    proposals = FactReader(MODELS, "vi", (schema,)).read(TEXT, [(0, len(FIRST)), (len(FIRST) + 1, len(TEXT))])
    found = surest(tuple(one for one in proposals if one.confidence > 0.5), TEXT)
    assert "ABC" in found["r1"][1] and {word.split()[-1] for word in found["r2"]} == {"OpenAI", "Nvidia"}


def test_models_without_the_branch_propose_nothing(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MODELS, tmp_path / "models"))
    (folder / "facts.safetensors").unlink()
    sentences = Parser("vi", folder, schemas=SCHEMAS).parse(Article("a", TEXT, "vi"))
    assert sentences and not any(sentence.proposals for sentence in sentences)


def test_examples_teach_what_words_do_not_tell(tmp_path: Path) -> None:
    """A relation with a name that means nothing is found in sentences that no example has."""
    schema = (RelationText("zx", "zx", "", ""),)
    pairs = [("Vinamilk", "TH"), ("FPT", "CMC"), ("Apple", "Samsung"), ("Viettel", "VNPT"), ("Toyota", "Honda")]
    texts = [(f"{a} kiện {b} ra tòa.", a, b) for a, b in pairs] + [
        (f"Hôm qua, {a} đã kiện {b}.", a, b) for a, b in pairs
    ]
    examples = [Example(text, "vi", ((a, "zx", b),)) for text, a, b in texts]
    examples += [Example(f"{a} hợp tác với {b}.", "vi", ()) for a, b in pairs]
    file = tmp_path / "zx.safetensors"
    assert learn(MODELS, examples, [schema], file) == len(texts)

    def sure(text: str, adapter: Path | None) -> float:
        reader = FactReader(MODELS, "vi", (schema,), adapter)
        found = [one for one in reader.read(text, [(0, len(text))]) if one.subject.start == 0]
        return max((one.confidence for one in found), default=0.0)

    before, after = (sure("Google kiện Microsoft vì bản quyền.", adapter) for adapter in (None, file))
    assert before < 0.3 < after
    assert sure("Google hợp tác với Microsoft.", file) < 0.3


def test_what_is_no_adapter_is_named(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("hello")
    with pytest.raises(ModelError, match=r"notes\.txt"):
        read_adapter(file)
