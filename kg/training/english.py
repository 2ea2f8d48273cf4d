"""Reading the English corpora, in the shape of kg.training.corpora."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Sequence
from pathlib import Path

from kg.training.corpora import Token, Tree, our_type


def treebank(data: Path, part: str) -> list[list[Tree]]:
    """The paragraphs of UD_English-EWT, each a list of sentences, without the sentences whose words are not the letters
    of the text (misspelled contractions)."""
    paragraphs: list[list[Tree]] = []
    for block in (data / f"ud/en_ewt-ud-{part}.conllu").read_text(encoding="utf-8").strip().split("\n\n"):
        lines = block.split("\n")
        if not paragraphs or any(line.startswith("# newpar") for line in lines):
            paragraphs.append([])
        rows = [line.split("\t") for line in lines if not line.startswith("#")]
        if tree := _sentence(rows):
            paragraphs[-1].append(tree)
    return [paragraph for paragraph in paragraphs if paragraph]


def _sentence(rows: Sequence[list[str]]) -> Tree:
    tokens: list[Token] = []
    glued, whole, last = True, "", 0  # of a token of several words: its letters that are still to come, its last word
    for number, form, lemma, upos, xpos, _, head, deprel, _, misc in rows:
        if "-" in number:
            whole, last = form, int(number.partition("-")[2])
            glued_after = "SpaceAfter=No" in misc
        elif number.isdigit():
            tokens.append(Token(form, upos, xpos, int(head), deprel, lemma=lemma, glued=glued))
            if int(number) <= last:
                if not whole.startswith(form):
                    return ()
                whole = whole[len(form) :]
                glued = True if int(number) < last else glued_after
            else:
                glued = "SpaceAfter=No" in misc
    return tuple(tokens)


def write_lemmas(file: Path, trees: Iterable[Tree]) -> None:
    """Write the words of a treebank with their tags and commonest lemmas, without names, numbers and marks."""
    counts: dict[tuple[str, str], collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for token in (token for tree in trees for token in tree):
        if token.upos not in ("PROPN", "NUM", "PUNCT", "SYM", "X") and token.lemma != "_":
            counts[token.text.lower(), token.upos][token.lemma] += 1
    rows = (
        f"{form}\t{upos}\t{known.most_common(1)[0][0]}\n"
        for (form, upos), known in sorted(counts.items())
        if known.total() > 1 and any(letter.isalpha() for letter in form)  # single ones may be misspelled
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(rows), encoding="utf-8")


def named(data: Path, part: str) -> list[Tree]:
    """The sentences of CoNLL 2003, ``part`` being "train" or "dev", with names."""
    sentences, rows, before = [], [], "O"
    for line in (data / f"ner/en_conll2003-{part}.conll").read_text(encoding="utf-8").splitlines():
        fields = line.split(" ")
        if len(fields) == 4 and fields[0] != "-DOCSTART-":
            tag = our_type(fields[-1])
            if tag.startswith("I-") and tag[1:] != before[1:]:  # B only stands between two names of one type
                tag = "B-" + tag[2:]
            rows.append(Token(fields[0], name=tag))
            before = tag
        elif not line.strip():
            if rows:
                sentences.append(tuple(rows))
            rows, before = [], "O"
    return sentences + ([tuple(rows)] if rows else [])
