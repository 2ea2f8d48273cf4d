"""Windows of text with what the network should say of them, and that a network learns it."""

from __future__ import annotations

import random

import pytest
import torch

from kg.models.network import Network, Sizes
from kg.parse import MODELS
from kg.parse.pieces import Pieces
from kg.training.corpora import Token, Tree
from kg.training.material import WORDS, labels_of
from kg.training.multitask import WEIGHTS
from kg.training.scores import quick_scores
from kg.training.targets import UNKNOWN, allowed, losses, name_labels, targets
from kg.training.windows import Corpus, Marked, Window, draw, example

VIETNAMESE: Tree = (
    Token("OpenAI", "PROPN", "NNP", 2, "nsubj", "B-Organization"),
    Token("hợp tác", "VERB", "V", 0, "root"),
    Token("với", "ADP", "Pre", 4, "case"),
    Token("Hà Nội", "PROPN", "NNP", 2, "obl", "B-Place"),
    Token(".", "PUNCT", "PUNCT", 2, "punct"),
)
ENGLISH: Tree = (
    Token("U.S.", "PROPN", "NNP", 2, "nsubj", lemma="U.S."),
    Token("firms", "NOUN", "NNS", 0, "root", lemma="firm"),
    Token("do", "AUX", "VBP", 2, "aux", lemma="do"),
    Token("n't", "PART", "RB", 2, "advmod", lemma="not", glued=True),
)


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces(MODELS / "tokenizer.json")


def corpora() -> list[Corpus]:
    types = frozenset({"Organization", "Place"})
    return [
        Corpus("vi", "vi", Marked(words=True, types=types), [[VIETNAMESE, VIETNAMESE]], 1.0),
        Corpus("en", "en", WORDS, [[ENGLISH], [ENGLISH]], 1.0),
    ]


def window(lang: str, *trees: Tree) -> Window:
    (corpus,) = [corpus for corpus in corpora() if corpus.lang == lang]
    return tuple(example(tree, lang, corpus.marked, spaced=False) for tree in trees)


def test_a_sentence_in_atoms() -> None:
    sentence = example(ENGLISH, "en", WORDS, spaced=False)
    assert sentence.atoms == ("U", ".", "S", ".", "firms", "do", "n't")
    assert sentence.glued == (False, True, True, True, False, False, True)
    assert sentence.token_of_atom == (0, 0, 0, 0, 1, 2, 3)


def test_where_rules_cut_no_atom_between_tokens_they_are_set_with_spaces() -> None:
    sentence = example((Token("tăng"), Token("5"), Token("%")), "vi", WORDS, spaced=False)
    assert sentence.atoms == ("tăng", "5", "%") and sentence.marked.words
    glued = (Token("well"), Token("known", glued=True))
    assert not example(glued, "en", WORDS, spaced=False).marked.words


def test_the_right_answers_are_in_numbers(pieces: Pieces) -> None:
    labels = labels_of(corpora())
    goal = targets([window("vi", VIETNAMESE, VIETNAMESE), window("en", ENGLISH)], labels, pieces)
    vi, en = goal.joins["vi"].tolist(), goal.joins["en"].tolist()
    assert vi[:6] == [0, 1, 0, 0, 1, UNKNOWN]  # a full stop is glued: Vietnamese does not ask
    assert en[14:] == [1, 1, 1, UNKNOWN, UNKNOWN, 0]
    assert goal.stops["vi"].tolist()[6] == 1 and goal.stops["vi"].tolist()[13] == UNKNOWN  # a window has begun
    assert goal.sentences == [(0, 5), (5, 10), (10, 14)]
    assert goal.heads.tolist()[:5] == [2, 0, 4, 2, 2]
    assert [label for label, right in zip(labels.upos, goal.upos[0].tolist(), strict=True) if right] == ["PROPN"]
    assert goal.xpos["en"][:10].all()


def test_a_word_outside_of_names_may_be_a_name_of_a_type_that_is_not_marked() -> None:
    labels = name_labels()
    (sentence,) = window("vi", VIETNAMESE)
    rows = allowed(sentence, labels)
    assert [label for label, right in zip(labels, rows[0], strict=True) if right] == ["S-Organization"]
    outside = {label for label, right in zip(labels, rows[1], strict=True) if right}
    assert "O" in outside and "B-Quantity" in outside and "B-Place" not in outside


def test_a_tag_may_be_one_of_several(pieces: Pieces) -> None:
    tree = (Token("đã", "ADV|AUX", "Adv"), Token("mưa", "VERB", "V"))
    goal = targets([(example(tree, "vi", WORDS, spaced=False),)], labels_of(corpora()), pieces)
    assert labels_of(corpora()).upos[0] == "ADP"
    assert goal.upos[0].sum() == 1  # of the two, these corpora know AUX alone


def test_what_is_drawn_depends_on_the_chances_alone() -> None:
    corpus = corpora()[0]
    drawn = [draw(corpus, 40, random.Random(seed)) for seed in range(40)]
    assert drawn == [draw(corpus, 40, random.Random(seed)) for seed in range(40)]
    assert {len(sentences) for sentences in drawn} == {1, 2}


def test_a_network_learns_all_of_it(pieces: Pieces) -> None:
    torch.manual_seed(1)
    labels = labels_of(corpora())
    network = Network(Sizes(pieces=60_000, width=48, layers=1, heads=2, inner=64, arc=32, relation=16), labels)
    windows = [window("vi", VIETNAMESE, VIETNAMESE), window("en", ENGLISH)]
    goal = targets(windows, labels, pieces)
    assert set(losses(network, goal)) == set(WEIGHTS)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(60):
        optimizer.zero_grad()
        torch.stack(list(losses(network, goal).values())).sum().backward()
        optimizer.step()
    scores = quick_scores(network.train(False), windows, pieces)
    assert set(scores) == {"joins", "stops", "upos", "xpos", "lemma", "uas", "las", "names"}
    assert min(scores.values()) > 95
