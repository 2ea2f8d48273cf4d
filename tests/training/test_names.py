"""Training data for the name tagger."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.training.corpora import Token, Tree
from kg.training.evaluation import name_scores
from kg.training.modern import NAMES, PATTERNS, made_sentences, renamed, tagged_today
from kg.training.name_data import completed, in_words, name_spans


def pairs(texts: Sequence[str]) -> list[set[int]]:
    """A tokenizer that ends a word after every second syllable."""
    return [{match.end() for match in re.finditer(r"\S+ \S+", text)} for text in texts]


def tree(text: str) -> Tree:
    """``Hà/B-Place Nội/I-Place`` as a sentence."""
    return tuple(Token(word, name=tag or "O") for word, _, tag in (item.partition("/") for item in text.split()))


def shown(sentence: Tree) -> str:
    return " ".join(f"{token.text.replace(' ', '_')}/{token.name}" for token in sentence)


def test_names_start_and_end_with_words() -> None:
    (words,) = in_words([tree("ở thành phố/B-Place Huế/I-Place đẹp lắm")], pairs)
    assert shown(words) == "ở_thành/O phố/B-Place Huế/I-Place đẹp_lắm/O"


def test_what_a_corpus_lacks_is_added_where_it_has_no_name() -> None:
    found = tree("Ông/B-Person Nam/B-Person mua/O iPhone/B-Product hôm/B-DateTime nay/I-DateTime")
    given = tree("Ông/O Nam/B-Person mua/O iPhone/B-Organization hôm/O nay/O")
    (full,) = completed([given], lambda _: [found], frozenset({"Product", "DateTime"}))
    assert shown(full) == "Ông/O Nam/B-Person mua/O iPhone/B-Organization hôm/B-DateTime nay/I-DateTime"


def test_made_sentences_are_the_same_every_time_and_tagged() -> None:
    sentences = list(made_sentences(200, seed=1))
    assert sentences == list(made_sentences(200, seed=1))
    assert all(name_spans(sentence) for sentence in sentences)
    assert {kind for sentence in sentences for _, _, kind in name_spans(sentence)} >= {"Person", "Product", "Work"}
    assert all("{" not in token.text for sentence in sentences for token in sentence)


def test_patterns_name_known_kinds() -> None:
    assert {item for line in PATTERNS for item in line.split() if "{" in item} <= {f"{{{key}}}" for key in "OPDLEWT"}
    assert all(name == name.strip() and name for names in NAMES.values() for name in names)


def test_renamed_sentences_keep_their_other_words() -> None:
    given = [tree("Hãng Samsung/B-Organization bán xe")] * 20
    for sentence in renamed(given, 20, seed=1):
        assert (sentence[0].text, sentence[-1].text) == ("Hãng", "xe")
        assert [kind for _, _, kind in name_spans(sentence)] == ["Organization"]


def test_tagged_sentences_of_today_keep_tags_and_trees() -> None:
    given = (Token("Nam", "PROPN", "NNP", 2, "nsubj"), Token("bán", "VERB", "V"), Token("xe", "NOUN", "N", 2, "obj"))
    (changed,) = tagged_today([given], 5, seed=1)
    assert changed[1] == given[1]
    assert [token.text for token in changed] != [token.text for token in given]
    assert [(token.upos, token.head, token.deprel) for token in changed] == [
        (token.upos, token.head, token.deprel) for token in given
    ]


def test_scores_count_exact_spans() -> None:
    gold = [tree("Hà/B-Place Nội/I-Place và/O Nam/B-Person")]
    found = [tree("Hà/B-Place Nội/O và/O Nam/B-Person")]
    assert name_scores(gold, found) == {"Person": 100.0, "Place": 0.0, "all": 50.0}
    assert name_scores(gold, found, kinds=frozenset({"Person"})) == {"Person": 100.0, "all": 100.0}
