"""Names and trees that are well formed, from any scores."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kg.parse.decode import best_names, best_tree, tags_of

LABELS = ("O", *(f"{mark}-{kind}" for kind in ("Person", "Place") for mark in "BIES"))
NUMBERS = st.floats(-5, 5, width=32)


def test_the_best_names_need_not_be_the_best_tags() -> None:
    scores = np.zeros((3, len(LABELS)), np.float32)
    scores[0, LABELS.index("B-Person")] = 3
    scores[1, LABELS.index("E-Place")] = 1  # cannot follow
    scores[1, LABELS.index("E-Person")] = 0.5
    scores[2, 0] = 1
    assert best_names(scores, LABELS) == [(0, 2, "Person")]


@given(st.integers(1, 8).flatmap(lambda length: arrays(np.float32, (length, len(LABELS)), elements=NUMBERS)))
def test_names_never_overlap(scores: np.ndarray) -> None:
    names = best_names(scores, LABELS)
    assert all(first < last <= len(scores) for first, last, _ in names)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(names))
    ours = sum(scores[at, LABELS.index(tag)] for at, tag in enumerate(tags_of(names, len(scores))))
    assert ours >= scores[:, 0].sum() - 1e-3  # no names at all are well formed too


@settings(deadline=None)
@given(st.integers(1, 9).flatmap(lambda length: arrays(np.float32, (length, length + 1), elements=NUMBERS)))
def test_every_tree_has_one_root_that_all_words_reach(scores: np.ndarray) -> None:
    heads = best_tree(scores)
    assert list(heads).count(0) == 1
    for word in range(1, len(heads) + 1):
        steps, at = 0, word
        while at and steps <= len(heads):
            at, steps = int(heads[at - 1]), steps + 1
        assert at == 0
