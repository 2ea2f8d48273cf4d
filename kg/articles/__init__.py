"""Files and addresses -> articles: NFC text, language, metadata.

>>> [source.id for source in sources(["kg/samples/ai-nang-luong.vi.txt"])]
['ai-nang-luong.vi.txt']
"""

from __future__ import annotations

import datetime
import os
import re
import stat
from pathlib import Path

from kg.articles.formats import FORMATS, endings, guess
from kg.articles.language import LANGUAGES, SUPPORTED, detect
from kg.articles.locate import ADDRESS, missing, sources
from kg.articles.network import fetch
from kg.articles.text import clean, one_line
from kg.articles.values import MAX_BYTES, Raw, Source, refuse_long
from kg.errors import ArticleError, RequestError
from kg.model import Article

__all__ = ["FORMATS", "LANGUAGES", "MAX_BYTES", "SUPPORTED", "Source", "detect", "read", "sources"]

MAX_TITLE = 160  # letters of a first line that may be a headline
_ENDS_TEXT = re.compile(r"[.:;,…][\"'”’»)\]]*$")


def read(source: Source, *, lang: str = "auto", date: str = "") -> Article:
    """The article at a source. ``lang`` is "auto" or a language; ``date`` (ISO 8601) is for articles that carry none.

    Raises ArticleError if it cannot be read, holds no text, or is in a language that is not supported, and
    RequestError if ``date`` is not a date.
    """
    if date and not _iso(date):
        raise RequestError(f"not a date: {date!r}; write it as YYYY-MM-DD")
    raw = _raw(source)
    document = FORMATS[raw.ending](raw)
    text = clean(document.text)
    refuse_long(source.name, len(text))
    if not any(letter.isalnum() for letter in text):
        raise ArticleError(f"{source.name} holds no text; give a file with an article's text in it")
    return Article(
        id=source.id,
        text=text,
        lang=_language(source.name, text, lang),
        title=one_line(document.title) or _headline(text),
        author=one_line(document.author),
        publisher=one_line(document.publisher),
        date=_iso(document.date) or date,
        address=one_line(document.address) or raw.address,
    )


def _raw(source: Source) -> Raw:
    """The bytes of a source, at least one and at most MAX_BYTES."""
    if source.content is not None:
        raw = Raw(source.name, source.content, guess(source.content))
    else:
        raw = fetch(source.location) if ADDRESS.match(source.location) else _read_file(source)
    if len(raw.content) > MAX_BYTES:
        raise ArticleError(f"{raw.name} is larger than {MAX_BYTES:,} bytes; split it into its articles")
    if not raw.content:
        raise ArticleError(f"{raw.name} is empty; give a file with an article's text in it")
    return raw


def _read_file(source: Source) -> Raw:
    """The bytes of a regular file, up to the first one too many."""
    path = Path(source.location)
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # opening a FIFO would wait forever
            raise ArticleError(f"{source.name} is not a regular file; for a stream use: kg build - < {source.name}")
        if stat.S_ISREG(mode) and path.suffix.lower() not in FORMATS:
            raise ArticleError(f"{source.name} has an ending that kg does not read; save it as one of {endings()}")
        with path.open("rb") as file:
            return Raw(source.name, file.read(MAX_BYTES + 1), path.suffix.lower())
    except FileNotFoundError:
        raise ArticleError(missing(source.location)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ArticleError(f"cannot read {source.name}: {reason}; check its permissions") from None


def _language(name: str, text: str, lang: str) -> str:
    """The language asked for, or else the one of the text. Raises ArticleError if it is not supported."""
    spoken = detect(text) if lang == "auto" else lang
    if spoken in SUPPORTED:
        return spoken
    supported = " and ".join(LANGUAGES[code] for code in SUPPORTED)
    if not spoken:
        raise ArticleError(f"cannot tell the language of {name}; say which it is, as in --lang {SUPPORTED[0]}")
    label = LANGUAGES.get(spoken, f"language {spoken!r}")
    raise ArticleError(f"{name}: {label} is not supported yet; for now kg reads {supported}")


def _headline(text: str) -> str:
    """The first line if it is short and no sentence of the text, else ""."""
    first = one_line(text.strip().partition("\n")[0])
    return first if len(first) <= MAX_TITLE and not _ENDS_TEXT.search(first) else ""


def _iso(date: str) -> str:
    """A date or date and time as ISO 8601 date, "" if it is none.

    >>> _iso("2025-10-08T09:30:00+07:00"), _iso("8/10")
    ('2025-10-08', '')
    """
    try:
        return datetime.date.fromisoformat(date.strip()[:10]).isoformat()
    except ValueError:
        return ""
