"""The web server: routes, headers, the store that readers see, and the page for queries.

A build may publish a newer graph while the server runs: the next request sees it. Nothing here loads a language model.
"""

from __future__ import annotations

import errno
import html
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from kg.errors import KgError, RequestError
from kg.rdf import PREFIXES
from kg.store import STORE, Store
from kg.web import decisions, entities
from kg.web.access import Access
from kg.web.description import Description
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
    writer = Workers(folder / STORE, number=1, spare=0, time_limit=WRITE_LIMIT)

    @asynccontextmanager
    async def life(application: Starlette) -> AsyncIterator[None]:
        with closing(workers), closing(writer):
            yield

    made = Starlette(
        routes=[
            *_pictures(folder, published),
            *_graph_routes(folder, published, workers, writer, settings),
            # kg.web.api.routes(published) and kg.web.explorer: their lists go here
            *(Route(f"/{name}", _file(folder / name, kind)) for name, kind in FILES.items()),
            *(Route(path, _fixed(content, kind)) for path, (content, kind) in _query_page().items()),
            Route("/health", _health),
        ],
        middleware=[Middleware(Guard, host=host), *([Middleware(Cors)] if settings.cors else [])],
        exception_handlers={KgError: _unavailable},
        lifespan=life,
    )
    made.state.workers, made.state.writer = workers, writer
    return made


def _graph_routes(
    folder: Path, published: Published, workers: Workers, writer: Workers, settings: Settings
) -> list[Route]:
    """The graph for programs: queries, updates, data, and what people decide."""
    access = Access(settings.token)
    description = Description(workers, updates=bool(settings.token))
    endpoint = Endpoint(workers, writer, access, description.service)

    async def void(request: Request) -> Response:
        return await answered(request, description.dataset(request))

    return [
        Route("/sparql", endpoint.answer, methods=_METHODS),
        Route("/.well-known/void", void),
        Route("/data", Graphs(workers, published).answer, methods=_METHODS),
        *entities.routes(workers),
        *decisions.routes(workers, writer, access, settings.ontology),
    ]


def _pictures(folder: Path, published: Published) -> list[Route]:
    """The page of the graph."""

    @lru_cache(maxsize=1)
    def draw(store: Store) -> bytes:
        from kg.web import page  # takes half a second, so it comes with the first picture

        return page.from_store(store)

    async def picture(request: Request) -> Response:
        """graph.html as the build wrote it, else made now."""
        from kg.web.page import HEADERS

        if (folder / "graph.html").is_file():
            return FileResponse(folder / "graph.html", media_type=_HTML, headers=HEADERS | _FRESH)
        content = await run_in_threadpool(lambda: draw(published()))
        return Response(content, media_type=_HTML, headers=HEADERS | _FRESH)

    return [Route("/", picture), Route("/graph.html", picture)]


async def _health(request: Request) -> Response:
    return PlainTextResponse("ok\n", headers=_FRESH)


def _file(path: Path, media_type: str) -> Callable[[Request], Response]:
    def send(request: Request) -> Response:
        if not path.is_file():
            return PlainTextResponse(f"no {path.name} here: make it with kg build or kg export\n", 404)
        return FileResponse(path, media_type=media_type, headers=_FRESH)

    return send


def _fixed(content: str, media_type: str) -> Callable[[Request], Response]:
    return lambda request: Response(content, media_type=media_type, headers=_FRESH)


def _unavailable(request: Request, error: Exception) -> Response:
    return PlainTextResponse(f"{error}\n", 503)


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
    application = app(folder, host=host, settings=settings)
    workers: Workers = application.state.workers
    with _listen(host, port) as listener, closing(application.state.writer), closing(workers):
        workers.start()
        if ready:
            ready(f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}")
        config = uvicorn.Config(application, log_level="warning", lifespan="off", timeout_graceful_shutdown=2)
        with suppress(KeyboardInterrupt):  # uvicorn ends gracefully, then raises it again
            uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
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


# The page for queries: its script, template/query.js, has the examples and shows the results

_PAGE = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>kg · SPARQL</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/query.css">
<script src="/query.js" defer></script></head>
<body data-prefixes="{prefixes}">
<header><h1>Truy vấn · Query</h1><a href="/">Đồ thị · Graph</a></header>
<form action="/sparql"><label>Ví dụ · Examples <select id="examples"></select></label>
<textarea id="sparql" name="query" rows="9" spellcheck="false" aria-label="SPARQL"></textarea>
<p><button>Chạy · Run</button> <kbd>Ctrl+Enter</kbd> <span id="downloads"></span></p></form>
<p id="note" role="status"></p><div id="result"></div>
</body></html>
"""
_STYLE = """:root { color-scheme: light dark; --line: #8885; --soft: #8882; --blue: light-dark(#1f5fae, #86b7f7) }
body { font: 15px/1.5 system-ui, "Noto Sans", sans-serif; margin: 0 auto; padding: 0 16px 32px; max-width: 1200px }
header { display: flex; align-items: baseline; gap: 24px } h1 { font-size: 20px } a, .uri { color: var(--blue) }
textarea { box-sizing: border-box; width: 100%; margin-top: 10px; padding: 10px; font: 14px/1.5 monospace }
select, button { font: inherit; padding: 4px 10px; max-width: 100% } #downloads a { margin-left: 12px }
#note { white-space: pre-wrap; overflow-x: auto } #note.error { font-family: ui-monospace, monospace; color: #d33 }
#result { overflow-x: auto } table { border-collapse: collapse; font-size: 14px }
th, td { text-align: left; vertical-align: top; padding: 5px 12px 5px 6px; border-bottom: 1px solid var(--line) }
th { background: var(--soft) } td { overflow-wrap: anywhere; min-width: 5em; white-space: pre-line }
"""


def _query_page() -> dict[str, tuple[str, str]]:
    """Path -> content and media type."""
    script = (Path(__file__).parent / "template" / "query.js").read_text(encoding="utf8")
    return {
        "/query": (_PAGE.format(prefixes=html.escape(json.dumps(PREFIXES))), _HTML),
        "/query.css": (_STYLE, "text/css"),
        "/query.js": (script, "text/javascript"),
    }
