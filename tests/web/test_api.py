"""The read API over HTTP, in process: what the page reads, what is refused, and a build meanwhile."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from stated import Said, put

from kg.errors import StoreError
from kg.explore import kept
from kg.explore.index import Index
from kg.explore.opening import Opening, opening
from kg.model import Modality
from kg.store import Store
from kg.web import api

ID = "https://example.org/kg/id/"
KG = "https://example.org/kg/ontology#"
FACTS = (
    Said("OpenAI", "partnersWith", "Nvidia", confidence=0.91, speaker="Sam Altman", date="2026-05"),
    Said("Nvidia", "uses", "Điện lực", Modality.PLANNED),
    Said("OpenAI", "owns", "Nvidia", Modality.DENIED),
    Said("Foxconn", "owns", "Foxconn Bắc Giang"),
)


def client(store: Store) -> TestClient:
    return TestClient(Starlette(routes=api.routes(lambda: store)))


@pytest.fixture(scope="module")
def opened() -> Iterator[TestClient]:
    with Store.memory() as store:
        put(store, FACTS, aliases={"Điện lực": ("EVN",)})
        yield client(store)


def get(opened: TestClient, path: str, **asked: str | int) -> Any:
    response = opened.get(f"/api/{path}", params=asked)
    assert response.status_code == 200 and response.headers["content-type"] == "application/json", response.text
    return response.json()


def test_search(opened: TestClient) -> None:
    answer = get(opened, "search", q="dien luc")
    entity = {"iri": f"{ID}dien-luc", "label": "Điện lực", "type": f"{KG}Organization", "degree": 1}
    assert answer == {"results": [entity | {"matched": "Điện lực"}], "total": 1}
    assert get(opened, "search", q="evn")["results"] == [entity | {"matched": "EVN"}]
    assert get(opened, "search", q="f", limit=1)["total"] == 2
    assert get(opened, "search", q="không có") == {"results": [], "total": 0}


@pytest.mark.parametrize("asked", [{}, {"q": ""}, {"q": "  "}])
def test_search_for_nothing_gives_the_most_central(opened: TestClient, asked: dict[str, str]) -> None:
    answer = get(opened, "search", limit=2, **asked)
    assert [one["label"] for one in answer["results"]] == ["Nvidia", "Foxconn"] and answer["total"] == 6
    assert get(opened, "search")["results"][-1]["label"] == "Sam Altman"  # is in no fact


def test_overview(opened: TestClient) -> None:
    answer = get(opened, "overview")
    assert answer["total"] == {"entities": 5, "facts": 4}
    assert [one["label"] for one in answer["entities"][:2]] == ["Nvidia", "Foxconn"]
    assert len(answer["entities"]) == 5 and len({(one["x"], one["y"]) for one in answer["entities"]}) == 5
    homes = {one["label"]: one["community"] for one in answer["entities"]}
    assert homes["OpenAI"] == homes["Nvidia"] == 0 != homes["Foxconn"] == homes["Foxconn Bắc Giang"]
    assert {type(one[name]) for one in answer["entities"] for name in ("x", "y", "community", "degree")} == {int}
    said = next(fact for fact in answer["facts"] if fact["speaker"])
    assert said.pop("iri").startswith("https://example.org/kg/statement/")
    assert said.pop("article").startswith("https://example.org/kg/article/OpenAI-partnersWith")
    assert said == {
        "s": f"{ID}openai",
        "p": f"{KG}partnersWith",
        "o": f"{ID}nvidia",
        "modality": "asserted",
        "confidence": 0.91,
        "speaker": f"{ID}sam-altman",
        "date": "2026-05",
    }
    few = get(opened, "overview", limit=4)
    assert few["entities"][3]["label"] == "OpenAI" and len(few["entities"]) == 4 and few["total"] == answer["total"]
    assert sorted(fact["modality"] for fact in few["facts"]) == ["asserted", "asserted", "denied"]  # none planned


@pytest.mark.parametrize("entities", [299, 450])
def test_overview_of_many_puts_each_in_a_place_of_its_own_always_the_same(entities: int) -> None:
    facts = [Said(f"Công ty số {n}", "owns", f"Công ty số {n * n % max(n // 3, 1)}") for n in range(1, entities)]
    with Store.memory() as store:
        put(store, facts)
        one, other = (get(client(store), "overview", limit=2000) for _ in range(2))
    assert one == other and len(one["entities"]) == entities
    places = sorted((entity["x"], entity["y"]) for entity in one["entities"])
    assert len(set(places)) == entities


def test_neighbours(opened: TestClient) -> None:
    answer = get(opened, "neighbours", entity=f"{ID}nvidia")
    assert answer["entity"] == {"iri": f"{ID}nvidia", "label": "Nvidia", "type": f"{KG}Organization", "degree": 3}
    assert answer["total"] == 3
    told = [(group["relation"], group["direction"], group["count"]) for group in answer["groups"]]
    assert told == [(f"{KG}owns", "in", 1), (f"{KG}partnersWith", "in", 1), (f"{KG}uses", "out", 1)]
    (uses,) = (group for group in answer["groups"] if group["direction"] == "out")
    assert [one["label"] for one in uses["entities"]] == ["Điện lực"] and uses["facts"][0]["modality"] == "planned"
    cut = get(opened, "neighbours", entity=f"{ID}nvidia", limit=2)
    assert sum(len(group["facts"]) for group in cut["groups"]) == 2 and cut["total"] == 3
    assert [group["count"] for group in cut["groups"]] == [1, 1, 1]


def test_path(opened: TestClient) -> None:
    ends = {"from": f"{ID}dien-luc", "to": f"{ID}openai"}
    (path,) = get(opened, "path", **ends)["paths"]
    assert path["entities"] == [f"{ID}dien-luc", f"{ID}nvidia", f"{ID}openai"]
    assert [[fact["modality"] for fact in hop] for hop in path["hops"]] == [["planned"], ["asserted", "denied"]]
    (sure,) = get(opened, "path", **ends, modality="asserted,planned")["paths"]
    assert [fact["modality"] for fact in sure["hops"][1]] == ["asserted"]
    assert get(opened, "path", **ends, modality="asserted") == get(opened, "path", **ends, longest=1) == {"paths": []}
    assert get(opened, "path", **{"from": f"{ID}openai", "to": f"{ID}foxconn"}) == {"paths": []}


def linked(opened: TestClient, limit: int, *names: str) -> list[str]:
    """What links the entities of these names: subjects and objects by the last parts of their names."""
    response = opened.post("/api/links", data={"limit": limit, "entity": [ID + name for name in names]})
    assert response.status_code == 200, response.text
    return [" ".join(fact[end].removeprefix(ID) for end in "so") for fact in response.json()["facts"]]


def test_few_pictures_are_worked_out_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as are asked for would leave no thread to send a file."""
    going, most = set[int](), []

    def slow(index: Index, *, limit: int) -> Opening:
        going.add(limit)
        most.append(len(going))
        time.sleep(0.02)
        going.remove(limit)
        return opening(index, limit=limit)

    async def ask(store: Store) -> None:
        transport = httpx.ASGITransport(client(store).app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as opened:
            paths = (f"/api/overview?limit={limit}" for limit in range(1, 41))
            answers = await asyncio.gather(*map(opened.get, paths))
        assert {answer.status_code for answer in answers} == {200}

    monkeypatch.setattr(api, "opening", slow)
    with Store.memory() as store:
        put(store, FACTS)
        asyncio.run(ask(store))
    assert max(most) <= api.AT_ONCE


def test_links(opened: TestClient) -> None:
    assert linked(opened, 0, "openai", "nvidia") == ["openai nvidia", "openai nvidia"]
    assert linked(opened, 0, "openai", "dien-luc") == linked(opened, 0, "sam-altman", "nobody") == []
    assert linked(opened, 1, "openai", "dien-luc", "nobody") == ["openai nvidia", "nvidia dien-luc", "openai nvidia"]
    assert linked(opened, 2000, "nvidia") == linked(opened, 2000, "openai", "nvidia", "dien-luc")


def test_links_of_a_hairball_are_the_strongest_three_of_each() -> None:
    names = [f"Công ty số {n}" for n in range(9)]
    facts = [Said(a, "owns", b) for a in names for b in names if a < b]
    facts += [Said(names[8], "uses", name) for name in names[:4]]
    with Store.memory() as store:
        put(store, facts)
        opened = client(store)
        slugs = [one["iri"].removeprefix(ID) for one in get(opened, "search", q="cong ty")["results"]]
        assert len(linked(opened, 0, *slugs[:6])) >= 15  # 15 pairs of six: all of them
        few = linked(opened, 0, *slugs)
        pairs = {tuple(sorted(pair.split())) for pair in few}
        assert len(pairs) < 27 < 36 and {slug for pair in pairs for slug in pair} == set(slugs)
        alone = {tuple(sorted(pair.split())) for pair in linked(opened, 8, slugs[8])}
        assert len(alone) == 8  # as few as that can be seen


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("search?limit=0", 400, "limit is '0': give a number from 1 to 1000"),
        ("overview?limit=2001", 400, "from 1 to 2000"),
        ("overview?limit=٣", 400, "limit is '٣'"),
        ("neighbours", 400, "entity is missing"),
        ("neighbours?entity=urn:x", 404, "no entity 'urn:x'"),
        (f"neighbours?entity={ID}nvidia&limit=-1", 400, "limit is '-1'"),
        ("search?q=" + "a+" * 200, 400, "q has 399 letters: give a name of at most 200"),
        (f"path?from={ID}nvidia", 400, "to is missing"),
        (f"path?from={ID}nvidia&to=urn:x", 404, "no entity 'urn:x'"),
        (f"path?from={ID}nvidia&to={ID}openai&longest=99", 400, "longest is '99'"),
        (f"path?from={ID}nvidia&to={ID}openai&modality=sure", 400, "modality 'sure': use some of asserted,planned"),
    ],
)
def test_what_is_wrong_is_told(opened: TestClient, path: str, status: int, told: str) -> None:
    response = opened.get(f"/api/{path}")
    assert response.status_code == status and told in response.json()["error"]


