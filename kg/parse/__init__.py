"""Article -> sentences, with Stanza: the only package that imports stanza outside of training.

The text is cut into atoms (runs of letters, numbers, marks) by rules; one pass of the network over the atoms then says
which of them are one word, where sentences end, and what their tags, trees and names are. So a word never starts or
ends inside a run of letters (Stanza #1504), and offsets are always those of the article.
"""

from __future__ import annotations

import bisect
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from kg.model import Antecedent, Article, Name, Place, Proposal, Schemas, Sentence, Word
from kg.parse.atoms import find_paragraphs
from kg.parse.decode import names_of
from kg.parse.folders import MODELS, check, is_stock, reads_facts, version
from kg.parse.formats import from_conllu, to_conllu, to_json

__all__ = ["MODELS", "Parser", "check", "from_conllu", "reads_facts", "to_conllu", "to_json", "version"]

Words = TypeVar("Words", Place, Antecedent)

CHUNK = 50_000  # letters that are parsed together: a book would fill the memory


class Parser:
    """Stanza with the models of one language.

    >>> parser = Parser("vi")
    >>> [word.text for word in parser.parse(Article("a.txt", "OpenAI hợp tác với Nvidia.", "vi"))[0].words]
    ['OpenAI', 'hợp tác', 'với', 'Nvidia', '.']
    """

    def __init__(
        self,
        lang: str = "vi",
        models: Path | None = None,
        *,
        schemas: Schemas = (),
        adapter: Path | None = None,
    ) -> None:
        """Load ``models``, or else those shipped. Raises ModelError if a file is missing or no adapter.

        ``schemas``: the relations of an ontology (``Ontology.relation_texts``); sentences then have proposals, if the
        models have a branch that reads facts. ``adapter``: what ``kg learn`` wrote about these relations.
        """
        self.models = models or MODELS
        check(lang, self.models)
        os.environ["HF_HUB_OFFLINE"] = "1"  # before any library is imported: nothing may be fetched
        import stanza

        if is_stock(self.models):
            options = {"dir": str(self.models), "download_method": None, "use_gpu": False, "logging_level": "ERROR"}
        else:
            from kg.parse import processors

            options = processors.options(self.models, schemas if reads_facts(self.models) else (), adapter)
        self._pipeline = stanza.Pipeline(lang, **options)

    def parse(self, article: Article) -> tuple[Sentence, ...]:
        """The sentences of an article, in order; a blank line, or the end of a line that is not set in lines of one
        width, always ends a sentence."""
        sentences: list[Sentence] = []
        for start, end in _chunks(article.text):
            document = self._pipeline(article.text[start:end])
            for sentence, proposals in zip(document.sentences, _proposals(document, start), strict=True):
                sentences.append(_sentence(article.text, start, sentence, proposals))
        return tuple(sentences)


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Parts of a text, cut between paragraphs, and in those that are too long."""
    start, last = 0, 0
    for begin, end in (piece for span in find_paragraphs(text) for piece in _pieces(text, *span)):
        if end - start > CHUNK and last > start:
            yield start, begin
            start = begin
        last = end
    if last > start:
        yield start, last


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A paragraph in pieces of at most CHUNK letters, cut behind the last sentence, else word, that fits in whole."""
    while end - start > CHUNK:
        ends = (text.rfind(mark, start + 1, start + CHUNK) + len(mark.rstrip()) for mark in (". ", ".\n", " "))
        cut = next((cut for cut in ends if cut > start + 1), start + CHUNK)
        yield start, cut
        start = cut
    yield start, end


def _proposals(document: Any, offset: int) -> list[tuple[Proposal, ...]]:
    """For each sentence the proposals that end in it, in letters of the article."""
    begins = [sentence.tokens[0].start_char for sentence in document.sentences]
    result: list[list[Proposal]] = [[] for _ in begins]

    def moved(place: Words) -> Words:
        before = place.antecedent and moved(place.antecedent)
        return replace(place, start=place.start + offset, end=place.end + offset, antecedent=before)

    for found in getattr(document, "proposals", ()):
        last = max(found.subject.start, found.object.start)
        speaker = None if found.speaker is None else moved(found.speaker)
        cue = None if found.cue is None else (found.cue[0] + offset, found.cue[1] + offset)
        ends = {"subject": moved(found.subject), "object": moved(found.object)}
        result[bisect.bisect(begins, last) - 1].append(replace(found, **ends, speaker=speaker, cue=cue))
    return [tuple(proposals) for proposals in result]


def _sentence(text: str, offset: int, parsed: Any, proposals: tuple[Proposal, ...]) -> Sentence:
    words, last_words = [], [0]
    for word in parsed.words:
        at = word if word.start_char is not None else word.parent  # a part of a token without letters of its own
        start, end = at.start_char + offset, at.end_char + offset
        relation = (word.head - 1, word.deprel)
        words.append(Word(start, end, word.text, word.lemma or word.text, word.upos, word.xpos or "_", *relation))
    last_words += [token.id[-1] for token in parsed.tokens]
    found = names_of([token.ner or "O" for token in parsed.tokens])
    names = tuple(Name(last_words[first], last_words[last], kind) for first, last, kind in found)
    start, end = words[0].start, words[-1].end
    return Sentence(start, end, text[start:end], tuple(words), names, proposals)
