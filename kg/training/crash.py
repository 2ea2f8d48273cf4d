"""Kill builds at random moments: ``python -m kg.training.crash --times 200 --seed 1 --real 5``.

Each build runs in a process of its own, which is killed (SIGKILL) while it reads, publishes or exports; it starts from
nothing, or changes the graph of a former build. After each kill the store has to open and to hold whole articles only,
files of a former state must not stand beside it, and the next build has to give the same bytes as one that nothing
disturbed, with nothing left behind. Reading and publishing are the real ones; made-up facts stand in for the models,
except in ``--real`` builds of the sample articles. The same seed kills at the same moments, as far as time allows.
"""

from __future__ import annotations

import argparse
import io
import itertools
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from kg import articles, ontology, parse, pipeline, work
from kg.errors import KgError
from kg.graph import Graph
from kg.graph import build as build_graph
from kg.model import Article, Extraction, Schemas, Sentence
from kg.ontology import Ontology
from kg.rdf import run_triples
from kg.store import EXPORTS, STORE, Store, current
from kg.training.invention import Reading, readings
from kg.web import page

PHASES = ("reading", "publishing", "exporting")
ARTICLES = 8
KEPT = {"store", "store/VERSION", "store/LOCK", "store/CURRENT", "store/live", "store/published", *EXPORTS}
SAMPLES = Path(pipeline.__file__).parent / "samples"
_fork = multiprocessing.get_context("fork")  # a build starts at once, with all that it imports


# A build with made-up facts


@dataclass(frozen=True, slots=True)
class Invented:
    """Parser and reader of made-up articles: finds in an article what it was made up from, by its hash."""

    known: Ontology
    read: Mapping[str, Reading]
    version: str = "made-up"
    adapter: Path | None = None

    def schemas(self, ontology: Ontology) -> Schemas:
        """None: nothing is proposed."""
        return ()

    def parse(self, article: Article) -> tuple[Sentence, ...]:
        """Its sentences."""
        return self.read[article.hash][1]

    def extract(self, article: Article, sentences: Sequence[Sentence], ontology: Ontology) -> Extraction:
        """Its facts."""
        return self.read[article.hash][2]

    @contextmanager
    def instead(self) -> Iterator[None]:
        """Builds find made-up facts for a while; all else of them is real."""
        with ExitStack() as stack:
            for owner, name, new in (
                (pipeline, "load", lambda _: self.known),
                (pipeline, "reader", lambda *_: self),
                (work, "parser", lambda *_: self),
            ):
                stack.enter_context(patch.object(owner, name, new))
            yield

    def build(self, texts: Path, out: Path, tell: Callable[[str], None]) -> None:
        """Build and export as the command line does; ``tell`` is called with each phase as it begins."""
        publish, export = Store.publish, Graph.write_exports

        def publishing(store: Store) -> None:
            tell("publishing")
            publish(store)

        def exporting(graph: Graph) -> None:
            tell("exporting")
            export(graph)

        with (
            self.instead(),
            patch.object(Store, "publish", publishing),
            patch.object(Graph, "write_exports", exporting),
        ):
            tell("reading")
            build_graph(texts, out=out, lang="vi", engine="serial", export=True)
        tell("done")

    def expected(self, found: Mapping[str, tuple[str, str]]) -> bytes:
        """The N-Quads of a store that holds these articles and no others; ``found`` as ``Store.articles`` gives it."""
        run = work.Reading(self.known, self, parse.MODELS).run("vi")
        about = run_triples(run.name, code=run.code, models=run.models, ontology=run.ontology)
        with Store.memory() as store:
            store.set_ontology(self.known)
            for _, (digest, name) in sorted(found.items()):
                assert name == run.name, "a run that nobody made"
                store.replace(*self.read[digest], run.name, about=about)
            return _exported(store, "nquads")


def invent(folder: Path, known: Ontology, seed: int) -> Invented:
    """Write made-up articles into folder/before and folder/after; every second one is the same in both."""
    states = [list(readings(known, number=ARTICLES, seed=seed + more)) for more in (0, 1)]
    mixed = [states[n % 2][n] for n in range(ARTICLES)]
    return Invented(known, written(folder / "before", states[0]) | written(folder / "after", mixed))


