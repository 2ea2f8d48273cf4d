"""Open, replace, remove, publish, load: what changes a store, one atomic update each."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyoxigraph as ox
from rdflib import Dataset, Literal, URIRef

from kg.errors import StoreError
from kg.model import Article, Extraction, Sentence
from kg.ontology import Ontology, local_name
from kg.rdf import (
    KG,
    ONTOLOGY_GRAPH,
    RUN_GRAPH,
    Triple,
    article_iri,
    article_triples,
    ontology_triples,
)
from kg.store import copies, export, queries, updates
from kg.store.changes import article_change
from kg.store.client import PATIENCE
from kg.store.folder import (
    AHEAD,
    VERSION,
    check_version,
    checkpoint,
    current,
    exchange,
    explained,
    next_checkpoint,
    recover,
    settled,
    switch,
    write,
)
from kg.store.lock import Lock
from kg.store.mentions import Mentions, Move
from kg.store.quads import Quads
from kg.store.remote import Remote
from kg.store.results import Result

SETTING = KG.plainTriples  # of the store: which statements become plain triples too
DEFAULT_PLAIN = "asserted"  # not written, so that a store shows nothing of settings it once had
FLUSH_EVERY = 100  # updates before they are flushed: Oxigraph would hold up to 700 MB of them, if they were never


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts. ``by_modality``: facts by the local name of their modality."""

    articles: int
    entities: int
    facts: int
    by_modality: dict[str, int]
    triples: int

    def rows(self) -> list[tuple[str, int]]:
        """Names and numbers, for a table."""
        modalities = [(f"facts {name}", number) for name, number in self.by_modality.items()]
        return [
            ("articles", self.articles),
            ("entities", self.entities),
            ("facts", self.facts),
            *modalities,
            ("triples", self.triples),
        ]


