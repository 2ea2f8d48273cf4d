"""What the server says, as plain values that a worker can send: an answer, or a refusal with its status code."""

from __future__ import annotations

from dataclasses import dataclass

METHODS = {"Allow": "GET, HEAD, POST, OPTIONS"}  # of the endpoint
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response, before anything of it is sent."""

    content: bytes
    media_type: str = TEXT
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class Refusal(Exception):
    """A request that gets no result: its status code, what to tell, and the headers that go with it."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or (METHODS if status == 405 else {})

    def answer(self) -> Answer:
        """The message as plain text; 405 says what is allowed."""
        return Answer(f"{self.message}\n".encode(), TEXT, self.status, tuple(self.headers.items()))


def busy(message: str, seconds: int) -> Refusal:
    """Nothing is wrong with the request: it may be sent again after some seconds."""
    return Refusal(503, message, {"Retry-After": str(seconds)})
