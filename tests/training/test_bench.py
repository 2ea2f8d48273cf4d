"""The comparison of speeds: what is pure of it, and that Stanza's stock pipeline can be made with random weights."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from kg.model import Name, Sentence, Word
from kg.training.bench import FIRST, SPACY, load_stock, main, make_stock, measure, share, table

SMALL = {"hidden_dim": 8, "transformed_dim": 8, "word_emb_dim": 4, "deep_biaff_hidden_dim": 8}
TINY = {
    "charlm": {"char_hidden_dim": 8, "char_emb_dim": 4},
    "vectors": {"number": 10, "dimensions": 6},
    "tokenizer": {"hidden_dim": 8},
    "tagger": SMALL,
    "parser": SMALL,
    "ner_tagger": {"hidden_dim": 8},
}


def sentence(text: str) -> Sentence:
    """A sentence of words between spaces, the first of them the root, the second a name."""
    words, start = [], 0
    for number, word in enumerate(text.split()):
        place = (0, "obj") if number else (-1, "root")
        words.append(Word(start, start + len(word), word, word, "NOUN", "N", *place))
        start += len(word) + 1
    return Sentence(0, len(text), text, tuple(words), (Name(1, 2, "Person"), Name(2, 4, "Place")))


def length(texts: list[str]) -> int:
    return sum(len(text.split()) for text in texts)


def load_nothing() -> type[list[str]]:
    return list


def load_broken() -> type[list[str]]:
    raise SystemExit(1)


@pytest.mark.parametrize("words", [1, 5, 6, 100])
def test_a_share_has_whole_texts_in_turn_and_no_more_than_asked_for(words: int) -> None:
    texts = ["a b c", "d e"]
    shared = share(texts, words)
    assert shared == (texts * 100)[: len(shared)]
    assert length(shared[:-1]) < words <= length(shared)


def test_a_table_is_aligned_and_compares_within_a_language() -> None:
    lines = table([("kg", "vi", 800.0), ("stock", "vi", 100.0), ("kg", "en", 1000.0), ("other", "en", 4000.0)])
    assert len({len(line) for line in lines.splitlines()}) == 1
    assert [line.split()[-1] for line in lines.splitlines()[1:]] == ["1.00", "8.00", "1.00", "0.25"]


def test_workers_are_timed_and_a_lost_one_is_reported() -> None:
    from kg.errors import ModelError

    assert measure(load_nothing, "a", ["a b", "c"]) > 0
    with pytest.raises(ModelError, match="ended before"):
        measure(load_broken, "a", ["a b"])


def test_stanzas_stock_pipeline_parses_with_random_weights(tmp_path: Path) -> None:
    parsed = {
        "Ông An thăm Bắc Ninh .": [sentence("Ông An thăm Bắc Ninh .")],
        "Hà Nội có mưa .": [sentence("Hà Nội có mưa .")],
    }
    make_stock(tmp_path, parsed, TINY)
    documents = load_stock(tmp_path, parsed)(list(parsed))
    assert isinstance(documents, list)
    for text, document in zip(parsed, documents, strict=True):
        (made,) = document.sentences
        assert [word.text for word in made.words] == text.split()
        assert [word.head for word in made.words] == list(range(len(made.words)))  # the quickest of trees
        assert all(word.upos and word.deprel and word.lemma == word.text for word in made.words)
        assert all(token.ner for token in made.tokens)


def test_without_spacy_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main() == 2
    assert "pip install -e '.[bench]'" in capsys.readouterr().err
    assert SPACY and FIRST
