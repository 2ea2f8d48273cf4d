"""How fast a big graph is served: ``python -m kg.training.serving --out FOLDER``, or ``make bench``.

One run, on one graph (made by ``kg.training.graph`` where the folder has none): how long the explorer's questions take,
and SPARQL queries through our endpoint, through the ``oxigraph`` server on the same checkpoint, and through
``rdflib-endpoint`` on the same triples in memory. All servers run at once and are asked in turn, each query of a
contender after the same one of another, so that what else the machine does meets all alike. A figure is the time from
sending a request until the whole answer is there, over HTTP on this machine, with a connection that stays open.
"""

from __future__ import annotations

import argparse
import math
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import IO, Any

import httpx

from kg.errors import StoreError
from kg.store import STORE, Store, current
from kg.training import graph
from kg.training.questions import QUERIES, Question

PACKAGES = ("oxigraph", "rdflib-endpoint")  # the programs of the contenders
PATIENCE = 300.0  # seconds that rdflib-endpoint may take to load a graph, and one query
ROUNDS = {"kg": 20, "oxigraph": 20, "rdflib-endpoint": 3}  # of each query; a median of three says enough of seconds
ASKED = 100  # times that each question of the explorer is asked
ACCEPT = {"Accept": "application/sparql-results+json, application/n-triples;q=0.9"}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, and where it answers queries."""

    name: str
    client: httpx.Client
    path: str
    process: subprocess.Popen[bytes]
    told: IO[bytes]  # what it has printed

    def ask(self, query: str) -> tuple[float, int]:
        """Seconds, and the number of rows or triples. Raises StoreError for anything but a result."""
        start = time.perf_counter()
        try:
            response = self.client.get(self.path, params={"query": query}, headers=ACCEPT)
        except httpx.TimeoutException:
            return math.inf, -1
        seconds = time.perf_counter() - start
        if response.status_code != 200:
            raise StoreError(f"{self.name} answers {response.status_code}: {response.text[:300]}\n{query}")
        if "json" in response.headers["content-type"]:
            return seconds, len(response.json()["results"]["bindings"])
        return seconds, len(set(response.text.splitlines()))


@contextmanager
def running(name: str, command: Sequence[str], path: str, *, alive: str) -> Iterator[Server]:
    """A server for a while; ``command`` has {port} where the port goes. It is ready when ``alive`` can be had."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen([part.format(port=port) for part in command], stdout=told, stderr=told)
        try:
            client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE)
            _wait(client, alive, process, name)
            yield Server(name, client, path, process, told)
        finally:
            process.kill()
            process.wait()


