"""Text of one paragraph -> atoms, which are never cut, by rules; atoms -> words and sentences, by what the models say.

A Vietnamese atom is about a syllable, an English one a run of letters, a number or a mark; a word is one or several.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence

MIN_WIDTH, MAX_WIDTH = 40, 120  # letters in a line of print; longer lines are paragraphs
MAX_WORDS = 120  # longer sentences are cut at a comma or semicolon: nobody parses them well, and trees cost the square

Span = tuple[int, int]

_SPACE = "\\s\u200b-\u200f\u2060\ufeff"
_VIETNAMESE = re.compile(
    rf"""
    (?:https?://|www\.)[^{_SPACE}"”»)]*[\w/]
  | (?<![\w.+-])[\w.+-]+@\w[\w-]*(?:\.\w[\w-]*)+
  | \b(?:TP|Tp|tp|Q|q|P|p|H|ThS|Ths|TS|GS|PGS|BS|KS|LS|KTS|NSND|NSƯT|St|Mr|Mrs|Ms|Dr|Prof|Jr|Inc|Co|Ltd|Corp|No|vs)\.
    (?=[{_SPACE}]+[\w(]|\d|[A-ZĐ][^\W\d_A-ZĐ])
  | [@\#]\w+
  | (?:[$€£¥₫]|(?<![\w.,)])[+-](?=\d))?
    [\w\u0300-\u036f]+
    (?: (?<=\d)[.,:](?=\d) [\w\u0300-\u036f]+
      | [-&_’'](?=\w) [\w\u0300-\u036f]+
      | –(?<=\d–)(?=\d) \w+
      | /(?:(?<=\d/)(?=\d)|(?<=[A-ZĐ]/)(?=[A-ZĐ\d])) \w+
      | (?<=[A-ZĐ])\.(?=[A-ZĐ]) \w+
      | \.(?=(?:com|net|org|vn|gov|edu|js|io|ai|tv|info|biz)\b) \w+
    )*
    (?:%|°C?|\+{{1,2}}(?!\w))?
  | \.{{2,}} | [!?]+
  | [^{_SPACE}]
    """,
    re.VERBOSE,
)
_ENGLISH = re.compile(  # cuts more than words: the models join "U", ".", "S", "."
    rf"""
    (?:https?://|www\.)[^{_SPACE}"”»)]*[\w/]
  | (?<![\w.+-])[\w.+-]+@\w[\w-]*(?:\.\w[\w-]*)+
  | \d+(?:[.,:/]\d+)+(?!\w)
  | n['’`]t\b | [^\W\d_]+?(?=n['’`]t\b) | ['’`](?:s|re|ve|ll|d|m)\b
  | \b(?:can(?=(?:no)?t\b) | gon(?=na\b) | wan(?=na\b) | got(?=ta\b)
      | (?:do|did|does|is|was|wo|would|could|should|have|has|are)(?=nt\b) )
  | \w+
  | ([^\w{_SPACE}])\1+
  | [^{_SPACE}]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ONSET = r"(?:ngh|ng|gh|gi|kh|nh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"  # how a Vietnamese syllable is spelled,
_SYLLABLE = re.compile(_ONSET + r"[aăâeêioôơuưy]{1,3}(?:ng|nh|ch|[cmnpt])?", re.IGNORECASE)  # tone marks taken away
_ENDED = re.compile(r"[.!?…][.!?…\"'”’»)\]]*$")  # quotes and brackets after the mark belong to the sentence
_LETTER_NEXT = re.compile(rf"[{_SPACE}]*[^\W\d_]")
_OPENER = re.compile(r"[\"'“‘«(\[·•●*–—\d-]")
_SHORT = re.compile(r"Mr|Mrs|Ms|Dr|St|Sr|Jr|Prof|Rev|Sen|Gov|Gen|Rep|Lt|Col|Capt|Inc|Corp|Co|Ltd|No|vs")  # English
_TONES = str.maketrans("", "", "\u0300\u0301\u0303\u0309\u0323")


def one_line(text: str) -> str:
    """A word or sentence without the ends of the lines that it was set in."""
    return " ".join(text.split())


def find_atoms(text: str, lang: str = "vi") -> list[Span]:
    """What is never cut. Vietnamese: runs of letters, numbers, addresses, single marks; initials keep their full stop.

    >>> text = 'Ông nói: "Nvidia, TP.HCM (AGI) tăng 6,6%."'
    >>> [text[start:end] for start, end in find_atoms(text)]
    ['Ông', 'nói', ':', '"', 'Nvidia', ',', 'TP.HCM', '(', 'AGI', ')', 'tăng', '6,6%', '.', '"']
    >>> text = "They don't, U.S. says."
    >>> [text[start:end] for start, end in find_atoms(text, "en")]
    ['They', 'do', "n't", ',', 'U', '.', 'S', '.', 'says', '.']
    """
    if lang == "en":
        return [match.span() for match in _ENGLISH.finditer(text)]
    atoms: list[Span] = []
    for match in _VIETNAMESE.finditer(text):
        if match[0] == "." and atoms and atoms[-1][1] == match.start() and _initial(text, atoms, match.end()):
            atoms[-1] = (atoms[-1][0], match.end())
        else:
            atoms.append(match.span())
    return atoms


def _initial(text: str, atoms: Sequence[Span], end: int) -> bool:
    """Whether the last atom, a full stop after it, is an initial: "John F. Kennedy", but not "Nguyễn Văn A."."""
    letters = text[slice(*atoms[-1])]
    if not re.fullmatch(r"(?:[A-ZĐ]\.?)+", letters) or len(letters.replace(".", "")) > 1 + letters.count("."):
        return False
    before = [text[start:stop] for start, stop in atoms[-3:-1]]
    anonymous = len(before) == 2 and all(word[:1].isupper() and _is_syllable(word) for word in before)
    return not anonymous and bool(_LETTER_NEXT.match(text, end))


def _is_syllable(word: str) -> bool:
    plain = unicodedata.normalize("NFD", word).translate(_TONES)
    return bool(_SYLLABLE.fullmatch(unicodedata.normalize("NFC", plain)))


def may_join(text: str, before: Span, after: Span, lang: str) -> bool:
    """Whether spelling allows that two neighbours are one word. English joins what no space parts, Vietnamese the rest.

    >>> may_join("hợp tác", (0, 3), (4, 7), "vi"), may_join("ông Altman", (0, 3), (4, 10), "vi")
    (True, False)
    >>> may_join("U.S.", (0, 1), (1, 2), "en"), may_join("New York", (0, 3), (4, 8), "en")
    (True, False)
    """
    if lang == "en":
        return before[1] == after[0]
    first, second = text[slice(*before)], text[slice(*after)]
    acronym = len(first) > 1 and first.isupper() and not second.isupper()
    if text[before[1] : after[0]] not in (" ", "\n") or acronym or not (first[0].isalpha() and second[0].isalpha()):
        return False
    if second[0].isupper():  # names: "Sam Altman", but neither "ông Altman" nor "CEO Sam"
        return first[0].isupper()
    return _is_syllable(first) and _is_syllable(second)


def may_end(text: str, before: Span, after: Span, lang: str) -> bool:
    """Whether a sentence may end between two neighbours: at a space, in Vietnamese after a mark only.

    >>> may_end("Tốt. Rồi", (3, 4), (5, 8), "vi"), may_end("Tốt rồi", (0, 3), (4, 7), "vi")
    (True, False)
    """
    return before[1] < after[0] and (lang == "en" or not text[before[1] - 1].isalnum())


def find_paragraphs(text: str) -> list[Span]:
    r"""What blank lines part; else a line is a paragraph, unless its block is set in lines of one width.

    >>> find_paragraphs("Tiêu đề\nMột đoạn.\n\nĐoạn hai.")
    [(0, 7), (8, 17), (19, 28)]
    """
    lines = [match.span() for match in re.finditer(r"[^\n]+", text)]
    paragraphs: list[Span] = []
    for _, block in itertools.groupby(_blocks(text, lines), key=lambda item: item[0]):
        spans = [span for _, span in block]
        width = max(end - start for start, end in spans)
        goes_on = any(text[start:end].lstrip()[0].islower() for start, end in spans[1:])
        pairs = itertools.pairwise(spans)
        if goes_on and MIN_WIDTH <= width <= MAX_WIDTH and all(_overfull(text, *pair, width) for pair in pairs):
            spans = [(spans[0][0], spans[-1][1])]
        paragraphs += spans
    return paragraphs


def _blocks(text: str, lines: Sequence[Span]) -> Iterator[tuple[int, Span]]:
    """The lines that are not blank, each with the number of its block."""
    block = 0
    for start, end in lines:
        blank = not text[start:end].strip()
        if blank or text[max(0, start - 2) : start] == "\n\n":
            block += 1
        if not blank:
            yield block, (start, end)


def _overfull(text: str, before: Span, after: Span, width: int) -> bool:
    """Whether the first word of the line after would not have fitted into the line before."""
    word = text[slice(*after)].split(maxsplit=1)[0]
    return before[1] - before[0] + 1 + len(word) > width


def find_sentences(text: str, words: Sequence[Span]) -> Iterator[Sequence[Span]]:
    """The words of each sentence of a paragraph."""
    first = 0
    for index, word in enumerate(words[:-1]):
        after = words[index + 1]
        mark = not text[word[0]].isalnum() and _ENDED.search(text, max(words[first][0], word[1] - 6), word[1])
        numbered = index == first + 1 and text[slice(*words[first])].isdigit()  # "1. Tên gọi"
        opens = after[0] > word[1] and (text[after[0]].isupper() or _OPENER.match(text, *after))
        if mark and opens and not numbered and not (index > first and _SHORT.fullmatch(text, *words[index - 1])):
            yield from shortened(text, words[first : index + 1])
            first = index + 1
    if words:
        yield from shortened(text, words[first:])


def shortened(text: str, words: Sequence[Span]) -> Iterator[Sequence[Span]]:
    """The sentence, or its pieces of at most MAX_WORDS words, cut after the mark that is nearest to the middle."""
    if len(words) <= MAX_WORDS:
        yield words
        return
    middle = len(words) // 2
    marks = [index + 1 for index in range(len(words) - 1) if text[slice(*words[index])] in (";", ",")]
    cut = min(marks, key=lambda index: abs(index - middle), default=middle)
    yield from shortened(text, words[:cut])
    yield from shortened(text, words[cut:])


def glued(atoms: Sequence[Span]) -> list[bool]:
    """Whether no space parts each atom from the one before.

    >>> glued([(0, 1), (1, 2), (3, 4)])
    [False, True, False]
    """
    return [False, *(one[1] == other[0] for one, other in itertools.pairwise(atoms))] if atoms else []


def fitting(lengths: Sequence[int], first: int, most: int) -> int:
    """The end of the items from ``first`` on that are ``most`` long together; one at least.

    >>> fitting([3, 2, 4], 0, 5), fitting([9, 1], 0, 5)
    (2, 1)
    """
    sums = itertools.accumulate(lengths[first:])
    return first + max(1, sum(1 for _ in itertools.takewhile(lambda size: size <= most, sums)))


class AtomIndex:
    """Where words of a text are, in atoms."""

    def __init__(self, text: str, atoms: Sequence[Span]) -> None:
        self._text = text
        self._starts = {start: at for at, (start, _) in enumerate(atoms)}
        self._ends = {end: at + 1 for at, (_, end) in enumerate(atoms)}

    def spans(self, words: str, start: int = 0, end: int | None = None, *, longest: int) -> Iterator[Span]:
        """All places of words between two letters that begin and end with atoms, of ``longest`` atoms at most.

        >>> list(AtomIndex("a b ab", [(0, 1), (2, 3), (4, 6)]).spans("b", longest=3))
        [(1, 2)]
        """
        for match in re.finditer(re.escape(words), self._text[start:end]):
            span = self._starts.get(match.start() + start), self._ends.get(match.end() + start)
            if span[0] is not None and span[1] is not None and span[1] - span[0] <= longest:
                yield span[0], span[1]
