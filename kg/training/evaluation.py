"""Scores of the weights on development data: words, sentences, tags and trees on raw text; names on held-back parts."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from pathlib import Path

from kg.model import Article
from kg.parse import Parser, to_conllu
from kg.training.corpora import Tree, running_text, treebank
from kg.training.name_data import name_spans
from kg.training.stanza_models import write_conllu

METRICS = ("Tokens", "Sentences", "UPOS", "XPOS", "UAS", "LAS")


def raw_text_scores(data: Path, *, models: Path, work: Path) -> dict[str, float]:
    """F1 in per cent on UD_Vietnamese-VTB dev, its words set as running text, four sentences to a paragraph."""
    from udtools.udeval import evaluate, load_conllu_file  # type: ignore[import-untyped]

    dev = treebank(data, "dev")
    lines = [running_text(token.text for token in tree)[0] for tree in dev]
    text = "\n".join(" ".join(lines[first : first + 4]) for first in range(0, len(lines), 4))
    found = work / "dev-found.conllu"
    found.write_text(to_conllu(Parser(models=models).parse(Article("dev", text, "vi"))), encoding="utf-8")
    scores = evaluate(load_conllu_file(write_conllu(work / "dev-gold.conllu", dev)), load_conllu_file(str(found)))
    return {metric: round(100 * scores[metric].f1, 2) for metric in METRICS}


def name_scores(
    gold: Sequence[Tree], found: Sequence[Tree], *, kinds: frozenset[str] | None = None
) -> dict[str, float]:
    """F1 in per cent by type and, as ``all``, together; exact spans; of the given types only."""
    counts: Mapping[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for right, ours in zip(gold, found, strict=True):
        spans = [{span for span in name_spans(tree) if kinds is None or span[2] in kinds} for tree in (right, ours)]
        for name, group in (("gold", spans[0]), ("found", spans[1]), ("both", spans[0] & spans[1])):
            counts[name].update(span[2] for span in group)
            counts[name]["all"] += len(group)
    return {kind: _f1(counts, kind) for kind in sorted(counts["gold"])}


def _f1(counts: Mapping[str, collections.Counter[str]], kind: str) -> float:
    return round(200 * counts["both"][kind] / max(1, counts["gold"][kind] + counts["found"][kind]), 2)
