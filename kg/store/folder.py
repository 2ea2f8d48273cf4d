"""The folder of a store: which checkpoint is current, what a killed process left, and what errors mean."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import StoreError
from kg.store.files import DRAFT, forget_drafts, remedy, replacing, sync
from kg.store.lock import LOCK

_RESTORE = "remove it, then restore a backup (kg restore), import an export (kg import) or build anew"
VERSION = "1"  # of the layout on disk and of the data model
STORE = "store"  # the folder of the store within an output folder
AHEAD = "AHEAD"  # a file that is there while "live" may hold what was not published
EXPORTS = {"graph.ttl": "turtle", "graph.html": "html"}  # the files beside it, and their formats


def current(folder: Path) -> str:
    """The name of the newest published checkpoint, "" where there is none. Raises StoreError for what is no folder."""
    try:
        with explained(folder):
            number = (Path(folder) / "CURRENT").read_text(errors="replace").strip()
    except StoreError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return ""
        raise
    return number if number.isdecimal() else ""


def checkpoint(folder: Path) -> Path:
    """The newest published checkpoint. Raises StoreError where there is none, and for a store of another version."""
    number = current(folder)
    if not number:
        raise StoreError(f"no graph in {folder.parent}: make one with kg build PATH --out {folder.parent}")
    check_version(folder)
    found = folder / "published" / number
    if not found.is_dir() and current(folder) == number:
        raise StoreError(f"the checkpoint {found} is gone: kg build makes it anew")
    return found


def next_checkpoint(folder: Path) -> Path:
    """Where the next checkpoint goes, beside what a killed process may have left."""
    published = folder / "published"
    published.mkdir(exist_ok=True)
    names = (current(folder), *(path.name for path in published.iterdir()))
    return published / str(max((int(name) for name in names if name.isdecimal()), default=0) + 1)


def switch(folder: Path, checkpoint: Path) -> None:
    """Let readers see a checkpoint from now on; exports of the former state go before, so that none is taken for it."""
    before = current(folder)
    with settled(folder):
        for name in EXPORTS:
            (folder.parent / name).unlink(missing_ok=True)
        write(folder / "CURRENT", checkpoint.name)
    (folder / AHEAD).unlink(missing_ok=True)
    for old in checkpoint.parent.iterdir():
        if old.name not in (checkpoint.name, before):  # a reader may just be opening the one before
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def settled(folder: Path) -> Iterator[None]:
    """For a moment: no other process switches to another checkpoint, or puts an export in its place."""
    handle = os.open(folder / "published", os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write(file: Path, text: str) -> None:
    """Put one line in place of a file."""
    with replacing(file) as draft:
        draft.write(f"{text}\n".encode())


def check_version(folder: Path) -> None:
    """Raises StoreError for a folder with other things in it, and for a store of another version."""
    version = folder / "VERSION"
    if not version.exists():
        ours = {"live", LOCK}  # what a process that was killed while it made the store leaves
        strange = sorted(path.name for path in folder.iterdir() if path.name not in ours and path.suffix != DRAFT)
        if strange:
            raise StoreError(f"{folder} is no store: it holds {strange[0]!r}; name another folder with --out")
    elif (found := version.read_text(errors="replace").strip()) != VERSION:
        raise StoreError(f"{folder} has version {found!r}, not {VERSION!r}: {_other_version(found)}")


def _other_version(found: str) -> str:
    """What to do about a store of another version: export it with the kg that made it, and import that."""
    if found.isdecimal() and int(found) > int(VERSION):
        return "a newer kg made it; install that one, or build into another folder"
    if found.isdecimal():
        return "an older kg made it; export it with that one as trig, and import the file into another folder"
    return "it is damaged; restore a backup, or build into another folder"


def recover(folder: Path) -> None:
    """Finish or undo what a killed process left: "live" is never missing afterwards. For the holder of the lock."""
    forget_drafts(folder.parent)
    forget_drafts(folder)
    if (folder / "live.old").exists():
        if not (folder / "live").exists():
            (folder / "live.old").rename(folder / "live")
        shutil.rmtree(folder / "live.old", ignore_errors=True)
    shutil.rmtree(folder / "live.new", ignore_errors=True)
    if current(folder) and not (folder / "live").exists():  # a copy that kg backup made has only what is published
        (folder / "live.new").mkdir()
        copy(checkpoint(folder), folder / "live.new")
        (folder / "live.new").rename(folder / "live")


def copy(checkpoint: Path, folder: Path) -> None:
    """Copy the files of a checkpoint, and wait until they are on disk."""
    for file in sorted(checkpoint.iterdir()):
        with file.open("rb") as source, (folder / file.name).open("xb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())


def exchange(folder: Path) -> None:
    """Put "live.new" in place of "live"."""
    fresh, live, old = (folder / name for name in ("live.new", "live", "live.old"))
    live.rename(old)
    fresh.rename(live)
    sync(folder)
    shutil.rmtree(old)


@contextmanager
def explained(folder: Path | None) -> Iterator[None]:
    """What the operating system or the store says, as a StoreError with the folder and the remedy."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        text = str(error)
        if "orruption" in text:
            raise StoreError(f"the store {folder} is damaged: {text}; {_RESTORE}") from error
        if "lock file" in text or "lock hold" in text:  # RocksDB's own: a kg of before the file LOCK
            raise StoreError(f"{folder} is being written by another process: wait until it is done") from error
        advice = remedy(text) or "check that the folder can be written"
        raise StoreError(f"the store {folder} cannot be used: {text}; {advice}") from error
