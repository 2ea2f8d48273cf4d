"""Servers for the tests of remote stores: Oxigraph, rdflib-endpoint, and a proxy that may misbehave."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

RDFLIB = """
import sys, rdflib, uvicorn
from rdflib_endpoint import SparqlEndpoint
rdflib.NORMALIZE_LITERALS = False
app = SparqlEndpoint(path="/", graph=rdflib.Dataset(default_union=True), enable_update=True)
uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
"""


@contextmanager
def oxigraph(folder: Path) -> Iterator[str]:
    """Oxigraph's own server on an empty store, and its address."""
    program = str(Path(sys.executable).parent / "oxigraph")
    port = _free()
    command = [program, "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
    with _running(command, f"http://127.0.0.1:{port}/"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def rdflib_endpoint(token: str) -> Iterator[str]:
    """rdflib's engine behind HTTP, whose updates need a token, and its address."""
    port = _free()
    address = f"http://127.0.0.1:{port}/"
    with _running([sys.executable, "-c", RDFLIB, str(port)], f"{address}?query=ASK%7B%7D", RDFLIB_APIKEY=token):
        yield address


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def _running(command: list[str], alive: str, **environment: str) -> Iterator[None]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | environment
    )
    try:
        for _ in range(600):
            try:
                httpx.get(alive)
                break
            except httpx.TransportError:
                assert process.poll() is None, command
                time.sleep(0.1)
        yield
    finally:
        process.kill()
        process.wait()


@dataclass
class Relay:
    """A proxy: what it did, and how it behaves from now on."""

    upstream: str = ""
    address: str = ""
    user: str = ""  # name:password that is asked for
    largest: int = 10**9  # bytes of a request
    refusals: list[int] = field(default_factory=list)  # statuses of the next answers; 0: no answer
    content: tuple[str, bytes] = ("text/html", b"<html></html>")  # of answers without an upstream
    asked: list[tuple[str, int]] = field(default_factory=list)  # path and size of each request
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        """Status, media type and content."""
        wanted = f"Basic {base64.b64encode(self.user.encode()).decode()}"
        if self.user and headers.get("authorization") != wanted:
            return 401, "text/plain", b"who are you"
        if len(body) > self.largest:
            return 413, "text/plain", b"too much"
        if not self.upstream:
            return 200, *self.content
        kept = {name: value for name, value in headers.items() if name in ("content-type", "accept")}
        found = self.client.post(self.upstream + path, content=body, headers=kept)
        return found.status_code, found.headers.get("content-type", ""), found.content


@contextmanager
def relay(upstream: str = "", **behaviour: object) -> Iterator[Relay]:
    """A proxy before a server, or one without any."""
    state = Relay(upstream, **behaviour)  # type: ignore[arg-type]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            state.asked.append((self.path.partition("?")[0], len(body)))
            refusal = state.refusals.pop(0) if state.refusals else None
            if refusal == 0:
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, kind, content = (
                (refusal, "text/plain", b"no") if refusal else state.answer(self.path, headers, body)
            )
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            if 300 <= status < 400:
                self.send_header("Location", "http://elsewhere.example/query")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.address = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield state
        finally:
            server.shutdown()
