"""Copies of a store to keep, and stores from copies: what readers see, whole, whatever is being written meanwhile.

A copy is a file of quads (``export.restorable`` tells which), or a folder in the form of an output folder, which can be
looked at as it is: ``kg stats --out COPY``.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store import export
from kg.store.files import drafted_folder, replacing
from kg.store.folder import STORE, VERSION, checkpoint, copy, current, explained, write


def backup(folder: Path, target: Path) -> None:
    """Copy the newest published state of a store to a file or a folder, which appears whole or not at all.

    Raises StoreError where there is none, where a folder is not empty, and where the copy cannot be written.
    """
    from kg.store.database import Store

    if format := export.format_of(target):
        with Store.read(folder) as store, replacing(target) as file:
            store.dump(format, Path(file.name))
        return
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise StoreError(f"{target} is there already: name a new folder, or a file that ends in .nq or .trig")
    while True:
        number = checkpoint(folder).name
        try:
            with explained(target), drafted_folder(target) as draft:
                place = draft / STORE / "published" / "1"
                place.mkdir(parents=True)
                copy(folder / "published" / number, place)
                write(draft / STORE / "VERSION", VERSION)
                write(draft / STORE / "CURRENT", "1")
        except StoreError:
            if current(folder) == number:
                raise
        else:
            return  # else two builds have published since, and it was gone


def restorable(source: Path) -> None:
    """Raises StoreError for what is no copy of a store."""
    if source.is_dir():
        checkpoint(source / STORE)
    else:
        export.restorable(source)


def restore(source: Path, folder: Path) -> None:
    """Make a database in a folder from a file or a folder that is a copy. Raises StoreError if it is none."""
    if source.is_dir():
        folder.mkdir()
        copy(checkpoint(source / STORE), folder)
        with explained(source):
            export.check_ours(ox.Store(str(folder)), source)
    else:
        export.restore(source, folder)