def _wait(client: httpx.Client, path: str, process: subprocess.Popen[bytes], name: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if client.get(path).status_code < 500:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise StoreError(f"{name} does not answer: {process.args!r}")


def contenders(folder: Path, triples: Path) -> Mapping[str, Callable[[], Any]]:
    """By name: how to run each server on the graph of an output folder; ``triples``: the same as N-Triples."""
    programs = Path(sys.executable).parent
    store = folder / STORE
    checkpoint = str(store / "published" / current(store))
    ours = [sys.executable, "-m", "kg", "serve", "--out", str(folder), "--port", "{port}"]
    oxigraph = [str(programs / "oxigraph"), "serve-read-only", "--location", checkpoint, "--bind", "127.0.0.1:{port}"]
    rdflib = [str(programs / "rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", "{port}", str(triples)]
    return {
        "kg": lambda: running("kg", ours, "/sparql", alive="/health"),
        "oxigraph": lambda: running("oxigraph", [*oxigraph, "--union-default-graph"], "/query", alive="/"),
        "rdflib-endpoint": lambda: running("rdflib-endpoint", rdflib, "/", alive="/?query=ASK%7B%7D"),
    }


# The explorer's questions


def explorer(ours: Callable[[], Any], seed: int) -> None:
    """Print how long the explorer's questions take: right after the start, and later."""
    start = time.perf_counter()
    with ours() as server:
        ready = time.perf_counter()
        client = server.client
        opening = _get(client, "overview", {"limit": 200})
        done = time.perf_counter()
        print(f"seconds from the start of kg serve: {ready - start:.1f} until it answers, {done - start:.1f} until the")
        print(f"opening picture has come ({len(opening['entities'])} of {opening['total']['entities']:,} entities)\n")
        print(f"{'explorer':24} {'asked':>6} {'p50 ms':>9} {'p95 ms':>9} {'max ms':>9}")
        for name, asked in _asked(client, Random(seed)).items():
            _get(client, *asked[0])  # a picture of another size is made once
            times = []
            for path, parameters in asked:
                begun = time.perf_counter()
                _get(client, path, parameters)
                times.append(time.perf_counter() - begun)
            print(f"{name:24} {len(times):6} {_ms(statistics.median(times))} {_ms(p95(times))} {_ms(max(times))}")


def _get(client: httpx.Client, path: str, parameters: Mapping[str, str | int]) -> Any:
    response = client.get(f"/api/{path}", params=dict(parameters))
    if response.status_code != 200:
        raise StoreError(f"/api/{path} answers {response.status_code}: {response.text[:300]}")
    return response.json()


def _asked(client: httpx.Client, random: Random) -> Mapping[str, Sequence[tuple[str, Mapping[str, str | int]]]]:
    """What is asked, by name: paths and their parameters."""
    known = _get(client, "search", {"limit": 1000})["results"]
    central = [one["iri"] for one in known]
    labels = [one["label"] for one in known]
    typed = [label[:end] for label in random.sample(labels, 12) for end in range(1, min(len(label), 9) + 1)]
    pairs = [random.sample(central, 2) for _ in range(ASKED)]
    far = [
        one["iri"]
        for letter in "abcdhklnpst"
        for one in _get(client, "search", {"q": letter, "limit": 1000})["results"]
    ]
    every = random.choices(far, k=ASKED)
    return {
        "search, letter by letter": [("search", {"q": text}) for text in typed[:ASKED]],
        "overview, 200": [("overview", {"limit": 200})] * 20,
        "overview, 2000": [("overview", {"limit": 2000})] * 10,
        "neighbours, 100 hubs": [("neighbours", {"entity": iri}) for iri in central[:ASKED]],
        "neighbours, any": [("neighbours", {"entity": iri}) for iri in every],
        "path, central ones": [("path", {"from": a, "to": b}) for a, b in pairs],
        "path, any": [("path", {"from": a, "to": b}) for a, b in zip(every, random.sample(every, ASKED), strict=True)],
    }


# Queries


def sparql(servers: Sequence[Server], seed: int, entities: Sequence[str], statements: Sequence[str]) -> None:
    """Print how long each server takes for each query, and the ratios."""
    names = [server.name for server in servers]
    head = " ".join(f"{f'{name} p50':>15} {'p95':>9}" for name in names)
    print(f"\n{'query (ms)':26} {'rows':>7} {head}  ours/oxigraph  rdflib/ours")
    for question in QUERIES:
        random = Random(seed)
        choices = [(random.choice(entities), random.choice(statements)) for _ in range(max(ROUNDS.values()))]
        times, rows = measure(servers, [question.about(*choice) for choice in choices])
        middle = {name: statistics.median(found) for name, found in times.items()}
        cells = " ".join(f"{_ms(middle[name]):>15} {_ms(p95(times[name]))}" for name in names)
        print(f"{_title(question):26} {rows:7,} {cells} {_ratio(middle, 'kg', 'oxigraph'):>14}", end=" ")
        print(f"{_ratio(middle, 'rdflib-endpoint', 'kg'):>12}", flush=True)


def measure(servers: Sequence[Server], queries: Sequence[str]) -> tuple[dict[str, list[float]], int]:
    """Seconds of each server for each query, and the rows of all. Raises StoreError where answers differ in number."""
    times: dict[str, list[float]] = {server.name: [] for server in servers}
    total = 0
    for server in servers:
        server.ask(queries[0])  # nothing is cold
    for number, query in enumerate(queries):
        found: dict[str, int] = {}
        for server in servers:
            if number < ROUNDS[server.name] and math.inf not in times[server.name]:
                seconds, rows = server.ask(query)
                times[server.name].append(seconds)
                found |= {server.name: rows} if rows >= 0 else {}
        if len(set(found.values())) > 1:
            raise StoreError(f"the numbers of results differ, {found}:\n{query}")
        total += next(iter(found.values()), 0)
    return times, total


def _title(question: Question) -> str:
    return question.name + (" *" if question.heavy else "")


def _ratio(middle: Mapping[str, float], one: str, other: str) -> str:
    return f"{middle[one] / middle[other]:.2f}" if one in middle and other in middle else "-"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:9,.1f}"


def p95(times: Sequence[float]) -> float:
    """The time that nineteen of twenty do not exceed.

    >>> p95([1.0, 3.0, 2.0]), p95([float(n) for n in range(100)])
    (3.0, 94.0)
    """
    return sorted(times)[math.ceil(0.95 * len(times)) - 1]


def chosen(folder: Path, random: Random) -> tuple[list[str], list[str]]:
    """Entities and statements to ask for: the more often in facts, the more likely."""
    with Store.read(folder / STORE) as store:
        rows = sorted((str(st), str(s)) for st, s in store.query("SELECT ?st ?s { ?st rdf:subject ?s }"))
    return [entity for _, entity in random.sample(rows, 50)], [st for st, _ in random.sample(rows, 50)]


def main(arguments: list[str] | None = None) -> int:
    """Measure and print. 2 if a contender is not installed, which is said before anything is measured."""
    reader = argparse.ArgumentParser(prog="python -m kg.training.serving", description=__doc__)
    reader.add_argument("--out", type=Path, default=Path("outputs/bench"), metavar="FOLDER", help="of the graph")
    reader.add_argument("--triples", type=int, default=1_000_000, help="of the graph, where it has to be made")
    reader.add_argument("--seed", type=int, default=graph.SEED)
    reader.add_argument("--without", action="append", default=[], choices=PACKAGES, help="leave a contender out")
    asked = reader.parse_args(arguments)
    names = ("kg", *(name for name in PACKAGES if name not in asked.without))
    if missing := [name for name in names[1:] if not (Path(sys.executable).parent / name).exists()]:
        print(f"error: {' and '.join(missing)} not installed: pip install -e '.[bench]'", file=sys.stderr)
        return 2
    if not current(asked.out / STORE):
        graph.make(asked.out, triples=asked.triples)
    with ExitStack() as stack:
        triples = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "graph.nt"
        with Store.read(asked.out / STORE) as store, triples.open("wb") as file:
            file.write(store.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }").serialize("ntriples"))
            print(" · ".join(f"{number:,} {name}" for name, number in store.stats().rows()))
        runs = contenders(asked.out, triples)
        explorer(runs["kg"], asked.seed)
        servers = [stack.enter_context(runs[name]()) for name in names]
        sparql(servers, asked.seed, *chosen(asked.out, Random(asked.seed)))
    print("* over the whole graph")
    return 0


if __name__ == "__main__":
    sys.exit(main())
