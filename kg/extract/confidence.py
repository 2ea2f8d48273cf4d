"""How sure facts are: the chance that one is right, from what its cue words and the model say of it.

A logistic function of both (Platt 1999), fitted by ``python -m kg.training.calibration --fit`` on texts that the model
has not learned from: annotated news, and for relations of other ontologies Text2KGBench. F1 on the same news hardly
differs for bars between 0.28 and 0.36.
"""

from __future__ import annotations

import math

Weights = tuple[float, float, float]  # constant, weight of the logit of the cue, of the model

OURS: dict[str, Weights] = {  # relations that the model has learned by examples
    "cue": (-1.26, 0.63, 0.0),  # only a cue states it
    "model": (-0.26, 0.0, 0.53),  # only the model does
    "both": (0.65, 0.46, 0.36),
    "rival": (-1.16, 0.68, 0.1),  # a cue does, where the model sees another relation between the two
}
OTHERS: dict[str, Weights] = {  # relations of which it has only words: cues are taken at their word
    "cue": (0.0, 1.0, 0.0),
    "model": (-0.16, 0.0, 0.6),  # 0.9 above the fit, as suits F1: the benchmark marks few of the facts of a sentence
    "both": (0.93, 0.12, 0.23),
    "rival": (0.0, 1.0, 0.0),
}
LEAST = 0.28  # chance from which a fact is kept
_EDGE = 0.005  # chances are kept as far from 0 and 1


def chance(
    *, cue: float | None = None, model: float | None = None, rival: float | None = None, ours: bool = True
) -> float:
    """The chance that a fact is right, given how sure its cue and the model are of it (None: do not state it), or how
    sure the model is of another relation in its place.

    >>> chance(model=0.5) < chance(cue=0.5, model=0.5)
    True
    """
    if cue is None:
        kind = "model"
    elif model is not None:
        kind = "both"
    else:
        kind = "cue" if rival is None else "rival"
    weights = (OURS if ours else OTHERS)[kind]
    of_model = rival if model is None else model
    score = weights[0] + weights[1] * logit(cue or 0.0) + weights[2] * logit(of_model or 0.0)
    return 1 / (1 + math.exp(-score))


def logit(sure: float) -> float:
    """The logarithm of the odds of a chance, of one near 0 or 1 those a little nearer to the middle."""
    bounded = min(max(sure, _EDGE), 1 - _EDGE)
    return math.log(bounded / (1 - bounded))
