"""Those who wait for what takes long keep nobody else waiting."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import httpx
import pytest
from served import FAR, publish
from starlette.applications import Starlette

from kg.explore.kept import Known
from kg.ontology import load
from kg.store import Store
from kg.web import api, explorer
from kg.web.server import app

HOST = [(b"host", b"localhost")]
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
    assert read == ["1", "4"]


def test_whole_graphs_are_written_one_after_another_and_not_for_those_who_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, released = threading.Event(), threading.Event()
    running, most, written = 0, 0, 0

    def slowly(store: Store) -> bytes:
        nonlocal running, most, written
        running, written = running + 1, written + 1
        most = max(most, running)
        begun.set()
        assert released.wait(FAR)
        time.sleep(0.05)
        running -= 1
        return b"<a> <b> <c> ."

    monkeypatch.setitem(explorer._WHOLE, "turtle", ("text/turtle", slowly))
    application = app(folder)
    scope = {"type": "http", "method": "GET", "path": "/export/turtle", "query_string": b"", "headers": HOST}

    async def leave() -> None:
        async def gone() -> dict[str, object]:
            await asyncio.to_thread(begun.wait, FAR)
            return {"type": "http.disconnect"}

        async def ignore(message: object) -> None:
            pass

        await application(dict(scope), gone, ignore)

    async def ask() -> list[httpx.Response]:
        async with asking(application) as client:
            await asyncio.gather(*(leave() for _ in range(MANY)))  # one of them while it is written
            others = [asyncio.create_task(client.get("/export/turtle")) for _ in range(3)]
            await asyncio.sleep(0.2)
            released.set()
            return list(await asyncio.gather(*others))

    try:
        assert [response.status_code for response in asyncio.run(ask())] == [200] * 3
    finally:
        released.set()
    assert most == 1 and written == 4
