"""The explorer: the page that people open, as npm built it from ui/ into static/, and what else the page asks for."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from kg.web.dumps import whole
from kg.web.workers import Workers

STATIC = Path(__file__).parent / "static"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data: blob:; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}  # the names of assets change with their content
_TYPES = {".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm"}
_WHOLE = {"turtle": "text/turtle", "graphml": "application/xml", "gexf": "application/xml"}
_NOT_BUILT = "the explorer is not built: run make ui (or install kg from a wheel, which has it inside)\n"


def routes(workers: Workers, *, editable: bool = False) -> list[Route]:
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

    async def export(request: Request) -> Response:
        media_type = _WHOLE.get(format := request.path_params["format"])
        if media_type is None:
            return PlainTextResponse(f"no format {format!r} here: use {', '.join(_WHOLE)}\n", 404)
        return await whole(request, workers, format, media_type)

    return [
        Route("/", page),
        Route("/assets/{name}", asset),
        Route("/api/about", about),
        Route("/export/{format}", export),
    ]