def test_only_get(opened: TestClient) -> None:
    assert opened.post("/api/search").status_code == opened.delete("/api/overview").status_code == 405
    assert opened.get("/api/links").status_code == 405


def test_what_is_wrong_with_a_form_is_told(opened: TestClient) -> None:
    for form, status, told in (("limit=-1", 400, "limit is '-1'"), ("entity=" + "x" * 300_000, 413, "300,000 bytes")):
        response = opened.post("/api/links", content=form)
        assert response.status_code == status and told in response.json()["error"]


def test_an_empty_graph() -> None:
    with Store.memory() as store:
        empty = client(store)
        assert get(empty, "overview") == {"entities": [], "facts": [], "total": {"entities": 0, "facts": 0}}
        assert get(empty, "search", q="a") == get(empty, "search") == {"results": [], "total": 0}


def test_a_newer_checkpoint_is_seen_by_the_next_request(tmp_path: Path) -> None:
    def publish(*facts: Said) -> Store:
        with Store.create_or_open(tmp_path / "store") as store:
            put(store, facts)
            store.publish()
        return Store.read(tmp_path / "store")

    published = [publish(FACTS[0])]
    opened = TestClient(Starlette(routes=api.routes(lambda: published[-1])))
    assert get(opened, "search", q="foxconn")["total"] == 0
    published.append(publish(FACTS[3]))
    assert get(opened, "search", q="foxconn")["total"] == 2
    assert get(opened, "overview")["total"]["facts"] == 2


