"""Sentences <-> CoNLL-U, and sentences -> JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from kg.errors import ModelError
from kg.model import Article, Name, Sentence, Word
from kg.parse.atoms import one_line
from kg.parse.decode import names_of, tags_of


def to_conllu(sentences: Sequence[Sentence], article: str = "") -> str:
    """Sentences as Stanza writes them: offsets and BIOES names in the last column. With the article's id in front."""
    blocks = []
    for number, sentence in enumerate(sentences, 1):
        rows = [f"# newdoc id = {article}"] if article and number == 1 else []
        rows += [f"# sent_id = {number}", f"# text = {one_line(sentence.text)}"]
        for index, (word, tag) in enumerate(_tagged(sentence), 1):
            misc = f"start_char={word.start}|end_char={word.end}|ner={tag}"
            row = (index, word.text, word.lemma, word.upos, word.xpos, "_", word.head + 1, word.deprel, "_", misc)
            rows.append("\t".join(map(str, row)))
        blocks.append("\n".join(rows) + "\n\n")
    return "".join(blocks)


def _tagged(sentence: Sentence) -> Iterator[tuple[Word, str]]:
    names = [(name.first, name.last, name.type) for name in sentence.names]
    return zip(sentence.words, tags_of(names, len(sentence.words)), strict=True)


def _spans(sentence: Sentence) -> Iterator[tuple[int, int, str]]:
    for name in sentence.names:
        yield sentence.words[name.first].start, sentence.words[name.last - 1].end, name.type


def to_json(article: Article, sentences: Sequence[Sentence]) -> str:
    """An article as one JSON object; offsets are those of its ``text``, heads count from 1 with 0 for the root."""
    rows = []
    for sentence in sentences:
        words = [
            {
                "id": number,
                "text": word.text,
                "lemma": word.lemma,
                "upos": word.upos,
                "xpos": word.xpos,
                "head": word.head + 1,
                "deprel": word.deprel,
                "start_char": word.start,
                "end_char": word.end,
                "ner": tag,
            }
            for number, (word, tag) in enumerate(_tagged(sentence), 1)
        ]
        names = [
            {"text": one_line(article.text[start:end]), "type": kind, "start_char": start, "end_char": end}
            for start, end, kind in _spans(sentence)
        ]
        rows.append({"start_char": sentence.start, "end_char": sentence.end, "words": words, "names": names})
    document = {"id": article.id, "lang": article.lang, "text": article.text, "sentences": rows}
    return json.dumps(document, ensure_ascii=False)


def from_conllu(text: str, article_text: str) -> tuple[Sentence, ...]:
    """The sentences that ``to_conllu`` wrote. Raises ModelError where they are not those of the article."""
    sentences = []
    for block in re.split(r"\n{2,}", text.strip("\n")):
        words, tags = [], []
        for line in filter(lambda line: line and not line.startswith("#"), block.split("\n")):
            _, form, lemma, upos, xpos, _, head, deprel, _, misc = line.split("\t")
            fields = dict(field.split("=", 1) for field in misc.split("|"))
            start, end = int(fields["start_char"]), int(fields["end_char"])
            if (ours := one_line(article_text[start:end])) != form:
                raise ModelError(f"CoNLL-U has {form!r} at {start}, the article {ours!r}: parse anew")
            words.append(Word(start, end, form, lemma, upos, xpos, int(head) - 1, deprel))
            tags.append(fields.get("ner", "O"))
        if words:
            start, end = words[0].start, words[-1].end
            names = tuple(Name(*name) for name in names_of(tags))
            sentences.append(Sentence(start, end, article_text[start:end], tuple(words), names))
    return tuple(sentences)
