"""Parsed articles in a short notation, so that a test shows its whole input in one line.

A word is ``text/UPOS`` or ``text/UPOS/Class`` when the recogniser takes it for a name; ``_`` stands for a space in it,
and ``~`` before it for none between it and the word before.
Trees are left out (every word hangs on the first): the extraction must do without.
"""

from __future__ import annotations

from kg.model import Article, Name, Sentence, Word

CLOSING = frozenset(",.;:)”!?")


def article_of(*lines: str) -> tuple[Article, tuple[Sentence, ...]]:
    """An article with one sentence for each line, one sentence in each paragraph.

    >>> article_of("OpenAI/PROPN/Organization mua/VERB io/PROPN ./PUNCT")[0].text
    'OpenAI mua io.'
    """
    text, sentences = "", []
    for line in lines:
        start, words, names = len(text), [], []
        for index, token in enumerate(line.split()):
            form, upos, *types = token.rsplit("/", token.count("/") if token.startswith("/") else 2)
            joined = index == 0 or form in CLOSING or form.startswith("~")
            form = form.removeprefix("~").replace("_", " ")
            text += "" if joined else " "
            head, deprel = (-1, "root") if index == 0 else (0, "dep")
            words.append(Word(len(text), len(text) + len(form), form, form.lower(), upos, upos, head, deprel))
            names += [Name(index, index + 1, type) for type in types]
            text += form
        sentences.append(Sentence(start, len(text), text[start:], tuple(words), tuple(names)))
        text += "\n"
    return Article("test", text.rstrip("\n"), "vi"), tuple(sentences)
