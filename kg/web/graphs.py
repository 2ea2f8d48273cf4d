"""The graphs at /data: the SPARQL 1.1 Graph Store HTTP Protocol for reading, and the whole dataset."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kg.store.queries import DEFAULT_GRAPH
from kg.web.answers import Answer, Refusal
from kg.web.dumps import whole
from kg.web.media import DATASETS, negotiate
from kg.web.messages import answered, asked_of, client_of, respond
from kg.web.sparql import Query, check, task_of
from kg.web.workers import Workers

METHODS = {"Allow": "GET, HEAD, OPTIONS"}
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


class Graphs:
    """Gives one graph, or all of them, from ``workers``."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def answer(self, request: Request) -> Response:
        """?default is the default graph, ?graph=IRI a named one, and without either it is the dataset."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=METHODS)
        try:
            graph = _graph(request)
            if not graph:
                media_type = negotiate(",".join(request.headers.getlist("accept")) or "*/*", DATASETS)
                return await whole(request, self._workers, DATASETS[media_type], media_type)
        except Refusal as refusal:
            return respond(refusal.answer())
        return await answered(request, self._one(graph, request))

    async def _one(self, graph: str, request: Request) -> Answer:
        accept = ",".join(request.headers.getlist("accept")) or "*/*"
        query = Query(_ALL, default_graphs=(graph,), accept=accept, missing=404)
        check(query)
        return await self._workers.ask(task_of(query), client_of(request))


def _graph(request: Request) -> str:
    """The graph that a request means, "" for all of them. Raises Refusal."""
    if request.method not in ("GET", "HEAD"):
        raise Refusal(405, f"{request.method} is not allowed here: graphs can only be read", METHODS)
    parameters = asked_of(request)
    named = [value for name, value in parameters if name == "graph"]
    default = [value for name, value in parameters if name == "default"]
    strange = sorted({name for name, _ in parameters} - {"graph", "default"})
    if strange or len(named) + len(default) > 1 or any(default) or not all(named):
        told = f"parameters {', '.join(name for name, _ in parameters)}"
        raise Refusal(400, f"{told}: give ?default, or one ?graph=IRI, or nothing for the whole dataset")
    return named[0] if named else DEFAULT_GRAPH if default else ""
