"""A small graph that the tests of the server publish, and a server to ask."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from command import ROOT

from kg.model import Article, Entity, Evidence, Extraction, Fact, Mention, Modality, Sentence
from kg.ontology import Ontology
from kg.store import STORE, Store

ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a = ?f && ?c = ?i && ?x) }"
FAR = 60.0  # seconds that tell a hang from a busy machine


def publish(folder: Path, ontology: Ontology, *partners: str, article: str = "news/bài.txt") -> None:
    """Publish a graph in an output folder: OpenAI partners with all ``partners``, as one article says."""
    text = "".join(f"OpenAI hợp tác với {partner}.\n" for partner in partners)
    entities, facts, sentences = [Entity(0, "OpenAI", "Organization", (), (_mention(text, "OpenAI"),))], [], []
    for key, partner in enumerate(partners, 1):
        quote = f"OpenAI hợp tác với {partner}."
        start = text.index(quote)
        entities.append(Entity(key, partner, "Organization", (), (_mention(text, partner),)))
        sentences.append(Sentence(start, start + len(quote), quote, (), ()))
        evidence = Evidence(start, start + len(quote), quote)
        facts.append(Fact(0, "partnersWith", key, Modality.ASSERTED, None, (evidence,), 0.9))
    with Store.create_or_open(folder / STORE) as store:
        store.set_ontology(ontology)
        store.replace(Article(article, text, "vi"), sentences, Extraction(tuple(entities), tuple(facts)), "run")
        store.publish()


def _mention(text: str, name: str) -> Mention:
    start = text.index(name)
    return Mention(start, start + len(name), name, "Organization", 0, 0, "name")


@contextmanager
def serving(
    folder: Path, *options: str, token: str = "", before: str = ""
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``kg serve`` in a process of its own, and its address; ``before``: Python that is run there first."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run = f"{before}\nfrom kg.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", run, "serve", "--out", str(folder), "--port", str(port), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"NO_COLOR": "1"} | ({"KG_TOKEN": token} if token else {}),
    )
    try:
        for _ in range(600):
            try:
                httpx.get(f"http://127.0.0.1:{port}/health").raise_for_status()
                break
            except httpx.TransportError:
                assert process.poll() is None, process.communicate()[0]
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.communicate()


def workers_of(process: subprocess.Popen[str]) -> set[int]:
    """The process numbers of a server's workers."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = (line.split(None, 2) for line in listed.splitlines()[1:])
    return {int(pid) for pid, parent, command in rows if int(parent) == process.pid and "kg.web.worker" in command}


def ended(pids: set[int]) -> bool:
    """Whether all these processes end within FAR seconds."""
    return _until(lambda: not any(_runs(pid) for pid in pids))


def _runs(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def _until(true: object) -> bool:
    assert callable(true)
    end = time.monotonic() + FAR
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


async def at_once(address: str, *requests: tuple[str, str, float]) -> list[httpx.Response | None]:
    """Queries sent together, each (client's name, query, seconds until it is given up): None for one given up."""
    async with httpx.AsyncClient(base_url=address) as client:

        async def send(name: str, query: str, patience: float) -> httpx.Response | None:
            try:
                headers = {"User-Agent": name}
                return await client.get("/sparql", params={"query": query}, headers=headers, timeout=patience)
            except httpx.ReadTimeout:
                return None

        return list(await asyncio.gather(*(send(*request) for request in requests)))
