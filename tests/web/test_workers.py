"""Workers, behind a real server: what takes too long is stopped, others are answered, and nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from served import ENDLESS, FAR, at_once, ended, publish, serving, workers_of
from starlette.testclient import TestClient

from kg.ontology import Ontology, load
from kg.store import STORE, Limits
from kg.web.answers import Refusal
from kg.web.server import Settings, app
from kg.web.tasks import WRITERS
from kg.web.workers import Workers

LIGHT = "SELECT ?name { ?m kg:refersTo ?e . ?e skos:prefLabel ?name } ORDER BY ?name"


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, ontology: Ontology) -> Path:
    made = tmp_path_factory.mktemp("workers")
    publish(made, ontology, *(f"Công ty {number}" for number in range(60)))
    return made


def ask(address: str, query: str, **options: object) -> httpx.Response:
    return httpx.get(f"{address}/sparql", params={"query": query}, timeout=FAR, **options)  # type: ignore[arg-type]


def test_a_query_over_the_time_limit_is_stopped_and_its_worker_replaced(folder: Path) -> None:
    with serving(folder, "--time-limit", "1") as (address, process):
        assert ask(address, "ASK {}").status_code == 200
        before = workers_of(process)
        slow = ask(address, ENDLESS)
        assert slow.status_code == 504 and "1 seconds" in slow.text
        gone = before - workers_of(process)
        assert len(before) == 3 and len(gone) == 1 and ended(gone)
        assert ask(address, "ASK {}").json()["boolean"] is True
        assert len(workers_of(process)) == 3


def test_others_are_answered_while_one_asks_without_end(folder: Path) -> None:
    requests = [("greedy", ENDLESS, 4.0)] * 6 + [("modest", LIGHT, FAR)] * 6
    with serving(folder, "--time-limit", "600") as (address, _):
        answers = asyncio.run(at_once(address, *requests))
    assert answers[:6] == [None] * 6
    assert [answer and answer.status_code for answer in answers[6:]] == [200] * 6


def test_a_client_that_goes_away_stops_its_query(folder: Path) -> None:
    with serving(folder, "--time-limit", "600", "--workers", "1") as (address, process):
        assert ask(address, "ASK {}").status_code == 200
        before = workers_of(process)
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{address}/sparql", params={"query": ENDLESS}, timeout=0.5)
        assert ask(address, "ASK {}").status_code == 200  # the one worker would be busy for ten minutes
        assert ended(before - workers_of(process))


def test_a_process_that_cannot_be_started_takes_no_turn_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask_often(workers: Workers) -> None:
        with monkeypatch.context() as full:
            full.setattr("kg.web.workers.subprocess.Popen", no_process)
            for client in "ab":
                with pytest.raises(Refusal, match="no process can be started"):
                    await workers.ask({"task": "decisions"}, client)
        assert (await workers.ask({"task": "decisions"}, "a")).status == 200

    def no_process(*arguments: object, **options: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    with closing(Workers(folder / STORE)) as workers:
        asyncio.run(ask_often(workers))


def test_what_a_client_began_to_change_is_changed_although_it_goes(tmp_path: Path, ontology: Ontology) -> None:
    publish(tmp_path, ontology, *(f"Công ty {number}" for number in range(40)))
    with serving(tmp_path, "--allow-update", token="t") as (address, _):
        headers = {"Authorization": "Bearer t", "Content-Type": "application/sparql-update"}
        update = "INSERT { GRAPH <urn:g> { ?a ?b ?x } } WHERE { ?a ?b ?c . ?d ?e ?f . ?g kg:kind ?x }; "
        update += "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }"
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{address}/sparql", content=update, headers=headers, timeout=httpx.Timeout(FAR, read=0.2))
        until = time.monotonic() + FAR
        while not ask(address, "ASK { GRAPH <urn:g> { ?a ?b 1 } }").json()["boolean"]:
            assert time.monotonic() < until


def test_too_many_that_wait_are_told_to_come_again(folder: Path) -> None:
    requests = [("one", ENDLESS, 3.0)] * 24
    with serving(folder, "--time-limit", "600") as (address, _):
        answers = asyncio.run(at_once(address, *requests))
    refused = [answer for answer in answers if answer is not None]
    assert len(refused) == 24 - 1 - 16  # one runs, sixteen wait
    assert all(answer.status_code == 503 and int(answer.headers["retry-after"]) > 0 for answer in refused)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda sent: sent.name)
def test_no_process_outlives_the_server(folder: Path, sent: signal.Signals) -> None:
    with serving(folder, "--time-limit", "600") as (address, process):
        with pytest.raises(httpx.ReadTimeout):  # one is in the middle of a query
            httpx.get(f"{address}/sparql", params={"query": ENDLESS}, timeout=httpx.Timeout(20, read=0.5))
        asyncio.run(_leave_running(address))
        left = workers_of(process)
        assert len(left) == 3
        process.send_signal(sent)
        process.wait(timeout=FAR)
        assert ended(left)


async def _leave_running(address: str) -> None:
    """Ask without end, and close nothing before the next thing happens."""
    host, port = address.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    query = httpx.QueryParams(query=ENDLESS)
    writer.write(f"GET /sparql?{query} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    await writer.drain()
    KEPT.append(os.dup(writer.get_extra_info("socket").fileno()))
    await asyncio.sleep(0.5)


KEPT: list[int] = []


def test_a_newer_checkpoint_is_seen_while_an_older_query_finishes(
    folder: Path, ontology: Ontology, tmp_path: Path
) -> None:
    publish(tmp_path, ontology, "Nvidia")
    with TestClient(app(tmp_path), base_url="http://localhost") as client:

        def names() -> set[str]:
            rows = client.get("/sparql", params={"query": LIGHT}).json()["results"]["bindings"]
            return {row["name"]["value"] for row in rows}

        assert names() == {"OpenAI", "Nvidia"}
        publish(tmp_path, ontology, "Intel", article="b.txt")
        assert [names() for _ in range(4)] == [{"OpenAI", "Nvidia", "Intel"}] * 4


def asked(folder: Path, *tasks: str | dict[str, str], **options: int) -> list[tuple[int, str]]:
    """The status of the answers of one worker, and what they say, one after the other; a text is a query."""

    async def run() -> list[object]:
        workers = Workers(folder / STORE, number=1, spare=0, **options)
        found: list[tuple[int, str]] = []
        fields = {"default_graphs": [], "named_graphs": [], "accept": "*/*", "format": ""}
        try:
            for task in tasks:
                try:
                    query = {"task": "query", "text": task} | fields
                    answer = await workers.ask(query if isinstance(task, str) else task, "me")
                except Refusal as refusal:
                    answer = refusal.answer()
                found.append((answer.status, answer.content.decode()))
        finally:
            workers.close()
        return found

    return asyncio.run(run())


def test_a_query_that_needs_too_much_memory_ends_alone(folder: Path) -> None:
    hungry = "SELECT (GROUP_CONCAT(?t) AS ?all) { ?x schema:text ?t . ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    started = time.monotonic()
    (first, says), (second, _) = asked(folder, hungry, "ASK {}", memory=700 * 2**20)
    assert (first, second) == (500, 200) and "700 MB" in says
    assert time.monotonic() - started < FAR


@pytest.mark.parametrize("accept", ["application/json", "application/xml", "text/csv", "text/tab-separated-values"])
def test_a_result_is_whole_or_refused(folder: Path, accept: str) -> None:
    from kg.errors import LimitError
    from kg.store import Store
    from kg.web.media import TABLES

    with Store.read(folder / STORE) as store:
        query = "SELECT ?o { ?s a kg:Mention ; skos:prefLabel ?o }"
        assert store.query(query).serialize(TABLES[accept], Limits(rows=61))
        with pytest.raises(LimitError, match="more than 60 rows"):
            store.query(query).serialize(TABLES[accept], Limits(rows=60))
        with pytest.raises(LimitError, match="500 bytes"):
            store.query(query).serialize(TABLES[accept], Limits(size=500))
        with pytest.raises(LimitError, match="60 triples"):
            store.query("CONSTRUCT WHERE { ?s ?p ?o }").serialize("turtle", Limits(rows=60))


@pytest.mark.parametrize("format", sorted(WRITERS))
def test_the_whole_graph_is_written_within_the_limit_of_time_or_not_at_all(
    folder: Path, tmp_path: Path, format: str
) -> None:
    os.mkfifo(never := tmp_path / "never")  # whoever writes into it waits until somebody reads
    task = {"task": "dump", "format": format}
    told = asked(folder, task | {"path": str(never)}, "ASK {}", time_limit=3)
    assert [status for status, _ in told] == [504, 200] and "3 seconds" in told[0][1]
    assert asked(folder, task | {"path": str(tmp_path / "file")}) == [(200, "")]
    assert (tmp_path / "file").stat().st_size > 1000


def test_a_graph_that_takes_too_long_is_told_and_leaves_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with serving(folder, "--time-limit", "0.1") as (address, process):
        before = workers_of(process)
        for path in ("/export/graphml", "/export/gexf", "/graph.html"):  # to load networkx takes longer
            response = httpx.get(address + path, timeout=FAR)
            assert response.status_code == 504 and "0.1 seconds" in response.text, path
        assert ask(address, "ASK {}").status_code == 200
        assert ended(before)
    assert list(tmp_path.iterdir()) == []
    with serving(folder) as (address, _):
        for path, end in (
            ("export/graphml", "</graphml>"),
            ("export/gexf", "</gexf>"),
            ("export/turtle", "."),
            ("data", "."),
        ):
            response = httpx.get(f"{address}/{path}", timeout=FAR)
            assert response.status_code == 200 and response.text.strip().endswith(end)
        till = time.monotonic() + FAR
        while list(tmp_path.iterdir()) and time.monotonic() < till:  # files go once they are sent
            time.sleep(0.05)
        assert list(tmp_path.iterdir()) == []


def test_too_many_rows_are_refused_over_http(folder: Path) -> None:
    with TestClient(app(folder, settings=Settings()), base_url="http://localhost") as client:
        response = client.get("/sparql", params={"query": "SELECT * { ?a ?b ?c . ?d ?e ?f }"})
    assert response.status_code == 500 and "LIMIT" in response.text


def test_workers_have_no_network(folder: Path) -> None:
    with serving(folder) as (address, process):
        assert ask(address, "ASK {}").status_code == 200
        ours = Path("/proc/self/ns/net").readlink()
        end = time.monotonic() + FAR / 3
        spaces = {ours}
        while ours in spaces and time.monotonic() < end:  # the last of them may still be starting
            spaces = {Path(f"/proc/{pid}/ns/net").readlink() for pid in workers_of(process)}
            time.sleep(0.1)
    if ours in spaces:
        pytest.skip("this system gives nobody a network of its own")
    assert len(spaces) == 3


def test_what_is_no_answer_is_told_and_the_next_is_answered(folder: Path) -> None:
    """A worker that something else ends."""
    with serving(folder) as (address, process):
        assert ask(address, "ASK {}").status_code == 200
        for pid in workers_of(process):
            os.kill(pid, signal.SIGKILL)
        assert [ask(address, "ASK {}").status_code for _ in range(4)] == [200] * 4
