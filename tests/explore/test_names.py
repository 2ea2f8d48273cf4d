"""Search: the names of entities made by hand, and laws that hold for all names."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.explore.names import Names, listed

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
WORDS = st.text(st.sampled_from(LETTERS + LETTERS.upper() + "0123456789"), min_size=1, max_size=7)
LABELS = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


def names(*labels: str, aliases: dict[int, list[str]] | None = None, degrees: list[int] | None = None) -> Names:
    others = [(aliases or {}).get(number, []) for number in range(len(labels))]
    return listed(labels, others, np.array(degrees or [1] * len(labels), np.int32))


def found(index: Names, text: str, limit: int = 100) -> list[int]:
    return [number for number, _ in index.find(text, limit=limit)[0]]


def without_marks(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@pytest.mark.parametrize(
    "text", ["nang luong", "NĂNG LƯỢNG", "luong", "lượng", "nă", "n l", "luong nang", "năng lương"]
)
def test_a_name_is_found_by_beginnings_of_its_words_with_or_without_marks(text: str) -> None:
    assert found(names("năng lượng", "điện", "OpenAI"), text) == [0]


@pytest.mark.parametrize("text", ["dien", "điện", "đ", "D"])
def test_d_with_and_without_stroke(text: str) -> None:
    assert found(names("điện", "Năng lượng"), text) == [0]


@pytest.mark.parametrize("text", ["ang", "nangluong", "năng lượng gió", "zzz"])
def test_what_begins_no_word_is_not_found(text: str) -> None:
    assert names("năng lượng").find(text, limit=9) == ([], 0)


def test_whole_names_go_first_then_the_same_marks_then_the_number_of_facts() -> None:
    index = names("bán đảo", "Bạn Đường", "ban", "bàn", "băng bán", degrees=[5, 90, 1, 2, 70])
    assert found(index, "bàn") == [3, 2, 1, 4, 0]
    assert found(index, "bán") == [3, 2, 4, 0, 1]
    assert found(index, "ba") == [1, 4, 0, 3, 2]


def test_the_name_that_fits_is_told_and_each_entity_comes_once() -> None:
    index = names("Tập đoàn Điện lực Việt Nam", "Điện Biên", aliases={0: ["EVN", "Điện lực"]}, degrees=[3, 1])
    assert index.find("evn", limit=9) == ([(0, "EVN")], 1)
    assert index.find("dien", limit=9) == ([(0, "Tập đoàn Điện lực Việt Nam"), (1, "Điện Biên")], 2)
    assert index.find("điện lực", limit=9) == ([(0, "Điện lực")], 1)


def test_what_is_cut_is_counted() -> None:
    some, total = names(*(f"tên {number}" for number in range(50))).find("ten", limit=7)
    assert (len(some), total) == (7, 50)


def test_two_places_of_a_tone_mark_are_one_name() -> None:
    index = names("Hoa Binh", "Hòa Bình", degrees=[9, 1])
    assert found(index, "Hoà Bình") == found(index, "hoà b") == [1, 0]


def test_no_names() -> None:
    assert names().find("x", limit=5) == ([], 0)


@given(st.lists(LABELS, min_size=1, max_size=12), st.data())
def test_every_name_is_found_by_itself_first_and_by_beginnings_of_its_words(
    labels: list[str], data: st.DataObject
) -> None:
    index = names(*labels)
    number = data.draw(st.integers(0, len(labels) - 1))
    label = labels[number]
    same = [n for n, one in enumerate(labels) if one.casefold() == label.casefold()]
    assert set(same) <= set(found(index, label))
    first = index.find(label, limit=1)[0][0][1]
    assert without_marks(first).casefold() == without_marks(label).casefold()
    assert number in found(index, without_marks(label)) and number in found(index, label.upper())
    parts = [word[: data.draw(st.integers(1, len(word)))] for word in label.split()]
    asked = " ".join(data.draw(st.permutations(parts)))
    assert number in found(index, asked) and number in found(index, without_marks(asked))


@given(st.lists(st.text(min_size=1, max_size=12).filter(str.strip), min_size=1, max_size=8), st.data())
def test_a_name_in_any_script_is_found_by_itself(labels: list[str], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(labels) - 1))
    assert number in found(names(*labels), labels[number])


@given(st.lists(LABELS, max_size=12), st.text(max_size=12), st.integers(1, 5))
def test_a_shorter_list_is_the_beginning_of_a_longer_one(labels: list[str], text: str, limit: int) -> None:
    index = names(*labels)
    some, total = index.find(text, limit=limit)
    every, same = index.find(text, limit=100)
    assert some == every[:limit] and total == same == len(every)
