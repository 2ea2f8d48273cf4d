"""The graph as Python sees it: build one, or open one, then query, convert, export and show it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kg import explore
from kg.errors import RequestError
from kg.identity import name_key
from kg.model import Modality
from kg.ontology import local_name
from kg.rdf import ONTOLOGY_GRAPH
from kg.store import EXPORTS, FORMATS, STORE, Curator, Result, Stats, Store, replacing

if TYPE_CHECKING:
    import networkx
    import rdflib

    from kg.pipeline import Summary


EXPORT_FORMATS = (*FORMATS, "graphml", "gexf", "csv", "html", "explorer")


class _Superseded(Exception):
    """Another build has published."""


class Graph:
    """The graph in an output folder, as it was last published; closes with ``close`` or at the end of a ``with``.

    >>> import kg
    >>> with kg.Graph("outputs/sample") as graph:  # doctest: +SKIP
    ...     graph.stats().articles
    3
    """

    def __init__(self, folder: str | Path = "outputs", *, store: str = "", summary: Summary | None = None) -> None:
        """``store``: the address of a SPARQL server that keeps the graph instead. Raises StoreError for no graph."""
        self.folder = Path(folder)
        self.summary = summary  # of the build that made it, None where it was only opened
        self._store = Store.at(store) if store else Store.read(self.folder / STORE)

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store's files."""
        self._store.close()

    def query(self, sparql: str) -> Result:
        """Solutions, truth value or triples of a SPARQL query; the usual prefixes are declared. Raises QueryError."""
        return self._store.query(sparql)

    def articles(self) -> tuple[str, ...]:
        """The ids of all articles, sorted."""
        return tuple(sorted(self._store.articles()))

    def stats(self) -> Stats:
        """Counts of articles, entities, facts and triples."""
        return self._store.stats()

    def entities(self, name: str) -> tuple[str, ...]:
        """The IRIs of the entities that a name, alias or IRI means. Raises RequestError, with near names, for none."""
        return explore.find(self._store, name)

    def entity(self, name: str) -> str:
        """The one entity (IRI) that a name means. Raises RequestError for none, and for several, with their IRIs."""
        found = self.entities(name)
        if len(found) > 1:
            raise RequestError(f"{name!r} may be any of {', '.join(found)}: name one by its IRI")
        return found[0]

    def relation(self, name: str) -> str:
        """The IRI of a relation by its local name or label. Raises RequestError, with all names, for none."""
        rows = list(
            self.query(
                "SELECT DISTINCT ?p ?label { VALUES ?kind { owl:ObjectProperty owl:DatatypeProperty } "
                "?p a ?kind . OPTIONAL { ?p rdfs:label ?label } }"
            )
        )
        known = {local_name(relation): str(relation) for relation, _ in rows}
        labels = {name_key(str(label)): str(relation) for relation, label in sorted(rows, key=str)}
        iris = {iri: iri for iri in known.values()}
        found = known.get(name.removeprefix("kg:")) or iris.get(name) or labels.get(name_key(name))
        if not found:
            raise RequestError(f"no relation {name!r}: the ontology has {', '.join(sorted(known))}")
        return found

    def view(
        self, *, entities: Sequence[str] = (), relations: Sequence[str] = (), most: int | None = explore.MOST
    ) -> explore.View:
        """The ``most`` central entities and their facts, or those of the named entities and relations only."""
        about = [iri for name in entities for iri in self.entities(name)]
        kinds = [self.relation(name) for name in relations]
        return explore.view(self._store, entities=about, relations=kinds, most=most)

    def to_networkx(self) -> networkx.MultiDiGraph:
        """Entities and facts as a networkx graph: one edge per fact, with relation, modality, speaker and quote."""
        return explore.to_networkx(self._store)

    def to_rdflib(self) -> rdflib.Dataset:
        """A live view as an rdflib Dataset, whose default graph is the union of all graphs."""
        return self._store.to_rdflib()

    def show(self, *, most: int = explore.MOST) -> Any:
        """The picture, for the last line of a notebook cell."""
        from kg.web import page

        return page.show(self.view(most=most))

    def export(
        self, format: str, file: IO[bytes], *, entities: Sequence[str] = (), relations: Sequence[str] = ()
    ) -> None:
        """Write the graph, or the facts of some entities and relations, in one of EXPORT_FORMATS.

        Raises RequestError for another format, and for a name that the graph does not have.
        """
        if format in FORMATS:
            about = [iri for name in entities for iri in self.entities(name)]
            kinds = [self.relation(name) for name in relations]
            self._store.export(format, file, about=about, relations=kinds)
        elif format == "explorer":
            if entities or relations:
                raise RequestError(
                    "the explorer is of the whole graph: leave out entities and relations, or ask for html"
                )
            from kg.web import offline

            file.write(offline.page(self._store))
        elif format in EXPORT_FORMATS:
            most = explore.MOST if format == "html" else None
            file.write(_pictures()[format](self.view(entities=entities, relations=relations, most=most)))
        else:
            raise RequestError(f"unknown format {format!r}: use one of {', '.join(EXPORT_FORMATS)}")

    # What people decide: it survives every build. ``ontology`` is what kg.build was given.

    def merge(self, entity: str, into: str, *, ontology: Sequence[Path] = ()) -> None:
        """Make an entity another one, in this graph and all that is built into it. Raises RequestError."""
        one, other = self.entity(entity), self.entity(into)
        with self._curator(ontology) as curator:
            curator.merge(one, other)

    def split(self, entity: str, *, ontology: Sequence[Path] = ()) -> tuple[str, ...]:
        """Take back what was merged into an entity, or part what each article means by its name: the IRIs of the parts.

        Raises RequestError where there is nothing to part.
        """
        iri = self.entity(entity)
        with self._curator(ontology) as curator:
            return curator.split(iri)

    def reject(self, subject: str, relation: str, object: str, *, ontology: Sequence[Path] = ()) -> int:
        """Say that a fact is wrong, whatever article states it: the number of statements that go.

        Raises RequestError where none does.
        """
        fact = self.entity(subject), self.relation(relation), self.entity(object)
        with self._curator(ontology) as curator:
            return curator.judge(fact, right=None)

    def correct(
        self,
        subject: str,
        relation: str,
        object: str,
        *,
        right: tuple[str, str, str],
        modality: str = "",
        ontology: Sequence[Path] = (),
    ) -> int:
        """Say what is right instead of a fact: other ends that the same article names, relation or modality.

        Gives the number of statements that change; evidence and speaker stay. Raises RequestError.
        """
        fact = self.entity(subject), self.relation(relation), self.entity(object)
        instead = self.entity(right[0]), self.relation(right[1]), self.entity(right[2])
        if modality not in ("", *Modality):
            raise RequestError(f"no modality {modality!r}: use one of {', '.join(Modality)}")
        with self._curator(ontology) as curator:
            return curator.judge(fact, right=instead, modality=modality)

    def decisions(self) -> list[tuple[str, str]]:
        """The IRI of each decision, and what it says, sorted."""
        return Curator(self._store).decisions()

    def undo(self, decision: str, *, ontology: Sequence[Path] = ()) -> tuple[str, ...]:
        """Take back a decision, named by its IRI or the end of it. Raises RequestError for one that there is not.

        Gives the ids of articles that have changed since: what they say is found when the next build reads them again.
        """
        with self._curator(ontology) as curator:
            return curator.undo(decision)

    @contextmanager
    def _curator(self, ontology: Sequence[Path]) -> Iterator[Curator]:
        """For one decision, which readers see at the end."""
        with self.changing(ontology) as store:
            yield Curator(store)

    @contextmanager
    def changing(self, ontology: Sequence[Path] = ()) -> Iterator[Store]:
        """The store for one change, which is published at the end; this graph then shows it."""
        from kg.ontology import load

        knowledge = load(ontology)
        if self._store.folder is None:  # behind a server, where readers see each update at once
            self._store.use_ontology(knowledge)
            yield self._store
            return
        self.close()
        try:
            with Store.create_or_open(self.folder / STORE) as store:
                store.catch_up()
                store.use_ontology(knowledge)
                yield store
                store.publish()
        finally:
            self._store = Store.read(self.folder / STORE)

    def write_exports(self, *, most: int | None = None) -> bool:
        """Write graph.ttl and graph.html into the folder; each appears whole or not at all.

        If the graph has more facts than ``most``, former files are removed instead; if another build has published
        since this graph was opened, the files are for that one to write. Whether they were written.
        """
        if most is not None and sum(self._store.facts().values()) > most:
            with self._store.newest() as newest:
                for name in EXPORTS if newest else ():
                    (self.folder / name).unlink(missing_ok=True)
            return False
        return all(self._write_export(name, format) for name, format in EXPORTS.items())

    def _write_export(self, name: str, format: str) -> bool:
        with suppress(_Superseded), ExitStack() as until_in_place, replacing(self.folder / name) as file:
            self.export(format, file)
            if not until_in_place.enter_context(self._store.newest()):
                raise _Superseded
            return True
        return False

    def validate(self) -> tuple[bool, str]:
        """Whether the graph conforms to the SHACL shapes of the ontology, and the report as text."""
        from kg.shapes import validate

        buffer = io.BytesIO()
        self._store.export("turtle", buffer)
        terms = self.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{ONTOLOGY_GRAPH}> {{ ?s ?p ?o }} }}")
        return validate(buffer.getvalue(), terms.serialize("turtle"))


def _pictures() -> dict[str, Callable[[explore.View], bytes]]:
    from kg.web import page

    return {"graphml": explore.graphml, "gexf": explore.gexf, "csv": explore.table, "html": page.html}


def build(*paths: str | Path, out: str | Path = "outputs", export: bool = False, **options: Any) -> Graph:
    """Read articles into the graph in ``out`` and open it; ``options`` are those of ``kg.pipeline.build``.

    ``graph.summary`` says what was built, skipped and left out.
    """
    from kg import pipeline

    summary = pipeline.build([str(path) for path in paths], out=Path(out), **options)
    graph = Graph(out, store=options.get("store", ""), summary=summary)
    if export:
        graph.write_exports()
    return graph
