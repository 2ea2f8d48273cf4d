"""Annotated articles -> windows of atoms with the spans that are ends of facts, and the facts between them."""

from __future__ import annotations

import bisect
import itertools
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.model import RelationText
from kg.models.facts import LONGEST_SPAN
from kg.parse.atoms import AtomIndex, Span, find_atoms, find_sentences, fitting, glued
from kg.parse.facts import MAX_ATOMS
from kg.training.name_data import news_texts

Key = tuple[str, str, str]  # subject, relation, object; of a symmetric relation the ends are sorted
BACK = 1  # sentences before that of the evidence in which an unsaid end is looked for
SYMMETRIC = frozenset({"partnersWith", "competesWith", "relativeOf", "meets"})


@dataclass(frozen=True, order=True, slots=True)
class Link:
    """A fact between two spans: which relations may be right ("" where the annotators left it open), and how it is
    said. ``modality`` is "" where nothing is known of it; ``speaker`` is a span or None (the article); ``cue`` is where
    the words are that tell so, None if none do."""

    subject: Span
    object: Span
    relations: tuple[str, ...]
    modality: str
    speaker: Span | None
    known_speaker: bool
    cue: Span | None = None


@dataclass(frozen=True, slots=True)
class FactArticle:
    """An article in atoms. Spans are of atoms."""

    id: str
    lang: str
    text: str
    atoms: tuple[Span, ...]  # letters of the text
    sentences: tuple[Span, ...]
    types: Mapping[Span, str]
    entities: Mapping[Span, str]  # which entity a span stands for
    links: tuple[Link, ...]
    required: tuple[frozenset[Key], ...]  # for each fact that must be found the keys that are right
    optional: frozenset[Key]  # keys that are neither demanded nor wrong


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sentences of an article. Spans count from the window's first atom."""

    atoms: tuple[str, ...]
    glued: tuple[bool, ...]
    sentence: tuple[int, ...]  # of each atom
    types: Mapping[Span, tuple[str, ...]]  # which may be right
    entities: Mapping[Span, str]
    links: Mapping[tuple[Span, Span], Link]
    begin: int  # the article's atom that is the window's first
    schema: tuple[RelationText, ...]  # of the relations that its annotators knew
    full: bool = True  # whether spans without a type are no ends of facts


def windows_of(article: FactArticle, schema: tuple[RelationText, ...], *, first: int = MAX_ATOMS) -> Iterator[Window]:
    """An article in windows; ``first`` is the size of the first one, so that windows can be cut elsewhere each time."""
    at, size = 0, first
    sizes = [end - begin for begin, end in article.sentences]
    while at < len(sizes):
        last = fitting(sizes, at, size)
        yield _window(article, schema, at, last)
        at, size = last, MAX_ATOMS


def _window(article: FactArticle, schema: tuple[RelationText, ...], first: int, last: int) -> Window:
    begin, end = article.sentences[first][0], article.sentences[last - 1][1]
    places = article.atoms[begin:end]

    def moved(span: Span) -> Span:
        return span[0] - begin, span[1] - begin

    def inside(*spans: Span) -> bool:
        return all(begin <= span[0] and span[1] <= end for span in spans)

    return Window(
        tuple(article.text[slice(*place)] for place in places),
        tuple(glued(places)),
        tuple(number for number in range(first, last) for _ in range(*article.sentences[number])),
        {moved(span): (kind,) for span, kind in article.types.items() if inside(span)},
        {moved(span): entity for span, entity in article.entities.items() if inside(span)},
        {
            (moved(link.subject), moved(link.object)): link
            for link in article.links
            if inside(link.subject, link.object)
        },
        begin,
        schema,
    )


def cut(text: str, lang: str) -> tuple[list[Span], list[Span]]:
    """The atoms of a text, and its sentences as spans of atoms, by rules."""
    atoms: list[Span] = []
    sentences: list[Span] = []
    for line in re.finditer(r"[^\n]+", text):
        found = find_atoms(line[0], lang)
        for sentence in find_sentences(line[0], found) if found else ():
            sentences.append((len(atoms), len(atoms) + len(sentence)))
            atoms += [(start + line.start(), end + line.start()) for start, end in sentence]
    return atoms, sentences


