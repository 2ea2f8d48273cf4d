"""Which language a text is in, by letters and function words: two lists, no model."""

from __future__ import annotations

import re
import unicodedata

LANGUAGES = {"vi": "Vietnamese", "en": "English"}  # those that can be told apart
SUPPORTED = ("vi", "en")  # those that there are models and cue words for

_WORD = re.compile(r"[^\W\d_]+")
_ONLY_VIETNAMESE = re.compile("[ăđơưẽĩũỹảẻỉỏủỷạẹịọụỵẠ-ỹ]")  # French and Portuguese have é, à, ê, ã too
_WORDS = {
    # Vietnamese ones as they are written without tone marks, unless they are English, French or Spanish words too
    "vi": re.compile(
        "anh|biet|bao|bi|boi|cac|cach|cao|chinh|cho|cong|cua|cung|cuoc|dang|dau|day|den|dien|dong|duoc|duong|gia|hang|hay|"
        "hoac|khac|khi|khong|lam|loai|mot|muc|nam|nang|nay|neu|ngay|nghiep|nguoi|nhieu|nhung|nhu|nuoc|phai|phat|rang|rat|"
        "sau|theo|thi|thuoc|tren|trien|trong|truoc|va|vao|viec|viet|voi"
    ),
    "en": re.compile(
        "about|after|an|and|are|as|at|be|been|but|by|for|from|had|has|have|he|in|is|it|its|more|not|of|on|or|said|she|than|"
        "that|the|their|they|this|to|was|were|which|who|will|with|would"
    ),
}
_LEAST = 0.1  # share of words that must speak for a language


def detect(text: str) -> str:
    """ "vi", "en", or "" where neither has enough evidence. ``text`` is NFC.

    Vietnamese speaks through letters that other languages lack, and through function words, with or without tone
    marks; English through its function words. Words with a capital count only if there is no other evidence: an
    English article may be full of Vietnamese names.

    >>> detect("OpenAI hợp tác với Nvidia."), detect("OpenAI teams up with Nvidia."), detect("OpenAI, Nvidia")
    ('vi', 'en', '')
    """
    words = _WORD.findall(text)
    return _judge([word for word in words if word.islower()]) or _judge([word.lower() for word in words])


def _judge(words: list[str]) -> str:
    """The language that more of the words speak for."""
    vietnamese = sum(_is_vietnamese(word) for word in words)
    english = sum(bool(_WORDS["en"].fullmatch(word)) for word in words)
    if max(vietnamese, english) <= _LEAST * len(words):
        return ""
    return "vi" if vietnamese >= english else "en"


def _is_vietnamese(word: str) -> bool:
    return bool(_ONLY_VIETNAMESE.search(word)) or bool(_WORDS["vi"].fullmatch(bare(word)))


def bare(word: str) -> str:
    """A word without tone marks and diacritics.

    >>> bare("được"), bare("đường")
    ('duoc', 'duong')
    """
    letters = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
