"""Make the weights: ``python -m kg.training [STEP...] [--lang LANG]``; ``make train`` runs all, for both languages.

Steps, in order: encoder (published weights, vocabulary pruned), network (all corpora together, two processes, over an
hour), ship (weights into --out), evaluate. Without STEP, those run whose output is missing, and all after them. The
network step goes on from its last checkpoint after a stop, as long as languages and corpora are the same.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SEED = 1234
STEPS_OF_TRAINING = 3000
RATE = 2e-4
LANGUAGES = ("vi", "en")


@dataclass(frozen=True)
class Folders:
    """Where a training run reads and writes, and what it learns from."""

    data: Path
    gold: Path
    out: Path
    work: Path
    languages: tuple[str, ...] = LANGUAGES
    without: frozenset[str] = frozenset()  # names of corpora to leave out

    @property
    def start(self) -> Path:
        return self.work / "start"


def make_encoder(folders: Folders) -> None:
    from kg.training import encoder

    encoder.make_encoder(folders.start, data=folders.data)


def make_network(folders: Folders) -> None:
    from functools import partial

    from kg.training.material import material
    from kg.training.multitask import Course, learn

    read = partial(
        material, folders.data, folders.gold, seed=SEED, languages=folders.languages, without=folders.without
    )
    course = Course(steps=STEPS_OF_TRAINING, rate=RATE, seed=SEED)
    learn(read, course, start=folders.start, work=folders.work)


def ship(folders: Folders) -> None:
    import torch
    from safetensors.torch import load_file

    from kg.models.network import Network, Sizes
    from kg.models.weights import save_network
    from kg.parse.folders import KNOWN_LEMMAS
    from kg.training import english

    saved = torch.load(folders.work / "trained.pt", weights_only=False)
    network = Network(Sizes(**saved["sizes"]), saved["labels"])
    network.load_state_dict(saved["network"])
    blocks = load_file(folders.start / "encoder.safetensors")
    shutil.copy(folders.start / "tokenizer.json", folders.out)
    save_network(folders.out, network, words={key: part for key, part in blocks.items() if ".words." in key})
    if "en" in folders.languages:
        paragraphs = english.treebank(folders.data, "train")
        english.write_lemmas(folders.out / "en" / KNOWN_LEMMAS, [tree for part in paragraphs for tree in part])


def evaluate(folders: Folders) -> None:
    from kg.training import evaluation

    for lang in folders.languages:
        scores = evaluation.scores(lang, data=folders.data, gold=folders.gold, models=folders.out, seed=SEED)
        file = folders.out / lang / "scores.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")


def _outputs(folders: Folders) -> dict[str, tuple[Callable[[Folders], None], Path]]:
    return {
        "encoder": (make_encoder, folders.start / "encoder.safetensors"),
        "network": (make_network, folders.work / "trained.pt"),
        "ship": (ship, folders.out / "weights.safetensors"),
        "evaluate": (evaluate, folders.out / folders.languages[-1] / "scores.json"),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the steps asked for, all by default."""
    reader = argparse.ArgumentParser(prog="python -m kg.training", description=__doc__)
    reader.add_argument("steps", nargs="*", metavar="STEP", help="default: all")
    reader.add_argument("--lang", action="append", default=[], choices=LANGUAGES, help="default: both together")
    reader.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the corpora")
    reader.add_argument("--gold", type=Path, default=Path("../shared/gold/train"), help="folder of annotated news")
    reader.add_argument("--out", type=Path, default=Path("kg/models"), help="where the weights go")
    reader.add_argument("--work", type=Path, default=Path("outputs/training"), help="where intermediate files go")
    reader.add_argument(
        "--without", action="append", default=[], metavar="CORPUS", help="leave a corpus out; may be given again"
    )
    asked = reader.parse_args(arguments)
    languages = tuple(lang for lang in LANGUAGES if lang in (asked.lang or LANGUAGES))
    folders = Folders(asked.data, asked.gold, asked.out, asked.work, languages, frozenset(asked.without))
    outputs = _outputs(folders)
    if unknown := sorted(set(asked.steps) - set(outputs)):
        reader.error(f"no step {', '.join(unknown)}; there are {', '.join(outputs)}")
    fresh = False  # whether a step before made something new
    for name, (step, result) in outputs.items():
        fresh = fresh or not result.exists()
        if name not in asked.steps and (asked.steps or not fresh):
            print(f"{name}: skipped", file=sys.stderr)
            continue
        start = time.monotonic()
        result.parent.mkdir(parents=True, exist_ok=True)
        step(folders)
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
