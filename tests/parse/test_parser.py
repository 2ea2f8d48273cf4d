"""The parser with the shipped models: offsets, names, trees, what is missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import ModelError
from kg.model import Article, Sentence
from kg.parse import MODELS, Parser, from_conllu, to_conllu, version
from kg.parse.atoms import MAX_WORDS, one_line

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
    """Sentences and words are slices of the text (words: in one line), in order, apart, and hold every letter of it."""
    at = 0
    for sentence in sentences:
        assert sentence.text == text[sentence.start : sentence.end]
        assert (sentence.start, sentence.end) == (sentence.words[0].start, sentence.words[-1].end)
        for word in sentence.words:
            assert word.text == one_line(text[word.start : word.end])
            assert word.start >= at
            assert not text[at : word.start].strip()
            at = word.end
        heads = [word.head for word in sentence.words]
        assert heads.count(-1) == 1
        assert all(-1 <= head < len(heads) and head != index for index, head in enumerate(heads))
        assert all(0 <= name.first < name.last <= len(heads) for name in sentence.names)
    assert not text[at:].strip()


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


def test_conllu_round_trip(parser: Parser) -> None:
    sentences = parser.parse(article(NEWS))
    text = to_conllu(sentences)
    assert from_conllu(text, NEWS) == sentences
    assert to_conllu(from_conllu(text, NEWS)) == text


def test_missing_models_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no models in .*nowhere.*make train"):
        Parser("vi", tmp_path / "nowhere")
    with pytest.raises(ModelError, match=r"weights\.safetensors"):
        Parser("vi", tmp_path)


def test_a_language_that_the_models_lack_is_named() -> None:
    with pytest.raises(ModelError, match=r"en and vi, not for 'fr'"):
        Parser("fr")


def test_stanzas_own_models_of_another_language_are_refused(tmp_path: Path) -> None:
    (tmp_path / "resources.json").write_text("{}", encoding="utf8")
    with pytest.raises(ModelError, match=r"none for 'vi'"):
        Parser("vi", tmp_path)


def test_version_names_the_files(tmp_path: Path) -> None:
    assert version(MODELS, "vi") == version(MODELS, "vi") != version(MODELS, "en")
    assert len(version(MODELS, "vi")) == 12
    assert version(tmp_path, "vi") != version(MODELS, "vi")


def test_both_placements_of_tone_marks_are_read_alike(parser: Parser) -> None:
    old = parser.parse(article("Hòa bình và thủy điện là lựa chọn khỏe mạnh."))
    new = parser.parse(article("Hoà bình và thuỷ điện là lựa chọn khoẻ mạnh."))
    assert [[(w.start, w.end, w.upos, w.head, w.deprel) for w in s.words] for s in old] == [
        [(w.start, w.end, w.upos, w.head, w.deprel) for w in s.words] for s in new
    ]


def test_lines_of_one_width_are_one_paragraph(parser: Parser) -> None:
    lines = "Sam Altman, CEO của OpenAI, cho biết công ty\nsẽ hợp tác với Nvidia để xây các trung tâm\ndữ liệu.\n\nHết."
    first, last = parser.parse(article(lines))
    assert (first.text.count("\n"), last.text) == (2, "Hết.")
    assert [word.text for word in first.words][-3:-1] == ["trung tâm", "dữ liệu"]
    text = to_conllu((first,))
    assert from_conllu(text, lines) == (first,)


def test_a_long_text_is_parsed_in_parts_with_offsets_of_the_whole(
    parser: Parser, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n".join([NEWS] * 4)
    monkeypatch.setattr("kg.parse.CHUNK", 300)
    sentences = parser.parse(article(text))
    check_offsets(text, sentences)
    assert sentences[-1].end == len(text.rstrip())


@pytest.fixture(scope="session")
def english() -> Parser:
    return Parser("en")


def test_english(english: Parser) -> None:
    text = "Mr. Altman doesn't run Nvidia. OpenAI, based in the U.S., hired engineers in 2025 for $5 million."
    first, second = english.parse(Article("test.txt", text, "en"))
    words = {word.text: word for word in (*first.words, *second.words)}
    assert [word.text for word in first.words] == ["Mr.", "Altman", "does", "n't", "run", "Nvidia", "."]
    assert (words["does"].lemma, words["n't"].lemma, words["hired"].lemma, words["engineers"].lemma) == (
        "do", "not", "hire", "engineer",
    )  # fmt: skip
    assert (words["hired"].upos, words["OpenAI"].deprel, words["OpenAI"].upos) == ("VERB", "nsubj", "PROPN")
    long = english.parse(Article("a", "He said so. " * 24 + "He met Mr. Altman.", "en"))
    assert [word.text for word in long[-1].words] == ["He", "met", "Mr.", "Altman", "."]
    names = {text[s.words[n.first].start : s.words[n.last - 1].end]: n.type for s in (first, second) for n in s.names}
    assert names | {"OpenAI": "Organization", "U.S.": "Place", "Nvidia": "Organization"} == names
