"""What building, exporting and loading cost: ``python -m kg.training.throughput``, or ``make bench``.

    --out FOLDER             of a graph of a million triples, made by ``kg.training.graph`` where there is none: exports
                             and loading, beside what bare pyoxigraph takes for the same triples
    --articles FILE.jsonl    articles, {"id": "...", "text": "..."} a line: builds of the first of them

Seconds are those of the clock, and in brackets those of the processors. Memory is what all processes of a build hold at
one time, pages that they share counted once; looking at it takes a fiftieth of one processor at most.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from kg import pipeline
from kg.store import STORE, Store, current
from kg.training import graph

STEP = 100  # articles whose cost is shown together


@dataclass(slots=True)
class Cost:
    """What something took: seconds of the clock and of all processors, and bytes at the worst moment."""

    seconds: float = 0.0
    processor: float = 0.0
    memory: int = 0

    def __str__(self) -> str:
        return f"{self.seconds:8.1f} s ({self.processor:.1f})"


@contextmanager
def measured() -> Iterator[Cost]:
    """The cost of a block, known at its end: of this process and of its children."""
    cost, over = Cost(), threading.Event()
    watch = threading.Thread(target=_watch, args=(cost, over))
    watch.start()
    start, processor = time.perf_counter(), _processor()
    try:
        yield cost
    finally:
        cost.seconds, cost.processor = time.perf_counter() - start, _processor() - processor
        over.set()
        watch.join()


def _processor() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _watch(cost: Cost, over: threading.Event) -> None:
    pause = 0.1
    while not over.wait(pause):
        start = time.thread_time()
        cost.memory = max(cost.memory, memory(os.getpid()))
        pause = max(0.1, 50 * (time.thread_time() - start))  # to look at much memory takes long, and a processor


def memory(process: int) -> int:
    """Bytes that a process and all that it started hold; 0 for one that has ended."""
    return held(process) + sum(map(memory, children(process)))


def held(process: int) -> int:
    """Bytes that a process holds, those that it shares counted in part; 0 for one that has ended."""
    try:
        rows = dict(row.split(":", 1) for row in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:])
    except OSError:
        return 0
    return int(rows["Pss"].split()[0]) * 1024 if rows else 0


def children(process: int) -> list[int]:
    """The processes that a process has started, those that ended but were not waited for too."""
    try:
        tasks = list(Path(f"/proc/{process}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []


# A graph beside bare pyoxigraph


def beside(folder: Path, scratch: Path) -> None:
    """Print what exports and loading take, and what bare pyoxigraph takes."""
    checkpoint = folder / STORE / "published" / current(folder / STORE)
    bare, quads = ox.Store.read_only(str(checkpoint)), scratch / "graph.nq"
    print(f"{'':22} {'kg':>20} {'bare pyoxigraph':>20}  ratio")
    with Store.read(folder / STORE) as store:
        _row(
            "N-Quads",
            lambda: _export(store, "nquads", quads),
            lambda: bare.dump(str(quads), format=ox.RdfFormat.N_QUADS),
        )
        one = _union(store, scratch)
        turtle, default = scratch / "graph.ttl", ox.DefaultGraph()
        _row(
            "Turtle, sorted",
            lambda: _export(store, "turtle", turtle),
            lambda: one.dump(str(turtle), format=ox.RdfFormat.TURTLE, from_graph=default),
        )
    _row("loading N-Quads", lambda: _load(quads, scratch / "ours"), lambda: _load_bare(quads, scratch / "bare"))


def _row(name: str, ours: Callable[[], None], theirs: Callable[[], object]) -> None:
    with measured() as one:
        ours()
    with measured() as other:
        theirs()
    print(f"{name:22} {one!s:>20} {other!s:>20} {one.processor / other.processor:6.2f}", flush=True)


def _export(store: Store, format: str, file: Path) -> None:
    with file.open("wb") as stream:
        store.export(format, stream)


def _union(store: Store, scratch: Path) -> ox.Store:
    """The triples of the Turtle export in one graph, on disk."""
    triples, folder = scratch / "graph.nt", scratch / "one"
    _export(store, "ntriples", triples)
    one = ox.Store(str(folder))
    one.bulk_load(path=str(triples), format=ox.RdfFormat.N_TRIPLES)
    one.flush()
    return one


def _load(quads: Path, folder: Path) -> None:
    with Store.create_or_open(folder) as store:
        store.load(quads)


def _load_bare(quads: Path, folder: Path) -> None:
    store = ox.Store(str(folder))
    store.bulk_load(path=str(quads), format=ox.RdfFormat.N_QUADS)
    store.flush()


# Builds


@dataclass(slots=True)
class _Clock:
    """When each hundred of articles was done."""

    times: list[float] = field(default_factory=list)

    def __call__(self, done: int, total: int, name: str) -> None:
        if done % STEP == 0 or done == total:
            self.times.append(time.perf_counter())


def builds(articles: Path, number: int, jobs: list[int], scratch: Path) -> None:
    """Print what it takes to build a graph of some articles, and to add one more."""
    folder = scratch / "news"
    folder.mkdir()
    with articles.open(encoding="utf-8") as lines:
        texts = [json.loads(line) for line in islice(lines, number + 2)]
    for row in texts[:number]:
        (folder / f"{row['id']}.txt").write_text(row["text"], encoding="utf-8")
    print(f"\n{'build':22} {'seconds':>20} {'an article':>11} {'memory':>10}   an article, by hundreds")
    for workers in jobs:
        clock = _Clock()
        with measured() as cost:
            pipeline.build([str(folder)], out=scratch / f"out{workers}", jobs=workers, progress=clock)
        steps = [later - before for before, later in zip(clock.times, clock.times[1:], strict=False)]
        each = " ".join(f"{step / min(STEP, number):.2f}" for step in steps)
        print(f"{f'{number:,}, {workers} jobs':22} {cost!s:>20} {cost.seconds / number:9.2f} s", end=" ")
        print(f"{cost.memory / 2**20:7,.0f} MB   {each}", flush=True)
    _add(folder, scratch, jobs[0], texts[number:])


def _add(folder: Path, scratch: Path, workers: int, texts: list[dict[str, str]]) -> None:
    """One more, in a process that has loaded the models."""
    for row, place in zip(texts, (scratch / "first", folder), strict=True):
        place.mkdir(exist_ok=True)
        (place / f"{row['id']}.txt").write_text(row["text"], encoding="utf-8")
    pipeline.build([str(scratch / "first")], out=scratch / "other", engine="serial")
    for name, path in (("one more, named", folder / f"{texts[1]['id']}.txt"), ("none more, the folder", folder)):
        with measured() as cost:
            pipeline.build([str(path)], out=scratch / f"out{workers}", engine="serial")
        print(f"{name:22} {cost!s:>20}")


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    reader = argparse.ArgumentParser(prog="python -m kg.training.throughput", description=__doc__)
    reader.add_argument("--out", type=Path, metavar="FOLDER", help="of the graph")
    reader.add_argument("--triples", type=int, default=1_000_000, help="of the graph, where it has to be made")
    reader.add_argument("--articles", type=Path, metavar="FILE.jsonl")
    reader.add_argument("--number", type=int, default=1000, help="of articles")
    reader.add_argument("--jobs", type=int, nargs="+", default=[2, 1], help="one build for each")
    asked = reader.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        if asked.out:
            if not current(asked.out / STORE):
                graph.make(asked.out, triples=asked.triples)
            beside(asked.out, Path(scratch))
        if asked.articles:
            builds(asked.articles, asked.number, asked.jobs, Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main())
