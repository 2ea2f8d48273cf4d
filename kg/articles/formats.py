"""The formats of articles: one table by file ending, one by media type."""

from __future__ import annotations

import re
from collections.abc import Callable

from kg.articles.html import read_html
from kg.articles.markdown import read_markdown
from kg.articles.pdf import read_pdf
from kg.articles.text import read_text
from kg.articles.values import Document, Raw

FORMATS: dict[str, Callable[[Raw], Document]] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
}
MEDIA_TYPES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
}
VAGUE = frozenset({"", "text/plain", "application/octet-stream", "binary/octet-stream"})  # servers say so of anything

_SIGNATURES = (
    (re.compile(rb"%PDF-"), ".pdf"),
    (
        re.compile(
            rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype html|html)\b", re.I | re.S
        ),
        ".html",
    ),
)


def guess(content: bytes) -> str:
    """The ending that content without a name should have, by its first bytes.

    >>> guess(b"<!DOCTYPE html><html>"), guess(b"%PDF-1.7"), guess(b"Tin vui")
    ('.html', '.pdf', '.txt')
    """
    return next((ending for signature, ending in _SIGNATURES if signature.match(content[:2000])), ".txt")


def endings() -> str:
    """The supported endings as messages name them.

    >>> endings()
    '.txt, .md, .html, .htm, .pdf'
    """
    return ", ".join(FORMATS)
