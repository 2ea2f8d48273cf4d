"""Atoms, words, sentences and paragraphs by rules, without any model."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.parse.atoms import find_atoms, find_paragraphs, find_sentences, may_end, may_join

WRAPPED = "Sam Altman cho biết OpenAI cần thêm năng\nlượng cho các trung tâm dữ liệu mới của\nmình."


def words(text: str) -> list[str]:
    return [text[start:end] for start, end in find_atoms(text)]


def cut(text: str) -> list[str]:
    return [text[spans[0][0] : spans[-1][1]] for spans in find_sentences(text, find_atoms(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Việt, Nam.", ["Việt", ",", "Nam", "."]),  # Stanza #1504: "Việ", "t,"
        ("với Nvidia, Oracle", ["với", "Nvidia", ",", "Oracle"]),
        ('một "cược lớn"', ["một", '"', "cược", "lớn", '"']),
        ("“đế chế” «AI»", ["“", "đế", "chế", "”", "«", "AI", "»"]),
        ("(AGI) · tăng 6,6%", ["(", "AGI", ")", "·", "tăng", "6,6%"]),
        ("17.000 $105K GPT-5 a16z 2-3", ["17.000", "$105K", "GPT-5", "a16z", "2-3"]),
        ("tại TP.HCM, TP. HCM", ["tại", "TP.HCM", ",", "TP.", "HCM"]),
        ("ở https://a.vn/x?y=1, x@a.vn", ["ở", "https://a.vn/x?y=1", ",", "x@a.vn"]),
        ("AT&T, và/hoặc 3/4/2020...", ["AT&T", ",", "và", "/", "hoặc", "3/4/2020", "..."]),
    ],
)
def test_atoms(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ông đến TP. HCM. Bà ở Q. Bình Thạnh.", ["Ông đến TP. HCM.", "Bà ở Q. Bình Thạnh."]),
        ("Theo TS. Lan, giá tăng. ThS. Minh phản đối.", ["Theo TS. Lan, giá tăng.", "ThS. Minh phản đối."]),
        ("John F. Kennedy đến. Nguyễn Văn A. Ông ấy", ["John F. Kennedy đến.", "Nguyễn Văn A.", "Ông ấy"]),
        ('Ông nói: "Tốt." Bà nghe.', ['Ông nói: "Tốt."', "Bà nghe."]),
        ("Vì mô hình hiện có... chúng tôi chờ.", ["Vì mô hình hiện có... chúng tôi chờ."]),
        ("1. Tên gọi. Nội dung", ["1. Tên gọi.", "Nội dung"]),
        ("Giá 6.000 đồng. 20 người mua.", ["Giá 6.000 đồng.", "20 người mua."]),
    ],
)
def test_sentence_ends(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I can't, won't and cannot.", ["I", "ca", "n't", ",", "wo", "n't", "and", "can", "not", "."]),
        ("Bob's $5 well-known U.S. firm", ["Bob", "'s", "$", "5", "well", "-", "known", "U", ".", "S", ".", "firm"]),
        ("at 10:30 on 9/11/2001, 5% off...", ["at", "10:30", "on", "9/11/2001", ",", "5", "%", "off", "..."]),
        ("see http://a.com/x?y=1, me@a.com!!", ["see", "http://a.com/x?y=1", ",", "me@a.com", "!!"]),
    ],
)
def test_english_atoms(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in find_atoms(text, "en")] == expected


@pytest.mark.parametrize("lang", ["vi", "en"])
@given(text=st.text(max_size=80))
def test_atoms_hold_every_letter(lang: str, text: str) -> None:
    at = 0
    for start, end in find_atoms(text, lang):
        assert start >= at
        assert not any(char.isalnum() for char in text[at:start])
        at = end
    assert not any(char.isalnum() for char in text[at:])


def test_what_may_be_one_word() -> None:
    text = "ông Altman, AI tích hợp Nvidia tăng"
    atoms = find_atoms(text)
    joined = [text[a[0] : b[1]] for a, b in itertools.pairwise(atoms) if may_join(text, a, b, "vi")]
    assert joined == ["tích hợp"]


def test_where_a_sentence_may_end() -> None:
    text = "Tốt rồi. Nghỉ."
    atoms = find_atoms(text)
    assert [may_end(text, a, b, "vi") for a, b in itertools.pairwise(atoms)] == [False, False, True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Một đoạn dài.\nĐoạn hai.", ["Một đoạn dài.", "Đoạn hai."]),
        (f"{WRAPPED}\n\ntám", [WRAPPED, "tám"]),
        (WRAPPED.title(), WRAPPED.title().split("\n")),
        ("- một\n- hai\n- ba bốn năm sáu", ["- một", "- hai", "- ba bốn năm sáu"]),
        ("x" * 130 + "\n" + "y" * 130, ["x" * 130, "y" * 130]),
        (" \n\n", []),
    ],
)
def test_paragraphs(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in find_paragraphs(text)] == expected
