"""Lines of print -> paragraphs: page margins go, lines and hyphenated words are joined."""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_PAGE_NUMBER = re.compile(r"(?:trang|page)?[ \t–—-]*\d{1,4}(?:[ \t]*(?:/|of)[ \t]*\d{1,4})?[ \t–—-]*", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_ENDED = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_BULLET = re.compile(r"[·•●▪*–—-][ \t]|\d{1,3}[.)][ \t]")
_HYPHENATED = re.compile(r"(?<!\S)[!-,.-~]*[a-z]-$")  # ASCII only, as Vietnamese is not hyphenated
_FULL = 0.75  # of the usual line length: shorter lines end paragraphs
_ALMOST = 0.9  # of it: shorter lines end paragraphs if they end a sentence
_WIDER = 1.25  # of the usual distance between lines: it separates paragraphs
_LARGER = 1.15  # of the usual size of letters: a headline


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print, without spaces at its ends, not empty."""

    text: str
    gap: bool | None = None  # whether the distance to the line above is wider than usual; None: not known
    size: float = 0.0  # of its letters; 0: not known


def mark_gaps(lines: Sequence[tuple[str, float, float]]) -> list[Line]:
    """Lines of one page from their texts, places (distance from below) and sizes. Upwards (a new column) is no gap."""
    pairs = list(itertools.pairwise(lines))
    steps = [(above[1] - below[1]) / (below[2] or 1.0) for above, below in pairs]
    usual = statistics.median([step for step in steps if 0.3 < step < 3] or [0.0])
    gaps = [None if step < 0.3 or not usual else step > _WIDER * usual for step in steps]
    return [Line(text, gap, size) for (text, _, size), gap in zip(lines, [None, *gaps], strict=False)]


def without_margins(pages: Sequence[Sequence[Line]]) -> list[Line]:
    """The lines of all pages without page numbers and without first and last lines that most pages share."""
    trimmed = [_trim(page) for page in pages]
    shared = Counter(key for page in trimmed for key in {_key(line) for line in (*page[:1], *page[-1:])})
    often = {key for key, times in shared.items() if times > 2 and times > len(pages) / 2}
    lines: list[Line] = []
    for page in trimmed:
        first = int(bool(page) and _key(page[0]) in often)
        last = int(len(page) > 1 and _key(page[-1]) in often)
        lines += _trim(page[first : len(page) - last])
    return lines


def _key(line: Line) -> str:
    """The same for the margins of all pages: their numbers differ."""
    return _NUMBER.sub("0", line.text)


def _trim(page: Sequence[Line]) -> Sequence[Line]:
    """A page without page numbers at its top and bottom."""
    first, last = 0, len(page)
    while first < last and _PAGE_NUMBER.fullmatch(page[first].text):
        first += 1
    while first < last and _PAGE_NUMBER.fullmatch(page[last - 1].text):
        last -= 1
    return page[first:last]


def join(lines: Sequence[Line]) -> str:
    r"""One paragraph per line.

    A line goes on in the next one if that starts with a small letter, or if it is about as long as lines usually are
    and no gap and no change of size is between them. A hyphen at its end goes, unless the word before it has Vietnamese
    letters or another hyphen.

    >>> join([Line("Tiêu đề"), Line("OpenAI ký thỏa thuận với hãng"), Line("Nvidia."), Line("A pro-"), Line("ject")])
    'Tiêu đề\nOpenAI ký thỏa thuận với hãng Nvidia.\nA project'
    """
    lengths = sorted(len(line.text) for line in lines)
    length = lengths[int(len(lengths) * 0.8)] if lengths else 0
    size = statistics.median([line.size for line in lines] or [0.0])
    paragraphs: list[list[str]] = []
    for before, line in zip([None, *lines], lines, strict=False):
        if before and _goes_on(before, line, length, size):
            paragraphs[-1][-1:] = [_before(before.text, line.text), line.text]
        else:
            paragraphs.append([line.text])
    return "\n".join("".join(parts) for parts in paragraphs)


def _goes_on(line: Line, after: Line, length: float, size: float) -> bool:
    """Whether a line belongs to the paragraph of the one above it; ``length`` and ``size`` are the usual ones."""
    same_size = abs(line.size - after.size) <= 0.1 * max(line.size, after.size)
    if _BULLET.match(after.text) or not same_size:
        return False
    if line.text.endswith(("-", "\xad")) or after.text[0].islower():
        return True
    if after.gap:
        return False
    if line.size > _LARGER * size or line.text.endswith(","):
        return after.gap is False or line.text.endswith(",")
    ended = bool(_ENDED.search(line.text))
    return len(line.text) >= (_ALMOST if ended else _FULL) * length


def _before(line: str, after: str) -> str:
    """A line as it has to be for the next one of its paragraph to be put behind it."""
    if line.endswith("\xad"):
        return line[:-1]
    if line.endswith("-"):
        hyphenated = after[0].islower() and _HYPHENATED.search(line)
        return line[:-1] if hyphenated else line
    return f"{line} "
