"""Article -> sentences, with Stanza: the only package that imports stanza outside of training.

The text is cut into atoms (runs of letters, numbers, marks) by rules; one pass of the network over the atoms then says
which of them are one word, where sentences end, and what their tags, trees and names are. So a word never starts or
ends inside a run of letters (Stanza #1504), and offsets are always those of the article.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.model import Article, Name, Sentence, Word
from kg.parse.atoms import find_paragraphs
from kg.parse.decode import names_of
from kg.parse.folders import MODELS, check, is_stock, version
from kg.parse.formats import from_conllu, to_conllu, to_json

__all__ = ["MODELS", "Parser", "from_conllu", "to_conllu", "to_json", "version"]

CHUNK = 50_000  # letters that are parsed together: a book would fill the memory


class Parser:
    """Stanza with the models of one language.

    >>> parser = Parser("vi")
    >>> [word.text for word in parser.parse(Article("a.txt", "OpenAI hợp tác với Nvidia.", "vi"))[0].words]
    ['OpenAI', 'hợp tác', 'với', 'Nvidia', '.']
    """

    def __init__(self, lang: str = "vi", models: Path | None = None) -> None:
        """Load ``models``, or else those shipped. Raises ModelError if a file is missing."""
        self.models = models or MODELS
        check(lang, self.models)
        os.environ["HF_HUB_OFFLINE"] = "1"  # before any library is imported: nothing may be fetched
        import stanza

        if is_stock(self.models):
            options = {"dir": str(self.models), "download_method": None, "use_gpu": False, "logging_level": "ERROR"}
        else:
            from kg.parse import processors

            options = processors.options(self.models)
        self._pipeline = stanza.Pipeline(lang, **options)

    def parse(self, article: Article) -> tuple[Sentence, ...]:
        """The sentences of an article, in order; a blank line, or the end of a line that is not set in lines of one
        width, always ends a sentence."""
        sentences: list[Sentence] = []
        for start, end in _chunks(article.text):
            for sentence in self._pipeline(article.text[start:end]).sentences:
                sentences.append(_sentence(article.text, start, sentence))
        return tuple(sentences)


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Parts of a text, cut between paragraphs."""
    start, last = 0, 0
    for begin, end in find_paragraphs(text):
        if end - start > CHUNK and last > start:
            yield start, begin
            start = begin
        last = end
    if last > start:
        yield start, last


def _sentence(text: str, offset: int, parsed: Any) -> Sentence:
    words, last_words = [], [0]
    for word in parsed.words:
        at = word if word.start_char is not None else word.parent  # a part of a token without letters of its own
        start, end = at.start_char + offset, at.end_char + offset
        relation = (word.head - 1, word.deprel)
        words.append(Word(start, end, word.text, word.lemma or word.text, word.upos, word.xpos or "_", *relation))
    last_words += [token.id[-1] for token in parsed.tokens]
    found = names_of([token.ner or "O" for token in parsed.tokens])
    names = tuple(Name(last_words[first], last_words[last], kind) for first, last, kind in found)
    return Sentence(words[0].start, words[-1].end, text[words[0].start : words[-1].end], tuple(words), names)
