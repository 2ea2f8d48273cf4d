"""The SPARQL 1.1 Protocol for queries: what a request asks, what it may get, and what goes wrong.

A query that runs too long is answered with 503, but goes on in its thread until it ends by itself, since pyoxigraph
cannot be interrupted; so only SLOTS queries run at once. Results are whole before the first byte is sent.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from kg.errors import QueryError, StoreError
from kg.store import Store
from kg.store.queries import bare

TIME_LIMIT = 30.0  # seconds
SLOTS = 16  # queries that run at once
BODY_LIMIT = 300_000  # bytes of a request
QUERY_LIMIT = 100_000  # characters of a query
DEPTH_LIMIT = 200  # brackets within brackets
STACK = 256 * 2**20  # bytes, taken only when used: with the two limits above, no query overflows it and ends the server
METHODS = {"Allow": "GET, HEAD, POST, OPTIONS"}

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
_CHARSETS = {"utf-8": "utf8", "utf8": "utf8", "us-ascii": "ascii", "iso-8859-1": "latin1"}
_NO_GRAPH = "urn:kg:none"  # the default graph of a request that names only named graphs
_READ_ONLY = "updates are not allowed here: this endpoint is read-only; send SELECT, ASK, CONSTRUCT or DESCRIBE"

_IRI = re.compile(r'[a-z][a-z0-9+.-]*:[^<>"{}|^`\\\x00-\x20]*', re.IGNORECASE)
_UPDATES = re.compile(
    r"(?:\s*(?:prefix|base)\b)*\s*(?:insert|delete|load|clear|create|drop|add|move|copy|with)\b", re.IGNORECASE
)


class Refusal(Exception):
    """A request that gets no result: its status code, and what to tell."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def response(self) -> Response:
        """The message as plain text; 405 says what is allowed."""
        return PlainTextResponse(self.message + "\n", self.status, headers=METHODS if self.status == 405 else None)


@dataclass(frozen=True, slots=True)
class Query:
    """What a request asks."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    accept: str = "*/*"  # an Accept header
    format: str = ""  # a format of the store or a media type, goes before ``accept``


class Endpoint:
    """Answers requests from the store that ``published`` gives, SLOTS at once."""

    def __init__(self, published: Callable[[], Store]) -> None:
        self._published = published
        self._slots = asyncio.Semaphore(SLOTS)

    async def answer(self, request: Request) -> Response:
        """The response to a request, errors included."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=METHODS)
        try:
            query = await read_query(request)
            check(query)
            async with asyncio.timeout(TIME_LIMIT):
                await self._slots.acquire()
                return await _in_thread(lambda: evaluate(query, self._published), self._slots.release)
        except Refusal as refusal:
            return refusal.response()
        except asyncio.CancelledError:  # only the end of the server cancels, and whoever waits shall know
            return Refusal(503, "the server is ending: ask again when it is back").response()
        except TimeoutError:
            return Refusal(503, f"no result after {TIME_LIMIT:g} seconds: add a LIMIT, or ask for less").response()


# What a request asks


async def read_query(request: Request) -> Query:
    """The query of a GET, of a posted form, or of a direct POST. Raises Refusal."""
    pairs = _pairs(request.url.query)
    if request.method == "POST":
        pairs += await _posted(request)
    elif request.method not in ("GET", "HEAD"):
        raise Refusal(405, f"{request.method} is not allowed here: use GET or POST")
    values: dict[str, list[str]] = defaultdict(list, format=[""])
    for name, value in pairs:
        values[name].append(value)
    if values["update"]:
        raise Refusal(403, _READ_ONLY)
    if len(values["query"]) != 1:
        raise Refusal(400, f"the request has {len(values['query'])} queries: send one, as the parameter query")
    graphs = (tuple(values["default-graph-uri"]), tuple(values["named-graph-uri"]))
    return Query(values["query"][0], *graphs, ",".join(request.headers.getlist("accept")), values["format"][-1])


async def _posted(request: Request) -> list[tuple[str, str]]:
    kind, charset = _content_type(request.headers.get("content-type", ""))
    if kind == _UPDATE:
        raise Refusal(403, _READ_ONLY)
    if kind not in (_FORM, _QUERY):
        raise Refusal(415, f"content type {kind or '(none)'!r} is not read here: send {_FORM} or {_QUERY}")
    if charset not in _CHARSETS:
        raise Refusal(415, f"charset {charset!r} is not read here: send {' or '.join(_CHARSETS)}")
    try:
        body = (await _body(request)).decode(_CHARSETS[charset])
    except UnicodeDecodeError as error:
        raise Refusal(400, f"the request is not in {charset}: {error.reason} at byte {error.start}") from error
    return [("query", body)] if kind == _QUERY else _pairs(body)


def _content_type(header: str) -> tuple[str, str]:
    """Media type and charset of a Content-Type header, in small letters.

    >>> _content_type('Application/SPARQL-Query; charset="UTF-8"'), _content_type("")
    (('application/sparql-query', 'utf-8'), ('', 'utf-8'))
    """
    message = Message()
    message["content-type"] = header
    charset = message.get_param("charset", "utf-8")
    return (message.get_content_type() if header else ""), str(charset).lower()


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > BODY_LIMIT:
            raise Refusal(413, f"the request is longer than {BODY_LIMIT:,} bytes: send a shorter query")
    return bytes(content)


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:  # UnicodeDecodeError is one
        raise Refusal(400, f"the parameters cannot be read: {error}; write them as UTF-8, percent-encoded") from error


