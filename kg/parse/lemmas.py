"""Lemmas: of words that the treebank has, from a list; of others, by a rule that the models choose.

A rule says what is cut off a lower-cased word and what is put in its place, so a few hundred rules do for all words
(Straka 2018).
"""

from __future__ import annotations

from pathlib import Path


def rule(form: str, lemma: str) -> str:
    """The rule that makes the lemma of the form.

    >>> rule("Studies", "study"), rule("went", "go"), rule("Nvidia", "Nvidia"), rule("AI", "AI"), rule("n't", "not")
    ('l3y', '=went>go', 'k0', 'k0', "=n't>not")
    """
    for case, text in (("l", form.lower()), ("k", form)):
        same = 0
        while same < min(len(text), len(lemma)) and text[same] == lemma[same]:
            same += 1
        if same == len(text) == len(lemma):
            return f"{case}0"
        if same >= max(2, len(text) - 4):
            return f"{case}{len(text) - same}{lemma[same:]}"
    return f"={form.lower()}>{lemma}"


def apply(form: str, rule: str) -> str:
    """The lemma of a form; the lower-cased form where the rule is for another word.

    >>> apply("Bodies", "l3y"), apply("went", "=went>go"), apply("goes", "=went>go"), apply("Nvidia", "k0")
    ('body', 'go', 'goes', 'Nvidia')
    """
    if rule.startswith("="):
        word, _, lemma = rule[1:].partition(">")
        return lemma if form.lower() == word else form.lower()
    text = form.lower() if rule[0] == "l" else form
    cut = int(rule[1])
    return text[: len(text) - cut] + rule[2:] if cut < len(text) else text


def read_known(file: Path) -> dict[tuple[str, str], str]:
    """(word in small letters, UPOS) -> lemma, from a list of them; empty where a language has none."""
    if not file.is_file():
        return {}
    rows = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines())
    return {(form, upos): lemma for form, upos, lemma in rows}
