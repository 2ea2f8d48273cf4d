"""The web server: routes, headers, the store that readers see, and the page for queries.

A build may publish a newer graph while the server runs: the next request sees it. Nothing here loads a language model.
"""

from __future__ import annotations

import errno
import html
import ipaddress
import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import KgError, RequestError
from kg.rdf import PREFIXES
from kg.store import STORE, Store, current
from kg.web import sparql

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}
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


class Guard:
    """Refuses requests for other hosts (DNS rebinding), and adds SECURITY to responses that do not set it themselves.

    A server that listens on all addresses (0.0.0.0 or ::) takes any address as a host, but no other names.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self.app = app
        self.names = LOOPBACK | {host.strip("[]").lower()}
        self.everywhere = _is_address(host) and ipaddress.ip_address(host.strip("[]")).is_unspecified

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and complete the headers of the response."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
            await send(message)

        host = Headers(scope=scope).get("host", "")
        refusal = PlainTextResponse(f"no host {host!r} here: open http://127.0.0.1, or start with --host\n", 400)
        return await (self.app if self._knows(host) else refusal)(scope, receive, complete)

    def _knows(self, host: str) -> bool:
        with suppress(ValueError):  # of brackets that hold no address
            name = urlsplit(f"//{host}").hostname or ""
            return name in self.names or (self.everywhere and _is_address(name))
        return False


def app(folder: Path, *, host: str = "127.0.0.1") -> Starlette:
    """The application for an output folder, reached as ``host``. Raises StoreError where no graph was built."""
    folder = Path(folder)
    published = Published(folder / STORE)

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

    async def health(request: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_FRESH)

    routes = [
        Route("/", picture),
        Route("/graph.html", picture),
        Route("/sparql", sparql.Endpoint(published).answer, methods=_METHODS),
        Route("/health", health),
        *(Route(f"/{name}", _file(folder / name, kind)) for name, kind in FILES.items()),
        *(Route(path, _fixed(content, kind)) for path, (content, kind) in _query_page().items()),
    ]
    return Starlette(
        routes=routes, middleware=[Middleware(Guard, host=host)], exception_handlers={KgError: _unavailable}
    )


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
    folder: Path, *, host: str = "127.0.0.1", port: int = 8000, ready: Callable[[str], object] | None = None
) -> None:
    """Serve until Ctrl-C; ``ready`` is told the address as soon as it can be opened, also which port 0 became.

    Raises StoreError where no graph was built, RequestError where host and port cannot be listened on.
    """
    application = app(folder, host=host)
    with _listen(host, port) as listener:
        if ready:
            ready(f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}")
        config = uvicorn.Config(application, log_level="warning", lifespan="off", timeout_graceful_shutdown=2)
        with suppress(KeyboardInterrupt):  # uvicorn ends gracefully, then raises it again
            uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
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


def _is_address(name: str) -> bool:
    with suppress(ValueError):
        return bool(ipaddress.ip_address(name.strip("[]")))
    return False


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