class _Places(AtomIndex):
    """Where words of an article are, and its sentences."""

    def __init__(self, text: str, atoms: Sequence[Span], sentences: Sequence[Span]) -> None:
        super().__init__(text, atoms)
        self.text, self.atoms, self.sentences = text, atoms, sentences


def annotated(file: Path, texts: Mapping[str, str]) -> FactArticle:
    """A gold file as spans and links. Facts whose ends are not found near their evidence are left out."""
    gold = json.loads(file.read_text(encoding="utf-8"))
    return article_of(gold, texts[gold["id"]])


def article_of(gold: Mapping[str, Any], text: str) -> FactArticle:
    """The same from the values of a gold file."""
    text = unicodedata.normalize("NFC", text)
    atoms, sentences = cut(text, gold["lang"])
    places = _Places(text, atoms, sentences)
    entities: dict[Span, str] = {}
    kinds = {entity["id"]: entity["type"] for entity in gold["entities"]}
    for entity in gold["entities"]:
        for form in sorted({entity["name"], *entity["aliases"]}):
            for span in places.spans(form, longest=LONGEST_SPAN):
                entities.setdefault(span, entity["id"])
    entities = _longest(entities)
    open_pairs: dict[tuple[str, str], set[str]] = defaultdict(set)  # what may hold wherever the two stand
    for fact in gold["facts"]:
        for pair in _directions(fact):
            open_pairs[pair] |= {fact["p"], *fact["p_alt"]}
    links: dict[tuple[Span, Span], Link] = {}
    for fact in sorted(gold["facts"], key=lambda fact: bool(fact["optional"])):
        for link in _links(fact, places, entities):
            links.setdefault((link.subject, link.object), link)
    number = {at: n for n, (first, last) in enumerate(sentences) for at in range(first, last)}
    for s, o in itertools.permutations(sorted(entities), 2):
        stated = open_pairs.get((entities[s], entities[o]))
        if stated and abs(number[s[0]] - number[o[0]]) <= BACK:
            links.setdefault((s, o), Link(s, o, tuple(sorted({"", *stated})), "", None, False))
    keys = [(bool(fact["optional"]), frozenset(_keys(fact))) for fact in gold["facts"]]
    return FactArticle(
        gold["id"],
        gold["lang"],
        text,
        tuple(atoms),
        tuple(sentences),
        {span: kinds[entity] for span, entity in entities.items()},
        entities,
        tuple(sorted(links.values(), key=lambda link: (link.subject, link.object))),
        tuple(answers for optional, answers in keys if not optional),
        frozenset(key for optional, answers in keys if optional for key in answers),
    )


def _links(fact: Mapping[str, Any], places: _Places, entities: dict[Span, str]) -> Iterator[Link]:
    """The link of a fact, and of a symmetric one the other way round; its ends become spans of their entities."""
    found = _ends(fact, places, entities)
    if found is None:
        return
    keys = fact["s"], fact["o"], fact["attributed_to"]
    *spans, cue = found
    subject, object, speaker = (_widest(span, key, entities) for span, key in zip(spans, keys, strict=True))
    if subject is None or object is None or subject == object:
        return
    entities[subject], entities[object] = fact["s"], fact["o"]
    known = (fact["attributed_to"] is None) == (speaker is None)
    names = {fact["p"], *fact["p_alt"], *([""] if fact["optional"] else [])}
    yield Link(subject, object, tuple(sorted(names)), fact["modality"], speaker, known, cue)
    if fact["p"] in SYMMETRIC:
        yield Link(object, subject, tuple(sorted({"", *names})), fact["modality"], speaker, known, cue)


def _longest(entities: Mapping[Span, str]) -> dict[Span, str]:
    """Spans without those within a longer one of the same entity: "Nvidia" in "tập đoàn Nvidia"."""
    return {span: entity for span, entity in entities.items() if _widest(span, entity, entities) == span}


def _widest(span: Span | None, entity: str, entities: Mapping[Span, str]) -> Span | None:
    """The longest span of an entity around a span."""
    if span is None:
        return None
    around = [s for s, key in entities.items() if key == entity and s[0] <= span[0] and span[1] <= s[1]]
    return max(around, key=lambda s: (s[1] - s[0], s), default=span)


