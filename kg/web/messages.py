"""HTTP messages: what requests hold, and answers as responses."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable
from email.message import Message
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from kg.web.answers import Answer, Refusal, busy

BODY_LIMIT = 300_000  # bytes of a request
CHARSETS = {"utf-8": "utf8", "utf8": "utf8", "us-ascii": "ascii", "iso-8859-1": "latin1"}


def respond(answer: Answer) -> Response:
    """An answer as it is sent."""
    return Response(answer.content, answer.status, dict(answer.headers), answer.media_type or None)


async def answered(request: Request, work: Awaitable[Answer]) -> Response:
    """What the work gives, refusals included; it is stopped when the client has gone or the server ends.

    The work must not read the body, which would be lost to who looks for the end of the connection: read it before.
    """
    working = asyncio.current_task()
    watching = asyncio.ensure_future(_gone(request, working))
    try:
        return respond(await work)
    except Refusal as refusal:
        return respond(refusal.answer())
    except asyncio.CancelledError:  # by the client that has gone, or by the end of the server: whoever waits shall know
        return respond(busy("the server is ending: ask again when it is back", 10).answer())
    finally:
        watching.cancel()


async def _gone(request: Request, working: asyncio.Task[object] | None) -> None:
    """Cancels the work when the client closes the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    if working:
        working.cancel()


def client_of(request: Request) -> str:
    """Who asks, for a fair share: the address; on this machine, where all have the same, the program too."""
    address = request.client.host if request.client else ""
    return f"{address} {request.headers.get('user-agent', '')}" if _local(address) else address


def _local(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:  # no address: in process
        return True


def content_type(header: str) -> tuple[str, str]:
    """Media type and charset of a Content-Type header, in small letters.

    >>> content_type('Application/SPARQL-Query; charset="UTF-8"'), content_type("")
    (('application/sparql-query', 'utf-8'), ('', 'utf-8'))
    """
    message = Message()
    message["content-type"] = header
    charset = message.get_param("charset", "utf-8")
    return (message.get_content_type() if header else ""), str(charset).lower()


async def text_of(request: Request, charset: str, *, limit: int = BODY_LIMIT) -> str:
    """The body as text; ``limit`` in bytes. Raises Refusal."""
    if charset not in CHARSETS:
        raise Refusal(415, f"charset {charset!r} is not read here: send {' or '.join(CHARSETS)}")
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > limit:
            raise Refusal(413, f"the request is longer than {limit:,} bytes: send a shorter query")
    try:
        return content.decode(CHARSETS[charset])
    except UnicodeDecodeError as error:
        raise Refusal(400, f"the request is not in {charset}: {error.reason} at byte {error.start}") from error


def asked_of(request: Request) -> list[tuple[str, str]]:
    """Names and values of the query string. Raises Refusal, for letters that are not percent-encoded too."""
    try:
        return pairs(request.scope["query_string"].decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Refusal(400, f"the parameters cannot be read: {error}; write them as UTF-8, percent-encoded") from error


def pairs(text: str) -> list[tuple[str, str]]:
    """Names and values of a query string or a form. Raises Refusal."""
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:  # UnicodeDecodeError is one
        raise Refusal(400, f"the parameters cannot be read: {error}; write them as UTF-8, percent-encoded") from error
