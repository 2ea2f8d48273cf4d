"""Files that appear whole or not at all, whatever kills the process or fills the disk, and what went wrong with one."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kg.errors import StoreError

DRAFT = ".kg-new"  # the ending of a file that is being written
_REMEDIES = {
    errno.ENOSPC: "free some space and run the same again",
    errno.EDQUOT: "free some space of your quota and run the same again",
    errno.EFBIG: "allow larger files (ulimit -f) and run the same again",
    errno.EMFILE: "allow more open files (ulimit -n) and run the same again",
    errno.ENFILE: "end some programs, since the machine has too many open files, and run the same again",
    errno.EROFS: "name a folder on a disk that can be written",
    errno.EACCES: "make it writable for you, or name another folder",
    errno.EPERM: "make it writable for you, or name another folder",
    errno.ENOENT: "the folder is gone: make it, or name another one, and run the same again",
    errno.ENOTDIR: "a part of the path is a file: name a folder",
    errno.EEXIST: "a part of the path is a file: name a folder",
    errno.EISDIR: "it is a folder: name a file",
    errno.ENAMETOOLONG: "give a shorter name",
    errno.EIO: "the disk fails: copy what it still gives to another one",
}
_TEXTS = {os.strerror(number): remedy for number, remedy in _REMEDIES.items()} | {
    "file descriptors": _REMEDIES[errno.EMFILE],  # as Oxigraph puts it
}


def remedy(text: str) -> str:
    """What to do about an error whose text holds what the operating system calls it; "" for one that is not known.

    >>> remedy("IO error: No space left on device: While appending to file: /x/000008.log")
    'free some space and run the same again'
    """
    return next((found for name, found in _TEXTS.items() if name in text), "")


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes the place of ``path`` when all of it is on disk. Raises StoreError if it cannot be written."""
    try:
        if path.exists() and not path.is_file():  # a device or a pipe is written to, not replaced
            with path.open("wb") as file:
                yield file
            return
        path = path.resolve()
        forget_drafts(path.parent)
        with _drafted(path) as file:
            yield file
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(f"{path} cannot be written: {reason}; {remedy(reason) or 'name another place'}") from error


@contextmanager
def _drafted(path: Path) -> Iterator[IO[bytes]]:
    draft = path.with_name(f".{secrets.token_hex(6)}{DRAFT}")
    try:
        with draft.open("xb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # as long as it is held, the draft is not abandoned
            yield file
            file.flush()
            os.fsync(file.fileno())
            draft.replace(path)
        sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def drafted_folder(path: Path) -> Iterator[Path]:
    """A folder that becomes ``path``, which is not there or empty, when all of it is on disk."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    forget_drafts(path.parent)
    draft = path.with_name(f".{secrets.token_hex(6)}{DRAFT}")
    draft.mkdir()
    handle = os.open(draft, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield draft
        draft.replace(path)
        sync(path.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        os.close(handle)


def forget_drafts(folder: Path) -> None:
    """Remove the drafts in a folder that a killed process left; those that are being written stay."""
    for draft in folder.glob(f".*{DRAFT}"):
        with suppress(OSError):
            _forget(draft)


def _forget(draft: Path) -> None:
    """Remove a draft; raises OSError if it is being written."""
    handle = os.open(draft, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if draft.is_dir():
            shutil.rmtree(draft)
        else:
            draft.unlink()
    finally:
        os.close(handle)


def sync(folder: Path) -> None:
    """Wait until the names in a folder are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
