"""Reading the corpora: each function gives sentences in one shape, whatever the file's format.

All words are given as in running text: no underscores, brackets for LBKT and RBKT, numbers and dates without spaces.
"""

from __future__ import annotations

import collections
import functools
import json
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

LIKELY = 0.05  # share of the treebank's tags of a word that makes one possible
OUR_TYPES = {
    "PER": "Person",
    "PERSON": "Person",
    "ORG": "Organization",
    "ORGANIZATION": "Organization",
    "LOC": "Place",
    "LOCATION": "Place",
    "ADDRESS": "Place",
    "PRODUCT": "Product",
    "EVENT": "Event",
    "DATETIME": "DateTime",
    "QUANTITY": "Quantity",
    "PERSONTYPE": "PersonType",
    "MISC": "Misc",
    "MISCELLANEOUS": "Misc",
}  # the others (SKILL, URL, IP ...) are rare and no names
XPOS = {
    "PRE": "Pre",
    "PRO": "Pro",
    "ADV": "Adv",
    "ADJ": "Adj",
    "NUM": "Num",
    "NUMX": "Num",
    "DET": "Det",
    "L": "Det",
    "PRT": "Prt",
    "PART": "Prt",
    "C": "SC",
    "SCONJ": "SC",
    "NY": "Ny",
    "NNPY": "NNP",
    "NNPy": "NNP",
    "NU": "Nu",
    "NB": "Nb",
    "VERB": "V",
    "Aux": "AUX",
}  # the treebank's files differ in spelling
TAGGED = {
    "R": ("ADV", "Adv"),
    "A": ("ADJ", "Adj"),
    "E": ("ADP", "Pre"),
    "P": ("PRON", "Pro"),
    "M": ("NUM", "Num"),
    "C": ("SCONJ", "SC"),
    "CC": ("CCONJ", "CC"),
    "L": ("DET", "Det"),
    "T": ("PART", "Prt"),
    "Np": ("PROPN", "NNP"),
    "N": ("NOUN", "N"),
    "Nc": ("NOUN", "Nc"),
    "Nu": ("NOUN", "Nu"),
    "V": ("VERB", "V"),
    "Vy": ("VERB", "V"),
    "X": ("X", "X"),
    "Z": ("SYM", "Z"),
    "I": ("INTJ", "I"),
    "Y": ("NOUN", "Ny"),
}
VLSP_TAGS = {
    "NNP": "Np",
    "Ny": "Np",
    "Ns": "N",
    "Nb": "N",
    "Cc": "CC",
    "Ne": "N",
    "CH": "X",
}  # of VLSP 2016 -> of tagged
_BRACKETS = {"LBKT": "(", "RBKT": ")"}
_JOINED = re.compile(r"(?<=[\w.]) ?([.,/–-]) ?(?=[\w%])")


@dataclass(frozen=True, slots=True)
class Token:
    """A word with what its corpus says of it; "_" where it says nothing."""

    text: str
    upos: str = "_"  # "ADV|AUX": one of these
    xpos: str = "_"
    head: int = 0  # number of the governing word, counted from 1; 0 is the root
    deprel: str = "_"
    name: str = "O"  # BIO tag with our types
    lemma: str = "_"
    glued: bool = False  # no space before it; only reckoned with in English


Tree = tuple[Token, ...]
Item = TypeVar("Item")


def clean(word: str) -> str:
    """A word as it is written in running text.

    >>> clean("25 . 000"), clean("năng_lượng"), clean("LBKT"), clean("TP . HCM")
    ('25.000', 'năng lượng', '(', 'TP.HCM')
    """
    word = _BRACKETS.get(word, word.replace("_", " ").strip() or "_")
    return _JOINED.sub(r"\1", word) if " " in word else word


def treebank(data: Path, part: str) -> list[Tree]:
    """The sentences of UD_Vietnamese-VTB, ``part`` being "train" or "dev"."""
    sentences: list[Tree] = []
    rows: list[Token] = []
    for line in (data / f"ud/vi_vtb-ud-{part}.conllu").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            _, word, _, upos, xpos, _, head, deprel, *_ = line.split("\t")
            rows.append(Token(clean(word), upos, _xpos(upos, xpos), int(head), deprel))
        elif rows and not line:
            sentences.append(tuple(rows))
            rows = []
    return sentences


def _xpos(upos: str, xpos: str) -> str:
    return "PUNCT" if upos == "PUNCT" else XPOS.get(xpos, xpos)


HELD_TREES = 373  # the last third of UD_Vietnamese-VTB dev; the treebank has so few trees that the rest is learned from


def vietnamese_treebank(data: Path) -> tuple[list[Tree], list[Tree]]:
    """The treebank for training (train and two thirds of dev) and for development (the last third of dev)."""
    dev = treebank(data, "dev")
    return treebank(data, "train") + dev[:-HELD_TREES], dev[-HELD_TREES:]


def tagged(data: Path) -> list[Tree]:
    """The word-segmented, tagged sentences that are not in the treebank, with the treebank's tags.

    Most of the treebank's sentences are in this corpus too: there the two tag sets are compared word by word, and the
    rest gets all likely translations of (word, tag), or else of the tag.
    """
    _, fresh = _translations(data)
    return [_retagged(pairs, data) for pairs in fresh if pairs]


Pairs = list[tuple[str, str]]


