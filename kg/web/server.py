"""The web server: routes, headers, and the store that readers see.

A build may publish a newer graph while the server runs: the next request sees it.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import RequestError
from kg.store import STORE, Store, current
from kg.web import page, sparql

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]", "testserver")
QUERY_PAGE = Path(__file__).parent / "template"
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Published:
    """The newest published checkpoint of a folder, opened again when there is a newer one."""

    def __init__(self, folder: Path) -> None:
        """Raises StoreError where no graph was built."""
        self.folder = folder
        self._lock = threading.Lock()
        self._number = current(folder)
        self._store = Store.read(folder)

    def __call__(self) -> Store:
        """The store to read from now; requests that still read the one before keep it until they are done."""
        with self._lock:
            if (number := current(self.folder)) != self._number:
                self._store, self._number = Store.read(self.folder), number
            return self._store


def app(folder: Path, *, hosts: tuple[str, ...] = ()) -> Starlette:
    """The application for an output folder. Raises StoreError where no graph was built."""
    published = Published(folder / STORE)

    async def endpoint(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": "GET, HEAD, POST, OPTIONS"})
        return await sparql.answer(request, published)

    async def picture(request: Request) -> Response:
        """graph.html as the build wrote it, else made now."""
        if (folder / "graph.html").is_file():
            return FileResponse(folder / "graph.html", media_type="text/html; charset=utf-8", headers=page.HEADERS)
        return Response(page.from_store(published()), media_type="text/html; charset=utf-8", headers=page.HEADERS)

    async def turtle(request: Request) -> Response:
        if not (folder / "graph.ttl").is_file():
            return PlainTextResponse("no graph.ttl here: run kg build without --no-export\n", 404)
        return FileResponse(folder / "graph.ttl", media_type="text/turtle; charset=utf-8")

    routes = [
        Route("/", picture),
        Route("/graph.html", picture),
        Route("/graph.ttl", turtle),
        Route("/sparql", endpoint, methods=_METHODS),
        Route("/health", _health),
        Route("/query", _asset("query.html", "text/html; charset=utf-8")),
        Route("/query.js", _asset("query.js", "text/javascript; charset=utf-8")),
        Route("/query.css", _asset("query.css", "text/css; charset=utf-8")),
    ]
    trusted = Middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK, *hosts], www_redirect=False)
    return Starlette(routes=routes, middleware=[Middleware(SecurityHeaders), trusted])


async def _health(request: Request) -> Response:
    return PlainTextResponse("ok\n")


def _asset(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def send(request: Request) -> Response:
        return FileResponse(QUERY_PAGE / name, media_type=media_type)

    return send


class SecurityHeaders:
    """Adds SECURITY to every response that does not set these headers itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and complete the headers of the response."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                extra = [(name.lower().encode(), value.encode()) for name, value in SECURITY.items()]
                message["headers"] = [*message["headers"], *(pair for pair in extra if pair[0] not in present)]
            await send(message)

        await self.app(scope, receive, complete)


def serve(folder: Path, *, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until Ctrl-C. Raises StoreError where no graph was built, RequestError if the port is taken."""
    application = app(folder, hosts=(host,))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise RequestError(f"cannot listen on {host}:{port}: {error.strerror}; choose another --port") from error
    config = uvicorn.Config(application, log_level="warning", lifespan="off", timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[listener])