def _keys(fact: Mapping[str, Any]) -> Iterator[Key]:
    for relation in (fact["p"], *fact["p_alt"]):
        s, o = sorted((fact["s"], fact["o"])) if relation in SYMMETRIC else (fact["s"], fact["o"])
        yield s, relation, o


def _directions(fact: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield fact["s"], fact["o"]
    if fact["p"] in SYMMETRIC:
        yield fact["o"], fact["s"]


def _ends(
    fact: Mapping[str, Any], places: _Places, entities: Mapping[Span, str]
) -> tuple[Span, Span, Span | None, Span | None] | None:
    """The spans of subject, object, speaker and cue: the words that stand for them, the ends nearest to the cue."""
    start = places.text.find(fact["evidence"])
    if start < 0:
        return None
    end = start + len(fact["evidence"])
    cue = places.text.find(fact["cue"], start, end) if fact["cue"] else -1
    middle = cue if cue >= 0 else (start + end) // 2
    ends = []
    for key, words in ((fact["s"], fact["s_text"]), (fact["o"], fact["o_text"])):
        found = list(places.spans(words, start, end, longest=LONGEST_SPAN)) if words else []
        if found:
            ends.append(min(found, key=lambda span: abs(places.atoms[span[0]][0] - middle)))
        else:
            before = _before(key, start, end, places, entities)
            if before is None:
                return None
            ends.append(before)
    if ends[0] == ends[1]:
        return None
    speaker = None
    if fact["attributed_to"] is not None:
        speaker = _before(fact["attributed_to"], start, end, places, entities, back=4)
    cues = places.spans(fact["cue"], start, end, longest=LONGEST_SPAN) if fact["cue"] else iter(())
    return ends[0], ends[1], speaker, next(cues, None)


def _before(
    entity: str,
    start: int,
    end: int,
    places: _Places,
    entities: Mapping[Span, str],
    *,
    back: int = BACK,
) -> Span | None:
    """The last place of an entity in the sentences of the evidence or a few before."""
    first = bisect.bisect_right([places.atoms[a][0] for a, _ in places.sentences], start) - 1
    least = places.sentences[max(0, first - back)][0]
    found = [s for s, key in entities.items() if key == entity and s[0] >= least and places.atoms[s[0]][0] < end]
    return max(found, default=None)


def gold_articles(folder: Path, news: Path) -> list[FactArticle]:
    """All annotated articles of a folder, in the order of their ids."""
    texts = news_texts(news)
    return [annotated(file, texts) for file in sorted(folder.glob("*.json"))]


def news_articles(folder: Path, news: Path) -> list[FactArticle]:
    """The articles of the news that were annotated for this project, stand-off, in ``facts.news.jsonl``."""
    texts = news_texts(news)
    return [
        article_of(in_words(row, texts[row["id"]]), texts[row["id"]]) for row in stand_off(folder / "facts.news.jsonl")
    ]


def written_articles(folder: Path) -> list[FactArticle]:
    """The articles that were written and annotated for this project, in ``facts.written.jsonl``."""
    return [article_of(in_words(row, row["text"]), row["text"]) for row in stand_off(folder / "facts.written.jsonl")]


def stand_off(file: Path) -> Iterator[dict[str, Any]]:
    """The articles of a file, one in a line: places in the text instead of words."""
    return map(json.loads, file.read_text(encoding="utf-8").splitlines())


def in_words(row: Mapping[str, Any], text: str) -> dict[str, Any]:
    """A stand-off annotation in the shape of a gold file: each span of letters becomes the words there."""

    def words(span: Sequence[int] | None) -> str | None:
        return None if span is None else text[slice(*span)]

    entities = [
        {"id": str(number), "type": kind, "name": words(name), "aliases": [words(span) for span in aliases]}
        for number, (kind, name, aliases) in enumerate(row["entities"])
    ]
    facts = [
        {
            "s": str(subject),
            "p": relations[0],
            "p_alt": relations[1:],
            "o": str(object),
            "modality": modality,
            "attributed_to": None if speaker is None else str(speaker),
            "evidence": words(evidence),
            "s_text": words(s_words),
            "o_text": words(o_words),
            "cue": words(cue),
            "optional": optional,
        }
        for subject, relations, object, modality, speaker, evidence, s_words, o_words, cue, optional in row["facts"]
    ]
    return {"id": row["id"], "lang": row.get("lang", "vi"), "entities": entities, "facts": facts}
