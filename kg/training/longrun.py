"""A server under mixed load while builds add articles: ``python -m kg.training.longrun --minutes 10``.

Clients (see ``kg.training.load``) ask ``kg serve`` all the time, and articles are built into its store, one after
another: made-up ones, so that it is known what each states, and some of the sample articles by the real command.
No answer may be an error that is not meant, readers see whole articles only, and what was published at once. At the
end nothing may be left behind, and the server may hold no more than a new one on the same graph that has been asked
the same: memory, files, threads and processes.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

from kg import ontology
from kg.graph import build as build_graph
from kg.store import STORE, current
from kg.training.crash import KEPT, SAMPLES, Invented, prepare, written
from kg.training.invention import readings
from kg.training.load import Seen, busy
from kg.training.serving import Server, running
from kg.training.throughput import children, held

EXPORTED = 10  # every so many builds write graph.ttl and graph.html too
AGAIN = 60.0  # seconds, at most, that a new server is asked for comparison
LIMIT = 5.0  # seconds of a query
MORE = 1.25  # times what a new server holds, which may not be more than that
FIXED = 128 * 2**20  # and so many bytes more: libraries that only some of what is asked needs, and what was asked last
PROCESSES = 3  # workers of a server that is asked nothing
POOL = (os.cpu_count() or 1) + 4  # threads that stay when they have been needed once
_fork = multiprocessing.get_context("fork")


# Builds, in a process of their own


@dataclass(frozen=True, slots=True)
class Corpus:
    """Made-up articles: the folder that is built before the server starts, and those of the others by their hashes."""

    invented: Invented
    first: Path
    then: Mapping[str, Path]
    out: Path

    def add(self, pause: float, samples: Sequence[Path], pipe: Connection, enough: Event) -> None:
        """Build one article after another, and send its hash when readers see it."""
        for number, (digest, folder) in enumerate(self.then.items()):
            self.build(folder, export=number % EXPORTED == 0)
            pipe.send(digest)
            for sample in samples[number // EXPORTED :][:1] if number % EXPORTED == EXPORTED // 2 else ():
                command = [sys.executable, "-m", "kg", "build", str(sample), "--out", str(self.out), "--no-export"]
                subprocess.run(command, check=True, capture_output=True)
            if enough.wait(pause):
                break

    def build(self, path: Path, *, export: bool) -> None:
        """Build what is at a path into the graph."""
        with self.invented.instead():
            build_graph(path, out=self.out, lang="vi", engine="serial", export=export).close()


def made_up(folder: Path, first: int, then: int, seed: int) -> Corpus:
    """So many articles, as files below a folder."""
    known = ontology.load()
    made = list(readings(known, number=first + then, seed=seed))
    read, others = written(folder / "first", made[:first]), {}
    for number, one in enumerate(made[first:]):
        place = folder / "then" / str(number)
        for digest in (found := written(place, [one])):
            read, others[digest] = read | found, place
    invented = Invented(known, read)
    prepare(invented)
    return Corpus(invented, folder / "first", others, folder / "out")


@contextmanager
def building(corpus: Corpus, pause: float, samples: Sequence[Path]) -> Iterator[Connection]:
    """A process that adds articles for a while; the pipe tells their hashes."""
    (here, there), enough = _fork.Pipe(duplex=False), _fork.Event()
    process = _fork.Process(target=corpus.add, args=(pause, samples, there, enough))
    process.start()
    there.close()
    try:
        yield here
    finally:
        enough.set()
        process.join()


# What a server holds


@dataclass(frozen=True, slots=True)
class Holding:
    """Of a server at a moment: bytes, and numbers. ``worker``: of the largest of its workers."""

    memory: int
    worker: int
    files: int
    threads: int
    processes: int

    @classmethod
    def of(cls, process: int, out: Path) -> Holding:
        """What it holds now, but for tables of the newest graph, which are opened when they are needed."""
        workers, newest = children(process), str(out / STORE / "published" / current(out / STORE))
        open_files = (os.path.realpath(file) for file in Path(f"/proc/{process}/fd").iterdir())
        files = sum(not name.startswith(newest) for name in open_files)
        threads = len(list(Path(f"/proc/{process}/task").iterdir()))
        return cls(held(process), max(map(held, workers), default=0), files, threads, len(workers))

    def __str__(self) -> str:
        sizes = f"{self.memory / 2**20:8,.0f} MB {self.worker / 2**20:8,.0f} MB"
        return f"{sizes} {self.files:7} {self.threads:8} {self.processes:10}"

    def wrong(self, new: Holding) -> list[str]:
        """What it holds beyond a new server."""
        found = [
            f"the {name} holds {ours / 2**20:,.0f} MB, a new one {theirs / 2**20:,.0f} MB"
            for name, ours, theirs in (("server", self.memory, new.memory), ("worker", self.worker, new.worker))
            if ours > MORE * theirs + FIXED
        ]
        for name, more in (("files", 0), ("threads", POOL), ("processes", 0)):
            if (ours := getattr(self, name)) > (theirs := getattr(new, name)) + more:
                found.append(f"the server has {ours} {name}, a new one {theirs}")
        return found


HEAD = f"{'minute':>7} {'articles':>9} {'server':>11} {'worker':>11} {'files':>7} {'threads':>8} {'processes':>10}"


async def watch(server: Server, out: Path, seen: Seen, pipe: Connection, seconds: float) -> None:
    """Take in what was published, and print ten times what the server holds."""
    start, shown = time.monotonic(), 0
    print(HEAD)
    while (now := time.monotonic() - start) < seconds:
        take_in(pipe, seen)
        if now >= shown * seconds / 10:
            shown = int(now / seconds * 10) + 1
            print(f"{now / 60:7.1f} {len(seen.published):9} {Holding.of(server.process.pid, out)}", flush=True)
        await asyncio.sleep(0.05)


def take_in(pipe: Connection, seen: Seen) -> None:
    """Note what was published."""
    with suppress(EOFError):  # the last was built
        while pipe.poll():
            seen.published.add(pipe.recv())


def settled(server: Server, out: Path) -> Holding:
    """What a server holds when nobody asks any more, after everything in it has come to the newest graph."""
    time.sleep(LIMIT + 1)  # what is under way ends
    for path in ("/api/search", "/api/overview", *["/sparql?query=ASK%7B%7D"] * PROCESSES):
        server.client.get(path).raise_for_status()
    server.client.close()
    time.sleep(12)  # threads that wait for work end after ten seconds
    return Holding.of(server.process.pid, out)


def ended(server: Server) -> list[str]:
    """What is wrong with how a server ends, when it is told to."""
    workers = children(server.process.pid)
    server.process.send_signal(signal.SIGINT)
    try:
        code = server.process.wait(timeout=20)
        found = [] if code == 0 else [f"the server ends with {code}"]
    except subprocess.TimeoutExpired:
        found = ["the server does not end"]
    time.sleep(1)
    found += [f"process {worker} outlives the server" for worker in workers if held(worker)]
    server.told.seek(0)
    if "Traceback" in (told := server.told.read().decode()):
        found.append(f"the server prints {told[-3000:]}")
    return found


def left(out: Path, temporary: Path) -> list[str]:
    """What was left behind in folders."""
    known = KEPT | {"store/known"}
    below = {path.relative_to(out).as_posix() for path in (*out.iterdir(), *(out / STORE).iterdir())}
    found = [f"{name} was left behind" for name in sorted(below - known)]
    found += [f"{path.name} was left behind among temporary files" for path in temporary.iterdir()]
    for name, most in (("published", 2), ("known", 1)):
        if len(names := sorted(path.name for path in (out / STORE / name).iterdir())) > most:
            found.append(f"{name} has {', '.join(names)}")
    return found


# The run


def run(folder: Path, asked: argparse.Namespace) -> tuple[int, list[str]]:
    """Everything, in a folder: how many articles were added, and what is wrong."""
    seconds, temporary = asked.minutes * 60, folder / "temporary"
    temporary.mkdir()
    corpus = made_up(folder, asked.articles, round(seconds / asked.pause) + 1, asked.seed)
    first = _fork.Process(target=corpus.build, args=(corpus.first,), kwargs={"export": True})
    first.start()
    first.join()
    facts = {digest: sum(len(fact.evidence) for fact in read[2].facts) for digest, read in corpus.invented.read.items()}
    seen = Seen(facts, set(facts) - set(corpus.then))
    with serving(corpus.out, temporary) as server:
        with building(corpus, asked.pause, sorted(SAMPLES.glob("*.vi.txt"))[: asked.real]) as pipe:
            asyncio.run(loaded(server, corpus.out, seen, pipe, asked))
        take_in(pipe, seen)
        asyncio.run(busy(str(server.client.base_url), seen, 0, asked.seed, names=("comparer",)))
        print(*seen.rows(), sep="\n")
        old = settled(server, corpus.out)
        wrong = ended(server) + left(corpus.out, temporary)
    with serving(corpus.out, temporary) as server:
        again = busy(str(server.client.base_url), seen, min(AGAIN, seconds / 5), asked.seed + 1, pause=asked.think)
        asyncio.run(again)
        new = settled(server, corpus.out)
    print(f"{HEAD}\n{'at the end':>17} {old}\n{'a new server':>17} {new}")
    wrong = [f"{number} x {text}" for text, number in sorted(seen.wrong.items())] + wrong + old.wrong(new)
    return len(seen.published) - asked.articles, wrong


def serving(out: Path, temporary: Path) -> AbstractContextManager[Server]:
    """``kg serve`` for a while, with a folder of its own for temporary files."""
    command = ["env", f"TMPDIR={temporary}", sys.executable, "-m", "kg", "serve", "--out", str(out)]
    options = ["--port", "{port}", "--time-limit", str(LIMIT)]
    return running("kg", [*command, *options], "/sparql", alive="/health")


async def loaded(server: Server, out: Path, seen: Seen, pipe: Connection, asked: argparse.Namespace) -> None:
    """Let clients ask while articles are added, and watch."""
    seconds = asked.minutes * 60
    load = busy(str(server.client.base_url), seen, seconds, asked.seed, pause=asked.think)
    await asyncio.gather(load, watch(server, out, seen, pipe, seconds))


def main(arguments: list[str] | None = None) -> int:
    """Run, and say what was wrong: 1 if anything was."""
    reader = argparse.ArgumentParser(prog="python -m kg.training.longrun", description=__doc__)
    reader.add_argument("--minutes", type=float, default=10)
    reader.add_argument("--articles", type=int, default=200, help="in the graph at the start")
    reader.add_argument("--pause", type=float, default=2.0, help="seconds between two builds")
    reader.add_argument("--think", type=float, default=0.5, help="seconds that a client waits before it goes on")
    reader.add_argument("--real", type=int, default=2, help="sample articles that are built by the real command")
    reader.add_argument("--seed", type=int, default=1)
    asked = reader.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        added, wrong = run(Path(folder), asked)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{asked.minutes:g} minutes under load, {added} articles added: {len(wrong)} things wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
