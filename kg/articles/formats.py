"""The formats of articles: one table by file ending."""

from __future__ import annotations

from collections.abc import Callable

from kg.articles.text import read_text
from kg.articles.values import Document, Raw

FORMATS: dict[str, Callable[[Raw], Document]] = {
    ".txt": read_text,
    ".md": read_text,
}


def endings() -> str:
    """The supported endings as messages name them.

    >>> endings()
    '.txt, .md'
    """
    return ", ".join(FORMATS)
