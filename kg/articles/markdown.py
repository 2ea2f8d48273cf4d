"""Markdown -> text: the marks go, the words stay. Paragraphs that run over several lines become one line each."""

from __future__ import annotations

import re

from kg.articles.text import decode
from kg.articles.values import Document, Raw

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^(title|author|date)[ \t]*:[ \t]*(.+)$", re.IGNORECASE | re.MULTILINE)
_CODE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?^ {0,3}\1[ \t]*$", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(?:`{3,}|~{3,})[^\n`]*$", re.MULTILINE)  # one that is never closed
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

_BLANK = re.compile(r"[ \t]*$")
_RULE = re.compile(
    r"[ \t]*(?:([-*_=])(?:[ \t]*\1){2,}|=+|\[[^\]]+\]:[ \t]*\S.*|\|?[ \t]*:?-+:?[ \t]*\|[ \t:|-]*)[ \t]*$"
)
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*$")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")

_INLINE = (  # in this order
    (re.compile(r"!\[([^\]\n]*)\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])"), r"\1"),
    (re.compile(r"\[([^\[\]\n]+)\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])"), r"\1"),
    (re.compile(r"\[\^[^\]\n]+\]:?"), ""),
    (re.compile(r"<(https?://[^>\s]+|[^>\s@]+@[^>\s]+)>"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>\n]*>"), ""),
    (re.compile(r"(`+)[ ]?(.+?)[ ]?\1(?!`)"), r"\2"),
    (re.compile(r"(\*{1,3}|~~)(?=\S)([^*~\n]+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(\*\*)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w_])(_{1,3})(?=\S)([^\n]+?)(?<=\S)\1(?![\w_])"), r"\2"),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


def read_markdown(raw: Raw) -> Document:
    """The text without markup, and title, author and date of its front matter. Raises ArticleError if not text."""
    text = decode(raw).replace("\r\n", "\n")
    front = _FRONT_MATTER.match(text)
    fields: dict[str, str] = {}
    if front:
        fields = {name.lower(): value.strip().strip("\"'") for name, value in _FIELD.findall(front[1])}
        text = text[front.end() :]
    return Document(strip(text), **fields)


def strip(text: str) -> str:
    r"""Markdown without its marks, one paragraph per line; code blocks are left out.

    >>> strip("# Tin *mới*\n\n**OpenAI** hợp tác\nvới [Nvidia](https://nvidia.com).\n\n- một\n- hai")
    'Tin mới\n\nOpenAI hợp tác với Nvidia.\n\nmột\nhai'
    """
    for pattern in (_CODE, _FENCE, _COMMENT):
        text = pattern.sub("", text)
    text = "\n".join(_paragraphs(text.split("\n")))
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return text


def _paragraphs(lines: list[str]) -> list[str]:
    """The lines without the marks at their start; a line that goes on with a paragraph is joined to it."""
    found = [""]
    open_paragraph = False  # whether the next plain line goes on with the last one
    for line in lines:
        line = _QUOTE.sub("", line, count=1) if _QUOTE.match(line) else line
        heading, item = _HEADING.match(line), _ITEM.match(line)
        if _BLANK.match(line) or _RULE.match(line):
            found += [""] if found[-1] else []
            open_paragraph = False
        elif heading:
            found.append(heading[1] or "")
            open_paragraph = False
        elif open_paragraph and not item and not line.lstrip().startswith("|"):
            found[-1] += " " + line.strip()
            open_paragraph = not line.endswith(("  ", "\\"))
        else:
            found.append((line[item.end() :] if item else line).strip())
            open_paragraph = not line.endswith(("  ", "\\"))
    return found[1:]
