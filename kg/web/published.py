"""The graph that readers see: the newest published checkpoint of a store."""

from __future__ import annotations

import threading
from pathlib import Path

from kg.store import Store, current


class Published:
    """The newest published checkpoint of a folder, opened again when there is a newer one."""

    def __init__(self, folder: Path) -> None:
        """Raises StoreError where no graph was built."""
        self.folder = folder
        self._lock = threading.Lock()
        self._number = current(folder)
        self._store = Store.read(folder)

    def __call__(self) -> Store:
        """The store to read from now; requests that still read the one before keep it until they are done."""
        with self._lock:
            if (number := current(self.folder)) != self._number:
                self._store, self._number = Store.read(self.folder), number
            return self._store
