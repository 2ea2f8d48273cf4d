"""The folder of a store: which checkpoint is current, what a killed process left, and what errors mean."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import StoreError

VERSION = "1"  # of the layout on disk and of the data model


def current(folder: Path) -> str:
    """The name of the newest published checkpoint, "" where there is none."""
    try:
        return (Path(folder) / "CURRENT").read_text().strip()
    except FileNotFoundError:
        return ""


def check_version(folder: Path) -> None:
    """Raises StoreError for a folder with other things in it, and for a store of another version."""
    version = folder / "VERSION"
    if not version.exists():
        strange = sorted(path.name for path in folder.iterdir())
        if strange and strange != ["live"]:
            raise StoreError(f"{folder} is no store: it holds {strange[0]!r}; name another folder with --out")
    elif (found := version.read_text(errors="replace").strip()) != VERSION:
        raise StoreError(f"{folder} has version {found!r}, not {VERSION!r}: use the kg that made it, or build anew")


def recover(folder: Path) -> None:
    """Finish or undo what a killed ``load`` left: "live" is never missing afterwards."""
    if (folder / "live.old").exists():
        if not (folder / "live").exists():
            (folder / "live.old").rename(folder / "live")
        shutil.rmtree(folder / "live.old", ignore_errors=True)
    shutil.rmtree(folder / "live.new", ignore_errors=True)


@contextmanager
def explained(folder: Path | None) -> Iterator[None]:
    """What the operating system or the store says, as a StoreError with the folder and the remedy."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        text = str(error)
        if "orruption" in text:
            raise StoreError(f"the store {folder} is damaged: {text}; remove it, then build or import anew") from error
        if "lock" in text.lower() and "LOCK" in text:
            raise StoreError(f"{folder} is being written by another process: wait until it is done") from error
        if "No space left" in text:
            raise StoreError(f"the disk of {folder} is full: free some space and run the same again") from error
        raise StoreError(f"the store {folder} cannot be used: {text}; check that the folder can be written") from error
