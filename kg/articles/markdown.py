"""Markdown -> text: the marks go, the words stay. Paragraphs that run over several lines become one line each."""

from __future__ import annotations

import re

from kg.articles.text import decode
from kg.articles.values import Document, Raw

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^(title|author|date)[ \t]*:[ \t]*(.+)$", re.IGNORECASE | re.MULTILINE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)$")

_BLANK = re.compile(r"[ \t]*$")
_RULE = re.compile(r"[ \t]*+(?:([-*_=])(?:[ \t]*+\1){2,}|=+|\|?[ \t]*+:?-+:?[ \t]*+\|[ \t:|-]*+)[ \t]*+$")
_LINK = re.compile(  # a definition: one destination, and at most a title
    r"""[ \t]*+\[(?!\^)[^\]]+\]:[ \t]*+(?:<[^<>]*>|[^\s<]\S*+)(?:[ \t]++(?:"[^"]*"|'[^']*'|\([^()]*\)))?[ \t]*+$"""
)
_HEADING = re.compile(r" {0,3}#{1,6}(?=[ \t]|$)")
_QUOTE = re.compile(r"[ \t]*+(?:>[ \t]?)+")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|(\d{1,9})[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")

_TARGET = r"(?:\([^()\n]{0,2000}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)|\[[^\]\n]{0,200}\])"
_ATTRIBUTE = r"""(?:[ \t]++[a-zA-Z_:@][a-zA-Z0-9_.:-]*+(?:[ \t]*+=[ \t]*+(?:"[^"\n]*"|'[^'\n]*'|[^\s"'=<>`]++))?)"""
_INLINE = (  # in this order; lengths are bounded, so that no text takes quadratic time
    (re.compile(rf"!\[([^\]\n]{{0,1000}})\]{_TARGET}"), r"\1"),
    (re.compile(rf"\[([^\[\]\n]{{1,1000}})\]{_TARGET}"), r"\1"),
    (re.compile(r"\[\^[^\]\n]{1,100}\]:?"), ""),
    (re.compile(r"<(https?://[^<>\s]+|[^<>\s@]+@[^<>\s]+)>"), r"\1"),
    (re.compile(rf"</?[a-zA-Z][a-zA-Z0-9:-]{{0,100}}{_ATTRIBUTE}{{0,50}}+[ \t]*+/?>"), ""),
    (re.compile(r"(?<!`)(`{1,3})(?!`)[ ]?([^\n]{1,300}?)[ ]?(?<!`)\1(?!`)"), r"\2"),
    (re.compile(r"(?<!\\)(\*{1,3}|~~)(?=\S)([^*~\n]{1,500})(?<=[^\s\\])\1"), r"\2"),
    (re.compile(r"(?<!\\)(\*\*)(?=\S)([^\n]{1,500}?)(?<=[^\s\\])\1"), r"\2"),
    (re.compile(r"(?<![\w\\])(_{1,3})(?=\S)([^\n]{1,500}?)(?<=[^\s\\])\1(?![\w_])"), r"\2"),
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
    text = "\n".join(_paragraphs(_without_code(_without_comments(text).split("\n"))))
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return text


def _without_comments(text: str) -> str:
    """The text without <!-- comments -->; one that is never closed stays."""
    kept: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join(kept) + text[at:]


def _without_code(lines: list[str]) -> list[str]:
    """The lines without code blocks; where one is never closed only its fence goes."""
    kept: list[str] = []
    fence, start = "", 0  # the open fence, and how many lines were kept before it
    for line in lines:
        mark = _FENCE.match(line)
        if mark and not fence:
            fence, start = mark[1], len(kept)
        elif mark and mark[1].startswith(fence) and not mark[2].strip():
            kept[start:] = [""]
            fence = ""
        else:
            kept.append(line)
    return kept


def _paragraphs(lines: list[str]) -> list[str]:
    """The lines without the marks at their start; a line that goes on with a paragraph is joined to it."""
    found: list[list[str]] = [[]]
    goes_on = False  # whether the next plain line goes on with the last one
    prose = False  # whether the last line is of a paragraph outside lists
    for line in lines:
        line = line[quote.end() :] if (quote := _QUOTE.match(line)) else line
        heading, item = _HEADING.match(line), _ITEM.match(line)
        if prose and item and int(item[1] or 1) != 1:
            item = None  # the last word of a sentence: "năm", and on the next line "2015."
        ends = heading or _BLANK.match(line) or _RULE.match(line) or _LINK.match(line)
        prose = not item and not ends and (prose or not goes_on)
        plain = (line[item.end() :] if item else line).strip()
        if heading:
            found.append([_without_hashes(line[heading.end() :].strip())])
        elif ends:
            found += [[]] if found[-1] else []
        elif goes_on and not item and not plain.startswith("|"):
            found[-1].append(plain.removesuffix("\\"))
        else:
            found.append([plain.removesuffix("\\")])
        goes_on = bool(found[-1]) and not heading and not line.endswith(("  ", "\\"))
    return [" ".join(parts) for parts in found[1:]]


def _without_hashes(heading: str) -> str:
    """A heading without the marks that may close it."""
    words = heading.rstrip("#")
    return heading if words and not words[-1].isspace() else words.rstrip()