class Store:
    """Quads on disk or in memory. One process writes; others read what it has published."""

    def __init__(
        self,
        store: Quads,
        folder: Path | None,
        *,
        writable: bool,
        lock: Lock | None = None,
        checkpoint: Path | None = None,
    ) -> None:
        """Use ``create_or_open``, ``read``, ``memory`` or ``at`` instead."""
        self._store: Quads | None = store
        self._lock = lock
        self.folder = folder
        self.checkpoint = checkpoint  # the folder of what is read, which stays as it is
        self._writable = writable
        self._ontology: Ontology | None = None
        self._mentions: Mentions | None = None
        self._updates = 0

    @classmethod
    def create_or_open(cls, folder: Path) -> Store:
        """The store in a folder for writing, made if it is not there. Raises StoreError if another process writes."""
        folder = Path(folder)
        with explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            check_version(folder)
            lock = Lock(folder)
            try:
                recover(folder)
                store = ox.Store(str(folder / "live"))
                if not (folder / "VERSION").exists():
                    write(folder / "VERSION", VERSION)
            except BaseException:
                lock.release()
                raise
        return cls(store, folder, writable=True, lock=lock)

    @classmethod
    def read(cls, folder: Path) -> Store:
        """The newest published checkpoint, for reading. Raises StoreError where there is none."""
        folder = Path(folder)
        found = checkpoint(folder)
        try:
            with explained(folder):
                return cls(ox.Store.read_only(str(found)), folder, writable=False, checkpoint=found)
        except StoreError:
            if current(folder) == found.name:
                raise
        return cls.read(folder)  # two builds have published since, and it is gone

    @classmethod
    def memory(cls) -> Store:
        """An empty store without a folder, gone when it is closed."""
        return cls(ox.Store(), None, writable=True)

    @classmethod
    def at(cls, address: str, update: str = "", *, patience: float = PATIENCE) -> Store:
        """The store behind a SPARQL 1.1 server, for reading and writing; what is written is visible at once.

        ``address``: of its queries; ``update``: of its updates, where that is not the usual one beside it;
        ``patience``: seconds to wait for an answer. One process at a time may write; nothing here can see to that.
        """
        return cls(Remote(address, update, patience=patience), None, writable=True)

    def close(self) -> None:
        """Let go of the files, or of the connections."""
        if isinstance(self._store, Remote):
            self._store.close()
        self._store = self._mentions = None
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # For this package

    @property
    def quads(self) -> Quads:
        """The open store itself. Raises StoreError for a closed one."""
        if self._store is None:
            raise StoreError(f"the store {self.folder or 'in memory'} is closed: open it again")
        return self._store

    @property
    def _own(self) -> ox.Store:
        """The open store, of this process. Raises StoreError for one behind a server."""
        if not isinstance(self.quads, ox.Store):
            raise StoreError("that is not possible with a store behind a server: ask that server")
        return self.quads

    # Write

    def set_ontology(self, ontology: Ontology, *, plain: str = "") -> None:
        """Name the ontology of the articles to come, and which statements become plain triples ("": as before)."""
        self.use_ontology(ontology)
        self.update(updates.replace_graph(ONTOLOGY_GRAPH, ontology_triples(ontology)))
        if plain and plain != self.plain:
            self._set_plain(plain)

    def use_ontology(self, ontology: Ontology) -> None:
        """Go by the names that an ontology lists, without making it the store's own."""
        self._ontology = ontology
        self._mentions = None

    @property
    def plain(self) -> str:
        """Which statements become plain triples too: "asserted", "unattributed" or "all"."""
        rows = list(self.query(f"SELECT ?v {{ GRAPH {RUN_GRAPH.n3()} {{ ?s {SETTING.n3()} ?v }} }}"))
        return str(rows[0][0]) if rows else DEFAULT_PLAIN

    def articles(self) -> dict[str, tuple[str, str]]:
        """The content hash, and the run that read it, of every article, by id; no run for one to be read again."""
        about = "?a dcterms:identifier ?id ; kg:contentHash ?hash"
        rows = self.query(f"SELECT ?id ?hash ?run {{ {about} OPTIONAL {{ ?a kg:readBy ?run }} }}")
        return {str(id): (str(digest), local_name(run) if run else "") for id, digest, run in rows}

    def article(self, id: str) -> tuple[str, str] | None:
        """The content hash of an article, and the run that read it; None for one that is not there."""
        node = article_iri(id).n3()
        run = f"OPTIONAL {{ {node} kg:readBy ?run }}"
        rows = list(self.query(f"SELECT ?hash ?run {{ {node} kg:contentHash ?hash {run} }}"))
        return (str(rows[0][0]), local_name(rows[0][1]) if rows[0][1] else "") if rows else None

    def runs(self) -> Iterator[tuple[str, ...]]:
        """Of every article its id, its language, and the hashes of code, models and ontology that it was read with."""
        about = "?run kg:codeVersion ?code ; kg:modelsVersion ?models ; kg:ontologyHash ?ontology"
        rows = self.query(
            f"SELECT ?id ?lang ?code ?models ?ontology {{ ?a dcterms:identifier ?id ; dcterms:language ?lang . "
            f"OPTIONAL {{ ?a kg:readBy ?run . {about} }} }}"
        )
        return (tuple("" if term is None else str(term) for term in row) for row in rows)

    def replace(
        self,
        article: Article,
        sentences: Sequence[Sentence],
        extraction: Extraction,
        run: str,
        about: Iterable[Triple] = (),
    ) -> None:
        """Put an article in place of what the store has of it. ``about``: triples that describe the run."""
        mentions = self.mentions
        extraction = mentions.curation.curated(article, extraction)
        records = mentions.records(article, extraction)
        move = mentions.move(article.id, records)
        keys = {record.iri: group for group, found in records.items() for record in found}
        triples = article_triples(
            article, sentences, extraction, self.ontology, canonical=move.canonical(keys), run=run
        )
        triples += [(URIRef(iri), KG.nameKey, Literal(group)) for iri, group in keys.items()]
        self._change(article.id, move, triples, updates.insert(RUN_GRAPH, about))

    def remove(self, article_id: str) -> None:
        """Remove an article and all that only it says. Nothing happens if the store does not have it."""
        self._change(article_id, self.mentions.move(article_id, {}), (), ())

    def _change(self, article_id: str, move: Move, triples: Sequence[Triple], more: Sequence[str]) -> None:
        """One atomic update; whatever goes wrong, store and memory are as they were."""
        mentions = self.mentions
        graph = article_iri(article_id)
        with explained(self.folder):
            change = article_change(self.quads, move, graph, triples, mentions.classes, self.plain)
        self.update([*more, *change])
        mentions.moved(move)

    @property
    def mentions(self) -> Mentions:
        """Which entity each mention refers to."""
        if self._mentions is None:
            self._mentions = Mentions(self.quads, self.ontology)
        return self._mentions

    @property
    def ontology(self) -> Ontology:
        """Whose names the store goes by. Raises StoreError where it was told of none."""
        if self._ontology is None:
            raise StoreError("the store knows no ontology yet: call set_ontology first")
        return self._ontology

    def _set_plain(self, plain: str) -> None:
        """Keep the setting, and derive all plain triples anew."""
        if plain not in updates.PLAIN:
            raise StoreError(f"plain triples of {plain!r}: use one of {', '.join(updates.PLAIN)}")
        graph, store = RUN_GRAPH.n3(), KG.store.n3()
        forget = f"DELETE WHERE {{ GRAPH {graph} {{ {store} {SETTING.n3()} ?v }} }}"
        put = updates.insert(RUN_GRAPH, [(KG.store, SETTING, Literal(plain))] if plain != DEFAULT_PLAIN else [])
        self.update([forget, *put, *updates.derive_all(plain)])

    def update(self, operations: Sequence[str]) -> None:
        """SPARQL updates as one. Raises StoreError for a store that was opened for reading."""
        if not self._writable:
            raise StoreError(f"the store {self.folder} was opened for reading: open it for writing")
        with explained(self.folder):
            self._go_ahead()
            self.quads.update(updates.PROLOGUE + ";\n".join(operations))
            self._updates += 1
            if self._updates % FLUSH_EVERY == 0 and isinstance(self.quads, ox.Store):
                self.quads.flush()

    def change(self, sparql: str, *, base: str = "") -> None:
        """Run an update that a person wrote, all of it or nothing; nothing derived is brought in step with it.

        ``base``: what relative IRIs are relative to, where the update does not say it.

        Nothing is fetched: LOAD and SERVICE are refused. Raises QueryError with line and column.
        """
        if not self._writable:
            raise StoreError(f"the store {self.folder} was opened for reading: open it for writing")
        self._mentions = None
        with explained(self.folder):
            self._go_ahead()
        queries.change(self.quads, sparql, base)

    def _go_ahead(self) -> None:
        """Before a change: whoever comes after a process that is killed shall know that there is more to publish."""
        if self.folder is not None:
            (self.folder / AHEAD).touch()

    def catch_up(self) -> None:
        """Publish what was written but not published, for the process that wrote it ended, or its disk was full."""
        if self.folder is not None and (self.folder / AHEAD).exists():
            self.publish()

    def publish(self) -> None:
        """Make what was written visible to readers: a new checkpoint, then one atomic switch to it."""
        if self.folder is None:
            return
        with explained(self.folder):
            fresh = next_checkpoint(self.folder)
            self._own.flush()
            try:
                self._own.backup(str(fresh))
            except BaseException:  # a full disk: half a checkpoint would keep what room is left
                for half in (fresh, fresh.with_suffix(".tmp")):
                    shutil.rmtree(half, ignore_errors=True)
                raise
            switch(self.folder, fresh)

    def load(self, file: Path) -> None:
        """Restore an export or a copy (see ``kg.store.copies``) in place of all the store holds.

        Or raise StoreError and change nothing; a server gets it in many requests, which may be carried out in part.
        """
        if isinstance(self._store, Remote):
            self._mentions = None
            self._store.load(Path(file), export.restorable(Path(file)))
            return
        if self.folder is None:
            raise StoreError("a store in memory cannot be restored: give it a folder")
        fresh = self.folder / "live.new"
        shutil.rmtree(fresh, ignore_errors=True)
        with explained(self.folder):
            copies.restore(Path(file), fresh)
            self._store = self._mentions = None
            self._go_ahead()
            exchange(self.folder)
            self._store = ox.Store(str(self.folder / "live"))

    # Read

    @property
    def empty(self) -> bool:
        """Whether it holds nothing at all."""
        return not self.query("ASK { ?s ?p ?o }")

    def query(
        self, sparql: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = (), base: str = ""
    ) -> Result:
        """The result of a query over the union of all graphs (or those named); usual prefixes are declared.

        ``base``: what relative IRIs are relative to, where the query does not say it.

        Nothing is fetched: SERVICE is refused. Raises QueryError with line and column, StoreError where reading fails,
        here or while the result is read.
        """
        return queries.run(self.quads, sparql, default_graphs, named_graphs, base)

    def missing_graph(self, graphs: Iterable[str]) -> str:
        """The first of some graphs (IRIs) that the store does not have, "" where it has all. Raises QueryError."""
        return queries.missing_graph(self.quads, graphs)

    @contextmanager
    def newest(self) -> Iterator[bool]:
        """Whether what is read is still what was published last, as it stays to the end of the ``with``."""
        if self.folder is None or self.checkpoint is None:
            yield True
            return
        with explained(self.folder), settled(self.folder):
            yield self.checkpoint.name == current(self.folder)

    def export(self, format: str, file: IO[bytes], *, about: Iterable[str] = (), relations: Iterable[str] = ()) -> None:
        """Write the graph, sorted; ``about`` and ``relations`` (IRIs) keep only statements with one of each."""
        export.write(self.quads, format, file, about=tuple(about), relations=tuple(relations))

    def dump(self, format: str, file: Path) -> None:
        """Write all quads to a file, unsorted, as trig, nquads or jsonld: quicker than ``export`` for a big graph."""
        with explained(file):
            export.dump(self.quads, format, file)

    def entities(self) -> int:
        """How many entities there are."""
        ((number,),) = self.query("SELECT (COUNT(DISTINCT ?e) AS ?n) { ?m kg:refersTo ?e }")
        return int(str(number))

    def facts(self) -> dict[str, int]:
        """How many facts there are, by the local name of their modality."""
        rows = self.query("SELECT ?m (COUNT(?st) AS ?n) { ?st kg:modality ?m } GROUP BY ?m ORDER BY ?m")
        return {local_name(modality).lower(): int(str(number)) for modality, number in rows}

    def stats(self) -> Stats:
        """Counts of what the store holds; those of triples take long in a big one."""
        facts = self.facts()
        return Stats(len(self.articles()), self.entities(), sum(facts.values()), facts, len(self.quads))

    def to_rdflib(self) -> Dataset:
        """A live rdflib view of the store, whose default graph is the union of all graphs."""
        from oxrdflib import OxigraphStore

        return Dataset(store=OxigraphStore(store=self._own), default_union=True)
