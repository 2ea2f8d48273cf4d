"""Article -> sentences, with Stanza: the only importer of stanza and torch outside of training.

The text is cut into atoms (runs of letters, numbers, marks) by rules, which also find the sentence ends; Stanza's
tokenizer says which atoms are one word, its other processors give tags, trees and names. So a word never starts or
ends inside a run of letters (Stanza #1504), and offsets are always those of the article.
"""

from __future__ import annotations

import bisect
import functools
import hashlib
import itertools
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kg.errors import ModelError
from kg.model import Article, Name, Sentence, Word
from kg.models.encoder import ENCODER, Encoder, load_encoder

MODELS = Path(__file__).parent / "models"
PROCESSORS = ("tokenize", "pos", "depparse", "ner")
PIPELINE: dict[str, Any] = {  # what makes Stanza use our files and nothing else
    "resources_filepath": str(MODELS / "resources.json"),
    "download_method": None,
    "allow_unknown_language": True,
    "use_gpu": False,
    "logging_level": "ERROR",
}
MAX_WORDS = 120  # longer sentences are cut at a comma or semicolon: nobody parses them well, and trees cost the square
MAX_SHOWN = 60  # letters of a word that Stanza gets to see: an address of 10,000 letters would fill the encoder

Span = tuple[int, int]

_SPACE = "\\s\u200b-\u200f\u2060\ufeff"
_ATOM = re.compile(
    rf"""
    (?:https?://|www\.)[^{_SPACE}"”»)]*[\w/]
  | [\w.+-]+@\w[\w-]*(?:\.\w[\w-]*)+
  | \b(?:TP|Tp|tp|Q|q|P|p|H|ThS|Ths|TS|GS|PGS|BS|KS|LS|KTS|NSND|NSƯT|St|Mr|Mrs|Ms|Dr|Prof|Jr|Inc|Co|Ltd|Corp|No|vs)\.
    (?=[{_SPACE}]+[\w(]|\d|[A-ZĐ][^\W\d_A-ZĐ])
  | [@\#]\w+
  | (?:[$€£¥₫]|(?<![\w.,)])[+-](?=\d))?
    [\w\u0300-\u036f]+
    (?: (?<=\d)[.,:](?=\d) [\w\u0300-\u036f]+
      | [-&_’'](?=\w) [\w\u0300-\u036f]+
      | –(?<=\d–)(?=\d) \w+
      | /(?:(?<=\d/)(?=\d)|(?<=[A-ZĐ]/)(?=[A-ZĐ\d])) \w+
      | (?<=[A-ZĐ])\.(?=[A-ZĐ]) \w+
      | \.(?=(?:com|net|org|vn|gov|edu|js|io|ai|tv|info|biz)\b) \w+
    )*
    (?:%|°C?|\+{{1,2}}(?!\w))?
  | \.{{2,}} | [!?]+
  | [^{_SPACE}]
    """,
    re.VERBOSE,
)
_ONSET = r"(?:ngh|ng|gh|gi|kh|nh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"  # how a Vietnamese syllable is spelled,
_SYLLABLE = re.compile(_ONSET + r"[aăâeêioôơuưy]{1,3}(?:ng|nh|ch|[cmnpt])?", re.IGNORECASE)  # tone marks taken away
_ENDED = re.compile(r"[.!?…][.!?…\"'”’»)\]]*$")  # quotes and brackets after the mark belong to the sentence
_OPENER = re.compile(r"[\"'“‘«(\[·•●*–—\d-]")
_TONES = str.maketrans("", "", "\u0300\u0301\u0303\u0309\u0323")


class Parser:
    """Stanza with the models of one language.

    >>> parser = Parser("vi")
    >>> [word.text for word in parser.parse(Article("a.txt", "OpenAI hợp tác với Nvidia.", "vi"))[0].words]
    ['OpenAI', 'hợp tác', 'với', 'Nvidia', '.']
    """

    def __init__(self, lang: str = "vi", models: Path | None = None) -> None:
        """Load ``models``, or else those shipped for ``lang``. Raises ModelError if a file is missing."""
        self.models = models or MODELS / lang
        _check(lang, self.models)
        self._encoder, self._joiner, self._analyser = _load(lang, self.models)

    def parse(self, article: Article) -> tuple[Sentence, ...]:
        """The sentences of an article, in order; a line end always ends a sentence."""
        sentences: list[list[Span]] = []
        lines = [match.span() for match in re.finditer(r"[^\n]+", article.text)]
        texts = [article.text[start:end] for start, end in lines]
        for (offset, _), text, ends in zip(lines, texts, word_ends(self._joiner, texts), strict=True):
            for spans in find_sentences(text, join_atoms(text, find_atoms(text), ends)):
                sentences.append([(offset + start, offset + end) for start, end in spans])
        if not sentences:
            return ()
        shown = [[" ".join(article.text[slice(*span)].split())[:MAX_SHOWN] for span in spans] for spans in sentences]
        analysed = self._analyser(shown).sentences
        self._encoder.forget()
        return tuple(_sentence(article.text, *pair) for pair in zip(sentences, analysed, strict=True))