def written(folder: Path, made: Sequence[Reading]) -> dict[str, Reading]:
    """Write the texts of made-up articles into a folder: by their hashes, as they are read from there."""
    for article, _, _ in made:
        file = folder / article.id
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(article.text, encoding="utf8")
    found = [articles.read(source, lang="vi") for source in articles.sources([str(folder)])]
    return {read.hash: (read, sentences, facts) for read, (_, sentences, facts) in zip(found, made, strict=True)}


# What has to hold after a kill


def _exported(store: Store, format: str) -> bytes:
    file = io.BytesIO()
    store.export(format, file)
    return file.getvalue()


def contents(out: Path) -> dict[str, bytes]:
    """The files of an output folder beside the store, and the published store as N-Quads."""
    with Store.read(out / STORE) as store:
        found = {"nquads": _exported(store, "nquads")}
    return found | {name: (out / name).read_bytes() for name in EXPORTS if (out / name).exists()}


def wrong_after_kill(out: Path, expected: Callable[[Mapping[str, tuple[str, str]]], bytes]) -> list[str]:
    """What is wrong with a folder whose build was killed; ``expected``: the N-Quads of the articles that it holds."""
    found = []
    if current(out / STORE):
        with Store.read(out / STORE) as store:
            if _exported(store, "nquads") != expected(store.articles()):
                found.append("readers see an article in part")
            if (out / "graph.ttl").exists() and (out / "graph.ttl").read_bytes() != _exported(store, "turtle"):
                found.append("graph.ttl is of another state than the store that readers see")
    elif any((out / name).exists() for name in EXPORTS):
        found.append("exports without a published store")
    if out.exists():
        with Store.create_or_open(out / STORE) as store:
            live = _exported(store, "nquads")
            if live and live != expected(store.articles()):
                found.append("the store holds an article in part")
    return found


def wrong_after_build(out: Path, undisturbed: Mapping[str, bytes]) -> list[str]:
    """What is wrong with a folder after the build that follows."""
    found = contents(out)
    wrong = [
        f"{name} is not as if nothing had happened" for name in undisturbed if found.get(name) != undisturbed[name]
    ]
    below = {path.relative_to(out).as_posix() for path in (*out.iterdir(), *(out / STORE).iterdir())}
    wrong += [f"{name} was left behind" for name in sorted(below - KEPT)]
    published = [path.name for path in (out / STORE / "published").iterdir()]
    if len(published) > 2 or not all(map(str.isdecimal, published)):
        wrong.append(f"checkpoints {', '.join(sorted(published))} were left behind")
    return wrong


# Processes


def apart(task: Callable[[], Any]) -> Any:
    """What ``task`` gives in a process of its own: the database must not be open where processes are forked."""
    here, there = _fork.Pipe(duplex=False)
    process = _fork.Process(target=_sent, args=(task, there))
    process.start()
    there.close()
    try:
        result = here.recv()
    except EOFError:
        raise KgError("a process that looked at the store ended without a word") from None
    finally:
        process.join()
    if isinstance(result, KgError):
        raise result
    return result


def _sent(task: Callable[[], Any], pipe: Connection) -> None:
    try:
        pipe.send(task())
    except KgError as error:
        pipe.send(error)


def times(build: Callable[[Callable[[str], None]], None]) -> dict[str, float]:
    """Seconds that each phase of an undisturbed build takes."""

    def timed() -> dict[str, float]:
        marks: list[tuple[str, float]] = []
        build(lambda phase: marks.append((phase, time.perf_counter())))
        return {name: end - start for (name, start), (_, end) in itertools.pairwise(marks)}

    found: dict[str, float] = apart(timed)
    return found


def kill(build: Callable[[Callable[[str], None]], None], phase: str, seconds: float) -> bool:
    """Start a build, and kill it so many seconds after a phase began. Whether it was still running."""
    here, there = _fork.Pipe(duplex=False)
    process = _fork.Process(target=build, args=(there.send,))
    process.start()
    there.close()
    try:
        while here.recv() != phase:
            pass
        time.sleep(seconds)
    except EOFError:
        pass
    process.kill()
    process.join()
    return process.exitcode != 0


