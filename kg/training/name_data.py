"""Training data for the name tagger: the corpora in our words, our types, and names of today.

VLSP 2021 has all types; VLSP 2016 lacks most of them, and the annotated news lack amounts, dates and titles. So a first
tagger is trained on VLSP 2021 alone, and what it finds of the missing types is added to the other two.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kg import parse
from kg.parse import PIPELINE, find_atoms, find_sentences, join_atoms
from kg.training.corpora import Token, Tree, held_back, named, running_text
from kg.training.modern import made_sentences, renamed

Ends = Callable[[Sequence[str]], list[set[int]]]  # offsets in each text where a word ends
Tagger = Callable[[Sequence[Tree]], list[Tree]]
VLSP2016_TYPES = frozenset({"Person", "Organization", "Place"})
GOLD_TYPES = frozenset({"Person", "Organization", "Place", "Product", "Event", "Work"})
ADDED = {
    2016: frozenset({"Product", "Event", "DateTime", "Quantity", "PersonType"}),
    0: frozenset({"DateTime", "Quantity", "PersonType"}),  # the annotated news
}


def in_words(trees: Iterable[Tree], ends: Ends) -> list[Tree]:
    """The sentences cut into words as the parser cuts them; a name always starts and ends with a word."""
    texts, names = [], []
    for tree in trees:
        text, offsets = running_text(token.text for token in tree)
        spans: list[tuple[int, int, str]] = []
        for token, start in zip(tree, offsets, strict=True):
            if token.name.startswith("B-"):
                spans.append((start, start + len(token.text), token.name[2:]))
            elif token.name.startswith("I-") and spans:
                spans[-1] = (spans[-1][0], start + len(token.text), spans[-1][2])
        texts.append(text)
        names.append(spans)
    words = (tagged_words(*item) for item in zip(texts, names, ends(texts), strict=True))
    return [tree for tree in words if tree]


def tagged_words(text: str, names: Sequence[tuple[int, int, str]], ends: set[int]) -> Tree:
    """The words of a sentence, tagged with the names, which are given as (start, end, type)."""
    atoms = find_atoms(text)
    if not atoms:
        return ()
    edges = {edge for start, end, _ in names for edge in (start, end)}
    forced = {stop for _, stop in atoms if any(stop <= edge <= stop + 1 for edge in edges)}
    tokens = []
    for first, last in join_atoms(text, atoms, ends | forced):
        tag = "O"
        for start, end, kind in names:
            if start <= first < end:
                tag = f"{'B' if first == start else 'I'}-{kind}"
        tokens.append(Token(text[first:last], name=tag))
    return _whole(tokens)


def _whole(tokens: list[Token]) -> Tree:
    """The same, with B where a name would start with I."""
    result: list[Token] = []
    for token in tokens:
        before = result[-1].name[2:] if result else ""
        starts = token.name.startswith("I-") and before != token.name[2:]
        result.append(replace(token, name="B-" + token.name[2:]) if starts else token)
    return tuple(result)


def annotated_news(folder: Path, news: Path, ends: Ends) -> dict[str, list[Tree]]:
    """Article id -> sentences of the annotated news, their named entities found again by their names and aliases."""
    texts = {}
    with news.open(encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            texts[item["id"]] = item["text"]
    result = {}
    for path in sorted(folder.glob("*.json")):
        article = json.loads(path.read_text(encoding="utf-8"))
        if article["id"] in texts:
            found = list(_found_again(texts[article["id"]], article["entities"]))
            cut = zip(*zip(*found, strict=True), ends([text for text, _ in found]), strict=True)
            result[article["id"]] = [tagged_words(*item) for item in cut]
    return result


def _found_again(text: str, entities: Sequence[dict[str, Any]]) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """The sentences of a text, each with (start, end, type) of the names in it."""
    kinds = {}
    for entity in entities:
        for form in (entity["name"], *entity["aliases"]):
            if entity["type"] in GOLD_TYPES and _is_name(form):
                kinds[form] = entity["type"]
    forms = sorted(kinds, key=len, reverse=True)
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(form)}(?!\w)" for form in forms) or r"(?!)")
    for line in text.split("\n"):
        atoms = find_atoms(line)
        for spans in find_sentences(line, atoms) if atoms else ():
            sentence = line[spans[0][0] : spans[-1][1]]
            yield sentence, [(match.start(), match.end(), kinds[match[0]]) for match in pattern.finditer(sentence)]


def _is_name(form: str) -> bool:
    """Whether a form is written as a name: a capital after its first syllable, or no more than two syllables.

    >>> [_is_name(form) for form in ("Sam Altman", "Nvidia", "Dự án này đây", "Firefox OS của Mozilla")]
    [True, True, False, False]
    """
    parts = form.split()
    later = any(part != part.lower() for part in parts[1:])
    return " của " not in form and form[:1] != form[:1].lower() and (later or len(parts) < 3)


def completed(trees: Sequence[Tree], tagger: Tagger, kinds: frozenset[str]) -> Iterator[Tree]:
    """The sentences with what the tagger finds of the given types where they have no name yet."""
    for tree, found in zip(trees, tagger(trees), strict=True):
        tokens = list(tree)
        for first, last, kind in name_spans(found):
            if kind in kinds and all(token.name == "O" for token in tokens[first:last]):
                for index in range(first, last):
                    tokens[index] = replace(tokens[index], name=found[index].name)
        yield tuple(tokens)


def name_spans(tree: Tree) -> list[tuple[int, int, str]]:
    """(first word, last word + 1, type) of each name."""
    spans: list[tuple[int, int, str]] = []
    for index, token in enumerate(tree):
        if token.name.startswith("B-"):
            spans.append((index, index + 1, token.name[2:]))
        elif token.name.startswith("I-") and spans:
            spans[-1] = (spans[-1][0], index + 1, spans[-1][2])
    return spans


def word_ends(tokenizer: Path) -> Ends:
    """The function that gives the offsets where a word ends, as a Stanza tokenizer sees it."""
    import stanza

    path = str(tokenizer)
    pipeline = stanza.Pipeline("vi", processors="tokenize", dir="", tokenize_model_path=path, **PIPELINE)
    return lambda texts: [
        ends for first in range(0, len(texts), 200) for ends in parse.word_ends(pipeline, texts[first : first + 200])
    ]


@dataclass(frozen=True)
class NameData:
    """The corpora in words. Each but VLSP 2021 comes without some types; a share of each is held back."""

    vlsp2021: tuple[list[Tree], list[Tree]]  # for training, for development
    vlsp2016: tuple[list[Tree], list[Tree]]
    news: tuple[list[Tree], list[Tree]]

    def without(self, corpora: frozenset[str]) -> NameData:
        """The same without the training part of some: "vlsp2016" and "gold" can be left out, VLSP 2021 cannot."""
        vlsp2016 = ([], self.vlsp2016[1]) if "vlsp2016" in corpora else self.vlsp2016
        return NameData(self.vlsp2021, vlsp2016, ([], self.news[1]) if "gold" in corpora else self.news)


def read_name_data(data: Path, *, gold: Path, ends: Ends, seed: int) -> NameData:
    """All corpora of names, cut into words, with a tenth held back (of the news: a tenth of the articles)."""
    parts = [held_back(named(data, year), seed=seed) for year in (2021, 2016)]
    cut = [tuple(in_words(trees, ends) for trees in part) for part in parts]
    articles = list(annotated_news(gold, data / "text/vi_news.jsonl", ends).values())
    order = random.Random(seed).sample(range(len(articles)), len(articles))
    held = set(order[: len(articles) // 10])
    news: tuple[list[Tree], list[Tree]] = ([], [])
    for index, sentences in enumerate(articles):
        news[index in held].extend(sentences)
    return NameData(cut[0], cut[1], news)  # type: ignore[arg-type]


def first_training(names: NameData, *, ends: Ends, seed: int) -> list[Tree]:
    """What the first tagger, which completes the other corpora, is trained on."""
    return [*names.vlsp2021[0], *_modern(names.vlsp2021[0], 800, ends=ends, seed=seed)]


def full_training(names: NameData, tagger: Tagger, *, ends: Ends, seed: int) -> list[Tree]:
    """All of it, with what is missing from each corpus filled in by the first tagger, and with names of today."""
    trees = [*names.vlsp2021[0]]
    # Half of VLSP 2016 has no name at all: a quarter of that teaches as much.
    useful = [tree for index, tree in enumerate(names.vlsp2016[0]) if index % 4 == 0 or name_spans(tree)]
    trees += completed(useful, tagger, ADDED[2016])
    trees += completed(names.news[0], tagger, ADDED[0])
    return [*trees, *_modern(trees, 3000, ends=ends, seed=seed)]


def _modern(trees: Sequence[Tree], count: int, *, ends: Ends, seed: int) -> list[Tree]:
    """Sentences with names of today: half of them made, half of them changed from the corpora."""
    return in_words([*made_sentences(count // 2, seed=seed), *renamed(trees, count // 2, seed=seed)], ends)
