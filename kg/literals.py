"""Words of a text -> dates and numbers, as XML Schema writes them. The only importer of dateparser."""

from __future__ import annotations

import functools
import re
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

XSD = "http://www.w3.org/2001/XMLSchema#"
DATE = "https://schema.org/Date"  # a day, a month or a year
_DATES = {"gYear": 4, "gYearMonth": 7, "date": 10, "dateTime": 10}  # letters of an ISO date that each needs
_WHOLE: tuple[str, ...] = ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger")
_WHOLE += ("nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte")
_BROKEN = ("decimal", "double", "float")
_TIMES = dict(nghìn=3, ngàn=3, thousand=3, triệu=6, million=6, tỷ=9, tỉ=9, billion=9)  # noqa: C408 - powers of ten
_NUMBER = re.compile(r"([-−]?)(\d[\d.,\u00a0\u202f ]*)(?:\s*([^\W\d]+))?")
_FORMS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}  # a week is no date
_ORDER = {"vi": "DMY", "en": "MDY"}
_ELLIPSES = {"vi": {"nay": "hôm nay", "qua": "hôm qua"}}  # "sáng nay", "tối qua"
_SPAN = re.compile(  # how long something lasts, a quarter, a decade: no date, though dateparser takes it for one
    r"(.* )?(?!last|next|this)\S+ (giây|phút|giờ|ngày|tuần|tháng|năm|(second|minute|hour|day|week|month|year)s?)"
    r"|quý .*|(the )?\d+s"
)
_UNKNOWN = (datetime(2001, 1, 15), datetime(2012, 8, 3))  # what both make of an expression does not depend on today


def kind_of(datatype: str) -> str:
    """What is asked of words in a datatype (IRI): "date", "number" or "string".

    >>> kind_of(XSD + "gYear"), kind_of(XSD + "byte"), kind_of("https://example.org/money")
    ('date', 'number', 'string')
    """
    name = datatype.removeprefix(XSD)
    if datatype == DATE or name in _DATES:
        return "date"
    return "number" if name in _WHOLE or name in _BROKEN else "string"


def lexical(words: str, datatype: str, lang: str, published: str = "") -> str:
    """What words say in a datatype (IRI, XML Schema's or any other, which takes the words as they are); "" if nothing.

    >>> lexical("2,3 triệu người", XSD + "integer", "vi"), lexical("$1,299.50", XSD + "decimal", "en")
    ('2300000', '1299.50')
    >>> lexical("ngày 2/9/1945", XSD + "date", "vi"), lexical("1945", XSD + "date", "vi")
    ('1945-09-02', '')
    """
    name, kind = datatype.removeprefix(XSD), kind_of(datatype)
    if kind == "date":
        found = read_date(words, lang, published)
        letters = _DATES.get(name, len(found))
        return found[:letters] + ("T00:00:00" if name == "dateTime" else "") if len(found) >= letters else ""
    if kind == "number":
        number = read_number(words, lang)
        return "" if name in _WHOLE and "." in number else number
    return words.strip(" \"'“”‘’")


def read_number(words: str, lang: str) -> str:
    """The first number among words, without marks for thousands and with a point; "" for none.

    >>> read_number("khoảng 1.500 tỷ đồng", "vi"), read_number("3.5%", "en"), read_number("hai", "vi")
    ('1500000000000', '3.5', '')
    """
    found = _NUMBER.search(words)
    if not found:
        return ""
    digits = re.sub(r"[\s\u00a0\u202f]", "", found[2]).rstrip(".,")
    thousands, point = (".", ",") if lang == "vi" else (",", ".")
    if re.fullmatch(rf"\d{{1,3}}({re.escape(thousands)}\d{{3}})+({re.escape(point)}\d+)?", digits):
        digits = digits.replace(thousands, "")
    whole, _, rest = digits.replace(",", ".").partition(".")
    if "." in rest:
        return ""
    zeros = _TIMES.get((found[3] or "").casefold(), 0)
    moved = rest.ljust(zeros, "0")
    number = whole + moved[:zeros] + ("." + moved[zeros:] if moved[zeros:] else "")
    return ("-" if found[1] else "") + re.sub(r"^0+(?=\d)", "", number)


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
