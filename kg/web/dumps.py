"""The whole graph as a file: workers write it, within their limits, and it is whole before any of it is sent."""

from __future__ import annotations

import tempfile
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from kg.web.messages import answered, client_of
from kg.web.tasks import FRESH
from kg.web.workers import Workers


async def whole(request: Request, workers: Workers, format: str, media_type: str) -> Response:
    """The graph in one of ``tasks.WRITERS``, from a file that is gone when it is sent."""
    with tempfile.NamedTemporaryFile(prefix="kg-", delete=False) as file:
        path = Path(file.name)
    task = {"task": "dump", "format": format, "path": str(path)}
    response = await answered(request, workers.ask(task, client_of(request)))
    if response.status_code != 200:
        path.unlink()
        return response
    return FileResponse(path, headers=dict(FRESH), media_type=media_type, background=BackgroundTask(path.unlink))
