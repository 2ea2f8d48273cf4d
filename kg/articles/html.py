"""A web page -> the text of its article and its metadata: the only importer of trafilatura."""

from __future__ import annotations

import codecs
import logging
import re
import warnings

from kg.articles.text import one_line, refuse_binary
from kg.articles.values import Document, Raw
from kg.errors import ArticleError

_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEAD = 4096  # bytes in which a page names its charset
_BROWSERS_READ_AS = {"iso8859-1": "cp1252", "ascii": "cp1252"}  # the labels that the web standard redefines
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")  # lxml refuses a text that says which bytes it was
_DATES = {"original_date": True, "extensive_search": False, "max_date": "2099-12-31"}  # no guesses, no clock
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*$", re.MULTILINE)  # a page without any is a list of links
MAX_TAGS = 100_000  # trafilatura takes a quarter of a millisecond for each
_NEAR_THE_TOP = 400  # letters in which an article repeats its headline


def read_html(raw: Raw) -> Document:
    """The article of a page, its headline first. Raises ArticleError where there is none, or no page."""
    refuse_binary(raw.name, raw.content if raw.content[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else b"")
    if raw.content.count(b"<") > MAX_TAGS:
        raise ArticleError(f"the page {raw.name} has more than {MAX_TAGS:,} tags; copy its text into a .txt file")
    document = _extract(_decode(raw), raw.address)
    if document is None or not _SENTENCE_END.search(document.text):
        raise ArticleError(f"no article text found in the page {raw.name}; copy its text into a .txt file")
    return document


def _extract(page: str, address: str) -> Document | None:
    """What trafilatura takes for the article; comments and tables are left out."""
    for library in ("courlan", "justext"):  # trafilatura and htmldate keep silent by themselves
        logging.getLogger(library).addHandler(logging.NullHandler())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from trafilatura import bare_extraction
        from trafilatura.settings import Document as Found

        found = bare_extraction(
            _DECLARATION.sub("", page, count=1),
            url=address or None,
            with_metadata=True,
            include_comments=False,
            include_tables=False,
            date_extraction_params=_DATES,
        )
    if not isinstance(found, Found):
        return None
    title = found.title or ""
    return Document(
        text=_with_headline(title, found.text or ""),
        title=title,
        author=found.author or "",
        publisher=found.sitename or found.hostname or "",
        date=found.date or "",
        address=address or found.url or "",
    )


def _decode(raw: Raw) -> str:
    """The page as browsers read it: what is no letter becomes U+FFFD.

    What is UTF-8 is read so whatever it says of itself; else the byte order mark, the server and the page are asked.
    """
    for bom, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if raw.content.startswith(bom):
            return raw.content.decode(encoding, errors="replace")
    named = _CHARSET.search(raw.content[:_HEAD])
    for charset in ("utf-8", raw.charset, named[1].decode() if named else ""):
        try:
            encoding = codecs.lookup(charset).name
            encoding = _BROWSERS_READ_AS.get(encoding, encoding)
            return raw.content.decode(encoding, errors="strict" if charset == "utf-8" else "replace")
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.content.decode("utf-8", errors="replace")


def _with_headline(title: str, text: str) -> str:
    """The text with its headline in front, unless it is there already: headlines state facts too."""
    wanted, top = one_line(title).casefold(), one_line(text[:_NEAR_THE_TOP]).casefold()
    first = one_line(text.strip().partition("\n")[0]).casefold()
    if not text.strip() or not wanted or wanted in top or (first and first in wanted):
        return text
    return f"{title}\n{text}"
