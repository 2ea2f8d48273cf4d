"""The SPARQL 1.1 Protocol for queries: what a request asks, what it may get, and what goes wrong.

A query that runs too long is answered with 503; it goes on in its thread until it ends by itself, since pyoxigraph
cannot be interrupted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from kg.errors import QueryError, StoreError
from kg.store import Store

TIME_LIMIT = 30.0  # seconds
BODY_LIMIT = 1_000_000  # bytes of a request

_TABLES = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
_GRAPHS = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/rdf+xml": "rdfxml",
    "application/ld+json": "jsonld",
}
MEDIA_TYPES = {"select": _TABLES, "ask": _TABLES, "construct": _GRAPHS}
"""Kind of result -> media type -> format of the store, the usual one first."""

_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_PARAMETERS = ("query", "default-graph-uri", "named-graph-uri", "format")


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """A request that gets no result: its status code, and what to tell."""

    status: int
    message: str


@dataclass(frozen=True, slots=True)
class Query:
    """What a request asks."""

    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    accept: str  # an Accept header, or the format that a parameter names


async def answer(request: Request, open_store: Callable[[], Store]) -> Response:
    """The response to a request at the endpoint."""
    try:
        query = await read_query(request)
        work = run_in_threadpool(_evaluate, query, open_store)
        content, media_type = await asyncio.wait_for(work, TIME_LIMIT)
    except Refusal as refusal:
        allow = {"Allow": "GET, HEAD, POST, OPTIONS"} if refusal.status == 405 else {}
        return PlainTextResponse(refusal.message + "\n", refusal.status, headers=allow)
    except TimeoutError:
        return PlainTextResponse(f"the query took over {TIME_LIMIT:.0f} seconds: add a LIMIT or more triples\n", 503)
    return Response(content, media_type=media_type, headers={"Vary": "Accept"})


async def read_query(request: Request) -> Query:
    """The query of a GET, of a posted form, or of a direct POST. Raises Refusal."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == _UPDATE or any(name == "update" for name, _ in pairs):
            raise Refusal(403, "updates are not allowed here: this endpoint is read-only")
        if kind not in (_FORM, _QUERY):
            raise Refusal(415, f"content type {kind or '(none)'!r} is not read here: send {_FORM} or {_QUERY}")
        body = await _body(request)
        pairs += [("query", body)] if kind == _QUERY else parse_qsl(body, keep_blank_values=True)
    elif request.method not in ("GET", "HEAD"):
        raise Refusal(405, f"{request.method} is not allowed here: use GET or POST")
    return _query(pairs, request.headers.get("accept", "*/*"))


def _query(pairs: Sequence[tuple[str, str]], accept: str) -> Query:
    values: dict[str, list[str]] = {name: [] for name in (*_PARAMETERS, "update")}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    if values["update"]:
        raise Refusal(403, "updates are not allowed here: this endpoint is read-only")
    if len(values["query"]) != 1:
        raise Refusal(400, f"{len(values['query'])} query parameters: send exactly one")
    accept = values["format"][-1] if values["format"] else accept
    graphs = (tuple(values["default-graph-uri"]), tuple(values["named-graph-uri"]))
    return Query(values["query"][0], *graphs, accept)


async def _body(request: Request) -> str:
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > BODY_LIMIT:
            raise Refusal(413, f"the request is longer than {BODY_LIMIT:,} bytes: send a shorter query")
    try:
        return content.decode("utf8")
    except UnicodeDecodeError as error:
        raise Refusal(400, f"the request is no UTF-8: {error}") from error


def _evaluate(query: Query, open_store: Callable[[], Store]) -> tuple[bytes, str]:
    """All bytes of the result, made before anything is sent, and their media type. Raises Refusal."""
    try:
        store = open_store()
        result = store.query(query.text, default_graphs=query.default_graphs, named_graphs=query.named_graphs)
        offered = MEDIA_TYPES[result.kind]
        media_type = negotiate(query.accept, offered)
        return result.serialize(offered[media_type]), media_type
    except QueryError as error:
        raise Refusal(400, str(error)) from error
    except StoreError as error:
        raise Refusal(503, str(error)) from error


def negotiate(accept: str, offered: Mapping[str, str]) -> str:
    """The offered media type that an Accept header likes best; a name of a format is taken too. Raises Refusal.

    >>> negotiate("text/csv;q=0.5, application/*", _TABLES)
    'application/sparql-results+json'
    """
    if named := next((kind for kind, format in offered.items() if format == accept), None):
        return named
    wanted = [_preference(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    qualities = {kind: _quality(kind, wanted) for kind in offered}
    best = max(qualities, key=lambda kind: qualities[kind])  # the first of equals
    if qualities[best] <= 0:
        raise Refusal(406, f"none of {accept!r} can be made of this result: ask for one of {', '.join(offered)}")
    return best


def _preference(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((p.partition("=")[2] for p in parameters if p.startswith("q=")), "1")
    try:
        return kind, min(max(float(quality), 0.0), 1.0)
    except ValueError:
        return kind, 0.0


def _quality(kind: str, wanted: Sequence[tuple[str, float]]) -> float:
    """By the most specific of the ranges that fit (RFC 9110, 12.5.1)."""
    for pattern in (kind, kind.partition("/")[0] + "/*", "*/*"):
        if fitting := [quality for name, quality in wanted if name == pattern]:
            return max(fitting)
    return 0.0
