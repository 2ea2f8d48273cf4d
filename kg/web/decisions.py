"""Curation over HTTP: what people decide in the explorer. Requests and answers are JSON.

    GET /api/decisions        {"decisions": [{"id", "iri", "text"}]}
    POST /api/decisions       {"action": "reject", "statement": IRI}
                              {"action": "correct", "statement": IRI, "subject", "relation", "object": IRIs, "modality"}
                              {"action": "merge", "entity": IRI, "into": IRI}
                              {"action": "split", "entity": IRI}
    DELETE /api/decisions/ID  takes it back

A statement stands for what its article says; with ``"everywhere": true`` for the same fact in all articles. Whatever
changes the graph needs the token, see ``access.py``.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kg.web.access import Access
from kg.web.answers import Answer, Refusal
from kg.web.messages import answered, client_of, content_type, respond, text_of
from kg.web.workers import Workers

Page = Callable[[Request], Coroutine[Any, Any, Response]]


def routes(workers: Workers, writer: Workers, access: Access, ontology: Sequence[Path] = ()) -> list[Route]:
    """``ontology``: the files that the graph was built with, besides ours."""
    knowledge = {"ontology": [str(Path(file).resolve()) for file in ontology]}

    async def listed(request: Request, words: dict[str, Any]) -> Answer:
        return await workers.ask({"task": "decisions"}, client_of(request))

    async def told(request: Request) -> dict[str, Any]:
        access.check(request)
        return await _words(request)

    async def decide(request: Request, words: dict[str, Any]) -> Answer:
        action = words.pop("action", "")
        return await writer.ask({"task": "decide", "action": action, "words": words} | knowledge, client_of(request))

    async def undo(request: Request, words: dict[str, Any]) -> Answer:
        access.check(request)
        decision = request.path_params["decision"]
        return await writer.ask({"task": "undo", "decision": decision} | knowledge, client_of(request))

    return [
        Route("/api/decisions", _page(listed), methods=["GET"]),
        Route("/api/decisions", _page(decide, told), methods=["POST"]),
        Route("/api/decisions/{decision:path}", _page(undo), methods=["DELETE"]),
    ]


async def _nothing(request: Request) -> dict[str, Any]:
    return {}


def _page(
    work: Callable[[Request, dict[str, Any]], Awaitable[Answer]],
    read: Callable[[Request], Awaitable[dict[str, Any]]] = _nothing,
) -> Page:
    """``read`` gives what the body says, before the work begins."""

    async def page(request: Request) -> Response:
        try:
            words = await read(request)
        except Refusal as refusal:
            response = respond(refusal.answer())
        else:
            response = await answered(request, work(request, words))
        if response.status_code < 400:
            return response
        headers = {
            name: response.headers[name] for name in ("retry-after", "www-authenticate") if name in response.headers
        }
        return JSONResponse({"error": bytes(response.body).decode().strip()}, response.status_code, headers)

    return page


async def _words(request: Request) -> dict[str, Any]:
    """The object in the body. Raises Refusal."""
    kind, charset = content_type(request.headers.get("content-type", ""))
    if kind != "application/json":
        raise Refusal(415, f"content type {kind or '(none)'!r} is not read here: send application/json")
    try:
        words = json.loads(await text_of(request, charset))
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"the request is no JSON: {error}") from error
    if not isinstance(words, dict):
        raise Refusal(400, 'the request is no JSON object: send {"action": ...}')
    return words