def test_a_graph_that_cannot_be_read_is_told_and_tried_anew() -> None:
    with Store.memory() as store:
        put(store, FACTS)
        broken = Store.memory()
        broken.close()
        published = [broken]
        opened = TestClient(Starlette(routes=api.routes(lambda: published[-1])))
        for _ in range(2):
            response = opened.get("/api/search")
            assert response.status_code == 503 and "cannot be read" in response.json()["error"]
        published.append(store)
        assert get(opened, "search")["total"] == 6


def test_a_graph_that_vanishes_while_it_is_served_is_told() -> None:
    def published() -> Store:
        if gone:
            raise StoreError("no graph: make one with kg build")
        return store

    gone: list[bool] = []
    with Store.memory() as store:
        opened = TestClient(Starlette(routes=api.routes(published)))
        assert opened.get("/api/search").status_code == 200
        gone.append(True)
        response = opened.get("/api/search")
    assert response.status_code == 503 and "kg build" in response.json()["error"]


def test_the_index_is_made_once_for_all_who_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Store] = []
    goes_on = threading.Event()

    def slow(store: Store) -> Any:
        made.append(store)
        goes_on.wait(20)
        return read(store)

    read = kept.read_index
    monkeypatch.setattr(kept, "read_index", slow)
    with Store.memory() as store:
        put(store, FACTS)
        opened = client(store)
        answers: list[int] = []
        asking = [threading.Thread(target=lambda: answers.append(get(opened, "search")["total"])) for _ in range(4)]
        for thread in asking:
            thread.start()
        time.sleep(0.2)
        assert answers == []
        goes_on.set()
        for thread in asking:
            thread.join(20)
    assert answers == [6] * 4 and len(made) == 1
