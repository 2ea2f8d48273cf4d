"""Labels of relations are looked for in the words around two places."""

from __future__ import annotations

import pytest
import torch

from kg.model import RelationText
from kg.parse import MODELS
from kg.parse.facts import FactReader
from kg.parse.naming import Labels

Span = tuple[int, int]


def named(label: str, lang: str, text: str, subject: Span, object: Span) -> float:
    words = text.split()
    sentence = [words[:at].count(".") for at in range(len(words))]
    labels = Labels([RelationText("r", "", "", "", (label,))], lang)
    return float(labels.named(words, sentence, torch.tensor([[*subject, *object]])))


@pytest.mark.parametrize(
    ("label", "lang", "text", "object", "share"),
    [
        ("OCLC number", "en", "Dune has the OCLC number 123 .", (5, 6), 1.0),
        ("OCLC number", "en", "Dune has the number 123 .", (4, 5), 0.5),
        ("creator", "en", "Dune was created by Herbert .", (4, 5), 1.0),
        ("creator", "en", "Dune was created in a house by the sea by Herbert .", (10, 11), 0.6),
        ("creator", "en", "Dune is of Herbert , who created more .", (3, 4), 1.0),
        ("creator", "en", "Dune is of Herbert who , in all his years , created more .", (3, 4), 0.3),
        ("creator", "en", "Dune is of Herbert . Others created more .", (3, 4), 0.0),
        ("creator", "en", "Dune is of Creators .", (3, 4), 0.0),
        ("hợp tác với", "vi", "FPT hợp tác với Nvidia .", (4, 5), 1.0),
        ("hợp tác với", "vi", "FPT hợp với Nvidia .", (3, 4), 0.0),
    ],
)  # fmt: skip
def test_what_words_of_a_label_count(label: str, lang: str, text: str, object: Span, share: float) -> None:
    assert named(label, lang, text, (0, 1), object) == pytest.approx(share)


def test_the_best_label_of_a_relation_counts() -> None:
    labels = Labels([RelationText("r", "", "", "", ("maker", "creator")), RelationText("other", "", "", "")], "en")
    ends = torch.tensor([[0, 1, 4, 5]])
    assert labels.named(["Dune", "was", "created", "by", "Herbert"], [0] * 5, ends).tolist() == [[1.0, 0.0]]


def test_relations_of_one_kind_are_told_apart_by_their_labels() -> None:
    """What the vectors of "OCLC number" and "ISBN number" hardly do."""
    schema = tuple(RelationText(name, name, "", "number", (name,)) for name in ("ISBN number", "OCLC number"))
    text = "Above the Veil was written by Garth Nix. It has the OCLC number 46451790."
    cut = text.index("It")
    found = FactReader(MODELS, "en", (schema,)).read(text, [(0, cut - 1), (cut, len(text))])
    assert {one.relation for one in found if text[one.object.start : one.object.end] == "46451790"} == {"OCLC number"}
