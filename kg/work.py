"""What has to be done for one article, wherever it runs: read it, parse it, extract what it states.

A ``Task`` goes in, an ``Outcome`` comes out; all are plain values that go from one process to another. ``kg.engines``
runs the work, ``kg.pipeline`` writes the outcomes into the store.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from kg import articles, parse
from kg.articles import Source
from kg.errors import ArticleError, KgError, ModelError, RequestError
from kg.extract import LEAST, extract
from kg.model import Article, Extraction, Schemas, Sentence
from kg.ontology import Ontology

_CODE = (
    "articles/**/*.py",
    "parse/*.py",
    "models/*.py",
    "ontology/*.py",
    "extract/**/*.py",
    "rdf.py",
    "model.py",
    "literals.py",
    "terms.py",
)


@dataclass(frozen=True, slots=True)
class Run:
    """What decides the facts of an article: two runs that are equal give the same ones."""

    code: str  # hashes, as are the next two
    models: str
    ontology: str
    reader: str = ""  # version of what is not our own extraction

    @property
    def name(self) -> str:
        """Hash of code, models, ontology and reader, 12 hex digits."""
        parts = (self.code, self.models, self.ontology, *filter(None, [self.reader]))
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True)
class Task:
    """An article to be read. ``before``: the content hash, and the name of the run, that the store has of it."""

    source: Source
    before: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An article that was read. ``sentences`` tell where they start and end, and no more."""

    article: Article
    sentences: tuple[Sentence, ...]
    extraction: Extraction
    run: Run


@dataclass(frozen=True, slots=True)
class Unchanged:
    """An article that the store has as it would be read now."""

    id: str


@dataclass(frozen=True, slots=True)
class Failed:
    """An article that could not be read, and why."""

    id: str
    message: str


Outcome = Found | Unchanged | Failed


class Work(Protocol):
    """What an engine runs; it is sent to other processes once."""

    def prepare(self) -> None:
        """Load what all tasks need, so that copies of this process need not."""

    def do(self, task: Task) -> Outcome:
        """What comes of a task. Raises ModelError and RequestError, which end a build."""


def done(work: Work, task: Task) -> Outcome | KgError:
    """What comes of a task, or the error that ends the build: as it goes from one process to another."""
    try:
        return work.do(task)
    except KgError as error:
        return error


class Reader(Protocol):
    """What finds the facts of an article."""

    @property
    def version(self) -> str:
        """Changes when its results may; "" for what is part of the code."""

    @property
    def adapter(self) -> Path | None:
        """What the parser shall know of them besides their words."""

    def schemas(self, ontology: Ontology) -> Schemas:
        """The relations that the parser shall propose facts of."""

    def extract(self, article: Article, sentences: Sequence[Sentence], ontology: Ontology) -> Extraction:
        """All that an article states."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The work of ``kg build``. ``lang`` and ``date`` as ``articles.read`` takes them."""

    ontology: Ontology
    reader: Reader
    models: Path
    lang: str = "auto"
    date: str = ""

    def prepare(self) -> None:
        """Load the models of all languages that there are models of."""
        for lang in articles.SUPPORTED if self.lang == "auto" else (self.lang,):
            with suppress(ModelError):  # for an article in it to say
                self._parser(lang)

    def do(self, task: Task) -> Outcome:
        """The article of a task with its facts, unless it is unchanged or cannot be read."""
        try:
            article = articles.read(task.source, lang=self.lang, date=self.date)
            run = self.run(article.lang)
            if task.before == (article.hash, run.name):
                return Unchanged(article.id)
            sentences = self._parser(article.lang).parse(article)
            extraction = self.reader.extract(article, sentences, self.ontology)
        except ArticleError as error:
            return Failed(task.source.id, str(error))
        return Found(article, tuple(map(_place, sentences)), extraction, run)

    def _parser(self, lang: str) -> parse.Parser:
        return parser(lang, self.models, self.reader.schemas(self.ontology), self.reader.adapter)

    def run(self, lang: str) -> Run:
        """The run that reads articles of a language."""
        return Run(code_version(), parse.version(self.models, lang), self.ontology.version(lang), self.reader.version)


def _place(sentence: Sentence) -> Sentence:
    """A sentence without its content, which nobody needs any more."""
    return replace(sentence, text="", words=(), names=(), proposals=())


@functools.cache
def parser(lang: str, models: Path, schemas: Schemas = (), adapter: Path | None = None) -> parse.Parser:
    """The parser of a language, loaded once in a process. Raises ModelError."""
    return parse.Parser(lang, models, schemas=schemas, adapter=adapter)


@functools.cache
def code_version() -> str:
    """A hash of all modules that have a part in what is found in an article."""
    digest = hashlib.blake2b(digest_size=6)
    package = Path(__file__).parent
    for path in sorted(path for place in _CODE for path in package.glob(place)):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


# Readers


@dataclass(frozen=True, slots=True)
class _Own:
    least: float
    adapter: Path | None
    version: str

    def schemas(self, ontology: Ontology) -> Schemas:
        return ontology.relation_texts()

    def extract(self, article: Article, sentences: Sequence[Sentence], ontology: Ontology) -> Extraction:
        return extract(article, sentences, ontology, least=self.least)


def reader(name: str, least: float | None, adapter: Path | None) -> Reader:
    """What finds facts: "kg", or "openai". Raises RequestError for options that do not fit."""
    if least is not None and not 0 <= least <= 1:
        raise RequestError(f"no confidence is {least}: give a number from 0 to 1, such as 0.5")
    if name == "openai":
        from kg import llm

        if least is not None or adapter:
            raise RequestError("a least confidence and an adapter are for our own extraction: leave them out")
        return llm.from_environment()
    if name != "kg":
        raise RequestError(f"no extractor {name!r}: use kg or openai")
    if adapter and not adapter.is_file():
        raise RequestError(f"no adapter {adapter}: make it with kg learn EXAMPLES.jsonl")
    learned = hashlib.blake2b(adapter.read_bytes(), digest_size=6).hexdigest() if adapter else ""
    bar = "" if least in (None, LEAST) else f"confidence {least}"
    return _Own(LEAST if least is None else least, adapter, " ".join(filter(None, (bar, learned))))
