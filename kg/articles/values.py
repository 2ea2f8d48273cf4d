"""What the steps of reading hand to each other: where an article is, its bytes, and the document in them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass

from kg.errors import ArticleError

MAX_BYTES = 20_000_000  # larger ones are refused: no article is that long, and the whole text is held in memory
MAX_LETTERS = 5_000_000  # of a text, for the same reason: four times "War and Peace"
STANDARD_INPUT = "-"


@dataclass(frozen=True, order=True, slots=True)
class Source:
    """Where an article is. ``id`` becomes the article's id, whatever the working folder is."""

    id: str
    location: str  # path, http(s) address, or "-" for standard input
    content: bytes | None = None  # what standard input held; None: still to be read from the location

    @property
    def name(self) -> str:
        """The location as messages show it."""
        return "standard input" if self.location == STANDARD_INPUT else printable(self.location)


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes as they were found, and what is known about them."""

    name: str  # for messages
    content: bytes
    ending: str  # the format: a key of the table of formats
    charset: str = ""  # as the server names it
    address: str = ""  # where they were fetched from, after redirects


@dataclass(frozen=True, slots=True)
class Document:
    """Text without markup, not yet cleaned, and its metadata; "" where unknown."""

    text: str
    title: str = ""
    author: str = ""
    publisher: str = ""
    date: str = ""
    address: str = ""


def refuse_long(name: str, letters: int) -> None:
    """Raises ArticleError for a text of more than MAX_LETTERS letters."""
    if letters > MAX_LETTERS:
        raise ArticleError(f"{name} holds more than {MAX_LETTERS:,} letters; split it into its articles")


def printable(path: str) -> str:
    """A path without the lone surrogates by which Python stands for bytes that are not UTF-8.

    >>> printable("bài\\udcff.txt")
    'bài\\\\xff.txt'
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def digest(content: bytes) -> str:
    """16 hex digits that stand for the content."""
    return hashlib.sha256(content).hexdigest()[:16]