def check(query: Query) -> None:
    """Raises Refusal for a query that would reach another server, or that no parser can stand, and for wrong graphs."""
    for graph in (*query.default_graphs, *query.named_graphs):
        if not _IRI.fullmatch(graph):
            raise Refusal(400, f"the graph {graph!r} is no IRI: write it whole, as https://example.org/name")
    if len(query.text) > QUERY_LIMIT:
        raise Refusal(413, f"the query is longer than {QUERY_LIMIT:,} characters: send a shorter one")
    signs = bare(query.text)
    if "service" in signs.lower():
        raise Refusal(403, "the query asks another server (SERVICE), and nothing is fetched here: leave that part out")
    depth = deepest = 0
    for sign in re.findall(r"[(\[{)\]}]", signs):
        depth += 1 if sign in "([{" else -1
        deepest = max(deepest, depth)
    if deepest > DEPTH_LIMIT:
        raise Refusal(400, f"the query has brackets in brackets {deepest} deep: {DEPTH_LIMIT} are allowed")


# What it may get


def evaluate(query: Query, published: Callable[[], Store]) -> Response:
    """The whole result, or what went wrong."""
    default_graphs = query.default_graphs or ((_NO_GRAPH,) if query.named_graphs else ())
    try:
        result = published().query(query.text, default_graphs=default_graphs, named_graphs=query.named_graphs)
        offered = MEDIA_TYPES[result.kind]
        media_type = named(query.format, offered) if query.format else negotiate(query.accept, offered)
        content = result.serialize(offered[media_type])
    except Refusal as refusal:
        return refusal.response()
    except QueryError as error:
        return explain(str(error), query.text).response()
    except RuntimeError as error:  # pyoxigraph: the evaluation failed
        return Refusal(500, f"the query cannot be evaluated: {error}").response()
    except (StoreError, OSError) as error:
        return Refusal(503, f"the graph cannot be read: {error}").response()
    return Response(content, media_type=media_type, headers={"Vary": "Accept", "Cache-Control": "no-cache"})


def explain(message: str, text: str) -> Refusal:
    """A bad query: what the store says, and the line that it means with a mark below the place."""
    if _UPDATES.match(bare(text)):
        return Refusal(403, _READ_ONLY)
    place = re.search(r"\bat (\d+):(\d+)", message)
    lines = text.split("\n")
    if place is None or not 1 <= int(place[1]) <= len(lines):
        return Refusal(400, message)
    line, column = int(place[1]), int(place[2])
    mark = " " * (column - 1) + "^"
    return Refusal(400, f"{message}\nline {line}, column {column}:\n{lines[line - 1].expandtabs(1)}\n{mark}")


def named(format: str, offered: Mapping[str, str]) -> str:
    """The media type that a format or a media type names. Raises Refusal."""
    if format in offered:
        return format
    found = next((kind for kind, name in offered.items() if name == format), "")
    if not found:
        formats = ", ".join(dict.fromkeys(offered.values()))
        raise Refusal(406, f"this result cannot be written as {format!r}: ask for {formats}")
    return found


def negotiate(accept: str, offered: Mapping[str, str]) -> str:
    """The offered media type that an Accept header likes best. Raises Refusal.

    Of two that it likes as well, the one that it names more exactly, then the usual one.

    >>> negotiate("text/csv;q=0.5, application/*", _TABLES), negotiate("*/*, text/csv", _TABLES)
    ('application/sparql-results+json', 'text/csv')
    """
    wanted = [_preference(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    likings = {kind: _liking(kind, wanted) for kind in offered}
    best = max(likings, key=lambda kind: likings[kind])  # the first of equals
    if likings[best][0] <= 0:
        raise Refusal(406, f"this result cannot be made as {accept!r}: ask for one of {', '.join(offered)}")
    return best


def _preference(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((p.partition("=")[2].strip() for p in parameters if re.match(r"q\s*=", p)), "1")
    return kind, float(quality) if re.fullmatch(r"[01](\.\d{0,3})?", quality) else 0.0


def _liking(kind: str, wanted: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """Quality and exactness, by the most exact of the ranges that fit (RFC 9110, 12.5.1)."""
    for exactness, pattern in ((2, kind), (1, kind.partition("/")[0] + "/*"), (0, "*/*")):
        if fitting := [quality for name, quality in wanted if name == pattern]:
            return min(max(fitting), 1.0), exactness
    return 0.0, 0


# How it is worked out


def _in_thread(work: Callable[[], Response], done: Callable[[], None]) -> asyncio.Future[Response]:
    """What ``work`` gives, from a thread of its own that nothing waits for at the end; ``done`` when it has ended."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Response] = loop.create_future()

    def finish(response: Response) -> None:
        done()
        if not future.done():
            future.set_result(response)

    def run() -> None:
        response = Refusal(500, "the query cannot be evaluated: see what the server logged").response()
        try:
            response = work()
        finally:  # an error that nobody expects is logged by the thread, and the client is told at once
            with suppress(RuntimeError):  # the server has ended meanwhile
                loop.call_soon_threadsafe(finish, response)

    before = threading.stack_size(STACK)
    threading.Thread(target=run, daemon=True, name="kg query").start()
    threading.stack_size(before)
    return future
