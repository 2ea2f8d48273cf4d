"""What a user gives to build -> sources, each with an id that is stable and unique."""

from __future__ import annotations

import difflib
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from kg.articles.formats import FORMATS, endings
from kg.articles.values import MAX_BYTES, STANDARD_INPUT, Source, digest, printable
from kg.errors import ArticleError

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def sources(paths: Sequence[str]) -> list[Source]:
    """The articles in files, folders, http(s) addresses and "-" (standard input), in the order given.

    Folders are searched to the bottom, sorted, for files with a supported ending; names that start with a dot are
    left out, links to folders are not followed. What is given twice comes once. An id is the address without its
    fragment, or the path from the folder given, or the name of the file given; files that would share one get as many
    of their parent folders in front as it takes to tell them apart. Nothing but standard input is read yet.

    Raises ArticleError where a path does not exist or a folder holds no article.
    """
    found: dict[str, Source] = {}  # by what they really are
    for path in dict.fromkeys(paths):  # standard input can be read only once
        for source in _expand(path):
            found.setdefault(_identity(source), source)
    return _tell_apart(list(found.values()))


def _expand(path: str) -> Iterator[Source]:
    """The sources of one argument."""
    if path == STANDARD_INPUT:
        yield _standard_input()
    elif ADDRESS.match(path):
        address = unicodedata.normalize("NFC", printable(path)).partition("#")[0]
        yield Source(address, address)
    elif _exists(path) and os.path.isdir(path):  # noqa: PTH112 - a Path would drop "./" from what messages show
        yield from _folder(path)
    else:
        yield Source(_id(Path(os.path.abspath(path)).name), path)  # noqa: PTH100


def _standard_input() -> Source:
    """All that standard input holds, up to the first byte too many."""
    content = sys.stdin.buffer.read(MAX_BYTES + 1) if sys.stdin else b""
    return Source(f"stdin-{digest(content)}", STANDARD_INPUT, content)


def _exists(path: str) -> bool:
    """True; raises ArticleError with near names if there is nothing at ``path``."""
    try:
        os.stat(path)  # noqa: PTH116
    except FileNotFoundError:
        raise ArticleError(missing(path)) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise ArticleError(f"cannot open {printable(path)}: {getattr(error, 'strerror', None) or error}") from None
    return True


def missing(path: str) -> str:
    """The message for a path that does not exist: its first part that is missing, and names like it."""
    wanted = Path(path)
    while not wanted.parent.exists() and wanted.parent != wanted:
        wanted = wanted.parent
    try:
        beside = sorted(entry.name for entry in wanted.parent.iterdir())
    except OSError:
        beside = []
    near = [printable(str(wanted.parent / name)) for name in difflib.get_close_matches(wanted.name, beside)]
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    part = "" if wanted == Path(path) else f" ({printable(str(wanted))} does not exist)"
    return f"no file or folder {printable(path)}{part}{hint}"


def _folder(folder: str) -> Iterator[Source]:
    """Every article in a folder; a folder in it that cannot be listed is a source too, for ``read`` to report."""
    refused: list[OSError] = []
    files: list[str] = []
    for parent, folders, names in os.walk(folder, onerror=refused.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [os.path.join(parent, name) for name in names if _is_article(name)]  # noqa: PTH118
    files += [str(error.filename) for error in refused]
    if not files:
        raise ArticleError(f"no article in {printable(folder)}: kg reads files that end in {endings()}")
    found = [Source(_id(Path(os.path.relpath(path, folder)).as_posix()), path) for path in files]
    yield from sorted(found)


def _is_article(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in FORMATS


def _id(path: str) -> str:
    """A path as an id: NFC, without lone surrogates."""
    return unicodedata.normalize("NFC", printable(path))


def _identity(source: Source) -> str:
    """The same for one file under two names, and for nothing else."""
    is_file = source.content is None and not ADDRESS.match(source.location)
    return os.path.realpath(source.location) if is_file else source.id


def _tell_apart(found: list[Source]) -> list[Source]:
    """The sources with unique ids: those that share one get one more parent folder each, until none do."""
    while shared := {id for id, times in Counter(source.id for source in found).items() if times > 1}:
        found = [_longer(source) if source.id in shared else source for source in found]
    return found


def _longer(source: Source) -> Source:
    """The source with one more parent folder in its id; with a hash of its path where there is none left."""
    parts = Path(os.path.abspath(source.location)).parts  # noqa: PTH100
    wanted = source.id.count("/") + 2
    if wanted > len(parts):
        return Source(f"{source.id}-{digest(os.fsencode(source.location))}", source.location)
    return Source(_id("/".join(part.strip("/\\") for part in parts[-wanted:])), source.location)
