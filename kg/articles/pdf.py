"""A PDF file -> its text, in paragraphs, and its metadata: the only importer of pypdf."""

from __future__ import annotations

import io
import logging
import re
import struct
import warnings
import zlib
from collections import Counter
from typing import TYPE_CHECKING

from kg.articles.values import MAX_BYTES, Document, Raw
from kg.errors import ArticleError

if TYPE_CHECKING:
    from pypdf import PdfReader

# What pypdf lets through when a file is broken in a way it did not foresee, besides its own errors
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_PAGE_NUMBER = re.compile(r"(?:trang|page)?[ \t–—-]*\d{1,4}(?:[ \t]*(?:/|of)[ \t]*\d{1,4})?[ \t–—-]*", re.IGNORECASE)
_FILE_NAME = re.compile(r"Microsoft \w+ - |.*\.\w{2,4}$|untitled", re.IGNORECASE)  # what printers put for a title
_ENDED = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_BULLET = re.compile(r"[·•●▪*–—-][ \t]|\d{1,3}[.)][ \t]")
_HYPHENATED = re.compile(r"(?<!\S)[!-,.-~]*[a-z]-$")  # ASCII only, as Vietnamese is not hyphenated
_FULL = 0.75  # of the usual line length: shorter lines end paragraphs


def read_pdf(raw: Raw) -> Document:
    """The text of all pages. Raises ArticleError where it is broken, protected by a password, or only pictures."""
    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pypdf import PdfReader
        from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

        try:
            reader = PdfReader(io.BytesIO(raw.content))
            if reader.is_encrypted and not reader.decrypt(""):
                raise FileNotDecryptedError
            document = _document(raw.name, reader)
        except (FileNotDecryptedError, DependencyError):
            raise ArticleError(f"{raw.name} is encrypted; save a copy without a password") from None
        except (PyPdfError, *_BROKEN) as error:
            raise ArticleError(f"{raw.name} is not a PDF file or is damaged ({error}); open and save it anew") from None
    if not document.text.strip():
        raise ArticleError(f"no text in {raw.name}: its pages are pictures; make them text first (OCR)")
    return document


def _document(name: str, reader: PdfReader) -> Document:
    """Text and metadata of an open file."""
    pages: list[list[str]] = []
    size = 0
    for page in reader.pages:
        text = page.extract_text().translate(_LIGATURES)
        size += len(text)
        if size > MAX_BYTES:
            raise ArticleError(f"{name} holds more than {MAX_BYTES:,} letters; split it into its articles")
        pages.append([line.strip() for line in text.splitlines()])
    about = reader.metadata
    title = str(about.title or "") if about else ""
    date = about.creation_date if about else None
    return Document(
        text=join_lines(_without_margins(pages)),
        title="" if _FILE_NAME.match(title) else title,
        author=str(about.author or "") if about else "",
        date=date.date().isoformat() if date else "",
    )


def _without_margins(pages: list[list[str]]) -> list[str]:
    """The lines of all pages without page numbers and without the first and last lines that most pages share."""
    trimmed = [_trim(page) for page in pages]
    shared = Counter(line for page in trimmed for line in {*page[:1], *page[-1:]})
    often = {line for line, times in shared.items() if times > 2 and times > len(pages) / 2}
    lines: list[str] = []
    for page in trimmed:
        first, last = int(page[:1] != [] and page[0] in often), int(len(page) > 1 and page[-1] in often)
        lines += _trim(page[first : len(page) - last])
    return lines


def _trim(page: list[str]) -> list[str]:
    """A page without empty lines and page numbers at its top and bottom."""
    first, last = 0, len(page)
    while first < last and (not page[first] or _PAGE_NUMBER.fullmatch(page[first])):
        first += 1
    while first < last and (not page[last - 1] or _PAGE_NUMBER.fullmatch(page[last - 1])):
        last -= 1
    return page[first:last]


def join_lines(lines: list[str]) -> str:
    r"""Lines of print -> paragraphs, one per line.

    A line goes on in the next one if it is about as long as lines usually are, or if the next starts with a small
    letter. A hyphen at its end goes, unless the word before it has Vietnamese letters or another
    hyphen.

    >>> join_lines(["Tiêu đề", "OpenAI ký thoả thuận với tập đoàn", "Nvidia và AMD.", "", "A pro-", "ject"])
    'Tiêu đề\nOpenAI ký thoả thuận với tập đoàn Nvidia và AMD.\nA project'
    """
    lengths = sorted(len(line) for line in lines if line)
    usual = lengths[int(len(lengths) * 0.8)] if lengths else 0
    paragraphs: list[list[str]] = []
    before = ""
    for line in lines:
        if before and line and _goes_on(before, line, usual):
            paragraphs[-1][-1:] = [_before(before, line), line]
        elif line:
            paragraphs.append([line])
        before = line
    return "\n".join("".join(parts) for parts in paragraphs)


def _goes_on(line: str, after: str, usual: int) -> bool:
    if _BULLET.match(after):
        return False
    if line.endswith(("-", "\xad")) or after[0].islower():
        return True
    full = len(line) >= _FULL * usual
    return full and not (_ENDED.search(line) and len(line) < 0.9 * usual)


def _before(line: str, after: str) -> str:
    """A line as it has to be for the next one of its paragraph to be put behind it."""
    if line.endswith("\xad"):
        return line[:-1]
    if line.endswith("-"):
        hyphenated = after[0].islower() and _HYPHENATED.search(line)
        return line[:-1] if hyphenated else line
    return f"{line} "
