"""How sure facts are: the chance that one is right, from what its cue words and the model say of it.

A logistic function of both (Platt 1999), to be fitted by ``python -m kg.training.calibration --fit`` on annotated
articles that the model has not learned from. While no model is shipped, a fact is as sure as its cue; the other numbers
are those of an earlier checkpoint, and are to be fitted again with the weights.
"""

from __future__ import annotations

import math

# constant, weight of the logit of the cue, of the model
_CUE = (0.0, 1.0, 0.0)  # only a cue states it
_MODEL = (0.35, 0.0, 0.68)  # only the model does
_BOTH = (1.52, 0.06, 0.47)
_RIVAL = (2.63, 1.40, 0.86)  # a cue does, where the model sees another relation between the two
LEAST = 0.2  # chance from which a fact is kept
_EDGE = 0.005  # chances are kept as far from 0 and 1


def chance(*, cue: float | None = None, model: float | None = None, rival: float | None = None) -> float:
    """The chance that a fact is right, given how sure its cue and the model are of it (None: do not state it), or how
    sure the model is of another relation in its place.

    >>> chance(model=0.5) < chance(cue=0.5, model=0.5)
    True
    """
    if cue is None:
        weights = _MODEL
    elif model is not None:
        weights = _BOTH
    else:
        weights = _CUE if rival is None else _RIVAL
    of_model = rival if model is None else model
    score = weights[0] + weights[1] * logit(cue or 0.0) + weights[2] * logit(of_model or 0.0)
    return 1 / (1 + math.exp(-score))


def logit(sure: float) -> float:
    """The logarithm of the odds of a chance, of one near 0 or 1 those a little nearer to the middle."""
    bounded = min(max(sure, _EDGE), 1 - _EDGE)
    return math.log(bounded / (1 - bounded))
