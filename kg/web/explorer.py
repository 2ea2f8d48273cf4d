"""The explorer: the page that people open, as npm built it from ui/ into static/, and what else the page asks for."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from kg import explore
from kg.store import Store
from kg.web.answers import Answer, Refusal
from kg.web.messages import answered

STATIC = Path(__file__).parent / "static"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data: blob:; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}  # the names of assets change with their content
_TYPES = {".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm"}
_NOT_BUILT = "the explorer is not built: run make ui (or install kg from a wheel, which has it inside)\n"


def routes(published: Callable[[], Store], *, editable: bool = False) -> list[Route]:
    """The page at /, its assets, what it may do, and the whole graph as a file. ``editable``: decisions are taken."""

    async def page(request: Request) -> Response:
        index = STATIC / "index.html"
        if not index.is_file():
            return PlainTextResponse(_NOT_BUILT, 503)
        return FileResponse(index, media_type="text/html", headers=HEADERS | {"Cache-Control": "no-cache"})

    async def asset(request: Request) -> Response:
        file = STATIC / "assets" / request.path_params["name"]
        if not file.is_file() or file.suffix not in _TYPES:
            return PlainTextResponse(f"no {file.name} here\n", 404)
        return FileResponse(file, media_type=_TYPES[file.suffix], headers=_KEPT)

    async def about(request: Request) -> Response:
        return JSONResponse({"editable": editable}, headers={"Cache-Control": "no-cache"})

    one = ThreadPoolExecutor(1)  # more would take the processors, and memory, from all others; who has left is skipped

    async def work(format: str) -> Answer:
        if format not in _WHOLE:
            raise Refusal(404, f"no format {format!r} here: use {', '.join(_WHOLE)}")
        media_type, write = _WHOLE[format]
        content = await asyncio.get_running_loop().run_in_executor(one, lambda: write(published()))
        return Answer(content, media_type)

    async def whole(request: Request) -> Response:
        return await answered(request, work(request.path_params["format"]))

    return [
        Route("/", page),
        Route("/assets/{name}", asset),
        Route("/api/about", about),
        Route("/export/{format}", whole),
    ]


def _turtle(store: Store) -> bytes:
    buffer = io.BytesIO()
    store.export("turtle", buffer)
    return buffer.getvalue()


_WHOLE: dict[str, tuple[str, Callable[[Store], bytes]]] = {
    "turtle": ("text/turtle", _turtle),
    "graphml": ("application/xml", lambda store: explore.graphml(explore.view(store, most=None))),
    "gexf": ("application/xml", lambda store: explore.gexf(explore.view(store, most=None))),
}
