"""Clients that ask a server as people, programs and vandals do, and what each of them must be told.

An answer that lists articles must have every article whole, and all that were published before it was asked for.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from kg.rdf import BASE
from kg.training.questions import PROLOGUE, QUERIES

PATIENCE = 60.0  # seconds until a server that says nothing hangs
BUSY = 503  # an answer to anything, if it says when to come again
WHOLE = """SELECT ?hash (COUNT(*) AS ?n) {
  GRAPH ?article { ?article kg:contentHash ?hash . ?statement prov:wasDerivedFrom ?evidence } } GROUP BY ?hash"""
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a = ?f && ?c = ?i && ?x) }"
TABLES = ("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values")
_HASH = re.compile(r'^<[^>]*> <[^>]*contentHash> "(\w+)" (<[^>]*>)?', re.MULTILINE)
_STATED = re.compile(r"^<[^>]*> <[^>]*wasDerivedFrom> <[^>]*> (<[^>]*>)?", re.MULTILINE)


@dataclass(slots=True)
class Seen:
    """What answers were, and what they must be. ``facts``: of each article, by its hash, the links to its evidence."""

    facts: dict[str, int]
    published: set[str]  # hashes of articles that readers see
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # seconds, by what was asked
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: Counter[str] = field(default_factory=Counter)

    def check(self, name: str, found: Mapping[str, int], before: Collection[str]) -> None:
        """Whether an answer has whole articles only, and all that were published before it was asked for."""
        for digest, number in found.items():
            if number != self.facts.setdefault(digest, number):  # one that was not made up is as it was at first
                self.wrong[f"{name}: an article with {number} facts instead of {self.facts[digest]}"] += 1
        if missing := len(set(before) - found.keys()):
            self.wrong[f"{name}: {missing} of {len(before)} published articles are missing"] += 1

    def rows(self) -> list[str]:
        """A table: what was asked, how often and how long it took, and the status codes."""
        rows = [f"{'asked':22} {'times':>7} {'p50 ms':>9} {'max ms':>9}  status codes (0: the client went away)"]
        for name, times in sorted(self.times.items()):
            codes = ", ".join(f"{number} x {code}" for code, number in sorted(self.statuses[name].items()))
            middle, longest = statistics.median(times) * 1000, max(times) * 1000
            rows.append(f"{name:22} {len(times):7,} {middle:9,.1f} {longest:9,.1f}  {codes}")
        return rows


@dataclass(frozen=True, slots=True)
class Client:
    """One who asks: the name is told to the server, so that each has a share of its own."""

    http: httpx.AsyncClient
    random: Random
    seen: Seen

    async def ask(self, name: str, path: str, *allowed: int, method: str = "GET", **more: Any) -> httpx.Response | None:
        """The response, if it is a good one; ``allowed``: the status codes that there may be."""
        start = time.perf_counter()
        try:
            response = await self.http.request(method, path, **more)
        except httpx.HTTPError as error:
            self.seen.wrong[f"{name}: {error!r}"] += 1
            return None
        self.note(name, start, response.status_code)
        told = response.status_code == BUSY and "retry-after" in response.headers
        if response.status_code not in (allowed or (200,)) and not told:
            self.seen.wrong[f"{name}: {response.status_code} {response.text[:200]!r}"] += 1
        return response if response.status_code == 200 else None

    def note(self, name: str, start: float, status: int) -> None:
        """Count an answer to what was asked at a time."""
        self.seen.times[name].append(time.perf_counter() - start)
        self.seen.statuses[name][status] += 1

    async def entities(self) -> list[str]:
        """Some entities."""
        text = self.random.choice("abcdhklnpst")
        found = await self.ask("search", "/api/search", params={"q": text, "limit": 50})
        return [one["iri"] for one in found.json()["results"]] if found else []

    async def rows(self, name: str, query: str) -> list[dict[str, str]]:
        """The values of a query's result."""
        found = await self.ask(name, "/sparql", params={"query": PROLOGUE + query})
        rows = found.json()["results"]["bindings"] if found else []
        return [{name: term["value"] for name, term in row.items()} for row in rows]


# What clients do, over and over


async def explore(client: Client) -> None:
    """What the page asks."""
    if len(entities := await client.entities()) > 1:
        one, other = client.random.sample(entities, 2)  # an article to come may merge one away
        await client.ask("neighbours", "/api/neighbours", 200, 404, params={"entity": one})
        await client.ask("path", "/api/path", 200, 404, params={"from": one, "to": other})
    await client.ask("overview", "/api/overview", params={"limit": client.random.choice((200, 200, 50, 500))})


async def look_up(client: Client) -> None:
    """Queries about one entity."""
    for entity in (await client.entities())[:1]:
        statements = await client.rows("light query", f"SELECT ?st {{ ?st rdf:subject|rdf:object <{entity}> }}")
        statement = client.random.choice(statements)["st"] if statements else "urn:x:none"
        for question in (question for question in QUERIES if not question.heavy):
            query, accept = question.about(entity, statement), {"Accept": client.random.choice(TABLES)}
            await client.ask("light query", "/sparql", params={"query": query}, headers=accept)
        for iri in (entity, statement):
            path = iri.removeprefix(BASE)
            await client.ask("page of a thing", f"/{path}", 200, 404, 504, headers={"Accept": "text/turtle"})


async def count(client: Client) -> None:
    """Queries over the whole graph."""
    for question in (question for question in QUERIES if question.heavy):
        query = question.about("urn:x:a", "urn:x:b")
        await client.ask("heavy query", "/sparql", 200, 504, method="POST", data={"query": query})


