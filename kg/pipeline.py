"""The write side: articles -> sentences, store and exports; ``build`` is to be read top to bottom."""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kg import articles, parse
from kg.errors import ArticleError, ModelError, RequestError
from kg.examples import read_examples
from kg.extract import LEAST, extract
from kg.model import Article, Extraction, Schemas, Sentence
from kg.ontology import Ontology, load
from kg.rdf import Triple, run_triples
from kg.store import STORE, Store

_CODE = ("articles/**/*.py", "parse/*.py", "models/*.py", "ontology/*.py", "extract/**/*.py", "rdf.py", "model.py")

Progress = Callable[[int, int, str], None]
"""Called with the number of articles done, the number of all, and the name of the one that is read next."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build did, and what the store holds after it."""

    built: tuple[str, ...]  # ids of the articles that were read anew
    skipped: tuple[str, ...]  # ids of those that have not changed
    failed: tuple[str, ...]  # messages, one for each article that could not be read
    entities: int
    facts: int
    seconds: float


def build(
    paths: Sequence[str],
    *,
    out: Path = Path("outputs"),
    ontology: Sequence[Path] = (),
    lang: str = "auto",
    date: str = "",
    models: Path | None = None,
    plain: str = "",
    extractor: str = "kg",
    min_confidence: float | None = None,
    adapter: Path | None = None,
    rebuild: bool = False,
    progress: Progress = lambda done, total, name: None,
) -> Summary:
    """Read articles into the store ``out/store`` and publish it for readers.

    An article that has not changed since it was read, with the same code, models and ontology, is skipped, unless
    ``rebuild``; a changed one replaces its old facts; one that cannot be read is reported in the summary and the others
    go on. Each article is one atomic update: whatever happens, the store holds whole articles only.

    ``extractor``: "kg", or "openai" for a language model that the environment names (see ``kg.llm``).
    ``min_confidence``: confidence, 0 to 1, from which a fact is kept.
    ``adapter``: what ``learn`` wrote.

    Raises OntologyError, ModelError, StoreError, RequestError, and ArticleError where a path does not exist.
    """
    started = time.monotonic()
    knowledge = load(ontology)
    reader = _reader(extractor, min_confidence, adapter)
    if adapter:
        _check_reads_facts(models or parse.MODELS)
    sources = articles.sources(paths)
    outcomes: dict[str, list[str]] = {"built": [], "skipped": [], "failed": []}
    with Store.create_or_open(out / STORE) as store:
        store.set_ontology(knowledge, plain=plain)
        before = {} if rebuild else store.articles()
        try:
            for number, source in enumerate(sources):
                progress(number, len(sources), source.id)
                try:
                    article = articles.read(source, lang=lang, date=date)
                    new = _update(store, article, knowledge, models, reader, before=before.get(article.id))
                except ArticleError as error:
                    outcomes["failed"].append(str(error))
                else:
                    outcomes["built" if new else "skipped"].append(article.id)
        except BaseException:  # Ctrl-C, a full disk: what is done is there for readers
            if outcomes["built"]:
                store.publish()
            raise
        progress(len(sources), len(sources), "")
        store.publish()
        stats = store.stats()
    return Summary(
        **{name: tuple(found) for name, found in outcomes.items()},
        entities=stats.entities,
        facts=stats.facts,
        seconds=time.monotonic() - started,
    )


def learn(examples: Path, file: Path, *, ontology: Sequence[Path] = (), models: Path | None = None) -> tuple[int, int]:
    """Write to ``file`` what examples teach about the relations that they name, for ``build(adapter=file)``.

    The number of facts that were learned, and of all facts in the examples. Raises OntologyError, ModelError, and
    RequestError where an example cannot be used.
    """
    knowledge = load(ontology)
    models = models or parse.MODELS
    found = read_examples(examples, knowledge)
    for lang in sorted({example.lang for example in found}):
        parse.check(lang, models)
    _check_reads_facts(models)
    from kg.parse import adapter

    named = {relation for example in found for _, relation, _ in example.facts}
    groups = tuple(group for group in knowledge.relation_texts() if named & {text.name for text in group})
    return adapter.learn(models, found, groups, file), sum(len(example.facts) for example in found)


def _check_reads_facts(models: Path) -> None:
    """Raises ModelError for models that examples teach nothing."""
    if not parse.reads_facts(models):
        raise ModelError(f"the models in {models} propose no facts: name a folder that has facts.safetensors")


def analyse(
    paths: Sequence[str], *, lang: str = "auto", models: Path | None = None
) -> Iterator[tuple[Article, tuple[Sentence, ...]] | ArticleError]:
    """The articles at the paths with their sentences, in order; the error where one cannot be read.

    Raises ModelError, and ArticleError where a path does not exist.
    """
    for source in articles.sources(paths):
        try:
            article = articles.read(source, lang=lang)
        except ArticleError as error:
            yield error
        else:
            yield article, _parser(article.lang, models).parse(article)


def _update(
    store: Store,
    article: Article,
    knowledge: Ontology,
    models: Path | None,
    reader: Reader,
    *,
    before: tuple[str, str] | None,
) -> bool:
    """Read an article into the store, if its content or what reads it is not as before."""
    run = Run(article.lang, models or parse.MODELS, knowledge.hash, reader.version)
    if before == (article.hash, run.name):
        return False
    sentences = _parser(article.lang, models, reader.schemas(knowledge), reader.adapter).parse(article)
    store.replace(article, sentences, reader.extract(article, sentences, knowledge), run.name, about=run.triples())
    return True


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
class _Own:
    least: float
    adapter: Path | None
    version: str
    schemas = staticmethod(Ontology.relation_texts)

    def extract(self, article: Article, sentences: Sequence[Sentence], ontology: Ontology) -> Extraction:
        return extract(article, sentences, ontology, least=self.least)


def _reader(name: str, least: float | None, adapter: Path | None) -> Reader:
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


@dataclass(frozen=True, slots=True)
class Run:
    """What decides the facts of an article: two runs with one name give the same ones."""

    lang: str
    models: Path
    ontology: str  # its hash
    reader: str = ""  # version of what is not our own extraction

    @property
    def name(self) -> str:
        """Hash of code, models and ontology, 12 hex digits."""
        parts = (_code_version(), parse.version(self.models), self.ontology, *filter(None, [self.reader]))
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=6).hexdigest()

    def triples(self) -> list[Triple]:
        """The run as the store describes it."""
        return run_triples(self.name, code=_code_version(), models=parse.version(self.models), ontology=self.ontology)


@functools.cache
def _code_version() -> str:
    """A hash of all modules that have a part in what is found in an article."""
    digest = hashlib.blake2b(digest_size=6)
    package = Path(__file__).parent
    for path in sorted(path for place in _CODE for path in package.glob(place)):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@functools.cache
def _parser(lang: str, models: Path | None, schemas: Schemas = (), adapter: Path | None = None) -> parse.Parser:
    return parse.Parser(lang, models, schemas=schemas, adapter=adapter)
