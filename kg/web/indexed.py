"""The index of the checkpoint that readers see, made in the background, once for each checkpoint."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from kg.errors import KgError
from kg.explore.index import Index, read_index
from kg.store import Store


class Indexed:
    """The index of the store that ``published`` gives; whoever asks while it is being made waits for it."""

    def __init__(self, published: Callable[[], Store]) -> None:
        self._published = published
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._future: Future[Index] = Future()

    def __call__(self) -> Index:
        """The index of what is published now. Raises KgError where it cannot be read; the next to ask tries anew."""
        future = self.begin()
        try:
            return future.result()
        except KgError:
            with self._lock:
                if self._future is future:
                    self._store = None
            raise

    def begin(self) -> Future[Index]:
        """The index to come of what is published now."""
        with self._lock:
            store = self._published()
            if store is not self._store:
                self._store, self._future = store, Future()
                threading.Thread(target=_make, args=(store, self._future), daemon=True, name="kg index").start()
            return self._future


def _make(store: Store, future: Future[Index]) -> None:
    try:
        index = read_index(store)
    except BaseException as error:
        future.set_exception(error)  # whoever waits raises it
        if not isinstance(error, KgError):
            raise
    else:
        future.set_result(index)
