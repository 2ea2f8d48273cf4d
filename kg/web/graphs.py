"""The graphs at /data: the SPARQL 1.1 Graph Store HTTP Protocol for reading, and the whole dataset."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from kg.errors import KgError
from kg.store import Store
from kg.store.queries import DEFAULT_GRAPH
from kg.web.answers import Answer, Refusal, busy
from kg.web.media import DATASETS, negotiate
from kg.web.messages import answered, asked_of, client_of, respond
from kg.web.sparql import Query, check
from kg.web.tasks import FRESH
from kg.web.workers import Workers

METHODS = {"Allow": "GET, HEAD, OPTIONS"}
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_DUMPS = 2  # files of the whole dataset that are written at once


class Graphs:
    """Gives one graph from ``workers``, or all of the store that ``published`` gives."""

    def __init__(self, workers: Workers, published: Callable[[], Store]) -> None:
        self._workers = workers
        self._published = published
        self._dumping = 0

    async def answer(self, request: Request) -> Response:
        """?default is the default graph, ?graph=IRI a named one, and without either it is the dataset."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=METHODS)
        try:
            graph = _graph(request)
            if not graph:
                return await self._dataset(request)
        except Refusal as refusal:
            return respond(refusal.answer())
        return await answered(request, self._one(graph, request))

    async def _one(self, graph: str, request: Request) -> Answer:
        accept = ",".join(request.headers.getlist("accept")) or "*/*"
        query = Query(_ALL, default_graphs=(graph,), accept=accept, missing=404)
        check(query)
        return await self._workers.ask({"task": "query"} | asdict(query), client_of(request))

    async def _dataset(self, request: Request) -> Response:
        """All quads, from a file that is gone when they are sent. Raises Refusal."""
        media_type = negotiate(",".join(request.headers.getlist("accept")) or "*/*", DATASETS)
        if self._dumping >= _DUMPS:
            raise busy(f"{_DUMPS} others are fetching the whole dataset already: ask again later", 10)
        self._dumping += 1
        try:
            file = await asyncio.to_thread(self._dump, DATASETS[media_type])
        except KgError as error:
            raise busy(str(error), 10) from error
        finally:
            self._dumping -= 1
        headers = dict(FRESH)
        return FileResponse(file, headers=headers, media_type=media_type, background=BackgroundTask(file.unlink))

    def _dump(self, format: str) -> Path:
        with tempfile.NamedTemporaryFile(prefix="kg-", delete=False) as file:
            path = Path(file.name)
        try:
            self._published().dump(format, path)
        except KgError:
            path.unlink()
            raise
        return path


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