async def never_end(client: Client) -> None:
    """A query that is stopped."""
    await client.ask("endless query", "/sparql", 504, params={"query": ENDLESS})


async def compare(client: Client) -> None:
    """All articles, whole, by a query and as quads, and one by itself."""
    before = set(client.seen.published)
    if rows := await client.rows("articles, by query", WHOLE):
        client.seen.check("query", {row["hash"]: int(row["n"]) for row in rows}, before)
    before = set(client.seen.published)
    if response := await client.ask(
        "articles, all quads", "/data", 200, 504, headers={"Accept": "application/n-quads"}
    ):
        client.seen.check("quads", facts_of(response.text), before)
    for row in await client.rows("articles, names", "SELECT ?a { ?a kg:contentHash ?hash } ORDER BY RAND() LIMIT 1"):
        graph = row["a"]
        headers = {"Accept": "application/n-triples"}
        if response := await client.ask("article, its graph", "/data", params={"graph": graph}, headers=headers):
            client.seen.check("graph", facts_of(response.text), ())
        await client.ask("article, its page", f"/{graph.removeprefix(BASE)}", 200, 303, headers=headers)


def facts_of(lines: str) -> dict[str, int]:
    """Of each article in N-Quads, or in the N-Triples of its graph, by its hash: the links to its evidence.

    >>> facts_of('<a> <x#contentHash> "12" <a> .\\n<s> <wasDerivedFrom> <e> <a> .\\n<t> <wasDerivedFrom> <e> <a> .')
    {'12': 2}
    """
    number = Counter(_STATED.findall(lines))
    return {digest: number[graph] for digest, graph in _HASH.findall(lines)}


async def take_away(client: Client) -> None:
    """Pages and files."""
    for path in ("/export/turtle", "/export/graphml", "/export/gexf", "/graph.html"):
        await client.ask("export", path, 200, 504)
    await client.ask("exported file", "/graph.ttl", 200, 404)
    for path in ("/.well-known/void", "/sparql"):  # with counts of the whole graph
        await client.ask("description", path, 200, 504)
    for path in ("/api/about", "/health"):
        await client.ask("page", path)
    await client.ask("page", "/", 200, 503)  # not built: make ui


BAD: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "/sparql?query=SELECT+nothing", {}),
    ("GET", "/sparql?query=%ff", {}),
    ("GET", "/sparql?query=" + "(" * 3000, {}),
    ("GET", "/sparql?query=SELECT+*+%7B+SERVICE+%3Chttp://127.0.0.1/%3E+%7B%7D+%7D", {}),
    ("POST", "/sparql", {"content": b"\0" * 1000, "headers": {"Content-Type": "application/sparql-query"}}),
    ("POST", "/sparql", {"data": {"query": "x" * 400_000}}),
    ("POST", "/sparql", {"data": {"update": "CLEAR ALL"}}),
    ("DELETE", "/data", {}),
    ("GET", "/data?graph=urn:x:nothing", {}),
    ("GET", "/api/search?limit=-1", {}),
    ("GET", "/api/neighbours?entity=urn:x:nobody", {}),
    ("GET", "/api/nothing", {}),
    ("GET", "/export/nothing", {}),
    ("GET", "/id/nobody", {"headers": {"Accept": "text/turtle"}}),
    ("GET", "/health", {"headers": {"Host": "elsewhere.example"}}),
    ("GET", "/sparql?query=ASK%7B%7D", {"headers": {"Accept": "image/png"}}),
)


async def vex(client: Client) -> None:
    """Requests that are refused."""
    for method, path, more in BAD:
        await client.ask("bad request", path, *range(400, 500), method=method, **more)


async def leave(client: Client) -> None:
    """Ask, and go away before the answer has come, or in the middle of it; and say what no server understands."""
    address = client.http.base_url
    queries = (f"/sparql?{httpx.QueryParams(query=ENDLESS)}", "/data", "/export/turtle", "/graph.html")
    for line in (*(f"GET {path} HTTP/1.1\r\nHost: {address.host}\r\n\r\n" for path in queries), "\0\r\n\r\n", ""):
        start = time.perf_counter()
        reader, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(line.encode())
        with_some = client.random.random() < 0.5
        try:
            async with asyncio.timeout(client.random.random() * 2):
                await reader.read(1000 if with_some else -1)
        except TimeoutError:
            pass
        writer.transport.abort()
        client.note("gone in the middle", start, 0)


CLIENTS: Mapping[str, Callable[[Client], Awaitable[None]]] = {
    "explorer": explore,
    "another explorer": explore,
    "looker-up": look_up,
    "counter": count,
    "never-ender": never_end,
    "comparer": compare,
    "exporter": take_away,
    "vandal": vex,
    "leaver": leave,
}


async def busy(
    address: str, seen: Seen, seconds: float, seed: int, *, pause: float = 0.0, names: Collection[str] = tuple(CLIENTS)
) -> None:
    """Let clients ask for so long, each of them once at least; ``pause``: seconds between what one does."""

    async def live(number: int, name: str) -> None:
        headers = {"User-Agent": name}
        async with httpx.AsyncClient(base_url=address, timeout=PATIENCE, headers=headers, verify=False) as http:
            client = Client(http, Random(f"{seed} {number}"), seen)
            await CLIENTS[name](client)
            while time.monotonic() < end:
                await asyncio.sleep(pause)
                await CLIENTS[name](client)

    end = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for number, name in enumerate(names):
            group.create_task(live(number, name))