def word_ends(joiner: Any, texts: Sequence[str]) -> list[set[int]]:
    """Offsets in each paragraph where a word ends, as Stanza's tokenizer sees it."""
    starts = list(itertools.accumulate((len(text) + 2 for text in texts), initial=0))
    ends: list[set[int]] = [set() for _ in texts]
    for sentence in joiner("\n\n".join(texts)).sentences if any(text.strip() for text in texts) else ():
        for token in sentence.tokens:
            index = bisect.bisect_right(starts, token.start_char) - 1
            ends[index].add(token.end_char - starts[index])
    return ends


def _sentence(text: str, spans: Sequence[Span], analysed: Any) -> Sentence:
    words = []
    for (start, end), word in zip(spans, analysed.words, strict=True):
        form = text[start:end]
        lemma = form if word.upos == "PROPN" else form.lower()
        words.append(Word(start, end, form, lemma, word.upos, word.xpos, word.head - 1, word.deprel))
    names = _names(token.ner for token in analysed.tokens)
    return Sentence(spans[0][0], spans[-1][1], text[spans[0][0] : spans[-1][1]], tuple(words), names)


def _names(tags: Iterator[str]) -> tuple[Name, ...]:
    names, first = [], 0
    for index, tag in enumerate(tags):
        mark, _, kind = tag.partition("-")
        if mark in "BS":
            first = index
        if mark in "ES":
            names.append(Name(first, index + 1, kind))
    return tuple(names)


# Atoms, words, sentences: pure functions on one paragraph


def find_atoms(text: str) -> list[Span]:
    """What is never cut: runs of letters, numbers, addresses, single marks; initials keep their full stop.

    >>> text = 'Ông nói: "Nvidia, TP.HCM (AGI) tăng 6,6%."'
    >>> [text[start:end] for start, end in find_atoms(text)]
    ['Ông', 'nói', ':', '"', 'Nvidia', ',', 'TP.HCM', '(', 'AGI', ')', 'tăng', '6,6%', '.', '"']
    """
    atoms: list[Span] = []
    for match in _ATOM.finditer(text):
        if match[0] == "." and atoms and atoms[-1][1] == match.start() and _initial(text, atoms, match.end()):
            atoms[-1] = (atoms[-1][0], match.end())
        else:
            atoms.append(match.span())
    return atoms


def _initial(text: str, atoms: Sequence[Span], end: int) -> bool:
    """Whether the last atom, a full stop after it, is an initial: "John F. Kennedy", but not "Nguyễn Văn A."."""
    letters = text[slice(*atoms[-1])]
    if not re.fullmatch(r"(?:[A-ZĐ]\.?)+", letters) or len(letters.replace(".", "")) > 1 + letters.count("."):
        return False
    before = [text[start:stop] for start, stop in atoms[-3:-1]]
    anonymous = len(before) == 2 and all(word[:1].isupper() and _is_syllable(word) for word in before)
    return not anonymous and bool(re.match(rf"[{_SPACE}]*[^\W\d_]", text[end:]))


def _is_syllable(word: str) -> bool:
    plain = unicodedata.normalize("NFD", word).translate(_TONES)
    return bool(_SYLLABLE.fullmatch(unicodedata.normalize("NFC", plain)))


def join_atoms(text: str, atoms: Sequence[Span], ends: set[int]) -> list[Span]:
    """Words: neighbours are one word where the tokenizer has no word end between them and spelling allows it."""
    words = list(atoms[:1])
    for before, after in itertools.pairwise(atoms):
        if before[1] not in ends and text[before[1] : after[0]] == " " and _may_join(text, before, after):
            words[-1] = (words[-1][0], after[1])
        else:
            words.append(after)
    return words


def _may_join(text: str, before: Span, after: Span) -> bool:
    first, second = text[slice(*before)], text[slice(*after)]
    acronym = len(first) > 1 and first.isupper() and not second.isupper()
    if acronym or not (first[0].isalpha() and second[0].isalpha()):
        return False
    if second[0].isupper():  # names: "Sam Altman", but neither "ông Altman" nor "CEO Sam"
        return first[0].isupper()
    return _is_syllable(first) and _is_syllable(second)


def find_sentences(text: str, words: Sequence[Span]) -> Iterator[Sequence[Span]]:
    """The words of each sentence of a paragraph."""
    first = 0
    for index, word in enumerate(words[:-1]):
        after = words[index + 1]
        mark = not text[word[0]].isalnum() and _ENDED.search(text, max(words[first][0], word[1] - 6), word[1])
        numbered = index == first + 1 and text[slice(*words[first])].isdigit()  # "1. Tên gọi"
        opens = after[0] > word[1] and (text[after[0]].isupper() or _OPENER.match(text, *after))
        if mark and opens and not numbered:
            yield from _shortened(text, words[first : index + 1])
            first = index + 1
    if words:
        yield from _shortened(text, words[first:])


