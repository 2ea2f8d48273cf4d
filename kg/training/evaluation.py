"""Scores of the shipped weights on development data, from raw text, through the parser that users run.

Words, sentences, tags and trees by the evaluation of the CoNLL 2018 shared task, names by exact spans.
"""

from __future__ import annotations

import collections
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from kg.model import Article
from kg.parse import Parser, to_conllu
from kg.training import corpora, english
from kg.training.corpora import Tree, held_back, named
from kg.training.material import FOUR, VLSP2021, unlike
from kg.training.name_data import NEWS_TYPES, news_parts
from kg.training.windows import text_of

METRICS = ("Words", "Sentences", "UPOS", "XPOS", "UAS", "LAS")  # and "Lemmas", where the treebank has any
PARAGRAPH = 4  # sentences set as one paragraph where the corpus does not say where its paragraphs end

Span = tuple[int, int, str]  # start and end in the text, type


def scores(lang: str, *, data: Path, gold: Path, models: Path, seed: int) -> dict[str, dict[str, float]]:
    """All figures of a language, in per cent."""
    parser = Parser(lang, models)
    if lang == "en":
        trees = english.treebank(data, "dev")
        return {
            "ewt": syntax(parser, lang, trees, spaced=False),
            "names_conll2003": names(parser, lang, english.named(data, "dev"), FOUR),
        }
    dev = corpora.vietnamese_treebank(data)[1]
    trees = [dev[first : first + PARAGRAPH] for first in range(0, len(dev), PARAGRAPH)]
    parts = [held_back(named(data, year), seed=seed) for year in (2016, 2021)]
    vlsp2016, vlsp2021 = (unlike(held, learned) for learned, held in parts)
    news = news_parts(gold, data / "text/vi_news.jsonl")[1]
    return {
        "vtb": syntax(parser, lang, trees, spaced=False),
        "vtb_spaced": syntax(parser, lang, trees, spaced=True),
        "names_vlsp2016": names(parser, lang, vlsp2016, FOUR),
        "names_vlsp2021": names(parser, lang, vlsp2021, VLSP2021),
        "names_news": names(parser, lang, [tree for article in news for tree in article], NEWS_TYPES),
    }


def syntax(parser: Parser, lang: str, paragraphs: Sequence[Sequence[Tree]], *, spaced: bool) -> dict[str, float]:
    """F1 on raw text: a paragraph in a line, a blank line after it; ``spaced`` as the treebank's own text is."""
    from udtools.udeval import evaluate, load_conllu_file  # type: ignore[import-untyped]

    texts = [" ".join(text_of(tree, lang, spaced=spaced)[0] for tree in paragraph) for paragraph in paragraphs]
    found = to_conllu(parser.parse(Article("dev", "\n\n".join(texts), lang)))
    gold = "".join(gold_conllu(tree) for paragraph in paragraphs for tree in paragraph)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("gold", "found")]
        for file, conllu in zip(files, (gold, found), strict=True):
            file.write_text(conllu, encoding="utf-8")
        result = evaluate(*(load_conllu_file(str(file)) for file in files))
    has_lemmas = any(token.lemma != "_" for paragraph in paragraphs for tree in paragraph for token in tree)
    return {metric: round(100 * result[metric].f1, 2) for metric in (*METRICS, *(["Lemmas"] if has_lemmas else []))}


def gold_conllu(tree: Tree) -> str:
    """A sentence of a treebank as CoNLL-U."""
    rows = []
    for number, token in enumerate(tree, 1):
        row = (number, token.text, token.lemma, token.upos, token.xpos, "_", token.head, token.deprel, "_", "_")
        rows.append("\t".join(map(str, row)))
    return "\n".join(rows) + "\n\n"


def names(parser: Parser, lang: str, trees: Sequence[Tree], types: frozenset[str]) -> dict[str, float]:
    """F1 by type and, as ``all``, together, of the types that a corpus marks; each sentence is a paragraph."""
    texts, gold, at = [], [], 0
    for tree in trees:
        text, offsets = text_of(tree, lang, spaced=False)
        gold += [(start + at, end + at, kind) for start, end, kind in name_spans(tree, offsets) if kind in types]
        texts.append(text)
        at += len(text) + 2
    whole = "\n\n".join(texts)
    found = [
        (sentence.words[name.first].start, sentence.words[name.last - 1].end, name.type)
        for sentence in parser.parse(Article("dev", whole, lang))
        for name in sentence.names
        if name.type in types
    ]
    return f1_by_type(gold, found)


def name_spans(tree: Tree, offsets: Sequence[int]) -> list[Span]:
    """Where the names of a sentence start and end in its text."""
    spans: list[Span] = []
    for token, start in zip(tree, offsets, strict=True):
        end = start + len(token.text)
        if token.name.startswith("B-"):
            spans.append((start, end, token.name[2:]))
        elif token.name.startswith("I-") and spans:
            spans[-1] = (spans[-1][0], end, spans[-1][2])
    return spans


def f1_by_type(gold: Iterable[Span], found: Iterable[Span]) -> dict[str, float]:
    """F1 in per cent by type, and of all together.

    >>> f1_by_type([(0, 6, "Place"), (9, 12, "Person")], [(0, 3, "Place"), (9, 12, "Person")])
    {'Person': 100.0, 'Place': 0.0, 'all': 50.0}
    """
    right, ours = set(gold), set(found)
    counts: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0])
    for spans in (right, ours):
        for span in spans:
            for kind in (span[2], "all"):
                counts[kind][0] += 1
                counts[kind][1] += span in right and span in ours
    return {kind: round(100 * both / max(1, total), 2) for kind, (total, both) in sorted(counts.items())}
