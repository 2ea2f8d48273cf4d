"""Open, replace, remove, publish, load: what changes a store, one atomic update each."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyoxigraph as ox
from rdflib import Dataset, Literal, URIRef

from kg.errors import QueryError, StoreError
from kg.identity import Canonical, MentionRecord, canonicalise, name_key, slug
from kg.model import Article, Entity, Extraction, Sentence
from kg.ontology import Known, Ontology
from kg.rdf import (
    ID,
    KG,
    ONTOLOGY_GRAPH,
    PREFIXES,
    RUN_GRAPH,
    Triple,
    article_iri,
    article_triples,
    mention_iri,
    ontology_triples,
)
from kg.store import export, updates
from kg.store.folder import VERSION, check_version, current, explained, recover
from kg.store.results import Result, calls_service

SETTING = KG.plainTriples  # of the store: which statements become plain triples too


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

    def __init__(self, store: ox.Store, folder: Path | None, *, writable: bool) -> None:
        """Use ``create_or_open``, ``read`` or ``memory`` instead."""
        self._store: ox.Store | None = store
        self.folder = folder
        self._writable = writable
        self._ontology: Ontology | None = None

    @classmethod
    def create_or_open(cls, folder: Path) -> Store:
        """The store in a folder for writing, made if it is not there. Raises StoreError if another process writes."""
        folder = Path(folder)
        with explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            check_version(folder)
            recover(folder)
            store = ox.Store(str(folder / "live"))
            (folder / "VERSION").write_text(VERSION + "\n")
        return cls(store, folder, writable=True)

    @classmethod
    def read(cls, folder: Path) -> Store:
        """The newest published checkpoint, for reading. Raises StoreError where there is none."""
        folder = Path(folder)
        number = current(folder)
        if not number:
            raise StoreError(f"no graph in {folder.parent}: make one with kg build PATH --out {folder.parent}")
        check_version(folder)
        with explained(folder):
            return cls(ox.Store.read_only(str(folder / "published" / number)), folder, writable=False)

    @classmethod
    def memory(cls) -> Store:
        """An empty store without a folder, gone when it is closed."""
        return cls(ox.Store(), None, writable=True)

    def close(self) -> None:
        """Let go of the files."""
        self._store = None

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _open(self) -> ox.Store:
        if self._store is None:
            raise StoreError(f"the store {self.folder or 'in memory'} is closed: open it again")
        return self._store

    # Write

    def set_ontology(self, ontology: Ontology, *, plain: str = "") -> None:
        """Name the ontology of the articles to come, and which statements become plain triples ("": as before)."""
        self._ontology = ontology
        self._update(updates.replace_graph(ONTOLOGY_GRAPH, ontology_triples(ontology)))
        if plain and plain != self.plain:
            self._set_plain(plain)

    @property
    def plain(self) -> str:
        """Which statements become plain triples too: "asserted", "unattributed" or "all"."""
        rows = list(self.query(f"SELECT ?v {{ GRAPH {RUN_GRAPH.n3()} {{ ?s {SETTING.n3()} ?v }} }}"))
        return str(rows[0][0]) if rows else "asserted"

    def articles(self) -> dict[str, tuple[str, str]]:
        """The content hash, and the run that read it, of every article, by id."""
        rows = self.query("SELECT ?id ?hash ?run { ?a dcterms:identifier ?id ; kg:contentHash ?hash ; kg:readBy ?run }")
        return {str(id): (str(digest), str(run).rsplit("/", 1)[-1]) for id, digest, run in rows}

    def replace(
        self,
        article: Article,
        sentences: Sequence[Sentence],
        extraction: Extraction,
        run: str,
        about: Iterable[Triple] = (),
    ) -> None:
        """Put an article in place of what the store has of it. ``about``: triples that describe the run."""
        ontology = self._known_ontology()
        records = _records(article, extraction, ontology)
        gone = self._mentions_of(article.id)
        groups = set(records) | set(gone.values())
        canonicals = self._canonicalise(groups, records, set(gone))
        canonical = {URIRef(m): ID[entity.slug] for entity in canonicals for m in entity.mentions}
        triples = article_triples(article, sentences, extraction, ontology, canonical=canonical, run=run)
        graph = article_iri(article.id)
        triples += [(URIRef(r.iri), KG.nameKey, Literal(group)) for group, found in records.items() for r in found]
        operations = updates.replace_graph(graph, sorted(triples))
        if lines := "\n".join(map(updates.n3_line, about)):
            operations.append(f"INSERT DATA {{ GRAPH {RUN_GRAPH.n3()} {{\n{lines}\n}} }}")
        self._update(operations + self._identity(canonicals, canonical, gone))

    def remove(self, article_id: str) -> None:
        """Remove an article and all that only it says. Nothing happens if the store does not have it."""
        gone = self._mentions_of(article_id)
        canonicals = self._canonicalise(set(gone.values()), {}, set(gone))
        canonical = {URIRef(m): ID[entity.slug] for entity in canonicals for m in entity.mentions}
        self._update(updates.replace_graph(article_iri(article_id), ()) + self._identity(canonicals, canonical, gone))

    def _identity(
        self, canonicals: Sequence[Canonical], canonical: Mapping[URIRef, URIRef], gone: Mapping[str, str]
    ) -> list[str]:
        """The operations that bring identity, other articles' statements and the default graph in step."""
        old = self._entities_of({*gone, *(str(m) for m in canonical)})
        renamed = {
            mention: (old[mention], str(new))
            for mention, new in ((str(m), e) for m, e in canonical.items())
            if mention in old and old[mention] != str(new)
        }
        touched = set(old.values()) | {str(entity) for entity in canonical.values()}
        return [
            *updates.replace_identity({*gone, *map(str, canonical)}, canonicals),
            *updates.rename_ends(renamed),
            *updates.derive(touched, canonicals, self._known_ontology(), self.plain),
        ]

    def _canonicalise(
        self, groups: set[str], new: Mapping[str, Sequence[MentionRecord]], without: set[str]
    ) -> list[Canonical]:
        """The entities of all names in ``groups``: those in the store, without some mentions, and the new ones."""
        records = {group: list(found) for group, found in new.items()}
        for group, record in self._records_of(groups):
            if record.iri not in without:
                records.setdefault(group, []).append(record)
        known = {thing.name: thing for thing in self._known_ontology().known}
        return [entity for group in sorted(records) for entity in canonicalise(group, records[group], known.get(group))]

    def _known_ontology(self) -> Ontology:
        if self._ontology is None:
            raise StoreError("the store knows no ontology yet: call set_ontology first")
        return self._ontology

    def _set_plain(self, plain: str) -> None:
        """Keep the setting, and derive all plain triples anew."""
        if plain not in updates.PLAIN:
            raise StoreError(f"plain triples of {plain!r}: use one of {', '.join(updates.PLAIN)}")
        graph, store = RUN_GRAPH.n3(), KG.store.n3()
        keep = f"DELETE WHERE {{ GRAPH {graph} {{ {store} {SETTING.n3()} ?v }} }}"
        put = f"INSERT DATA {{ GRAPH {graph} {{ {store} {SETTING.n3()} {Literal(plain).n3()} }} }}"
        self._update([keep, put, *updates.derive_all(plain)])

    def _update(self, operations: Sequence[str]) -> None:
        if not self._writable:
            raise StoreError(f"the store {self.folder} was opened for reading: open it for writing")
        with explained(self.folder):
            self._open.update(updates.PROLOGUE + ";\n".join(operations))

    def publish(self) -> None:
        """Make what was written visible to readers: a new checkpoint, then one atomic switch to it."""
        if self.folder is None:
            return
        published = self.folder / "published"
        with explained(self.folder):
            published.mkdir(exist_ok=True)
            before = current(self.folder)
            number = str(int(before or 0) + 1)
            shutil.rmtree(published / number, ignore_errors=True)  # of a run that was killed just here
            self._open.flush()
            self._open.backup(str(published / number))
            switch = self.folder / "CURRENT.new"
            switch.write_text(number + "\n")
            switch.replace(self.folder / "CURRENT")
        for old in published.iterdir():
            if old.name not in (number, before):  # a reader may just be opening the one before
                shutil.rmtree(old, ignore_errors=True)

    def load(self, file: Path) -> None:
        """Restore a TriG or N-Quads export in place of all the store holds, or raise StoreError and change nothing."""
        if self.folder is None:
            raise StoreError("a store in memory cannot be restored: give it a folder")
        fresh, live, old = (self.folder / name for name in ("live.new", "live", "live.old"))
        shutil.rmtree(fresh, ignore_errors=True)
        with explained(self.folder):
            export.restore(Path(file), fresh)
            self.close()
            live.rename(old)
            fresh.rename(live)
            shutil.rmtree(old)
            self._store = ox.Store(str(live))

    # Read

    def query(self, sparql: str, *, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Result:
        """The result of a query over the union of all graphs (or those named); usual prefixes are declared.

        Nothing is fetched: SERVICE is refused. Raises QueryError with line and column, StoreError where reading fails.
        """
        graphs: Any = [ox.NamedNode(iri) for iri in default_graphs] or None
        named: Any = [ox.NamedNode(iri) for iri in named_graphs] or None
        if calls_service(sparql):
            raise QueryError("the query asks another server (SERVICE), but nothing is fetched here: leave that out")
        try:
            raw = self._open.query(
                sparql,
                prefixes=PREFIXES,
                use_default_graph_as_union=not (graphs or named),
                default_graph=graphs,
                named_graphs=named,
            )
        except (SyntaxError, ValueError) as error:
            raise QueryError(f"the query cannot be read: {error}") from error
        except OSError as error:
            raise StoreError(f"the store {self.folder} cannot be read: {error}") from error
        return Result(raw)

    def export(self, format: str, file: IO[bytes], *, about: Iterable[str] = (), relations: Iterable[str] = ()) -> None:
        """Write the graph, sorted; ``about`` and ``relations`` (IRIs) keep only statements with one of each."""
        export.write(self._open, format, file, about=tuple(about), relations=tuple(relations))

    def stats(self) -> Stats:
        """Counts of what the store holds."""
        rows = self.query("SELECT ?m (COUNT(?st) AS ?n) { ?st kg:modality ?m } GROUP BY ?m ORDER BY ?m")
        modalities = {str(m).rsplit("#", 1)[-1].lower(): int(str(n)) for m, n in rows}
        ((entities,),) = self.query("SELECT (COUNT(DISTINCT ?e) AS ?n) { ?m kg:refersTo ?e }")
        facts = sum(modalities.values())
        return Stats(len(self.articles()), int(str(entities)), facts, modalities, len(self._open))

    def to_rdflib(self) -> Dataset:
        """A live rdflib view of the store, whose default graph is the union of all graphs."""
        from oxrdflib import OxigraphStore

        return Dataset(store=OxigraphStore(store=self._open), default_union=True)

    def _mentions_of(self, article_id: str) -> dict[str, str]:
        """Mention IRI -> name key, of one article."""
        rows = self.query(f"SELECT ?m ?k {{ ?m kg:inArticle {article_iri(article_id).n3()} ; kg:nameKey ?k }}")
        return {str(mention): str(key) for mention, key in rows}

    def _entities_of(self, mentions: Iterable[str]) -> dict[str, str]:
        values = " ".join(f"<{mention}>" for mention in sorted(mentions))
        rows = self.query(f"SELECT ?m ?e {{ VALUES ?m {{ {values} }} ?m kg:refersTo ?e }}")
        return {str(mention): str(entity) for mention, entity in rows}

    def _records_of(self, groups: Iterable[str]) -> Iterator[tuple[str, MentionRecord]]:
        """All mentions whose name key is one of ``groups``."""
        values = " ".join(Literal(group).n3() for group in sorted(groups))
        rows = self.query(
            f"SELECT ?k ?m ?id ?name ?type (GROUP_CONCAT(DISTINCT ?alias; separator='\\n') AS ?aliases) "
            f"(GROUP_CONCAT(DISTINCT ?link; separator='\\n') AS ?links) {{ VALUES ?k {{ {values} }} "
            f"?m kg:nameKey ?k ; kg:inArticle/dcterms:identifier ?id ; skos:prefLabel ?name ; kg:mentionType ?type . "
            f"OPTIONAL {{ ?m skos:altLabel ?alias }} "
            f"OPTIONAL {{ {{ ?st kg:subjectMention ?m ; kg:objectMention/kg:nameKey ?link }} UNION "
            f"{{ ?st kg:objectMention ?m ; kg:subjectMention/kg:nameKey ?link }} }} }} GROUP BY ?k ?m ?id ?name ?type"
        )
        for key, mention, article, name, type, aliases, links in rows:
            split = (tuple(sorted(str(text).split("\n"))) if text else () for text in (aliases, links))
            local = str(type).rsplit("#", 1)[-1].rsplit("/", 1)[-1]
            yield str(key), MentionRecord(str(article), str(mention), str(name), local, *split)


def _records(article: Article, extraction: Extraction, ontology: Ontology) -> dict[str, list[MentionRecord]]:
    """Name key -> the mentions of an article that have it."""
    known = {name_key(label.text): thing for thing in ontology.known for label in thing.labels}
    keys = {entity.key: _group(entity, known) for entity in extraction.entities}
    links: dict[int, set[str]] = defaultdict(set)
    for fact in extraction.facts:
        links[fact.subject].add(keys[fact.object])
        links[fact.object].add(keys[fact.subject])
    records: dict[str, list[MentionRecord]] = defaultdict(list)
    for entity in extraction.entities:
        iri = str(mention_iri(article.id, entity))
        linked = tuple(sorted(links[entity.key]))
        record = MentionRecord(article.id, iri, entity.name, entity.type, entity.aliases, linked)
        records[keys[entity.key]].append(record)
    return records


def _group(entity: Entity, known: Mapping[str, Known]) -> str:
    thing = known.get(name_key(entity.name))
    return thing.name if thing and (thing.type == "Person") == (entity.type == "Person") else slug(entity.name)
