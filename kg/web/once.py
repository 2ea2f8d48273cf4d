"""What is worked out once and kept, in the background: for all who ask while it is being worked out, and after."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

from kg.errors import KgError

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Once(Generic[Key, Value]):
    """The results of a function, the last ``most`` of them kept; whoever asks while one is worked out waits for it."""

    def __init__(self, work: Callable[[Key], Value], *, most: int) -> None:
        self._work = work
        self._most = most
        self._lock = threading.Lock()
        self._kept: dict[Key, Future[Value]] = {}

    def __call__(self, key: Key) -> Value:
        """The result for a key. Raises what the function raises; the next to ask tries anew."""
        return self.begin(key).result()

    async def soon(self, key: Key) -> Value:
        """The same; no thread waits for it, so that those who wait take none from others."""
        return await asyncio.shield(asyncio.wrap_future(self.begin(key)))

    def begin(self, key: Key) -> Future[Value]:
        """The result to come. The process does not end before it: no thread can be left behind in the store."""
        with self._lock:
            future = self._kept.pop(key, None)
            if future is None or (future.done() and future.exception()):
                future = Future()
                threading.Thread(target=self._make, args=(key, future), name="kg once").start()
            self._kept[key] = future
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
            return future

    def _make(self, key: Key, future: Future[Value]) -> None:
        try:
            future.set_result(self._work(key))
        except BaseException as error:
            future.set_exception(error)  # whoever waits raises it
            if not isinstance(error, KgError):
                raise