def _shortened(text: str, words: Sequence[Span]) -> Iterator[Sequence[Span]]:
    """The sentence, or its pieces of at most MAX_WORDS words, cut after the mark that is nearest to the middle."""
    if len(words) <= MAX_WORDS:
        yield words
        return
    middle = len(words) // 2
    marks = [index + 1 for index in range(len(words) - 1) if text[slice(*words[index])] in (";", ",")]
    cut = min(marks, key=lambda index: abs(index - middle), default=middle)
    yield from _shortened(text, words[:cut])
    yield from _shortened(text, words[cut:])


# CoNLL-U


def to_conllu(sentences: Sequence[Sentence]) -> str:
    """Sentences as Stanza writes them: offsets and BIOES names in the last column."""
    blocks = []
    for sentence in sentences:
        tags = ["O"] * len(sentence.words)
        for name in sentence.names:
            marks = "S" if name.last == name.first + 1 else "B" + "I" * (name.last - name.first - 2) + "E"
            tags[name.first : name.last] = [f"{mark}-{name.type}" for mark in marks]
        rows = [f"# text = {sentence.text}"]
        for number, (word, tag) in enumerate(zip(sentence.words, tags, strict=True), 1):
            misc = f"start_char={word.start}|end_char={word.end}|ner={tag}"
            row = (number, word.text, word.lemma, word.upos, word.xpos, "_", word.head + 1, word.deprel, "_", misc)
            rows.append("\t".join(map(str, row)))
        blocks.append("\n".join(rows) + "\n\n")
    return "".join(blocks)


def from_conllu(text: str, article_text: str) -> tuple[Sentence, ...]:
    """The sentences that ``to_conllu`` wrote. Raises ModelError where they are not those of the article."""
    sentences = []
    for block in re.split(r"\n{2,}", text.strip("\n")):
        words, tags = [], []
        for line in filter(lambda line: line and not line.startswith("#"), block.split("\n")):
            _, form, lemma, upos, xpos, _, head, deprel, _, misc = line.split("\t")
            fields = dict(field.split("=", 1) for field in misc.split("|"))
            start, end = int(fields["start_char"]), int(fields["end_char"])
            if article_text[start:end] != form:
                raise ModelError(
                    f"CoNLL-U has {form!r} at {start}, the article {article_text[start:end]!r}: parse anew"
                )
            words.append(Word(start, end, form, lemma, upos, xpos, int(head) - 1, deprel))
            tags.append(fields.get("ner", "O"))
        if words:
            start, end = words[0].start, words[-1].end
            sentences.append(Sentence(start, end, article_text[start:end], tuple(words), _names(iter(tags))))
    return tuple(sentences)


# Models


def _files(models: Path) -> list[Path]:
    """What has to be there; the encoder, last, is within the models, or beside them, where languages share it."""
    encoder = models / "encoder" if (models / "encoder").is_dir() else models.parent / "encoder"
    names = ("config.json", "encoder.safetensors", "tokenizer.json")
    return [*(models / f"{name}.pt" for name in PROCESSORS), *(encoder / name for name in names)]


def _check(lang: str, models: Path) -> None:
    if not models.is_dir():
        raise ModelError(f"no models for language {lang!r} in {models}: name a folder with some, or run make train")
    if missing := [str(path) for path in _files(models) if not path.is_file()]:
        raise ModelError(f"models in {models} lack {', '.join(missing)}: install kg again, or run make train")


@functools.cache
def version(models: Path) -> str:
    """A hash of the models' files, 12 hex digits: names what a parse was made with."""
    digest = hashlib.blake2b(digest_size=6)
    for path in _files(models):
        digest.update(path.name.encode() + b"\0")
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _load(lang: str, models: Path) -> tuple[Encoder, Any, Any]:
    """The encoder, and two pipelines: text -> tokens, and lists of words -> tags, trees and names."""
    os.environ["HF_HUB_OFFLINE"] = "1"  # before transformers is imported: nothing may be fetched
    import stanza
    import torch
    from stanza.models.common.foundation_cache import BertRecord, FoundationCache

    torch.set_num_threads(1)  # threads of several processes hinder each other
    encoder, tokenizer = load_encoder(_files(models)[-1].parent)
    cache = FoundationCache(local_files_only=True)
    cache.bert[ENCODER] = BertRecord(encoder, tokenizer, {})
    common = PIPELINE | {"dir": str(models), "foundation_cache": cache}
    paths = {f"{name}_model_path": str(models / f"{name}.pt") for name in PROCESSORS}
    tokenizer_path = paths.pop("tokenize_model_path")
    joiner = stanza.Pipeline(lang, processors="tokenize", tokenize_model_path=tokenizer_path, **common)
    settings = {"tokenize_pretokenized": True, "lemma_use_identity": True}  # depparse asks for lemmas, but uses none
    names = ",".join((*PROCESSORS, "lemma"))
    return encoder, joiner, stanza.Pipeline(lang, processors=names, **settings, **paths, **common)
