"""The write side: articles -> store and exports, one function to read top to bottom."""

from __future__ import annotations

import functools
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kg import articles, parse
from kg.errors import ArticleError, StoreError
from kg.extract import extract
from kg.model import Article
from kg.ontology import Ontology, load
from kg.store import Store

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
    rebuild: bool = False,
    progress: Progress = lambda done, total, name: None,
) -> Summary:
    """Read articles into the store ``out/store`` and publish it for readers.

    An article that has not changed since it was read, with the same code, models and ontology, is skipped, unless
    ``rebuild``; a changed one replaces its old facts; one that cannot be read is reported in the summary and the others
    go on. Each article is one atomic update: whatever happens, the store holds whole articles only.

    Raises OntologyError, ModelError, StoreError, and ArticleError where a path does not exist.
    """
    started = time.monotonic()
    knowledge = load(ontology)
    sources = articles.sources(paths)
    built: list[str] = []
    skipped: list[str] = []
    failed: list[str] = []
    with open_store(out, plain=plain) as store:
        store.set_ontology(knowledge)
        read_before = store.articles()
        for number, source in enumerate(sources):
            progress(number, len(sources), source.id)
            try:
                article = articles.read(source, lang=lang, date=date)
                run = _run(article.lang, models, knowledge)
            except ArticleError as error:
                failed.append(str(error))
                continue
            if not rebuild and read_before.get(article.id) == (article.hash, run):
                skipped.append(article.id)
                continue
            sentences = _parser(article.lang, models).parse(article)
            store.replace(article, sentences, extract(article, sentences, knowledge), run)
            built.append(article.id)
        progress(len(sources), len(sources), "")
        store.publish()
        stats = store.stats()
    seconds = time.monotonic() - started
    return Summary(tuple(built), tuple(skipped), tuple(failed), stats.entities, stats.statements, seconds)
