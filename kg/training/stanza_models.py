"""Training of Stanza's tagger, parser, name tagger and tokenizer, by Stanza's own trainers.

Small layers throughout: the frozen encoder carries most of what is known, and the files are shipped.
"""

from __future__ import annotations

import collections
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from kg.models.encoder import ENCODER
from kg.training.corpora import Token, Tree, running_text
from kg.training.features import Features, cached

SEED = 1234


def train_tagger(out: Path, *, train: Sequence[Tree], dev: Sequence[Tree], work: Path, features: Features) -> None:
    """The part-of-speech tagger: universal tags and the treebank's own."""
    from stanza.models import tagger

    files = _options(train_file=write_conllu(work / "pos-train.conllu", train))
    files += _options(eval_file=write_conllu(work / "pos-dev.conllu", dev))
    sizes = _options(hidden_dim=160, num_layers=1, deep_biaff_hidden_dim=100, word_emb_dim=50, word_cutoff=5)
    course = _options(
        batch_size=64, max_steps=1000, eval_interval=200, lr=0.003, fix_eval_interval=True, no_second_optim=True
    )
    with cached(features):
        tagger.main([*_common(work, out), "--lang", "vi", *_on_encoder(), *files, *sizes, *course])
    slim(work / out.name, out)


def train_parser(out: Path, *, train: Sequence[Tree], dev: Sequence[Tree], work: Path, features: Features) -> None:
    """The dependency parser, a graph parser with biaffine scores."""
    from stanza.models import parser

    files = _options(train_file=write_conllu(work / "depparse-train.conllu", train))
    files += _options(eval_file=write_conllu(work / "depparse-dev.conllu", dev))
    sizes = _options(hidden_dim=200, num_layers=1, deep_biaff_hidden_dim=120, word_emb_dim=0, tag_emb_dim=50)
    sizes += _options(no_ufeats=True, bert_hidden_layers_original=True)
    course = _options(batch_size=600, max_steps=800, eval_interval=200, optim="adam", lr=0.002, beta2=0.95)
    course += _options(no_second_optim=True, no_checkpoint=True, no_plateau=True)
    with cached(features):
        parser.main([*_common(work, out), "--lang", "vi", *_on_encoder(), *files, *sizes, *course])
    slim(work / out.name, out)


def train_names(
    out: Path, *, train: Sequence[Tree], dev: Sequence[Tree], work: Path, features: Features, steps: int
) -> None:
    """The name tagger: a BiLSTM with a CRF."""
    from stanza.models import ner_tagger

    files = _options(train_file=write_names(work / "ner-train.json", train))
    files += _options(eval_file=write_names(work / "ner-dev.json", dev))
    sizes = _options(hidden_dim=160, word_emb_dim=0, no_input_transform=True)
    course = _options(batch_size=32, max_steps=steps, eval_interval=500, optim="adam", lr=0.001, dropout=0.4)
    with cached(features):
        ner_tagger.main([*_common(work, out), *_on_encoder(), *files, *sizes, *course])
    slim(work / out.name, out)


def train_tokenizer(out: Path, *, train: Sequence[Tree], dev: Sequence[Tree], work: Path) -> None:
    """The tokenizer: which letters end a word, which a sentence."""
    from stanza.models import tokenizer

    files = []
    for part, trees in (("", train), ("dev_", dev)):
        text, labels = paragraphs([[token.text for token in tree] for tree in trees])
        name = part or "train_"
        files += [f"--{part}txt_file", _write(work / f"tokenize-{name}text.txt", text)]
        files += [f"--{part}label_file", _write(work / f"tokenize-{name}labels.txt", labels)]
    words = collections.Counter(token.text.lower() for tree in train for token in tree if " " in token.text)
    frequent = sorted(word for word, count in words.items() if count >= 3)  # rarer ones would be believed too much
    files += _options(external_dict=_write(work / "tokenize-words.txt", "\n".join(frequent) + "\n"))
    files += _options(mwt_json_file=_write(work / "tokenize-mwt.json", "[]"))  # Vietnamese has no multi-word tokens
    sizes = _options(hidden_dim=100, emb_dim=32, conv_res="1,9", rnn_layers=1, max_seqlen=300)
    course = _options(steps=800, eval_steps=400, report_steps=100, batch_size=32, no_use_mwt=True, use_dictionary=True)
    tokenizer.main([*_common(work, out), "--lang", "vi", *files, *sizes, *course])
    slim(work / out.name, out)


