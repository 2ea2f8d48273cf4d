"""Which corpora the network learns from, how often each is drawn, what is held back, and which labels there are."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import ModelError
from kg.models.network import Labels
from kg.parse.lemmas import rule
from kg.training import corpora, english
from kg.training.corpora import Tree, held_back, key
from kg.training.name_data import NEWS_TYPES, cut_news, named_news, named_sentences, news_parts
from kg.training.targets import name_labels
from kg.training.windows import ALL_TYPES, Corpus, Marked, Window, example, whole

EVERY = frozenset(ALL_TYPES)
FOUR = frozenset({"Person", "Organization", "Place", "Misc"})
VLSP2021 = EVERY - {"Work"}
HERE = Path(__file__).parent
LEAST_LEMMAS = 2  # words that a lemma rule must have
LONGEST = 250  # words in a sentence that is scored
DEV_WINDOW = 70  # words in a window that is scored

WORDS = Marked(words=True)


@dataclass(frozen=True)
class Material:
    """For training, and for development by language and name."""

    corpora: list[Corpus]
    dev: dict[str, list[Window]]


def material(
    data: Path, gold: Path, *, seed: int, languages: Sequence[str] = ("vi", "en"), without: frozenset[str] = frozenset()
) -> Material:
    """All of it; a tenth of each corpus of names is held back. Raises ModelError for a corpus that there is not."""
    parts = [
        part for lang, part in (("vi", _vietnamese(data, gold, seed)), ("en", _english(data))) if lang in languages
    ]
    names = {corpus.name for part in parts for corpus in part.corpora}
    if unknown := sorted(without - names):
        raise ModelError(f"no corpus {', '.join(unknown)}; there are {', '.join(sorted(names))}")
    every = [corpus for part in parts for corpus in part.corpora if corpus.name not in without]
    return Material(every, {name: windows for part in parts for name, windows in part.dev.items()})


def _vietnamese(data: Path, gold: Path, seed: int) -> Material:
    vtb, vtb_dev = corpora.vietnamese_treebank(data)
    train2016, dev2016 = held_back(corpora.named(data, 2016), seed=seed)
    train2021, dev2021 = held_back(corpora.named(data, 2021), seed=seed)
    dev2016, dev2021 = unlike(dev2016, train2016), unlike(dev2021, train2021)
    in_dev = {key(tree) for tree in vtb_dev}  # VLSP 2016 contains sentences of the treebank
    train2016 = _best_tagged([tree for tree in train2016 if key(tree) not in in_dev], [*corpora.tagged(data), *vtb])
    known = {key(tree) for tree in (*train2016, *vtb)}
    rest = [tree for tree in corpora.tagged(data) if key(tree) not in known]
    news_file = data / "text/vi_news.jsonl"
    news, news_dev = news_parts(gold, news_file)
    every = [
        Corpus("vtb", "vi", WORDS, [vtb], 0.12),
        Corpus("vlsp2016", "vi", Marked(words=True, types=FOUR), [train2016], 0.20),
        Corpus("tagged", "vi", WORDS, [rest], 0.03),
        Corpus("vlsp2021", "vi", Marked(types=VLSP2021), [train2021], 0.15),
        Corpus("gold", "vi", Marked(types=NEWS_TYPES), news, 0.05),
        Corpus("names", "vi", Marked(types=EVERY), alone(named_sentences(HERE, "vi")), 0.04),
        Corpus("names-news", "vi", Marked(types=EVERY), alone(named_news(HERE, news_file)), 0.08),
        Corpus("words-news", "vi", WORDS, alone(cut_news(HERE, news_file)), 0.03),
    ]
    dev = {
        "vi-vtb": _windows([vtb_dev], "vi", WORDS),
        "vi-vlsp2016": _windows(alone(dev2016), "vi", Marked(types=FOUR)),
        "vi-vlsp2021": _windows(alone(dev2021), "vi", Marked(types=VLSP2021)),
        "vi-news": _windows(news_dev, "vi", Marked(types=NEWS_TYPES)),
    }
    return Material(every, dev)


def _english(data: Path) -> Material:
    every = [
        Corpus("ewt", "en", WORDS, english.treebank(data, "train"), 0.20),
        Corpus("conll2003", "en", Marked(types=FOUR), [english.named(data, "train")], 0.12),
        Corpus("names", "en", Marked(types=EVERY), alone(named_sentences(HERE, "en")), 0.04),
    ]
    dev = {
        "en-ewt": _windows(english.treebank(data, "dev"), "en", WORDS),
        "en-conll2003": _windows([english.named(data, "dev")], "en", Marked(types=FOUR)),
    }
    return Material(every, dev)


def _best_tagged(trees: Sequence[Tree], better: Sequence[Tree]) -> list[Tree]:
    """The sentences with the tags of others that have the same words, where there are such."""
    known = {key(tree): tree for tree in better}
    result = []
    for tree in trees:
        other = known.get(key(tree), ())
        if [token.text for token in other] == [token.text for token in tree]:
            tree = tuple(replace(t, upos=o.upos, xpos=o.xpos) for t, o in zip(tree, other, strict=True))
        result.append(tree)
    return result


def unlike(trees: Sequence[Tree], others: Sequence[Tree]) -> list[Tree]:
    """The sentences that are not among the others, too."""
    known = {key(tree) for tree in others}
    return [tree for tree in trees if key(tree) not in known]


def alone(trees: Sequence[Tree]) -> list[list[Tree]]:
    """Each sentence as a run of its own: those that do not follow one another."""
    return [[tree] for tree in trees]


def _windows(paragraphs: Sequence[Sequence[Tree]], lang: str, marked: Marked) -> list[Window]:
    """Sentences for scoring, set as running text."""
    shown = whole([[tree for tree in paragraph if len(tree) <= LONGEST] for paragraph in paragraphs], DEV_WINDOW)
    return [tuple(example(tree, lang, marked, spaced=False) for tree in window) for window in shown]


def labels_of(every: Sequence[Corpus]) -> Labels:
    """The labels that occur in the corpora, sorted."""
    upos, deprel = set(), set()
    xpos: dict[str, set[str]] = collections.defaultdict(set)
    lemma: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for corpus in every:
        for run in corpus.runs:
            for token in (token for tree in run for token in tree):
                upos.update(token.upos.split("|"))
                deprel.add(token.deprel)
                xpos[corpus.lang].update(token.xpos.split("|"))
                if token.lemma != "_":
                    lemma[corpus.lang][rule(token.text, token.lemma)] += 1
    return Labels(
        languages=tuple(sorted({corpus.lang for corpus in every})),
        upos=tuple(sorted(upos - {"_"})),
        xpos={lang: tuple(sorted(tags - {"_"})) for lang, tags in sorted(xpos.items())},
        lemma={
            lang: tuple(sorted(rule for rule, count in rules.items() if count >= LEAST_LEMMAS))
            for lang, rules in sorted(lemma.items())
        },
        deprel=tuple(sorted(deprel - {"_"})),
        names=name_labels(),
    )
