"""What the endpoint says of itself: SPARQL 1.1 Service Description, and VoID counts of what it holds."""

from __future__ import annotations

import json

from rdflib import DCTERMS, RDF, XSD, Graph, Literal, Namespace, URIRef
from starlette.requests import Request

from kg.rdf import BASE, ID, KG, SCHEMA
from kg.web.answers import Answer
from kg.web.media import GRAPHS, negotiate
from kg.web.tasks import FRESH
from kg.web.workers import Workers

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = Namespace("http://rdfs.org/ns/void#")
_FORMATS = Namespace("http://www.w3.org/ns/formats/")
_RESULTS = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)
_WRITERS = {"turtle": "turtle", "ntriples": "nt", "rdfxml": "xml", "jsonld": "json-ld"}  # names that rdflib uses
_COUNTS = {  # property of VoID -> what it counts
    VOID.triples: "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    VOID.entities: "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?m kg:refersTo ?s }",
    VOID.documents: "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a schema:NewsArticle }",
    VOID.classes: "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s a ?o }",
    VOID.properties: "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
}
_TAB = "/#tab=query"  # of the explorer


class Description:
    """Describes the graph in ``workers``, whose checkpoint has the name that ``current`` gives."""

    def __init__(self, workers: Workers, *, updates: bool) -> None:
        self._workers = workers
        self._updates = updates
        self._counted: tuple[str, dict[URIRef, int]] = ("", {})

    async def service(self, request: Request) -> Answer:
        """The endpoint for programs; a browser is led to where a person can ask. Raises Refusal."""
        offered = GRAPHS | {"text/html": "html"}
        if negotiate(request.headers.get("accept", "*/*"), offered) == "text/html":
            return Answer(b"", "", status=303, headers=(("Location", _TAB), *FRESH))
        return await self.dataset(request)

    async def dataset(self, request: Request) -> Answer:
        """Service and dataset in the media type that is asked for. Raises Refusal."""
        media_type = negotiate(request.headers.get("accept") or "*/*", GRAPHS)
        graph = self._graph(str(request.base_url), await self._counts())
        return Answer(graph.serialize(format=_WRITERS[GRAPHS[media_type]], encoding="utf-8"), media_type, headers=FRESH)

    async def _counts(self) -> dict[URIRef, int]:
        """Counted once for each checkpoint, as a client of its own."""
        if self._counted[0] != (checkpoint := self._workers.checkpoint()):
            counts = {}
            for property, query in _COUNTS.items():
                task = {"task": "query", "text": query, "default_graphs": (), "named_graphs": ()}
                answer = await self._workers.ask(task | {"accept": "*/*", "format": "json"}, "description")
                if answer.status == 200:
                    counts[property] = int(json.loads(answer.content)["results"]["bindings"][0]["n"]["value"])
            self._counted = checkpoint, counts
        return self._counted[1]

    def _graph(self, base: str, counts: dict[URIRef, int]) -> Graph:
        graph = Graph()
        for prefix, namespace in (("sd", SD), ("void", VOID), ("dcterms", DCTERMS), ("formats", _FORMATS)):
            graph.bind(prefix, namespace)
        service, dataset, default = (URIRef(f"{base}sparql#{name}") for name in ("service", "dataset", "default"))
        graph.add((service, RDF.type, SD.Service))
        graph.add((service, SD.endpoint, URIRef(f"{base}sparql")))
        for language in (SD.SPARQL11Query, *((SD.SPARQL11Update,) if self._updates else ())):
            graph.add((service, SD.supportedLanguage, language))
        graph.add((service, SD.feature, SD.UnionDefaultGraph))
        for name in _RESULTS:
            graph.add((service, SD.resultFormat, _FORMATS[name]))
        graph.add((service, SD.defaultDataset, dataset))
        graph.add((dataset, RDF.type, SD.Dataset))
        graph.add((dataset, RDF.type, VOID.Dataset))
        graph.add((dataset, SD.defaultGraph, default))
        graph.add((default, RDF.type, SD.Graph))
        graph.add((dataset, DCTERMS.title, Literal("kg: facts, and the sentences that state them", lang="en")))
        graph.add((dataset, VOID.sparqlEndpoint, URIRef(f"{base}sparql")))
        graph.add((dataset, VOID.dataDump, URIRef(f"{base}data")))
        graph.add((dataset, VOID.uriSpace, Literal(BASE)))
        graph.add((dataset, VOID.exampleResource, ID.openai))
        for vocabulary in (KG, SCHEMA):
            graph.add((dataset, VOID.vocabulary, URIRef(str(vocabulary))))
        for property, number in counts.items():
            graph.add((dataset, property, Literal(number, datatype=XSD.integer)))
            if property == VOID.triples:
                graph.add((default, property, Literal(number, datatype=XSD.integer)))
        return graph
