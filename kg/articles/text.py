"""Bytes -> text, and text -> clean text."""

from __future__ import annotations

import codecs
import re
import unicodedata

from kg.articles.values import Document, Raw, refuse_long
from kg.errors import ArticleError

_BOMS = (  # the first that fits; UTF-32 is taken for UTF-16 and refused for its NULs
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CLEAN = (  # in this order
    (re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]"), "\n"),
    (re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"), " "),
    # Soft hyphens, zero-width letters, marks of direction, byte order marks, lone surrogates, non-characters
    (re.compile("[\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"), ""),
    (re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]"), " "),
)


_NO_CHARSETS = ("idna", "punycode", "unicode-escape", "raw-unicode-escape")  # Python's own


def read_text(raw: Raw) -> Document:
    """Plain text as it is. Raises ArticleError if it is not text."""
    return Document(decode(raw))


def decode(raw: Raw) -> str:
    """The text in UTF-8, in UTF-16 with a byte order mark, or in what the server says.

    Raises ArticleError naming the first byte that does not fit.
    """
    bom, encoding = next(((bom, name) for bom, name in _BOMS if raw.content.startswith(bom)), (b"", "utf-8"))
    content = raw.content[len(bom) :]
    if "16" not in encoding:
        refuse_binary(raw.name, raw.content)
        encoding = _known(raw.charset) or encoding
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ArticleError(
            f"{raw.name} is not {encoding.upper()} text: byte 0x{content[error.start]:02X} at position "
            f"{error.start + len(bom)} does not fit; save it as UTF-8 (in old Vietnamese files, "
            "iconv -f windows-1258 -t utf-8 may help)"
        ) from None
    refuse_binary(raw.name, text.encode("utf-8", "surrogatepass"))
    refuse_long(raw.name, len(text))
    return text


def _known(charset: str) -> str:
    """A charset that Python can decode, "" for any other."""
    try:
        b" ".decode(charset or "unknown")
    except (LookupError, UnicodeError):
        return ""
    return charset if charset.lower().replace("_", "-") not in _NO_CHARSETS else ""


def refuse_binary(name: str, content: bytes) -> None:
    """Raises ArticleError if there is a NUL byte, which no text has."""
    place = content.find(0)
    if place >= 0:
        raise ArticleError(
            f"{name} is not text but binary: NUL byte at position {place}; if it is text, save it as UTF-8"
        )


def clean(text: str) -> str:
    r"""NFC text with "\n" line ends, common spaces, and nothing that cannot be seen. Cleaning twice changes nothing.

    >>> clean("Năng\u00a0lượng ha\u0323t nhân\r\nđi\u200bện")
    'Năng lượng hạt nhân\nđiện'
    """
    for pattern, replacement in _CLEAN:
        text = pattern.sub(replacement, text)
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """Clean text in one line, as metadata should be.

    >>> one_line(" Giá  điện\\n tăng ")
    'Giá điện tăng'
    """
    return " ".join(clean(text).split())
