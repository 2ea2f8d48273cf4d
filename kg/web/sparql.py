"""The SPARQL 1.1 Protocol: what a request asks, what is refused before anything runs, and who works it out.

Queries are worked out by workers, which can be stopped; results are whole before the first byte is sent. Updates need
the token, see ``access.py``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from kg.store.queries import bare, service_place
from kg.web.access import Access
from kg.web.answers import METHODS, Answer, Refusal
from kg.web.messages import BODY_LIMIT, answered, asked_of, client_of, content_type, pairs, respond, text_of
from kg.web.tasks import READ_ONLY
from kg.web.worker import Task
from kg.web.workers import Workers

QUERY_LIMIT = 100_000  # characters of a query
UPDATE_LIMIT = 5_000_000  # bytes of an update
DEPTH_LIMIT = 200  # brackets within brackets

_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
IRI = re.compile(r'[a-z][a-z0-9+.-]*:[^<>"{}|^`\\\x00-\x20]*', re.IGNORECASE)

Values = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Query:
    """What a request asks."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    accept: str = "*/*"  # an Accept header
    format: str = ""  # a format of the store or a media type, goes before ``accept``
    about: str = ""  # an IRI that must be known: else 404
    missing: int = 400  # the status code where a graph is not there
    base: str = ""  # what relative IRIs are relative to, where the text has no BASE


@dataclass(frozen=True, slots=True)
class Update:
    """What a request changes."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    base: str = ""


class Endpoint:
    """Answers queries with ``workers``, updates with ``writer``, and a GET that asks nothing with ``describe``."""

    def __init__(
        self, workers: Workers, writer: Workers, access: Access, describe: Callable[[Request], Awaitable[Answer]]
    ) -> None:
        self._workers = workers
        self._writer = writer
        self._access = access
        self._describe = describe

    async def answer(self, request: Request) -> Response:
        """The response to a request, errors included."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=METHODS)
        try:
            asked = await self._read(request)
            if asked:
                check(asked)
        except Refusal as refusal:
            return respond(refusal.answer())
        return await answered(request, self._work(asked, request))

    async def _work(self, asked: Query | Update | None, request: Request) -> Answer:
        if asked is None:
            return await self._describe(request)
        if isinstance(asked, Update):
            return await self._writer.ask(task_of(asked), client_of(request))
        return await self._workers.ask(task_of(asked), client_of(request))

    async def _read(self, request: Request) -> Query | Update | None:
        """What a GET, a posted form or a direct POST asks; None if it asks nothing. Raises Refusal."""
        if request.method not in ("GET", "HEAD", "POST"):
            raise Refusal(405, f"{request.method} is not allowed here: use GET or POST")
        values: Values = defaultdict(list)
        for name, value in asked_of(request):
            values[name].append(value)
        if request.method == "POST":
            await self._add_posted(values, request)
        elif values["update"]:
            allowed = bool(self._access.token)
            raise Refusal(405, "GET changes nothing: send updates by POST") if allowed else Refusal(403, READ_ONLY)
        elif not values["query"]:
            return None
        if values["update"]:
            self._access.check(request)
            return replace(_update(values), base=_address(request))
        return replace(_query(values, request), base=_address(request))

    async def _add_posted(self, values: Values, request: Request) -> None:
        kind, charset = content_type(request.headers.get("content-type", ""))
        if kind not in (_FORM, _QUERY, _UPDATE):
            raise Refusal(415, f"content type {kind or '(none)'!r} is not read here: send {_FORM} or {_QUERY}")
        if kind == _UPDATE:  # before anything of it is read
            self._access.check(request)
        may_be_long = bool(self._access.token) and kind != _QUERY
        text = await text_of(request, charset, limit=UPDATE_LIMIT if may_be_long else BODY_LIMIT)
        posted = pairs(text) if kind == _FORM else [("query" if kind == _QUERY else "update", text)]
        for name, value in posted:
            values[name].append(value)


def task_of(asked: Query | Update) -> Task:
    """For a worker."""
    name = "update" if isinstance(asked, Update) else "query"
    return {"task": name} | {field: getattr(asked, field) for field in asked.__slots__}


def _address(request: Request) -> str:
    """Where the endpoint is: the base of relative IRIs (SPARQL 1.1, section 4.1.1.2)."""
    return str(request.url.replace(query="", fragment=""))


def _query(values: Values, request: Request) -> Query:
    if len(values["query"]) != 1:
        raise Refusal(400, f"the request has {len(values['query'])} queries: send one, as the parameter query")
    graphs = (tuple(values["default-graph-uri"]), tuple(values["named-graph-uri"]))
    format = (values["format"] or [""])[-1]
    return Query(values["query"][0], *graphs, ",".join(request.headers.getlist("accept")) or "*/*", format)


def _update(values: Values) -> Update:
    if len(values["update"]) != 1 or values["query"]:
        told = f"the request has {len(values['update'])} updates and {len(values['query'])} queries"
        raise Refusal(400, f"{told}: send one update, as the parameter update")
    return Update(values["update"][0], tuple(values["using-graph-uri"]), tuple(values["using-named-graph-uri"]))


def check(asked: Query | Update) -> None:
    """Raises Refusal for what would reach another server, or no parser can stand, and for graphs that are no IRIs."""
    for graph in (*asked.default_graphs, *asked.named_graphs):
        if not IRI.fullmatch(graph):
            raise Refusal(400, f"the graph {graph!r} is no IRI: write it whole, as https://example.org/name")
    if isinstance(asked, Query) and len(asked.text) > QUERY_LIMIT:
        raise Refusal(413, f"the query is longer than {QUERY_LIMIT:,} characters: send a shorter one")
    few = sum(map(asked.text.count, "([{")) <= DEPTH_LIMIT
    signs = "" if few and "service" not in asked.text.lower() else bare(asked.text)
    if "service" in signs.lower() or service_place(asked.text):
        raise Refusal(403, "the query asks another server (SERVICE), and nothing is fetched here: leave that part out")
    depth = deepest = 0
    for sign in re.findall(r"[(\[{)\]}]", signs):
        depth += 1 if sign in "([{" else -1
        deepest = max(deepest, depth)
    if deepest > DEPTH_LIMIT:
        raise Refusal(400, f"the query has brackets in brackets {deepest} deep: {DEPTH_LIMIT} are allowed")
