"""What is known of a checkpoint, on disk beside it: whoever starts a server again need not wait for it.

A file of numpy arrays, without pickles: what is no array in memory is JSON in one. It is named by the checkpoint and by
the code that reads graphs, so that no other can be taken for it, and it may be removed at any time.
"""

from __future__ import annotations

import functools
import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from kg.errors import StoreError
from kg.explore.index import Index, read_index
from kg.explore.opening import Opening, opening
from kg.store import Store, replacing

SHOWN = 200  # entities of the picture to begin with
_FOLDER = "known"  # in that of the store

_Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What takes long to work out."""

    index: Index
    opening: Opening  # of SHOWN entities


def known(store: Store) -> Known:
    """What is known of a published store: as it was kept, else worked out and kept where that is possible."""
    file = _file(store)
    if file:
        with suppress(OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):  # not there, or not whole
            return read(file)
    index = read_index(store)
    made = Known(index, opening(index, limit=SHOWN))
    if file:
        with suppress(OSError, StoreError):  # a folder that may only be read, a full disk
            _write(file, made)
    return made


def read(file: Path) -> Known:
    """What a file has. Raises OSError, EOFError, ValueError, KeyError or BadZipFile for anything else."""
    with np.load(file, allow_pickle=False) as arrays:
        made: Known = _whole(Known, arrays, "")
        return made


def _write(file: Path, made: Known) -> None:
    """Put it where it is kept; those of other checkpoints go."""
    file.parent.mkdir(exist_ok=True)
    arrays: dict[str, Any] = dict(_parts(made, ""))
    with replacing(file) as stream:
        np.savez(stream, **arrays)
    for other in file.parent.glob("*.npz"):
        if other != file:
            other.unlink(missing_ok=True)


def _file(store: Store) -> Path | None:
    """Where what is known of a store's checkpoint is kept; None for one that is not published."""
    if store.checkpoint is None:
        return None
    try:
        made = (store.checkpoint / "CURRENT").stat().st_mtime_ns  # written once
    except OSError:  # there is a newer one, and this is gone
        return None
    return store.checkpoint.parents[1] / _FOLDER / f"{store.checkpoint.name}-{made:x}-{_code()}.npz"


@functools.cache
def _code() -> str:
    """A hash of what reads graphs."""
    digest = hashlib.blake2b(digest_size=6)
    package = Path(__file__).parents[1]
    for path in (*sorted((package / "explore").glob("*.py")), package / "identity.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


# Values <-> arrays by name, such as index.facts.subjects


def _parts(value: Any, name: str) -> Iterator[tuple[str, NDArray[Any]]]:
    if is_dataclass(value):
        for field in fields(value):
            yield from _parts(getattr(value, field.name), f"{name}.{field.name}")
    elif isinstance(value, np.ndarray):
        yield name, value
    else:
        told = dict(value) if isinstance(value, Mapping) else value
        yield name, np.frombuffer(json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass"), np.uint8)


def _whole(kind: Any, arrays: _Arrays, name: str) -> Any:
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{key: _whole(hint, arrays, f"{name}.{key}") for key, hint in hints.items()})  # type: ignore[operator]
    array = arrays[name]
    if get_origin(kind) is np.ndarray:
        return array
    told = json.loads(array.tobytes().decode("utf-8", "surrogatepass"))
    return tuple(map(_tuple, told)) if isinstance(told, list) else MappingProxyType(told)


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
