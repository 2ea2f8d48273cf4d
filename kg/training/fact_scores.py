"""How good the branch of facts is on annotated articles, as it learns."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from kg.models.facts import FactBranch, Guess, Schema, read_facts
from kg.parse.atoms import Span
from kg.training.fact_data import SYMMETRIC, FactArticle, Key, Window, windows_of
from kg.training.frozen import Frozen, Wording

THRESHOLDS = (0.02, 0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)


def evaluate(branch: FactBranch, frozen: Frozen, articles: Sequence[FactArticle], schema: Wording) -> str:
    """F1 of the facts at the best threshold, as if spans were resolved to entities without error; and of the spans."""
    branch.train(False)
    sure, spans = [], [0, 0, 0]
    for article in articles:
        facts: dict[Key, float] = {}
        for window in windows_of(article, schema):
            found, guesses, _ = _read(branch, frozen, window)
            counts = len(found.keys() & window.types.keys()), len(found), len(window.types)
            spans = [one + other for one, other in zip(spans, counts, strict=True)]
            for guess in guesses:
                ends = [_entity(span, window) for span in (guess.subject, guess.object)]
                if ends[0] != ends[1]:
                    s, o = sorted(ends) if guess.relation in SYMMETRIC else ends
                    facts[s, guess.relation, o] = max(guess.confidence, facts.get((s, guess.relation, o), 0.0))
        sure.append(facts)
    branch.train()
    best = max(_score(articles, sure, threshold) for threshold in THRESHOLDS)
    return f"{best[1]}; spans P {spans[0] / max(spans[1], 1):.3f} R {spans[0] / max(spans[2], 1):.3f}"


@torch.inference_mode()
def _read(
    branch: FactBranch, frozen: Frozen, window: Window
) -> tuple[dict[Span, str], list[Guess], dict[Span, tuple[Span, float]]]:
    batch = frozen.batch([window])
    atoms = branch.atoms(frozen.states(batch), batch)
    names = tuple(relation.name for relation in window.schema)
    return read_facts(branch, atoms, window.sentence, [Schema(names, frozen.meanings(window.schema))])


def _score(articles: Sequence[FactArticle], sure: Sequence[dict[Key, float]], threshold: float) -> tuple[float, str]:
    right = built = found = needed = 0
    for article, facts in zip(articles, sure, strict=True):
        keys = {key for key, confidence in facts.items() if confidence >= threshold}
        acceptable = {key for answers in article.required for key in answers}
        good = keys & acceptable
        right += len(good)
        built += len(good | (keys - article.optional))
        found += sum(not keys.isdisjoint(answers) for answers in article.required)
        needed += len(article.required)
    precision, recall = right / max(built, 1), found / max(needed, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f1, f"threshold {threshold}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"


def _entity(span: Span, window: Window) -> str:
    """The entity of the annotated span that is most like a span, at least half of both; else one of its own."""
    ranked = [
        ((min(span[1], other[1]) - max(span[0], other[0])) / (max(span[1], other[1]) - min(span[0], other[0])), entity)
        for other, entity in window.entities.items()
    ]
    share, best = max(ranked, default=(0.0, ""))
    return best if share >= 0.5 else f"?{span[0] + window.begin}-{span[1]}"
