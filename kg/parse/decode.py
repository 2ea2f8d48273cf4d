"""Scores -> tags of names and trees that are well formed."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

Name = tuple[int, int, str]  # first atom or word, last + 1, type


@functools.cache
def _follows(labels: tuple[str, ...]) -> np.ndarray:
    """Which tag may follow which, (tags, tags); one more row for the begin of a sentence."""
    ends = np.array([tag[0] in "OES" for tag in labels])
    starts = np.array([tag[0] in "OBS" for tag in labels])
    inside = np.array([[a[2:] == b[2:] and a[0] in "BI" and b[0] in "IE" for b in labels] for a in labels])
    allowed = (ends[:, None] & starts[None]) | inside
    return np.where(np.vstack([allowed, starts]), 0.0, -1e9).astype(np.float32)


def best_names(scores: np.ndarray, labels: tuple[str, ...]) -> list[Name]:
    """The names of the best well-formed sequence of BIOES tags (Viterbi); scores (atoms, tags) of one sentence."""
    if not (scores.argmax(1) > 0).any():  # the first label is "O"
        return []
    follows = _follows(labels)
    last = np.array([tag[0] in "OES" for tag in labels])
    best, back = scores[0] + follows[-1], []
    for row in scores[1:]:
        ways = best[:, None] + follows[:-1]
        back.append(ways.argmax(0))
        best = ways.max(0) + row
    tag = int(np.where(last, best, -1e9).argmax())
    tags = [tag]
    for row in reversed(back):
        tag = int(row[tag])
        tags.append(tag)
    return names_of([labels[tag] for tag in reversed(tags)])


def names_of(tags: Sequence[str]) -> list[Name]:
    """The names that well-formed BIOES tags mark.

    >>> names_of(["O", "B-Person", "E-Person", "S-Place"])
    [(1, 3, 'Person'), (3, 4, 'Place')]
    """
    names, first = [], 0
    for index, tag in enumerate(tags):
        mark, _, kind = tag.partition("-")
        if mark in "BS":
            first = index
        if mark in "ES":
            names.append((first, index + 1, kind))
    return names


def tags_of(names: Sequence[Name], length: int) -> list[str]:
    """BIOES tags of names.

    >>> tags_of([(1, 3, "Person")], 4)
    ['O', 'B-Person', 'E-Person', 'O']
    """
    tags = ["O"] * length
    for first, last, kind in names:
        marks = "S" if last == first + 1 else "B" + "I" * (last - first - 2) + "E"
        tags[first:last] = [f"{mark}-{kind}" for mark in marks]
    return tags


def best_tree(scores: np.ndarray) -> np.ndarray:
    """Heads of the best tree with one root; scores (words, 1 + words), head 0 being the root (Chu-Liu and Edmonds)."""
    heads = scores.argmax(1)
    if (heads == 0).sum() == 1 and _is_tree(heads):
        return np.asarray(heads)
    from stanza.models.common.chuliu_edmonds import chuliu_edmonds_one_root

    below_zero = scores - scores.max() - 1  # as it wants them
    square = np.vstack([np.zeros((1, scores.shape[1]), scores.dtype), below_zero])
    return np.asarray(chuliu_edmonds_one_root(square)[1:])


def _is_tree(heads: np.ndarray) -> bool:
    """Whether all words reach the root."""
    reached = np.concatenate([[0], heads])
    for _ in range(len(heads).bit_length()):
        reached = reached[reached]
    return not reached.any()
