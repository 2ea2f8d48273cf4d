"""Those who wait for what takes long keep nobody else waiting."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import httpx
import pytest
from served import FAR, publish
from starlette.applications import Starlette

from kg.explore.kept import Known
from kg.ontology import load
from kg.store import Store
from kg.web import api
from kg.web.server import app

MANY = 60  # more than there are threads for requests


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("waiting")
    publish(made, load(), "Nvidia")
    return made


def asking(application: Starlette) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=FAR)


def test_files_are_sent_while_many_wait_for_the_index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def slowly(store: Store) -> Known:
        assert released.wait(FAR)
        return known(store)

    known = api.known
    monkeypatch.setattr(api, "known", slowly)
    application = app(folder)

    async def ask() -> list[httpx.Response]:
        async with asking(application) as client:
            waiting = [asyncio.create_task(client.get("/api/search")) for _ in range(MANY)]
            await asyncio.sleep(0.5)
            first = await asyncio.wait_for(client.get("/graph.ttl"), FAR / 3)
            assert not any(task.done() for task in waiting)
            released.set()
            return [first, *await asyncio.gather(*waiting)]

    try:
        first, *others = asyncio.run(ask())
    finally:
        released.set()
    assert first.status_code == 404 and {other.status_code for other in others} == {200}


def test_graphs_that_are_replaced_while_an_older_one_is_worked_out_are_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released, read = threading.Event(), threading.Event(), []

    def slowly(store: Store) -> Known:
        assert store.checkpoint
        read.append(store.checkpoint.name)
        begun.set()
        assert released.wait(FAR)
        return known(store)

    known, ontology = api.known, load()
    monkeypatch.setattr(api, "known", slowly)
    publish(tmp_path, ontology, "Nvidia")
    application = app(tmp_path)

    async def ask() -> list[list[str]]:
        async with asking(application) as client:
            waiting = [asyncio.create_task(client.get("/api/search"))]
            await asyncio.to_thread(begun.wait, FAR)
            await asyncio.sleep(1)  # it has asked
            for partner in ("Intel", "AMD", "Foxconn"):
                publish(tmp_path, ontology, partner, article=partner)
                waiting.append(asyncio.create_task(client.get("/api/search")))
                await asyncio.sleep(0.1)
            released.set()
            answers = await asyncio.gather(*waiting, client.get("/api/search"))
            return [sorted(one["label"] for one in answer.json()["results"]) for answer in answers]

    try:
        first, *others = asyncio.run(ask())
    finally:
        released.set()
    assert first == ["Nvidia", "OpenAI"] and others == [["AMD", "Foxconn", "Intel", "Nvidia", "OpenAI"]] * 4
    assert read[0] == "1" and read[-1] == "4" and len(read) < 4
