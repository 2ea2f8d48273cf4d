"""Reading the corpora, on small files of their formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.training import english
from kg.training.corpora import (
    Token,
    clean,
    held_back,
    named,
    running_text,
    tagged,
    treebank,
)

TREEBANK = """# sent_id = 1
# text = Ông LBKT Nam RBKT đến .
1\tÔng\tông\tNOUN\tN\t_\t5\tnsubj\t_\t_
2\tLBKT\tlbkt\tPUNCT\tPUNCT\t_\t3\tpunct\t_\t_
3\tNam\tNam\tPROPN\tNNPY\t_\t1\tappos\t_\t_
4\tRBKT\trbkt\tPUNCT\tPUNCT\t_\t3\tpunct\t_\t_
5\tđến\tđến\tVERB\tV\t_\t0\troot\t_\t_
6\t.\t.\tPUNCT\t.\t_\t5\tpunct\t_\t_

"""

ENGLISH = """# newpar id = p1
# text = I don't.
1\tI\tI\tPRON\tPRP\t_\t3\tnsubj\t3:nsubj\t_
2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
2\tdo\tdo\tAUX\tVBP\t_\t0\troot\t0:root\t_
3\tn't\tnot\tPART\tRB\t_\t2\tadvmod\t2:advmod\t_
4\t.\t.\tPUNCT\t.\t_\t2\tpunct\t2:punct\t_

# text = Its him
1-2\tIts\t_\t_\t_\t_\t_\t_\t_\t_
1\tIt\tit\tPRON\tPRP\t_\t0\troot\t0:root\t_
2\t's\tbe\tAUX\tVBZ\t_\t1\tcop\t1:cop\t_
3\thim\the\tPRON\tPRP\t_\t1\tobj\t1:obj\t_

# newpar id = p2
# text = Yes
1\tYes\tyes\tINTJ\tUH\t_\t0\troot\t0:root\t_

"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for folder in ("ud", "tagged", "ner"):
        (tmp_path / folder).mkdir()
    (tmp_path / "ud/vi_vtb-ud-train.conllu").write_text(TREEBANK, encoding="utf-8")
    same = "Ông/N LBKT/LBKT Nam/Np RBKT/RBKT đến/V ./.\n"
    fresh = 'Xe/N chạy/V "/" nhanh/A "/" 2.000/M km/Nu ./.\n'
    (tmp_path / "tagged/vi_vtb_words_pos.txt").write_text(same + fresh, encoding="utf-8")
    (tmp_path / "ner/vi_vlsp2016-train.conll").write_text(
        "<s>\t\t\nHồ_Chí_Minh\tNNP\tB-LOC\ncó\tV\tO\n</s>\t\t\n\n", encoding="utf-8"
    )
    (tmp_path / "ud/en_ewt-ud-train.conllu").write_text(ENGLISH, encoding="utf-8")
    (tmp_path / "ner/en_conll2003-train.conll").write_text(
        "-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\nBonn NNP I-NP I-LOC\nParis NNP I-NP B-LOC\n\n", encoding="utf-8"
    )
    (tmp_path / "ner/vi_vlsp2021-train.conll").write_text("Võ\tB-PERSON\nVăn\tI-PERSON\nx@y\tB-EMAIL\n", "utf-8")
    return tmp_path


def test_a_treebank_has_brackets_and_one_spelling_of_tags(data: Path) -> None:
    (tree,) = treebank(data, "train")
    assert [token.text for token in tree] == ["Ông", "(", "Nam", ")", "đến", "."]
    assert tree[2] == Token("Nam", "PROPN", "NNP", 1, "appos")
    assert tree[5].xpos == "PUNCT"


def test_tagged_sentences_leave_out_those_of_the_treebank(data: Path) -> None:
    (tree,) = tagged(data)
    assert [(token.text, token.upos) for token in tree] == [
        ("Xe", "NOUN"), ("chạy", "VERB"), ('"', "PUNCT"), ("nhanh", "ADJ"), ('"', "PUNCT"), ("2.000", "NUM"),
        ("km", "NOUN"), (".", "PUNCT"),
    ]  # fmt: skip


def test_names_have_our_types_and_unknown_ones_are_none(data: Path) -> None:
    assert [(token.text, token.name) for token in named(data, 2016)[0]] == [("Hồ Chí Minh", "B-Place"), ("có", "O")]
    assert [(token.upos, token.xpos) for token in named(data, 2016)[0]] == [("PROPN", "NNP"), ("VERB", "V")]
    assert [token.name for token in named(data, 2021)[0]] == ["B-Person", "I-Person", "O"]


def test_english_paragraphs_have_words_glued_as_in_the_text(data: Path) -> None:
    (first,), (second,) = english.treebank(data, "train")  # "Its" is not the letters of its words
    assert [(token.text, token.glued, token.lemma) for token in first] == [
        ("I", True, "I"), ("do", False, "do"), ("n't", True, "not"), (".", True, "."),
    ]  # fmt: skip
    assert [token.text for token in second] == ["Yes"]


def test_english_names_start_with_b_where_one_begins(data: Path) -> None:
    (tree,) = english.named(data, "train")
    assert [token.name for token in tree] == ["B-Organization", "B-Place", "B-Place"]


def test_words_as_in_running_text() -> None:
    assert clean("17 - 3 – 2004") == "17-3–2004"
    words = ["Giá", "(", "AI", ")", "tăng", ",", "ông", "nói", ":", '"', "Tốt", '"', "."]
    text, offsets = running_text(words)
    assert text == 'Giá (AI) tăng, ông nói: "Tốt".'
    assert [text[start : start + len(word)] for word, start in zip(words, offsets, strict=True)] == words


def test_held_back_sentences_depend_on_the_seed_alone() -> None:
    trees = [(Token(str(number)),) for number in range(50)]
    train, dev = held_back(trees, seed=1)
    assert held_back(trees, seed=1) == (train, dev) != held_back(trees, seed=2)
    assert (len(train), len(dev), {*train, *dev}) == (45, 5, set(trees))