# Rounds


def rehearse(folder: Path, number: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Kill so many builds: how many in each phase, and what was wrong afterwards."""
    random = Random(seed)
    invented = invent(folder, ontology.load(), seed)
    prepare(invented)
    base, end = folder / "base", folder / "end"
    apart(partial(invented.build, folder / "before", base, print_nothing))
    seconds = times(partial(invented.build, folder / "after", end))
    undisturbed: dict[str, bytes] = apart(partial(contents, end))
    killed: Counter[str] = Counter()
    wrong: list[str] = []
    for round in range(number):
        out = folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        if random.random() < 0.5:
            shutil.copytree(base, out)
        phase = random.choice(PHASES)
        build = partial(invented.build, folder / "after", out)
        running = kill(build, phase, random.random() * seconds[phase])
        killed[phase if running else "too late"] += 1
        try:
            found = apart(partial(wrong_after_kill, out, invented.expected))
            apart(partial(build, print_nothing))
            found += apart(partial(wrong_after_build, out, undisturbed))
        except KgError as error:
            found = [str(error)]
        wrong += [f"kill {round} of seed {seed}, {phase}: {text}" for text in found]
        if (round + 1) % 10 == 0:
            print(f"{round + 1} kills, {len(wrong)} things wrong afterwards", file=sys.stderr)
    return killed, wrong


def prepare(invented: Invented) -> None:
    """Do once what a process keeps, so that the builds forked from this one spend their time on what may break."""
    work.Reading(invented.known, invented, parse.MODELS).run("vi")
    with Store.memory() as store:
        store.set_ontology(invented.known)
        store.replace(*next(iter(invented.read.values())), "run")
        page.from_store(store)


def print_nothing(phase: str) -> None:
    """For a build that nobody watches."""


def rehearse_real(folder: Path, number: int, seed: int) -> list[str]:
    """Kill so many builds of the sample articles by the real command: what was wrong afterwards."""
    random, wrong = Random(seed), []
    start = time.perf_counter()
    _kg(folder / "end").wait()
    seconds = time.perf_counter() - start
    undisturbed: dict[str, bytes] = apart(partial(contents, folder / "end"))
    for round in range(number):
        out = folder / f"real-{round}"
        process = _kg(out)
        time.sleep(seconds * random.random())
        process.kill()
        process.wait()
        try:
            if current(out / STORE):
                apart(partial(contents, out))
            if _kg(out).wait() != 0:
                wrong.append(f"kill {round} of the real build: the next one fails")
            found = apart(partial(wrong_after_build, out, undisturbed))
        except KgError as error:
            found = [str(error)]
        wrong += [f"kill {round} of the real build: {text}" for text in found]
    return wrong


def _kg(out: Path) -> subprocess.Popen[bytes]:
    samples = sorted(map(str, SAMPLES.glob("*.txt")))
    command = [sys.executable, "-m", "kg", "build", *samples, "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))


def main(arguments: list[str] | None = None) -> int:
    """Kill builds, and say what was wrong afterwards: 1 if anything was."""
    reader = argparse.ArgumentParser(prog="python -m kg.training.crash", description=__doc__)
    reader.add_argument("--times", type=int, default=200, help="builds with made-up facts to kill")
    reader.add_argument("--real", type=int, default=0, help="builds with the language models to kill")
    reader.add_argument("--seed", type=int, default=1)
    asked = reader.parse_args(arguments)
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        killed, wrong = rehearse(Path(folder), asked.times, asked.seed)
        if asked.real:
            wrong += rehearse_real(Path(folder) / "real", asked.real, asked.seed)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    told = ", ".join(f"{number} {phase}" for phase, number in sorted(killed.items()))
    print(f"{asked.times} kills ({told}) and {asked.real} of the real build: {len(wrong)} things wrong afterwards")
    print(f"{time.monotonic() - start:.0f} s", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