@functools.cache
def _translations(data: Path) -> tuple[dict[tuple[str, str], collections.Counter[tuple[str, str]]], list[Pairs]]:
    """How often (word, tag) of the tagged corpus is which pair of tags in the treebank; what is not in the treebank."""
    known = {key(tree): tree for tree in treebank(data, "train")}
    by_word: dict[tuple[str, str], collections.Counter[tuple[str, str]]] = collections.defaultdict(collections.Counter)
    fresh = []
    for line in (data / "tagged/vi_vtb_words_pos.txt").read_text(encoding="utf-8").splitlines():
        pairs = [_word_and_tag(item) for item in line.split()]
        tree = known.get(key([Token(word) for word, _ in pairs]))
        if tree is None:
            fresh.append(pairs)
        elif [token.text for token in tree] == [word for word, _ in pairs]:
            for (word, tag), token in zip(pairs, tree, strict=True):
                by_word[word.lower(), tag][token.upos, token.xpos] += 1
                by_word["", tag][token.upos, token.xpos] += 1  # for words that the treebank has not
    return by_word, fresh


def _retagged(pairs: Pairs, data: Path) -> Tree:
    by_word, _ = _translations(data)
    return tuple(Token(word, *_translated(word, tag, by_word)) for word, tag in pairs)


def _translated(
    word: str, tag: str, by_word: dict[tuple[str, str], collections.Counter[tuple[str, str]]]
) -> tuple[str, str]:
    if not any(char.isalnum() for char in word):
        return ("PUNCT", "PUNCT")
    seen = by_word.get((word.lower(), tag)) or by_word.get(("", tag))
    if not seen:
        return TAGGED.get(tag, ("X", "X"))
    likely = [pair for pair, count in seen.items() if count >= LIKELY * seen.total()]
    upos, xpos = ("|".join(sorted({pair[part] for pair in likely})) for part in (0, 1))
    return upos, xpos


def _word_and_tag(item: str) -> tuple[str, str]:
    if item == '"/"':
        return '"', '"'
    word, _, tag = item.rpartition("/")
    return clean(word or item), tag


def key(tokens: Iterable[Token]) -> str:
    """The letters of a sentence, lower case: the same for two corpora's versions of one sentence."""
    return re.sub(r"\W", "", "".join(token.text for token in tokens)).lower()


def named(data: Path, year: int) -> list[Tree]:
    """The sentences of VLSP 2016 (words; four types) or 2021 (syllables; fifteen types), with names."""
    sentences, rows = [], []
    for line in (data / f"ner/vi_vlsp{year}-train.conll").read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if len(fields) > 1 and fields[0].strip() and not fields[0].strip().startswith(("<s>", "</s>")):
            word = clean(fields[0])
            tags = ("_", "_")
            if len(fields) > 2:
                tags = _translated(word, VLSP_TAGS.get(fields[1], fields[1]), _translations(data)[0])
            rows.append(Token(word, *tags, name=our_type(fields[-1])))
        elif rows and not line.strip():
            sentences.append(tuple(rows))
            rows = []
    return sentences + ([tuple(rows)] if rows else [])


def our_type(tag: str) -> str:
    """A corpus's tag of a name with our type; "O" where it is none of ours."""
    mark, _, kind = tag.partition("-")
    return f"{mark}-{OUR_TYPES[kind]}" if kind in OUR_TYPES else "O"


def held_back(items: Sequence[Item], *, seed: int, share: float = 0.1) -> tuple[list[Item], list[Item]]:
    """Sentences or articles in two parts: for training, and a share of them, chosen by chance, for development."""
    order = list(range(len(items)))
    random.Random(seed).shuffle(order)
    chosen = set(order[: int(len(order) * share)])
    return [s for i, s in enumerate(items) if i not in chosen], [items[i] for i in sorted(chosen)]


_NO_SPACE_BEFORE = set(",.:;?!)]}%…”»") | {"..."}
_NO_SPACE_AFTER = set("([{“«")


def running_text(words: Iterable[str]) -> tuple[str, list[int]]:
    """The words as running text, and the offset of each word in it. Straight quotes open and close in turn.

    >>> running_text(["Ông", "nói", ":", '"', "Tốt", '"', "."])
    ('Ông nói: "Tốt".', [0, 4, 7, 9, 10, 13, 14])
    """
    text, offsets, opened, glued = "", [], False, True
    for word in words:
        closing = word == '"' and opened
        if not (glued or closing or word in _NO_SPACE_BEFORE):
            text += " "
        offsets.append(len(text))
        text += word
        if word == '"':
            opened = not opened
        glued = word in _NO_SPACE_AFTER or (word == '"' and opened)
    return text, offsets


def raw_texts(data: Path) -> Iterator[str]:
    """All Vietnamese and English text that we have: what the encoder's vocabulary must cover."""
    with (data / "text/vi_news.jsonl").open(encoding="utf-8") as lines:
        yield from (json.loads(line)["text"] for line in lines)
    for name in ("vi_vtb-ud-train", "vi_vtb-ud-dev", "en_ewt-ud-train", "en_ewt-ud-dev"):
        for line in (data / f"ud/{name}.conllu").read_text(encoding="utf-8").splitlines():
            if line.startswith("# text"):
                yield line.partition("=")[2].strip()
    for trees in (tagged(data), named(data, 2016), named(data, 2021)):
        yield from (running_text(token.text for token in tree)[0] for tree in trees)
    for pattern, column in (("ner/en_*", 0), ("re/en_conll04*", 1)):
        for path in sorted(data.glob(pattern)):
            rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
            yield " ".join(row[column] for row in rows if len(row) > column)
    for path in sorted((data / "re").glob("en_redocred*.json")):
        for document in json.loads(path.read_text(encoding="utf-8")):
            yield " ".join(word for sentence in document["sents"] for word in sentence)
    for path in sorted((data / "text2kg").rglob("*.jsonl")):
        yield path.read_text(encoding="utf-8")
