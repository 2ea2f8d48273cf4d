"""The whole graph as a file: workers write it, within their limits, and it is whole before any of it is sent."""

from __future__ import annotations

import tempfile
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from kg.web.messages import answered, client_of
from kg.web.tasks import FRESH
from kg.web.workers import Workers


async def whole(request: Request, workers: Workers, format: str, media_type: str) -> Response:
    """The graph in one of ``tasks.WRITERS``, from a file that is gone when it is sent."""
    with tempfile.NamedTemporaryFile(prefix="kg-", delete=False) as file:
        path = Path(file.name)
    task = {"task": "dump", "format": format, "path": str(path)}
    try:
        response = await answered(request, workers.ask(task, client_of(request)))
    except BaseException:
        path.unlink()
        raise
    if response.status_code != 200:
        path.unlink()
        return response
    return _Once(path, headers=dict(FRESH), media_type=media_type)


class _Once(FileResponse):
    """A file that goes when it is sent, or when no such part of it can be."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            Path(self.path).unlink(missing_ok=True)
