"""Words of a text -> dates and numbers, as XML Schema writes them. The only importer of dateparser."""

from __future__ import annotations

import functools
import re
from datetime import datetime
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

XSD = "http://www.w3.org/2001/XMLSchema#"
DATE = "https://schema.org/Date"  # a day, a month or a year
_DATES = {"gYear": 4, "gYearMonth": 7, "date": 10, "dateTime": 10}  # letters of an ISO date that each needs
_WHOLE: tuple[str, ...] = ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger")
_WHOLE += ("nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte")
_BROKEN = ("decimal", "double", "float")
_TEXTS = ("string", "normalizedString", "token", "anyURI")
_BOOLEANS = {"true": "true", "yes": "true", "có": "true", "đúng": "true"}
_BOOLEANS |= {"false": "false", "no": "false", "không": "false", "sai": "false"}
_MARGIN = " \"'“”‘’"
_SCALES = ("nghìn ngàn thousand k", "triệu million", "tỷ tỉ billion bn", "trillion")  # each a thousand of the last
_TIMES = {word: 3 * power for power, words in enumerate(_SCALES, 1) for word in words.split()}  # powers of ten
_SCALE = re.compile(rf"\s*(?i:({'|'.join(word for word in _TIMES if word != 'k')}))(?!\w)|(?<=\d)(k)(?!\w)")
_SIGN = re.compile(r"(?:(?<!\w)([-−]))?(?=\d)")
_TERM = re.compile(rf"\s*(\d+(?:[.,\u00a0\u202f]\d+| \d{{3}}(?!\d))*)((?:{_SCALE.pattern})*)")
_MILLIONS = re.compile(r"([$€£¥]\d[\d.,]*)[mM]\b")  # other m's are metres
_MARKS = {"vi": (".", ","), "en": (",", ".")}  # for thousands, and for what is less than one
_FORMS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}  # a week is no date
_ORDER = {"vi": "DMY", "en": "MDY"}
_SAID = {  # "tối qua" is "tối hôm qua", but "tuần qua" no day; what lasts "đến nay" is of when it began
    "vi": (
        (re.compile(r"(?<!\w)(sáng|sớm|trưa|chiều|tối|đêm|khuya) (nay|qua)$"), r"\1 hôm \2"),
        (re.compile(r" (vừa qua|(đến|tới) (hôm )?nay)$"), ""),
    )
}
_MANY = r"(\d+|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|chục|vài|mấy|nhiều|những)"
_SPAN = re.compile(  # how long something lasts, a quarter, a decade, years: no date, though dateparser reads one
    r"(.* )?(?!last|next|this)\S+ (giây|phút|giờ|ngày|tuần|tháng|năm|(second|minute|hour|day|week|month|year)s?)"
    rf"|(.*(?<!tháng) )?{_MANY} (hôm|ngày|tuần|tháng|năm) nay"
    r"|(.* )?(quý .*|\d+s|\d{4} ?[-–/] ?(1[3-9]|[2-9]\d|\d{4}))|24/(7|24)"
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

    So is what words cannot say as XML Schema writes it: a duration, an hour.

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
    if name == "boolean":
        return _BOOLEANS.get(words.casefold().strip(_MARGIN), "")
    return words.strip(_MARGIN) if name in _TEXTS or not datatype.startswith(XSD) else ""


def read_number(words: str, lang: str) -> str:
    """The first number among words, without marks for thousands and with a point; "" for none.

    >>> read_number("khoảng 1.500 tỷ đồng", "vi"), read_number("3.5%", "en"), read_number("hai", "vi")
    ('1500000000000', '3.5', '')
    >>> read_number("3 tỷ 500 triệu", "vi"), read_number("Covid-19", "vi")
    ('3500000000', '19')
    """
    words = _MILLIONS.sub(r"\1 million", words)
    sign = _SIGN.search(words)
    if not sign:
        return ""
    total, at, least = Decimal(0), sign.end(), 0
    with localcontext(prec=9 * len(words)):  # nothing is rounded
        while term := _TERM.match(words, at):
            zeros = sum(_TIMES[(word or short).casefold()] for word, short in _SCALE.findall(words, *term.span(2)))
            if at > sign.end() and not 0 < zeros < least:
                break
            value = _decimal(term[1], lang)
            if value is None:
                return ""
            total, at, least = total + value.scaleb(zeros), term.end(), zeros
        return format(-total if sign[1] else total, "f")


def _decimal(digits: str, lang: str) -> Decimal | None:
    """Digits with marks as a number; None where the marks can mean more than one: "737 200"."""
    thousands, point = map(re.escape, _MARKS[lang])
    if re.fullmatch(rf"[1-9]\d{{0,2}}([{thousands}\u00a0\u202f]\d{{3}})+({point}\d+)?", digits):
        digits = re.sub(rf"[{thousands}\u00a0\u202f]", "", digits)
    return Decimal(digits.replace(",", ".")) if re.fullmatch(r"\d+([.,]\d+)?", digits) else None


@functools.lru_cache(maxsize=10_000)
def read_date(words: str, lang: str, published: str = "") -> str:
    """A day, month or year; "" where the words name none, or one that only the unknown date of the article would tell.

    >>> read_date("sáng 12/3", "vi", "2017-03-15"), read_date("cuối năm 2016", "vi"), read_date("hôm qua", "vi")
    ('2017-03-12', '2016', '')
    """
    said = " ".join(words.casefold().split())
    for pattern, replacement in _SAID.get(lang, ()):
        said = pattern.sub(replacement, said)
    if _SPAN.fullmatch(said):
        return ""
    parts = said.split()
    bases = [datetime.fromisoformat(published[:10])] if published else _UNKNOWN
    for at in range(len(parts)):
        rest = " ".join(parts[at:])
        if len(rest) < 4 and not re.search(r"\d\D", rest):
            break  # a number without its unit says nothing: "thế kỷ 20"
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
