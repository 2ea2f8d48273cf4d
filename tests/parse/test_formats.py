"""Sentences as CoNLL-U and JSON."""

from __future__ import annotations

import json

import pytest

from kg.errors import ModelError
from kg.model import Article, Name, Sentence, Word
from kg.parse import from_conllu, to_conllu, to_json


def test_conllu_keeps_names_spaces_and_offsets() -> None:
    words_ = (
        Word(2, 8, "Hà Nội", "Hà Nội", "PROPN", "NNP", 1, "nsubj"),
        Word(9, 11, "có", "có", "VERB", "V", -1, "root"),
    )
    sentence = Sentence(2, 11, "Hà Nội có", words_, (Name(0, 1, "Place"), Name(1, 2, "Event")))
    text = to_conllu((sentence,))
    assert "1\tHà Nội\tHà Nội\tPROPN\tNNP\t_\t2\tnsubj\t_\tstart_char=2|end_char=8|ner=S-Place\n" in text
    assert from_conllu(text, "\n\nHà Nội có") == (sentence,)
    with pytest.raises(ModelError, match="Hà Nội"):
        from_conllu(text, "\n\nHạ Nội có")


def test_json_has_what_conllu_has() -> None:
    words = (
        Word(0, 6, "Hà\nNội", "Hà Nội", "PROPN", "NNP", 1, "nsubj"),
        Word(7, 9, "có", "có", "VERB", "V", -1, "root"),
    )
    sentence = Sentence(0, 9, "Hà\nNội có", words, (Name(0, 1, "Place"),))
    document = json.loads(to_json(Article("a.txt", "Hà\nNội có", "vi"), (sentence,)))
    assert (document["id"], document["lang"]) == ("a.txt", "vi")
    (found,) = document["sentences"]
    assert found["names"] == [{"text": "Hà Nội", "type": "Place", "start_char": 0, "end_char": 6}]
    assert [(word["ner"], word["head"], word["deprel"]) for word in found["words"]] == [
        ("S-Place", 2, "nsubj"), ("O", 0, "root"),
    ]  # fmt: skip
