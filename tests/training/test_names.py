"""Training data with names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kg.training.corpora import Token
from kg.training.evaluation import name_spans
from kg.training.name_data import annotated_news, marked_sentences, named_atoms, named_news, named_sentences
from kg.training.windows import ALL_TYPES, Marked, atom_names, example

HERE = Path(__file__).parents[2] / "kg" / "training"


def test_marks_are_taken_out_of_the_text() -> None:
    ((text, names),) = marked_sentences(["[[Sam Altman|Person]] leads [[OpenAI|Organization]].\n"])
    assert text == "Sam Altman leads OpenAI."
    assert [(text[start:end], kind) for start, end, kind in names] == [
        ("Sam Altman", "Person"), ("OpenAI", "Organization"),
    ]  # fmt: skip
    tags = [token.name for token in named_atoms(text, names, "en")]
    assert tags == ["B-Person", "I-Person", "O", "B-Organization", "O"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_our_sentences_are_well_marked(lang: str) -> None:
    lines = (HERE / f"names.{lang}.txt").read_text(encoding="utf8").splitlines()
    assert len(set(lines)) == len(lines) > 400
    for text, names in marked_sentences(lines):
        assert "[[" not in text and "|" not in text and text == text.strip()
        assert {kind for _, _, kind in names} <= set(ALL_TYPES)
    trees = named_sentences(HERE, lang)
    assert {token.name[2:] for tree in trees for token in tree if token.name != "O"} == set(ALL_TYPES)


def test_stand_off_names_hold_no_text_of_articles() -> None:
    for line in (HERE / "names.news.jsonl").read_text(encoding="utf8").splitlines():
        article, start, end, names = json.loads(line)
        assert re.fullmatch(r"[0-9]+", article) and 0 <= start < end
        assert all(0 <= first < last <= end - start and kind in ALL_TYPES for first, last, kind in names)


def test_news_are_read_by_their_offsets(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").write_text(
        json.dumps({"id": "7", "text": "Mưa. Apple bán iPhone."}) + "\n", encoding="utf8"
    )
    mark = ["7", 5, 22, [[0, 5, "Organization"], [10, 16, "Product"]]]
    (tmp_path / "names.news.jsonl").write_text(json.dumps(mark) + "\n", encoding="utf8")
    (tree,) = named_news(tmp_path, tmp_path / "news.jsonl")
    assert [(token.text, token.name) for token in tree] == [
        ("Apple", "B-Organization"), ("bán", "O"), ("iPhone", "B-Product"), (".", "O"),
    ]  # fmt: skip


def test_annotated_entities_are_found_again_by_name_and_alias(tmp_path: Path) -> None:
    entities = [
        {"name": "Apple Inc", "aliases": ["Apple"], "type": "Organization"},
        {"name": "giá", "aliases": [], "type": "Concept"},
    ]
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "7.json").write_text(json.dumps({"id": "7", "entities": entities}), encoding="utf8")
    (tmp_path / "news.jsonl").write_text(
        json.dumps({"id": "7", "text": "Apple tăng giá. Mưa."}) + "\n", encoding="utf8"
    )
    ((first, second),) = annotated_news(tmp_path / "gold", tmp_path / "news.jsonl")
    assert [token.name for token in first] == ["B-Organization", "O", "O", "O"]
    assert [token.text for token in second] == ["Mưa", "."]


def test_names_of_words_become_names_of_atoms() -> None:
    tree = (
        Token("Hà Nội", name="B-Place"),
        Token("và"),
        Token("Bộ", name="B-Organization"),
        Token("Y tế", name="I-Organization"),
    )
    sentence = example(tree, "vi", Marked(), spaced=False)
    assert atom_names(sentence) == ["B-Place", "E-Place", "O", "B-Organization", "I-Organization", "E-Organization"]


def test_a_class_noun_before_a_place_is_part_of_its_name() -> None:
    tree = named_atoms(
        "Ông đến sân bay Vinh ở Tỉnh, huyện Mê, ông Bảo An", [(16, 20, "Place"), (35, 37, "Place")], "vi"
    )
    assert [token.text for token in tree if token.name != "O"] == ["sân", "bay", "Vinh", "huyện", "Mê"]
    assert [token.name[0] for token in tree if token.name != "O"] == ["B", "I", "I", "B", "I"]


def test_spans_of_names_in_the_text() -> None:
    tree = (Token("Hà", name="B-Place"), Token("Nội", name="I-Place"), Token("và"), Token("Nam", name="B-Person"))
    assert name_spans(tree, [0, 3, 7, 10]) == [(0, 6, "Place"), (10, 13, "Person")]
