"""What is worked out once and kept, in the background: for all who ask while it is being worked out, and after."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

from starlette.concurrency import run_in_threadpool

from kg.errors import KgError
from kg.store import Store

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
        with self._lock:
            future = self._kept.pop(key, None)
            if future is None or _failed(future):
                future = Future()
                _in_background(_make, self._work, key, future)
            self._kept[key] = future
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        return future.result()


class Newest(Generic[Value]):
    """The result of a function of the newest graph; one is worked out at a time.

    Whoever asks while one of an older graph is worked out gets the next, of what is the newest when its turn comes: of
    graphs that are replaced quicker than they are worked out most are skipped. No graph is kept open for its result.
    """

    def __init__(self, published: Callable[[], Store], work: Callable[[Store], Value]) -> None:
        """``published`` gives the newest graph, the same as before where there is no newer one."""
        self._published = published
        self._work = work
        self._lock = threading.Lock()
        self._store: Callable[[], Store | None] = lambda: None  # what is worked out, or was
        self._future: Future[Value] | None = None  # its result
        self._next: Future[Value] | None = None

    async def soon(self) -> Value:
        """The result, waited for without a thread. Raises what the functions raise; the next to ask tries anew."""
        return await asyncio.shield(asyncio.wrap_future(await run_in_threadpool(self.begin)))

    def begin(self) -> Future[Value]:
        """The result to come. The process does not end before it: no thread can be left behind in the store."""
        with self._lock:
            store = self._published()
            if self._future and self._store() is store and not _failed(self._future):
                return self._future
            if self._future and not self._future.done():
                self._next = self._next or Future()
                return self._next
            return self._start(store, Future())

    def _start(self, store: Store, future: Future[Value]) -> Future[Value]:
        self._store, self._future = weakref.ref(store), future
        _in_background(self._make, store, future)
        return future

    def _make(self, store: Store, future: Future[Value]) -> None:
        try:
            _make(self._work, store, future)
        finally:
            with self._lock:
                following, self._next = self._next, None
                if following:
                    try:
                        self._start(self._published(), following)
                    except KgError as error:
                        following.set_exception(error)


def _failed(future: Future[Value]) -> bool:
    return future.done() and future.exception() is not None


def _in_background(work: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=work, args=arguments, name="kg once").start()


def _make(work: Callable[[Key], Value], key: Key, future: Future[Value]) -> None:
    try:
        future.set_result(work(key))
    except BaseException as error:
        future.set_exception(error)  # whoever waits raises it
        if not isinstance(error, KgError):
            raise
