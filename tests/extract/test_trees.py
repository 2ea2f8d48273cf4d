"""The tree's opinion: subjects through the verb's head, and the noun that a clause describes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.extract.clauses import subject
from kg.extract.lexicon import Lexicon
from kg.extract.lines import read_lines
from kg.extract.reading import Reading, read_line
from kg.extract.trees import tree_subject

from .notation import article_of

LINE = "OpenAI/PROPN/Organization gặp/VERB Nvidia/PROPN/Organization và/CCONJ mua/VERB AMD/PROPN/Organization"


def reading_of(lexicon: Lexicon, arcs: dict[int, tuple[int, str]]) -> Reading:
    """LINE with arcs: word -> (head, relation)."""
    (sentence,) = article_of(LINE)[1]
    words = [replace(w, head=arcs[i][0], deprel=arcs[i][1]) if i in arcs else w for i, w in enumerate(sentence.words)]
    (line,) = read_lines((replace(sentence, words=tuple(words)),), lexicon)
    return read_line(line, lexicon)


TREES = {
    "its own": ({0: (1, "nsubj"), 1: (-1, "root"), 4: (1, "conj"), 2: (4, "nsubj")}, "Nvidia"),
    "its head's": ({0: (1, "nsubj"), 1: (-1, "root"), 4: (1, "conj"), 2: (1, "obj")}, "OpenAI"),
    "the noun it describes": ({1: (-1, "root"), 4: (2, "acl"), 2: (1, "obj")}, "Nvidia"),
}


@pytest.mark.parametrize(("arcs", "name"), TREES.values(), ids=TREES)
def test_tree_subject(lexicon: Lexicon, arcs: dict[int, tuple[int, str]], name: str) -> None:
    reading = reading_of(lexicon, arcs)
    phrase = tree_subject(reading, 4)
    assert phrase is not None and reading.line.text(phrase.first, phrase.last) == name


def test_a_dissenting_tree_makes_a_subject_less_sure(lexicon: Lexicon) -> None:
    agreed = subject(reading_of(lexicon, TREES["its head's"][0]), 4)
    denied = subject(reading_of(lexicon, TREES["its own"][0]), 4)
    assert agreed is not None and denied is not None
    assert agreed.phrase == denied.phrase and agreed.sure > denied.sure
