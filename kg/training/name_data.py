"""Names of today: annotated news, sentences written for this project, and sentences of the news annotated for it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kg.parse.atoms import find_atoms, find_sentences
from kg.training.corpora import Token, Tree

NEWS_TYPES = frozenset({"Person", "Organization", "Place", "Product", "Event", "Work"})  # of the annotated news
_PLACE_NOUNS = """
    tỉnh, thành phố, thị xã, thị trấn, huyện, quận, xã, phường, thôn, ấp, sông, suối, hồ, vịnh, eo biển, đèo, núi, đảo,
    quần đảo, bán đảo, đường, phố, quốc lộ, cầu, chợ, sân bay, cảng, ga"""
PLACE_NOUNS = frozenset(" ".join(_PLACE_NOUNS.split()).split(", "))  # in small letters only
_MARK = re.compile(r"\[\[(.*?)\|(\w+)\]\]")


def news_texts(file: Path) -> dict[str, str]:
    """Article id -> NFC text."""
    with file.open(encoding="utf-8") as lines:
        items = (json.loads(line) for line in lines)
        return {item["id"]: unicodedata.normalize("NFC", item["text"]) for item in items}


def news_parts(folder: Path, news: Path) -> tuple[list[list[Tree]], list[list[Tree]]]:
    """The annotated articles for training, and every tenth of them for development: those whose facts are "unseen"."""
    articles = annotated_news(folder, news)
    return [a for number, a in enumerate(articles) if number % 10 != 9], articles[9::10]


def annotated_news(folder: Path, news: Path) -> list[list[Tree]]:
    """The annotated articles, each its sentences, with the named entities found again by their names and aliases."""
    texts, result = news_texts(news), []
    for path in sorted(folder.glob("*.json")):
        article = json.loads(path.read_text(encoding="utf-8"))
        if article["id"] in texts:
            found = _found_again(texts[article["id"]], article["entities"])
            result.append([named_atoms(text, names, "vi") for text, names in found])
    return result


def _found_again(text: str, entities: Sequence[dict[str, Any]]) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """The sentences of a text, each with (start, end, type) of the names in it."""
    kinds = {}
    for entity in entities:
        for form in (entity["name"], *entity["aliases"]):
            if entity["type"] in NEWS_TYPES and _is_name(form):
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


def marked_sentences(lines: Iterable[str]) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Sentences written as "[[OpenAI|Organization]] grows" -> the text, and (start, end, type) of each name."""
    for line in lines:
        text, names, at = "", [], 0
        for match in _MARK.finditer(line):
            text += line[at : match.start()]
            names.append((len(text), len(text) + len(match[1]), match[2]))
            text += match[1]
            at = match.end()
        yield (text + line[at:]).strip("\n"), names


def named_atoms(text: str, names: Sequence[tuple[int, int, str]], lang: str) -> Tree:
    """A sentence in atoms, each with the tag of its name."""
    tokens, last = [], 0
    for start, end in find_atoms(text, lang):
        tag = "O"
        for first, stop, kind in names:
            if first <= start < stop or start <= first < end:
                begins = start <= first
                tag = f"{'B' if begins else 'I'}-{kind}"
        tokens.append(Token(text[start:end], name=tag, glued=start == last))
        last = end
    return with_class_nouns(tokens) if lang == "vi" else tuple(tokens)


def with_class_nouns(tokens: Sequence[Token]) -> Tree:
    """The atoms of a sentence with "tỉnh" in the name "tỉnh Hà Nam", as both VLSP corpora have it; ours leave it out.

    >>> [token.name for token in with_class_nouns([Token("tỉnh"), Token("Hà", name="B-Place")])]
    ['B-Place', 'I-Place']
    """
    result = list(tokens)
    for at, token in enumerate(tokens):
        for length in range(min(2, at), 0, -1):
            noun = " ".join(before.text for before in tokens[at - length : at])
            if token.name == "B-Place" and noun in PLACE_NOUNS and tokens[at - 1].name == "O":
                result[at] = replace(token, name="I-Place")
                for place in range(at - length, at):
                    result[place] = replace(tokens[place], name="I-Place" if place > at - length else "B-Place")
                break
    return tuple(result)


def named_sentences(folder: Path, lang: str) -> list[Tree]:
    """The sentences with names of today that were written for this project."""
    lines = (folder / f"names.{lang}.txt").read_text(encoding="utf-8").splitlines()
    return [named_atoms(text, names, lang) for text, names in marked_sentences(lines) if text]


def named_news(folder: Path, news: Path) -> list[Tree]:
    """Sentences of the news, annotated stand-off: article, start, end, and the names in it (start, end, type)."""
    return [named_atoms(text, names, "vi") for text, names in _stand_off(folder / "names.news.jsonl", news)]


def cut_news(folder: Path, news: Path) -> list[Tree]:
    """Sentences of the news, cut into words stand-off: article, start, end, and the places of spaces within words."""
    trees = []
    for text, spaces in _stand_off(folder / "words.news.jsonl", news):
        inner, tokens, last = set(spaces), list[Token](), 0
        for start, end in find_atoms(text):
            if tokens and last in inner:
                tokens[-1] = Token(f"{tokens[-1].text} {text[start:end]}", glued=tokens[-1].glued)
            else:
                tokens.append(Token(text[start:end], glued=start == last))
            last = end
        trees.append(tuple(tokens))
    return trees


def _stand_off(file: Path, news: Path) -> Iterator[tuple[str, Any]]:
    """The texts of the sentences with what a file says of them."""
    texts = news_texts(news)
    for line in file.read_text(encoding="utf-8").splitlines():
        article, start, end, marks = json.loads(line)
        yield texts[article][start:end], marks
