"""Make the weights: ``python -m kg.training [STEP...] [--data DIR] [--out DIR] [--work DIR]``.

Steps, in order: encoder, tokenize, pos, depparse, ner, evaluate. A step whose output exists is skipped; delete the file
to make it anew. What was encoded before is kept in --work, so a run that was stopped goes on from there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kg.training import corpora

SEED = 1234


@dataclass(frozen=True)
class Folders:
    """Where a training run reads and writes."""

    data: Path
    gold: Path
    out: Path
    work: Path
    without: frozenset[str]  # corpora to leave out: "tagged", "vlsp2016", "gold"

    @property
    def encoder(self) -> Path:
        return self.out / "encoder"

    def model(self, name: str) -> Path:
        return self.out / "vi" / f"{name}.pt"


def make_encoder(folders: Folders) -> None:
    from kg.training import encoder

    encoder.make_encoder(folders.encoder, data=folders.data)


def make_tokenizer(folders: Folders) -> None:
    from kg.training.stanza_models import train_tokenizer

    train, dev = _words(folders), corpora.treebank(folders.data, "dev")
    if "vlsp2016" not in folders.without:
        known = {corpora.key(tree) for tree in (*train, *dev)}
        train += [tree for tree in corpora.named(folders.data, 2016) if corpora.key(tree) not in known]
    train_tokenizer(folders.model("tokenize"), train=train, dev=dev, work=folders.work)


def make_tagger(folders: Folders) -> None:
    from kg.training.features import Features
    from kg.training.modern import tagged_today
    from kg.training.stanza_models import train_tagger

    features = Features(folders.work / "features", encoder=folders.encoder)
    dev, train = corpora.treebank(folders.data, "dev"), _words(folders)
    train += tagged_today(train, 600, seed=SEED)
    train_tagger(folders.model("pos"), train=train, dev=dev, work=folders.work, features=features)


def _words(folders: Folders) -> list[corpora.Tree]:
    """Sentences with gold words and tags."""
    train = corpora.treebank(folders.data, "train")
    return train if "tagged" in folders.without else train + corpora.tagged(folders.data)


def make_parser(folders: Folders) -> None:
    from kg.training.features import Features
    from kg.training.stanza_models import retagged, train_parser

    features = Features(folders.work / "features", encoder=folders.encoder)
    # The parser reads predicted tags later, so it is trained on predicted ones, and chosen by scores on those.
    parts = (corpora.treebank(folders.data, part) for part in ("train", "dev"))
    train, dev = (retagged(trees, folders.model("pos"), work=folders.work, features=features) for trees in parts)
    train_parser(folders.model("depparse"), train=train, dev=dev, work=folders.work, features=features)


def make_name_tagger(folders: Folders) -> None:
    from kg.training import name_data
    from kg.training.features import Features
    from kg.training.stanza_models import named_again, train_names

    features = Features(folders.work / "features", encoder=folders.encoder)
    ends = name_data.word_ends(folders.model("tokenize"))
    names = name_data.read_name_data(folders.data, gold=folders.gold, ends=ends, seed=SEED)
    names = names.without(folders.without)
    first = folders.work / "first/ner.pt"
    dev = names.vlsp2021[1]
    if not first.exists():
        train = name_data.first_training(names, ends=ends, seed=SEED)
        train_names(first, train=train, dev=dev, work=folders.work, features=features, steps=1500)
    train = name_data.full_training(
        names, lambda trees: named_again(trees, first, features=features), ends=ends, seed=SEED
    )
    train_names(folders.model("ner"), train=train, dev=dev, work=folders.work, features=features, steps=2000)


def evaluate(folders: Folders) -> None:
    from kg.training import evaluation, name_data
    from kg.training.features import Features
    from kg.training.stanza_models import named_again

    features = Features(folders.work / "features", encoder=folders.encoder)
    models = folders.out / "vi"
    report: dict[str, dict[str, float]] = {
        "ud_dev_raw": evaluation.raw_text_scores(folders.data, models=models, work=folders.work)
    }
    ends = name_data.word_ends(folders.model("tokenize"))
    names = name_data.read_name_data(folders.data, gold=folders.gold, ends=ends, seed=SEED)
    held = (
        ("vlsp2021", names.vlsp2021, None),
        ("vlsp2016", names.vlsp2016, name_data.VLSP2016_TYPES),
        ("news", names.news, name_data.GOLD_TYPES),
    )
    for name, (_, dev), kinds in held:
        found = named_again(dev, folders.model("ner"), features=features)
        report[f"names_{name}"] = evaluation.name_scores(dev, found, kinds=kinds)
    (models / "scores.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


STEPS: dict[str, tuple[Callable[[Folders], None], str]] = {
    "encoder": (make_encoder, "encoder/encoder.safetensors"),
    "tokenize": (make_tokenizer, "vi/tokenize.pt"),
    "pos": (make_tagger, "vi/pos.pt"),
    "depparse": (make_parser, "vi/depparse.pt"),
    "ner": (make_name_tagger, "vi/ner.pt"),
    "evaluate": (evaluate, "vi/scores.json"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the steps asked for, all by default."""
    import torch

    torch.set_num_threads(1)  # two threads are slower than one on small machines
    reader = argparse.ArgumentParser(prog="python -m kg.training", description=__doc__)
    reader.add_argument("steps", nargs="*", metavar="STEP", help=f"of {', '.join(STEPS)}; default: all")
    reader.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the corpora")
    reader.add_argument("--gold", type=Path, default=Path("../shared/gold/train"), help="folder of annotated news")
    reader.add_argument("--out", type=Path, default=Path("kg/models"), help="where the weights go")
    reader.add_argument("--work", type=Path, default=Path("outputs/training"), help="where intermediate files go")
    corpus = ("tagged", "vlsp2016", "gold")
    reader.add_argument("--without", action="append", default=[], choices=corpus, help="leave a corpus out")
    asked = reader.parse_args(arguments)
    if unknown := sorted(set(asked.steps) - set(STEPS)):
        reader.error(f"no step {', '.join(unknown)}; there are {', '.join(STEPS)}")
    folders = Folders(asked.data, asked.gold, asked.out, asked.work, frozenset(asked.without))
    for name, (step, result) in STEPS.items():
        if (asked.steps and name not in asked.steps) or (folders.out / result).exists():
            print(f"{name}: skipped", file=sys.stderr)
            continue
        start = time.monotonic()
        step(folders)
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
