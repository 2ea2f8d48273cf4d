"""The parser with the shipped models: offsets, punctuation, names, CoNLL-U."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import ModelError
from kg.model import Article, Name, Sentence, Word
from kg.parse import (
    MAX_WORDS,
    MODELS,
    Parser,
    find_atoms,
    find_sentences,
    from_conllu,
    join_atoms,
    to_conllu,
    version,
)

NEWS = """Sam Altman nói về năng lượng
Sam Altman, CEO của OpenAI, cho biết công ty sẽ hợp tác với Nvidia. "Đây là một cược lớn," ông nói.
· Bản đồ năng lượng: giá tăng 6,6% lên 17.000 đồng (AGI) trong 2-3 năm.
"""


def article(text: str) -> Article:
    return Article("test.txt", text, "vi")


@pytest.fixture(scope="session")
def parser() -> Parser:
    return Parser("vi")


def check_offsets(text: str, sentences: tuple[Sentence, ...]) -> None:
    """Sentences and words are slices of the text, in order, apart, and hold every letter of it."""
    at = 0
    for sentence in sentences:
        assert sentence.text == text[sentence.start : sentence.end]
        assert "\n" not in sentence.text
        assert (sentence.start, sentence.end) == (sentence.words[0].start, sentence.words[-1].end)
        for word in sentence.words:
            assert word.text == text[word.start : word.end]
            assert word.start >= at
            assert not text[at : word.start].strip()
            at = word.end
        heads = [word.head for word in sentence.words]
        assert heads.count(-1) == 1
        assert all(-1 <= head < len(heads) and head != index for index, head in enumerate(heads))
        assert all(0 <= name.first < name.last <= len(heads) for name in sentence.names)
    assert not text[at:].strip()


def words(text: str) -> list[str]:
    return [text[start:end] for start, end in find_atoms(text)]


def cut(text: str) -> list[str]:
    return [text[spans[0][0] : spans[-1][1]] for spans in find_sentences(text, find_atoms(text))]


def test_a_parse_is_slices_of_the_text(parser: Parser) -> None:
    sentences = parser.parse(article(NEWS))
    check_offsets(NEWS, sentences)
    assert [sentence.text[:10] for sentence in sentences] == ["Sam Altman", "Sam Altman", '"Đây là mộ', "· Bản đồ n"]


def test_empty_texts_have_no_sentences(parser: Parser) -> None:
    assert parser.parse(article("")) == parser.parse(article(" \n\u200b\n")) == ()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "Việt",
                    "Nam",
                    "tăng",
                    "trưởng",
                    "năng",
                    "lượng",
                    "OpenAI",
                    "TP.HCM",
                    "GPT-5",
                    "6,6%",
                    "17.000",
                    "việt,",
                    "ông",
                    "日本",
                    "a̱",
                ]
            ),
            st.sampled_from(
                [" ", " ", " ", "\n", ", ", ". ", '" ', ' "', " (", ") ", "...", "?! ", " · ", "\t", "\u00a0"]
            ),
        ),
        max_size=40,
    )
)
def test_offsets_hold_for_any_text(parser: Parser, parts: list[tuple[str, str]]) -> None:
    text = "".join(word + mark for word, mark in parts)
    check_offsets(text, parser.parse(article(text)))


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


def test_the_tokenizer_cannot_join_over_punctuation_case_or_foreign_words() -> None:
    text = "ông Altman, AI tích hợp Nvidia tăng"
    assert [text[start:end] for start, end in join_atoms(text, find_atoms(text), set())] == [
        "ông", "Altman", ",", "AI", "tích hợp", "Nvidia", "tăng",
    ]  # fmt: skip


def test_long_sentences_are_cut_at_commas(parser: Parser) -> None:
    text = ", ".join(["giá năng lượng tăng mạnh"] * 150) + "."
    sentences = parser.parse(article(text))
    check_offsets(text, sentences)
    assert max(len(sentence.words) for sentence in sentences) <= MAX_WORDS
    assert all(sentence.text.endswith((",", ".")) for sentence in sentences)


def test_a_word_without_end_does_not_crash(parser: Parser) -> None:
    text = "Mã " + "x1" * 5000 + " và " + "日本" * 600 + "."
    check_offsets(text, parser.parse(article(text)))


def test_names_of_today(parser: Parser) -> None:
    text = "Sam Altman, CEO của OpenAI, tuyên bố sẽ hợp tác với Nvidia."
    (sentence,) = parser.parse(article(text))
    found = {
        text[sentence.words[name.first].start : sentence.words[name.last - 1].end]: name.type for name in sentence.names
    }
    assert found | {"Sam Altman": "Person", "OpenAI": "Organization", "Nvidia": "Organization"} == found


def test_subject_and_object_of_a_plain_sentence(parser: Parser) -> None:
    (sentence,) = parser.parse(article("OpenAI hợp tác với Nvidia."))
    relations = {word.text: (word.deprel.split(":")[0], word.head) for word in sentence.words}
    assert relations["hợp tác"] == ("root", -1)
    assert relations["OpenAI"] == ("nsubj", 1)


def test_one_article_does_not_change_another(parser: Parser) -> None:
    first = parser.parse(article(NEWS))
    parser.parse(article("Giá dầu thế giới giảm.\nÔng Biden đến Hà Nội."))
    assert parser.parse(article(NEWS)) == first


def test_conllu_round_trip(parser: Parser) -> None:
    sentences = parser.parse(article(NEWS))
    text = to_conllu(sentences)
    assert from_conllu(text, NEWS) == sentences
    assert to_conllu(from_conllu(text, NEWS)) == text


def test_conllu_keeps_names_spaces_and_offsets() -> None:
    words_ = (
        Word(2, 8, "Hà Nội", "Hà Nội", "PROPN", "NNP", 1, "nsubj"),
        Word(9, 11, "có", "có", "VERB", "V", -1, "root"),
    )
    sentence = Sentence(2, 11, "Hà Nội có", words_, (Name(0, 1, "Place"), Name(1, 2, "Event")))
    text = to_conllu((sentence,))
    assert "1\tHà Nội\tHà Nội\tPROPN\tNNP\t_\t2\tnsubj\t_\tstart_char=2|end_char=8|ner=S-Place\n" in text
    assert from_conllu(text, "\n\nHà Nội có") == (sentence,)
    with pytest.raises(ModelError, match="Hà Nội"):
        from_conllu(text, "\n\nHạ Nội có")


def test_missing_models_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"'xx'.*models/xx.*make train"):
        Parser("xx")
    with pytest.raises(ModelError, match=r"tokenize\.pt"):
        Parser("vi", tmp_path)


def test_version_names_the_files(tmp_path: Path) -> None:
    assert version(MODELS / "vi") == version(MODELS / "vi")
    assert len(version(MODELS / "vi")) == 12
    assert version(tmp_path) != version(MODELS / "vi")


def test_import_loads_neither_torch_nor_stanza() -> None:
    program = "import sys, kg.parse; print(sorted({'torch', 'stanza', 'transformers'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: object) -> None:
        raise AssertionError("the parser used the network")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    yield


@pytest.mark.usefixtures("no_network")
def test_no_network() -> None:
    assert Parser("vi").parse(article("Hà Nội có mưa."))[0].words
