"""Headers of every response, and the two guards before the routes: known hosts only, other origins by option."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}
_SECURITY = [(name.lower().encode(), value.encode()) for name, value in SECURITY.items()]
OPEN = ("/sparql", "/data", "/.well-known/void", "/id/", "/statement/", "/article/", "/evidence/")
"""Where pages of other origins may read, with ``--cors``: the graph, but nothing that changes it."""
_SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Accept, Content-Type",  # not Authorization: updates come from our own pages
    "Access-Control-Max-Age": "600",
}


class Cors:
    """Lets the pages of all other origins read the graph, without credentials."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and say who may read the response."""
        if scope["type"] != "http" or not scope["path"].startswith(OPEN):
            return await self.app(scope, receive, send)

        async def share(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_SHARED)
            await send(message)

        asks = scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope)
        app = Response(status_code=204, headers=_PREFLIGHT) if asks else self.app
        return await app(scope, receive, share)


class Guard:
    """Refuses requests for other hosts (DNS rebinding), and adds SECURITY to responses that do not set it themselves.

    A server that listens on all addresses (0.0.0.0 or ::) takes any address as a host, but no other names.
    """

    def __init__(self, app: ASGIApp, host: str) -> None:
        self.app = app
        self.names = LOOPBACK | {host.strip("[]").lower()}
        self.everywhere = _is_address(host) and ipaddress.ip_address(host.strip("[]")).is_unspecified

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and complete the headers of the response."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                message["headers"] += [header for header in _SECURITY if header[0] not in there]
            await send(message)

        host = Headers(scope=scope).get("host", "")
        refusal = PlainTextResponse(f"no host {host!r} here: open http://127.0.0.1, or start with --host\n", 400)
        return await (self.app if self._knows(host) else refusal)(scope, receive, complete)

    def _knows(self, host: str) -> bool:
        with suppress(ValueError):  # of brackets that hold no address
            name = urlsplit(f"//{host}").hostname or ""
            return name in self.names or (self.everywhere and _is_address(name))
        return False


def _is_address(name: str) -> bool:
    with suppress(ValueError):
        return bool(ipaddress.ip_address(name.strip("[]")))
    return False
