"""A PDF file -> its text, in paragraphs, and its metadata: the only importer of pypdf."""

from __future__ import annotations

import io
import logging
import re
import struct
import warnings
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kg.articles.paragraphs import Line, join, mark_gaps, without_margins
from kg.articles.values import Document, Raw, refuse_long
from kg.errors import ArticleError

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

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
MAX_PAGES = 2_000
MAX_DRAWN = 10_000_000  # bytes of what is drawn on all pages: a text has about thirty for a line
LIMITS: dict[str, Any] = {  # pypdf's own, each for one stream of the file
    "zlib_maximum_output_length": MAX_DRAWN,
    "lzw_maximum_output_length": MAX_DRAWN,
    "run_length_maximum_output_length": MAX_DRAWN,
    "array_based_stream_maximum_output_length": MAX_DRAWN,
    "xform_maximum_invocations_per_extraction": 500,
    "page_tree_maximum_entries": 2 * MAX_PAGES,  # all are read before the first page
}
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_FILE_NAME = re.compile(r"Microsoft \w+ - |.*\.\w{2,4}$|untitled", re.IGNORECASE)  # what printers put for a title
_MOST_LONE = 0.05  # share of words of one letter: "ở" and "ý" are some, "a" is one in English


def read_pdf(raw: Raw) -> Document:
    """The text of all pages. Raises ArticleError where it is broken, protected by a password, or only pictures."""
    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pypdf import PdfReader, apply_configuration
        from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

        try:
            with apply_configuration(**LIMITS):
                reader = PdfReader(io.BytesIO(raw.content))
                if reader.is_encrypted and not reader.decrypt(""):
                    raise FileNotDecryptedError
                document = _document(raw.name, reader)
        except LimitReachedError as error:
            raise ArticleError(f"{raw.name} unpacks to more than kg reads ({error}); save its text as .txt") from None
        except (FileNotDecryptedError, DependencyError):
            raise ArticleError(f"{raw.name} is encrypted; save a copy without a password") from None
        except (PyPdfError, *_BROKEN) as error:
            raise ArticleError(f"{raw.name} is not a PDF file or is damaged ({error}); open and save it anew") from None
    if not document.text.strip():
        raise ArticleError(f"no text in {raw.name}: its pages are pictures; make them text first (OCR)")
    return document


def _document(name: str, reader: PdfReader) -> Document:
    """Text and metadata of an open file."""
    pages: list[list[Line]] = []
    size = drawn = 0
    for number, page in enumerate(reader.pages, 1):
        contents = page.get_contents()
        drawn += len(contents.get_data()) if contents is not None else 0
        if number > MAX_PAGES or drawn > MAX_DRAWN:
            raise ArticleError(
                f"{name} has more than {MAX_PAGES:,} pages, or more than {MAX_DRAWN:,} bytes drawn on them; "
                "split it into its articles, or save its text as .txt"
            )
        pages.append(_lines(page))
        size += sum(len(line.text) for line in pages[-1])
        refuse_long(name, size)
    about = reader.metadata
    title = str(about.title or "") if about else ""
    date = about.creation_date if about else None
    return Document(
        text=join(without_margins(pages)),
        title="" if _FILE_NAME.match(title) else title,
        author=str(about.author or "") if about else "",
        date=date.date().isoformat() if date else "",
    )


def _lines(page: PageObject) -> list[Line]:
    """The lines of a page in the order of the file, which keeps columns apart, with their sizes and gaps.

    Where Vietnamese letters come from another font than the rest, pypdf puts spaces around them in that order; such
    pages are read by the places of the letters instead.
    """
    lines = _by_order(page)
    words = [word for line in lines for word in line.text.split()]
    lone = sum(len(word) == 1 and word.islower() for word in words)
    return _by_place(page) if lone > _MOST_LONE * len(words) else lines


def _by_order(page: PageObject) -> list[Line]:
    """The lines of a page as its file has them."""
    found: list[tuple[str, float, float]] = [("", 0.0, 0.0)]  # text, place on the page from below, size of its letters

    def visit(text: str, cm: Sequence[float], tm: Sequence[float], _font: Any, size: float) -> None:
        head, *rest = text.split("\n")
        before, place, scale = found[-1]
        if head.strip() and not before.strip():
            place, scale = tm[4] * cm[1] + tm[5] * cm[3] + cm[5], abs(size * tm[3] * cm[3])
        found[-1] = (before + head, place, scale)
        found.extend((part, place, scale) for part in rest)

    page.extract_text(visitor_text=visit)
    return mark_gaps([(_tidy(text), place, size) for text, place, size in found if text.strip()])


def _by_place(page: PageObject) -> list[Line]:
    """The lines of a page as the eye reads them from left to right; an empty line is a gap."""
    texts = [_tidy(text) for text in page.extract_text(extraction_mode="layout").splitlines()]
    return [Line(text, not before) for before, text in zip([None, *texts], texts, strict=False) if text]


def _tidy(line: str) -> str:
    """A line with single spaces and without ligatures."""
    return " ".join(line.translate(_LIGATURES).split())