def retagged(trees: Sequence[Tree], tagger_file: Path, *, work: Path, features: Features) -> list[Tree]:
    """The sentences with the tags that the tagger gives them."""
    from stanza.models import tagger

    read = write_conllu(work / "retag-in.conllu", trees)
    written = work / "retag-out.conllu"
    with cached(features):
        tagger.main(
            [
                *_common(tagger_file.parent, tagger_file),
                *_on_encoder(),
                *_options(mode="predict", eval_file=read, output_file=written),
            ]
        )
    rows = (line.split("\t") for line in written.read_text(encoding="utf-8").splitlines())
    tags = iter([(row[3], row[4]) for row in rows if len(row) > 4])
    result = []
    for tree in trees:
        pairs = [(token, *next(tags)) for token in tree]
        result.append(tuple(replace(token, upos=upos, xpos=xpos) for token, upos, xpos in pairs))
    return result


def named_again(trees: Sequence[Tree], names_file: Path, *, features: Features) -> list[Tree]:
    """The sentences with the names that the name tagger finds in them."""
    from stanza.models.common.doc import Document
    from stanza.models.ner.data import DataLoader
    from stanza.models.ner.trainer import Trainer

    document = Document([[{"id": n, "text": token.text} for n, token in enumerate(tree, 1)] for tree in trees])
    found: list[list[str]] = []
    with cached(features):
        trainer = Trainer(model_file=str(names_file), device="cpu")
        batches = DataLoader(document, 32, trainer.args, vocab=trainer.vocab, evaluation=True, preprocess_tags=False)
        for batch in batches:
            found += trainer.predict(batch)
    bio = str.maketrans({"S": "B", "E": "I"})
    return [
        tuple(
            replace(token, name=tag[0].translate(bio) + tag[1:] if "-" in tag else "O")
            for token, tag in zip(tree, tags, strict=True)
        )
        for tree, tags in zip(trees, found, strict=True)
    ]


def _common(folder: Path, out: Path) -> list[str]:
    saved = _options(save_dir=folder, save_name=out.name)
    return [*saved, *_options(shorthand="vi_kg", seed=SEED, cpu=True)]


def _on_encoder() -> list[str]:
    return _options(bert_model=ENCODER, no_pretrain=True, no_char=True)


def _options(**values: object) -> list[str]:
    """Arguments of a command line.

    >>> _options(steps=20, cpu=True)
    ['--steps', '20', '--cpu']
    """
    return [
        part for key, value in values.items() for part in ([f"--{key}"] if value is True else [f"--{key}", str(value)])
    ]


def slim(trained: Path, out: Path) -> None:
    """Save a Stanza model in half precision, without what only training needs: paths, and the optimiser's state.

    What is being trained is elsewhere: so ``out`` exists only when it is finished, and a run that was stopped goes on.
    """
    saved = torch.load(trained, weights_only=True)
    saved.pop("optimizer_state_dict", None)
    config = saved["config"]
    for key in [key for key in config if key.endswith(("_file", "_dir"))]:
        config[key] = None
    weights = saved["model"]
    saved["model"] = {name: value.half() if value.is_floating_point() else value for name, value in weights.items()}
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(saved, out)


def _write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def write_conllu(path: Path, trees: Iterable[Tree]) -> str:
    """Write sentences with tags and trees; give the path."""
    blocks = []
    for tree in trees:
        rows = []
        for number, token in enumerate(tree, 1):
            row = (number, token.text, "_", token.upos, token.xpos, "_", token.head, token.deprel, "_", "_")
            rows.append("\t".join(map(str, row)))
        blocks.append("\n".join(rows) + "\n\n")
    return _write(path, "".join(blocks))


def write_names(path: Path, trees: Iterable[Tree]) -> str:
    """Write sentences with names, as Stanza's name tagger reads them; give the path."""
    rows = [[{"id": number, **_name_row(token)} for number, token in enumerate(tree, 1)] for tree in trees]
    return _write(path, json.dumps(rows, ensure_ascii=False))


def _name_row(token: Token) -> dict[str, str]:
    return {"text": token.text, "ner": token.name}


def paragraphs(sentences: Sequence[Sequence[str]], *, size: int = 4) -> tuple[str, str]:
    """Sentences as running text in paragraphs of ``size`` sentences, and a label for each letter.

    Label 1 ends a word, 2 ends a sentence, 0 neither; blank lines part the paragraphs.

    >>> paragraphs([["Ông", "đến", "."], ["Tốt", "."]])
    ('Ông đến. Tốt.\\n\\n', '0010001200012\\n\\n')
    """
    texts, labels = [], []
    for first in range(0, len(sentences), size):
        text, label = "", ""
        for words in sentences[first : first + size]:
            sentence, offsets = running_text(words)
            marks = ["0"] * len(sentence)
            for word, offset in zip(words, offsets, strict=True):
                marks[offset + len(word) - 1] = "1"
            marks[-1] = "2"
            text += (" " if text else "") + sentence
            label += ("0" if label else "") + "".join(marks)
        texts.append(text)
        labels.append(label)
    return "\n\n".join(texts) + "\n\n", "\n\n".join(labels) + "\n\n"
