"""Our models as plain Stanza models."""

from __future__ import annotations

from typing import Any

import pytest
import stanza
from stanza.models.common.doc import Document
from stanza.utils.conll import CoNLL

from kg.parse import MODELS
from kg.parse.processors import PROCESSORS, options

TEXT = "Sam Altman, CEO của OpenAI, cho biết công ty sẽ hợp tác với Nvidia. Giá tăng."


@pytest.fixture(scope="module")
def pipeline() -> Any:
    return stanza.Pipeline("vi", **options())


def test_a_folder_is_enough_for_a_pipeline() -> None:
    pipeline = stanza.Pipeline("vi", dir=str(MODELS), download_method=None, use_gpu=False, logging_level="ERROR")
    assert set(pipeline.processors) == set(PROCESSORS)
    assert [ent.text for ent in pipeline(TEXT).ents][:1] == ["Sam Altman"]


def test_a_document_is_a_standard_one(pipeline: Any) -> None:
    document = pipeline(TEXT)
    first, second = document.sentences
    assert second.text == "Giá tăng."
    assert {ent.text: ent.type for ent in document.ents} | {"OpenAI": "Organization"} == {
        ent.text: ent.type for ent in document.ents
    }
    assert [dep[1] for dep in second.dependencies] == [word.deprel for word in second.words]
    for word in first.words:
        assert TEXT[word.start_char : word.end_char] == word.text
    again = CoNLL.conll2doc(input_str=f"{document:C}")
    assert [word.upos for word in again.sentences[0].words] == [word.upos for word in first.words]


def test_words_may_come_from_conllu(pipeline: Any) -> None:
    document = pipeline(TEXT)
    bare = Document([[{"id": word.id, "text": word.text} for word in s.words] for s in document.sentences])
    found = pipeline.process_conllu(f"{bare:C}")
    assert [[w.text for w in s.words] for s in found.sentences] == [
        [w.text for w in s.words] for s in document.sentences
    ]
    assert {ent.text for ent in found.ents} >= {"Sam Altman", "OpenAI"}
    assert sum(word.head == 0 for word in found.sentences[0].words) == 1


def test_words_may_be_given_as_lists() -> None:
    pipeline = stanza.Pipeline("vi", tokenize_pretokenized=True, **options())
    document = pipeline([["Hà Nội", "có", "mưa", "."], ["Giá", "tăng"]])
    assert [[word.text for word in sentence.words] for sentence in document.sentences] == [
        ["Hà Nội", "có", "mưa", "."], ["Giá", "tăng"],
    ]  # fmt: skip
    assert document.sentences[0].words[0].upos == "PROPN"


def test_one_pass_of_the_network_serves_all_processors(pipeline: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.models.network import Encoder

    seen: list[int] = []
    forward = Encoder.forward

    def counted(self: Encoder, batch: Any) -> Any:
        seen.append(int((batch.atom_of_piece >= 0).sum()))
        return forward(self, batch)

    monkeypatch.setattr(Encoder, "forward", counted)
    document = pipeline(TEXT)
    assert len(seen) == 1
    assert document.num_words


def test_some_of_the_processors_and_many_documents() -> None:
    common = {"dir": str(MODELS), "download_method": None, "use_gpu": False, "logging_level": "ERROR"}
    pipeline = stanza.Pipeline("vi", processors="tokenize,ner", **common)
    first, second, empty = pipeline.process_many([TEXT, "Hà Nội có mưa.", ""])
    assert {ent.text for ent in first.ents} >= {"Sam Altman", "OpenAI"}
    assert [ent.text for ent in second.ents] == ["Hà Nội"]
    assert second.sentences[0].words[0].upos is None
    assert empty.sentences == []


def test_multi_word_tokens_and_very_long_sentences_of_conllu() -> None:
    pipeline = stanza.Pipeline("en", **options())
    rows = ["1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_"]
    rows += [f"{n}\t{word}\t_\t_\t_\t_\t_\t_\t_\t_" for n, word in enumerate(["do", "n't", *["Nvidia"] * 3000], 1)]
    (sentence,) = pipeline.process_conllu("\n".join(rows) + "\n\n").sentences
    assert (len(sentence.tokens), len(sentence.words)) == (3001, 3002)
    assert sentence.words[1].lemma == "not"
    assert all(token.ner for token in sentence.tokens)
    assert [word.head for word in sentence.words].count(0) == 1


def test_a_document_of_another_pipeline_is_read_anew(pipeline: Any) -> None:
    english = stanza.Pipeline("en", **options())
    document = english.processors["pos"].process(pipeline("It works."))
    assert [word.xpos for word in document.sentences[0].words] == ["PRP", "VBZ", "."]


def test_sentences_may_be_left_whole() -> None:
    pipeline = stanza.Pipeline("vi", tokenize_no_ssplit=True, **options())
    assert [sentence.text for sentence in pipeline(f"{TEXT}\n\nHết.").sentences] == [TEXT, "Hết."]
