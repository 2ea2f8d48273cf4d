"""The model of facts learns what it is shown: a tiny one learns an article by heart."""

from __future__ import annotations

import pytest
import torch
from annotated import GOLD, TEXT

from kg.models.facts import FactHead, FactLabels, reachable
from kg.models.network import Labels, Network, Sizes
from kg.parse import MODELS
from kg.parse.pieces import Pieces
from kg.training.fact_data import article_of
from kg.training.fact_model import MAX_ATOMS, FactModel, evaluate, labels_of, losses, predict, train, windows_of

ARTICLE = article_of(GOLD, TEXT)


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces(MODELS / "tokenizer.json")


@pytest.fixture
def model() -> FactModel:
    torch.manual_seed(1)
    labels = Labels(("vi",), ("X",), {"vi": ("X",)}, {}, ("root",), ("O",))
    sizes = Sizes(pieces=54239, width=48, layers=1, heads=4, inner=64)
    return FactModel(Network(sizes, labels), labels_of([ARTICLE]))


def test_windows_hold_whole_sentences_and_all_that_is_said_in_them() -> None:
    (whole,) = windows_of(ARTICLE)
    assert len(whole.atoms) == len(ARTICLE.atoms) and set(whole.types) == set(ARTICLE.types)
    assert {(link.subject, link.object) for link in ARTICLE.links} == set(whole.links)
    cut = list(windows_of(ARTICLE, first=1))
    assert [window.begin for window in cut] == [0, ARTICLE.sentences[1][0]]
    assert sum(len(window.atoms) for window in cut) == len(ARTICLE.atoms)


def test_a_tiny_model_learns_an_article_by_heart(model: FactModel, pieces: Pieces) -> None:
    (window,) = windows_of(ARTICLE, first=MAX_ATOMS)
    train(model, [ARTICLE], [ARTICLE], pieces, steps=150, rate=3e-3, atoms_of_step=1)
    assert evaluate(model, [ARTICLE], pieces).endswith("F1 1.000")
    model.train(False)
    with torch.inference_mode():
        (atoms,) = model.atoms([window], pieces)
        spans, guesses = predict(model, atoms, window)
        parts = losses(model, atoms, window)
    assert all(spans.get(span) == kind for span, kind in window.types.items())
    told = {guess.relation: (guess.modality, guess.speaker) for guess in guesses if guess.confidence > 0.5}
    assert told["partnersWith"] == ("asserted", None)
    assert told["visits"][0] == "planned" and told["visits"][1] is not None
    assert set(parts) == {"spans", "relations", "modalities", "speakers"}


def test_spans_end_with_sentences_and_pairs_reach_one_sentence_far() -> None:
    torch.manual_seed(1)
    head = FactHead(8, FactLabels(("", "A"), ("", "r"), ("asserted",)))
    spans, scores = head.spans(torch.randn(5, 8), torch.tensor([0, 0, 1, 1, 1]))
    assert scores.shape == (len(spans), 2)
    assert {tuple(span) for span in spans.tolist()} == {
        (first, last) for first in range(5) for last in range(first + 1, 6) if (first < 2) == (last <= 2)
    }
    assert reachable([(0, 1), (2, 3), (4, 5)], [0, 1, 2]) == [(0, 1), (1, 0), (1, 2), (2, 1)]
