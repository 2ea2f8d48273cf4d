"""The write side: articles -> sentences, store and exports; ``build`` is to be read top to bottom."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kg import articles, parse
from kg.articles import Source
from kg.engines import engine as runner
from kg.errors import ArticleError, ModelError, RequestError
from kg.examples import read_examples
from kg.model import Article, Sentence
from kg.ontology import load
from kg.rdf import run_triples
from kg.store import STORE, Store
from kg.work import Failed, Found, Outcome, Reading, Task, parser, reader

Progress = Callable[[int, int, str], None]
"""Called with the number of articles done, the number of all, and the name of the one that is waited for."""


_PARTS = ("code", "models", "ontology")  # of a run


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
    store: str = "",
    store_update: str = "",
    ontology: Sequence[Path] = (),
    lang: str = "auto",
    date: str = "",
    models: Path | None = None,
    plain: str = "",
    extractor: str = "kg",
    min_confidence: float | None = None,
    adapter: Path | None = None,
    rebuild: bool = False,
    engine: str = "pool",
    jobs: int | None = None,
    article_limit: float | None = None,
    progress: Progress = lambda done, total, name: None,
) -> Summary:
    """Read articles into the store ``out/store`` and publish it for readers.

    An article that has not changed since it was read, with the same code, models and ontology, is skipped, unless
    ``rebuild``; a changed one replaces its old facts; one that cannot be read is reported in the summary and the others
    go on. Each article is one atomic update: whatever happens, the store holds whole articles only.

    ``extractor``: "kg", or "openai" for a language model that the environment names (see ``kg.llm``).
    ``min_confidence``: confidence, 0 to 1, from which a fact is kept.
    ``adapter``: what ``learn`` wrote.
    ``engine``: where articles are read, "pool", "serial" or "ray" (see ``kg.engines``); the store is written here, in
    the order of the articles, so that all give the same bytes. ``jobs``: how many workers; None: as many as pay.
    ``article_limit``: seconds after which an article is given up; None: LIMIT, and none in the serial engine, which
    cannot keep one.

    ``store``: the address of a SPARQL server that keeps the graph instead, ``store_update``: of its updates, where that
    is not the usual one.

    Raises OntologyError, ModelError, StoreError, RequestError, and ArticleError where a path does not exist.
    """
    started = time.monotonic()
    found_by = reader(extractor, min_confidence, adapter)
    if adapter:
        _check_reads_facts(models or parse.MODELS)
    reading = Reading(load(ontology), found_by, models or parse.MODELS, lang, date)
    sources = articles.sources(paths)
    workers = runner(engine, reading, articles=len(sources), jobs=jobs, limit=article_limit)
    outcomes: dict[str, list[str]] = {"built": [], "skipped": [], "failed": []}
    opened = Store.at(store, store_update) if store else Store.create_or_open(out / STORE)
    with opened as target, workers as running:
        target.set_ontology(reading.ontology, plain=plain)
        tasks = (Task(source, None if rebuild else target.article(source.id)) for source in sources)
        try:
            for outcome in _told(running.outcomes(tasks), sources, progress):
                kind, said = _write(target, outcome)
                outcomes[kind].append(said)
        except BaseException:  # Ctrl-C, a full disk: what is done is there for readers
            if outcomes["built"]:
                target.publish()
            raise
        target.publish()
        entities, facts = target.entities(), sum(target.facts().values())
    return Summary(
        **{name: tuple(found) for name, found in outcomes.items()},
        entities=entities,
        facts=facts,
        seconds=time.monotonic() - started,
    )


def stale(
    paths: Sequence[str] = (),
    *,
    out: Path = Path("outputs"),
    store: str = "",
    ontology: Sequence[Path] = (),
    models: Path | None = None,
    lang: str = "auto",
    date: str = "",
) -> dict[str, int]:
    """How many articles ``build`` would read again: "all" of them, and by what has changed since they were read.

    That is "code", "models" and "ontology"; and "content", new articles among it, where ``paths`` lead to an article.
    Raises OntologyError, StoreError, and ArticleError where a path does not exist.
    """
    reading = Reading(load(ontology), reader("kg", None, None), models or parse.MODELS, lang, date)
    with Store.at(store) if store else Store.read(out / STORE) as found:
        changed: dict[str, set[str]] = {"content": set(_changed(found, reading, articles.sources(paths)))}
        for id, spoken, *before in found.runs():
            now = reading.run(spoken)
            for name, was, is_now in zip(_PARTS, before, (now.code, now.models, now.ontology), strict=True):
                changed.setdefault(name, set()).update([id] if was != is_now else [])
    return {"all": len(set().union(*changed.values())), **{name: len(ids) for name, ids in changed.items()}}


def _changed(store: Store, reading: Reading, sources: Sequence[Source]) -> Iterator[str]:
    """The ids of articles that are not as the store has them."""
    for source in sources:
        with suppress(ArticleError):  # one that cannot be read is for build to report
            article = articles.read(source, lang=reading.lang, date=reading.date)
            before = store.article(article.id)
            if before is None or before[0] != article.hash:
                yield article.id


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
            yield article, parser(article.lang, models or parse.MODELS).parse(article)


def _told(outcomes: Iterator[Outcome], sources: Sequence[Source], progress: Progress) -> Iterator[Outcome]:
    """The outcomes; before each is waited for, ``progress`` is told."""
    for number, source in enumerate(sources):
        progress(number, len(sources), source.id)
        yield next(outcomes)
    progress(len(sources), len(sources), "")


def _write(store: Store, outcome: Outcome) -> tuple[str, str]:
    """Put an outcome into the store: its key in the summary, and the article's id or a message."""
    if isinstance(outcome, Failed):
        return "failed", outcome.message
    if not isinstance(outcome, Found):
        return "skipped", outcome.id
    run = outcome.run
    about = run_triples(run.name, code=run.code, models=run.models, ontology=run.ontology)
    try:
        store.replace(outcome.article, outcome.sentences, outcome.extraction, run.name, about=about)
    except RequestError as error:  # a quote that the article does not have: nothing of it is written
        return "failed", str(error)
    return "built", outcome.article.id
