"""The web server: routes, headers, the store that readers see, and the page for queries.

A build may publish a newer graph while the server runs: the next request sees it. Nothing here loads a language model.
"""

from __future__ import annotations

import ctypes
import errno
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from kg.errors import KgError, RequestError
from kg.store import STORE
from kg.web import api, decisions, entities, explorer
from kg.web.access import Access
from kg.web.connections import Connection
from kg.web.description import Description
from kg.web.dumps import whole
from kg.web.graphs import Graphs
from kg.web.headers import SECURITY, Cors, Guard
from kg.web.messages import answered
from kg.web.published import Published
from kg.web.sparql import Endpoint
from kg.web.workers import TIME_LIMIT, Workers

__all__ = ["FILES", "SECURITY", "Published", "Settings", "app", "serve"]

WRITE_LIMIT = 120.0  # seconds of one update or decision
FILES = {  # what the output folder may hold for others to fetch
    "graph.ttl": "text/turtle",
    "graph.nt": "application/n-triples",
    "graph.nq": "application/n-quads",
    "graph.trig": "application/trig",
    "graph.jsonld": "application/ld+json",
    "graph.graphml": "application/xml",
    "graph.gexf": "application/xml",
    "graph.csv": "text/csv",
}
_ARENAS = -8  # M_ARENA_MAX of mallopt(3)
_HTML = "text/html; charset=utf-8"
_FRESH = {"Cache-Control": "no-cache"}  # a build may change it at any time
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]  # the endpoint refuses some of them itself
_REMEDIES = {
    errno.EADDRINUSE: "port {port} is in use: choose another with --port, or stop the program that has it",
    errno.EACCES: "port {port} is not allowed here: choose one above 1023 with --port",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How to serve. ``time_limit``: seconds of one query; ``token``: what updates need, "" where there are none."""

    workers: int = 2  # queries at once
    spare: int = 1  # workers that stand by
    time_limit: float = TIME_LIMIT
    token: str = ""
    cors: bool = False
    ontology: tuple[Path, ...] = ()  # files that the graph was built with, besides ours: for what people decide


DEFAULT = Settings()


def app(folder: Path, *, host: str = "127.0.0.1", settings: Settings = DEFAULT) -> Starlette:
    """The application for an output folder, reached as ``host``. Raises StoreError where no graph was built.

    Its ``state.workers`` may be started before the first query; they end with the application.
    """
    folder = Path(folder)
    published = Published(folder / STORE)
    limits = {"number": settings.workers, "spare": settings.spare, "time_limit": settings.time_limit}
    workers = Workers(folder / STORE, **limits)  # type: ignore[arg-type]
    writer = Workers(folder / STORE, number=1, spare=0, time_limit=WRITE_LIMIT, to_end=True)

    @asynccontextmanager
    async def life(application: Starlette) -> AsyncIterator[None]:
        with closing(workers), closing(writer):
            yield

    made = Starlette(
        routes=[
            *_graph_routes(workers, writer, settings),  # the endpoint is what is asked most
            *_pictures(folder, workers),
            *api.routes(published),
            *explorer.routes(workers, editable=bool(settings.token)),
            *(Route(f"/{name}", _file(folder / name, kind)) for name, kind in FILES.items()),
            Route("/health", _health),
        ],
        middleware=[Middleware(Guard, host=host), *([Middleware(Cors)] if settings.cors else [])],
        exception_handlers={KgError: _unavailable, ClientDisconnect: _gone},
        lifespan=life,
    )
    made.state.workers, made.state.writer = workers, writer
    return made


def _graph_routes(workers: Workers, writer: Workers, settings: Settings) -> list[Route]:
    """The graph for programs: queries, updates, data, and what people decide."""
    access = Access(settings.token)
    description = Description(workers, updates=bool(settings.token))
    endpoint = Endpoint(workers, writer, access, description.service)

    async def void(request: Request) -> Response:
        return await answered(request, description.dataset(request))

    return [
        Route("/sparql", endpoint.answer, methods=_METHODS),
        Route("/.well-known/void", void),
        Route("/data", Graphs(workers).answer, methods=_METHODS),
        *entities.routes(workers),
        *decisions.routes(workers, writer, access, settings.ontology),
    ]


def _pictures(folder: Path, workers: Workers) -> list[Route]:
    """The page of the graph."""

    async def picture(request: Request) -> Response:
        """graph.html as the build wrote it, if it is of this graph; else made now."""
        from kg.web.page import HEADERS

        if _current(folder / "graph.html"):
            return FileResponse(folder / "graph.html", media_type=_HTML, headers=HEADERS | _FRESH)
        response = await whole(request, workers, "picture", _HTML)
        response.headers.update(HEADERS)
        return response

    return [Route("/graph.html", picture)]


async def _health(request: Request) -> Response:
    return PlainTextResponse("ok\n", headers=_FRESH)


def _current(path: Path) -> bool:
    """Whether a file is there and is not older than the graph, which an update or a decision may have changed since."""
    published = path.parent / STORE / "CURRENT"
    return path.is_file() and path.stat().st_mtime_ns >= published.stat().st_mtime_ns


def _file(path: Path, media_type: str) -> Callable[[Request], Response]:
    def send(request: Request) -> Response:
        if not path.is_file():
            return PlainTextResponse(f"no {path.name} here: make it with kg build or kg export\n", 404)
        if not _current(path):
            return PlainTextResponse(f"{path.name} is older than the graph: make it anew with kg export\n", 404)
        return FileResponse(path, media_type=media_type, headers=_FRESH)

    return send


def _unavailable(request: Request, error: Exception) -> Response:
    return PlainTextResponse(f"{error}\n", 503)


def _gone(request: Request, error: Exception) -> Response:
    return PlainTextResponse("", 400)  # nobody gets it; else the log would tell of a fault here


def serve(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    ready: Callable[[str], object] | None = None,
    settings: Settings = DEFAULT,
) -> None:
    """Serve until Ctrl-C; ``ready`` is told the address as soon as it can be opened, also which port 0 became.

    Raises StoreError where no graph was built, RequestError where host and port cannot be listened on.
    """
    _share_memory()
    application = app(folder, host=host, settings=settings)
    workers: Workers = application.state.workers
    with _listen(host, port) as listener, closing(application.state.writer), closing(workers):
        workers.start()
        if ready:
            ready(f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}")
        config = uvicorn.Config(
            application,
            http=Connection,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
        with suppress(KeyboardInterrupt):  # uvicorn ends gracefully, then raises it again
            uvicorn.Server(config).run(sockets=[listener])


def _share_memory() -> None:
    """Let threads take memory from two places: else each keeps what its largest work needed (glibc only)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENAS, 2)


def _listen(host: str, port: int) -> socket.socket:
    if not host.strip("[] "):  # to the system that would be all addresses
        raise RequestError("the address to listen on is empty: give one with --host, such as 127.0.0.1")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves Nagle on: 40 ms
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # no wait after the last server here ended
        listener.bind((host.strip("[]"), port))
        listener.listen()  # from now on nobody else can take it, and early visitors wait
    except (OSError, OverflowError) as error:
        listener.close()
        unknown = "cannot listen on {host}, port {port} ({error}): choose others with --host and --port"
        remedy = _REMEDIES.get(getattr(error, "errno", 0), unknown)
        raise RequestError(remedy.format(host=host, port=port, error=error)) from error
    return listener
