"""When a fact holds or happened: the date that its sentence gives, as ISO 8601. The only importer of dateparser."""

from __future__ import annotations

import functools
import re
from datetime import datetime
from typing import TYPE_CHECKING

from kg.extract.reading import Reading
from kg.ontology import MarkerKind

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

TAGS = ("DateTime", "DATE")  # of the recogniser
_REACH = 25  # words between a fact and its date, at most
_FORMS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}  # a week is no date
_ORDER = {"vi": "DMY", "en": "MDY"}
_ELLIPSES = {"vi": {"nay": "hôm nay", "qua": "hôm qua"}}  # "sáng nay", "tối qua"
_SPAN = re.compile(  # how long something lasts, a quarter, a decade: no date, though dateparser takes it for one
    r"(.* )?(?!last|next|this)\S+ (giây|phút|giờ|ngày|tuần|tháng|năm|(second|minute|hour|day|week|month|year)s?)"
    r"|quý .*|(the )?\d+s"
)
_UNKNOWN = (datetime(2001, 1, 15), datetime(2012, 8, 3))  # what both make of an expression does not depend on today


def date_near(reading: Reading, first: int, last: int, lang: str, published: str) -> str:
    """The date nearest to words first..last-1 of a line in their clause or opening the sentence, "" for none.

    Relative ones count from ``published`` (ISO 8601, or "" where the article has no date).
    """
    apart = sorted(
        (max(name.first - last, first - name.last, 0), name.first, name.last)
        for name in reading.line.sentence.names
        if name.type in TAGS and (name.first <= 1 or _in_one_clause(reading, (first, last), (name.first, name.last)))
    )
    for distance, start, end in apart:
        date = read_date(reading.line.text(start, end), lang, published) if distance <= _REACH else ""
        if date:
            return date
    return ""


def _in_one_clause(reading: Reading, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether neither punctuation nor a word that ends a clause stands between two stretches of words."""
    left, right = sorted((one, other))
    between = range(left[1], right[0])
    return not any(reading.line.upos(at) == "PUNCT" or reading.line.has(at, MarkerKind.BOUNDARY) for at in between)


@functools.lru_cache(maxsize=10_000)
def read_date(words: str, lang: str, published: str = "") -> str:
    """A day, month or year; "" where the words name none, or one that only the unknown date of the article would tell.

    >>> read_date("sáng 12/3", "vi", "2017-03-15"), read_date("cuối năm 2016", "vi"), read_date("hôm qua", "vi")
    ('2017-03-12', '2016', '')
    """
    parts = words.casefold().split()
    for at in range(len(parts)):
        rest = " ".join(parts[at:])
        rest = _ELLIPSES.get(lang, {}).get(rest, rest)
        if not any(char.isdigit() for char in rest) and len(rest) < 4:
            break
        if _SPAN.fullmatch(rest):
            return ""
        bases = [datetime.fromisoformat(published[:10])] if published else _UNKNOWN
        found = {_read(rest, lang, base) for base in bases}
        if found != {""}:
            return found.pop() if len(found) == 1 else ""
    return ""


def _read(words: str, lang: str, base: datetime) -> str:
    found = _parser(lang, base).get_date_data(words)
    form = _FORMS.get(found.period or "", "")
    return found.date_obj.strftime(form) if found.date_obj is not None and form else ""


@functools.lru_cache(maxsize=100)
def _parser(lang: str, base: datetime) -> DateDataParser:
    from dateparser.date import DateDataParser

    settings = {"RELATIVE_BASE": base, "DATE_ORDER": _ORDER[lang], "PREFER_DATES_FROM": "current_period"}
    return DateDataParser(languages=[lang], settings=settings)
