"""Words that the tokenizer joined are cut; everything else keeps its place."""

from __future__ import annotations

from kg.extract.lexicon import Lexicon
from kg.extract.words import split_names
from kg.model import Sentence

from .notation import article_of


def split_of(lexicon: Lexicon, *lines: str) -> Sentence:
    return split_names(article_of(*lines)[1], lexicon)[-1]


def test_a_place_before_a_person(lexicon: Lexicon) -> None:
    line = "Tổng_thống/NOUN Mỹ_Donald_Trump/PROPN/Person nói/VERB ./PUNCT"
    sentence = split_of(lexicon, "Mỹ/PROPN/Place mua/VERB chip/NOUN", line)
    assert [word.text for word in sentence.words] == ["Tổng thống", "Mỹ", "Donald Trump", "nói", "."]
    assert [(name.first, name.last) for name in sentence.names] == [(1, 3)]
    assert [word.head for word in sentence.words] == [-1, 2, 0, 0, 0]
    assert all(sentence.text[w.start - sentence.start : w.end - sentence.start] == w.text for w in sentence.words)


def test_a_preposition_before_a_name(lexicon: Lexicon) -> None:
    sentence = split_of(lexicon, "Theo_Bộ/NOUN Y_tế/PROPN ,/PUNCT")
    assert [(word.text, word.upos) for word in sentence.words[:2]] == [("Theo", "ADP"), ("Bộ", "PROPN")]


def test_no_preposition_has_a_capital_in_mid_sentence(lexicon: Lexicon) -> None:
    sentence = split_of(lexicon, "OpenAI/PROPN gặp/VERB Theo_Walcott/PROPN/Person ,/PUNCT Theo_Epstein/PROPN/Person")
    assert [word.text for word in sentence.words] == ["OpenAI", "gặp", "Theo Walcott", ",", "Theo Epstein"]


def test_two_places_are_one_name(lexicon: Lexicon) -> None:
    sentence = split_of(lexicon, "Mỹ/PROPN/Place gặp/VERB Đức/PROPN/Place", "huyện/NOUN Mỹ_Đức/PROPN/Place")
    assert [word.text for word in sentence.words] == ["huyện", "Mỹ Đức"]


def test_untouched_sentences_stay_the_same_values(lexicon: Lexicon) -> None:
    sentences = article_of("OpenAI/PROPN mua/VERB Sam_Altman/PROPN/Person")[1]
    assert split_names(sentences, lexicon) == sentences
