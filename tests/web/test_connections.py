"""Slow and idle clients of the real server: they are given up, and the others are answered."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from served import ENDLESS, FAR, publish, serving

from kg.ontology import load

HASTE = "import kg.web.connections as c; c.ARRIVAL = c.READING = 2.0"
DRIBBLE = 0.2  # seconds between two bytes
SLOW = {
    "nothing": b"",
    "headers": b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    "headers after an answer": b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health HTTP/1.1\r\nX-Slow: ",
    "body": b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
    b"Content-Length: 100000\r\n\r\nSELECT",
    "body of pieces": b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path, load(), *(f"Partner {number}" for number in range(40)))
    return tmp_path


def connected(address: str) -> socket.socket:
    url = httpx.URL(address)
    return socket.create_connection((url.host, url.port or 80), timeout=FAR)


def pieces(kind: str) -> Iterator[bytes]:
    """What a slow client sends after its beginning."""
    while True:
        yield {"nothing": b"", "body of pieces": b"1\r\n \r\n"}.get(kind, b"x")


def given_up(client: socket.socket, kind: str, address: str) -> float:
    """Seconds until the server closes a connection on which something comes all the time."""
    client.sendall(SLOW[kind])
    began = time.monotonic()
    client.settimeout(DRIBBLE)
    for piece in pieces(kind):
        assert time.monotonic() - began < FAR, "the server waits for ever"
        assert httpx.get(f"{address}/health", timeout=FAR).is_success
        try:
            client.sendall(piece)
            if not client.recv(10_000):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


@pytest.mark.parametrize("kind", SLOW)
def test_a_client_that_does_not_send_what_it_began_is_given_up(kind: str, folder: Path) -> None:
    with serving(folder, before=HASTE) as (address, server):
        with connected(address) as client:
            assert given_up(client, kind, address) > 1.5
        assert httpx.get(f"{address}/health").is_success
        server.terminate()
        assert server.stdout and "Traceback" not in server.stdout.read()


def rest(client: socket.socket) -> int:
    """Bytes that still come."""
    return sum(map(len, iter(lambda: client.recv(1_000_000), b"")))


def test_a_client_that_does_not_read_is_given_up_and_one_that_reads_slowly_is_not(folder: Path) -> None:
    much = "SELECT%20*%20%7B%20?a%20?b%20?c%20.%20?d%20?e%20?f%20%7D%20LIMIT%2060000"
    asked = f"GET /sparql?query={much} HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\nConnection: close\r\n\r\n"
    with serving(folder, before=HASTE) as (address, _), connected(address) as idle, connected(address) as slow:
        for client in (idle, slow):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 100_000)
            client.sendall(asked.encode())
        for _ in range(12):  # half a second each, three times what the idle one has
            assert slow.recv(50_000)
            time.sleep(0.5)
        assert 0 < rest(idle) < rest(slow)


def test_who_waits_for_an_answer_is_not_given_up(folder: Path) -> None:
    with serving(folder, "--time-limit", "4", before=HASTE) as (address, _):
        answer = httpx.get(f"{address}/sparql", params={"query": ENDLESS}, timeout=FAR)
        assert answer.status_code == 504


def test_idle_connections_beyond_what_a_process_may_open_stop_nobody(folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (1024, r.getrlimit(r.RLIMIT_NOFILE)[1]))"
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    try:
        with serving(folder, before=few) as (address, _), ExitStack() as idle:
            first = idle.enter_context(connected(address))
            for _ in range(1_500):
                idle.enter_context(connected(address))
            for _ in range(3):
                assert httpx.get(f"{address}/health", timeout=10.0).is_success
            assert not first.recv(1)  # who waited longest went
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_headers_that_never_end_are_given_up(folder: Path) -> None:
    with serving(folder) as (address, _), connected(address) as client:
        sent = 0
        with pytest.raises(OSError, match=r"reset|pipe"):
            while sent < 50_000_000:
                sent += client.send(b"GET /health HTTP/1.1\r\nX: " if not sent else b"x" * 10_000)
        assert httpx.get(f"{address}/health", timeout=FAR).is_success
