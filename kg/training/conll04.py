"""Relations of CoNLL04, strictly: ``python -m kg.training.conll04`` reads its sentences after its five relations.

A relation is right if its name, both ends to the letter, and the classes of both ends are (Bekoulis et al. 2018).
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from pathlib import Path

from kg.model import Place
from kg.parse import MODELS
from kg.parse.facts import FactReader
from kg.training.fact_data import Window
from kg.training.relation_data import conll04

THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6)
Key = tuple[Place, str, Place]


def gold_of(window: Window) -> tuple[str, set[Key]]:
    """A sentence, a space between each two words, and its relations."""
    ends = list(itertools.accumulate(len(word) + 1 for word in window.atoms))

    def place(span: tuple[int, int]) -> Place:
        return Place(ends[span[0]] - len(window.atoms[span[0]]) - 1, ends[span[1] - 1] - 1, window.types[span][0])

    found = {(place(s), name, place(o)) for (s, o), link in window.links.items() for name in link.relations}
    return " ".join(window.atoms), found


def main() -> None:
    """Print F1 at several thresholds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, default=Path("../shared/data/re/en_conll04-dev.txt"))
    parser.add_argument("--models", type=Path, default=MODELS)
    asked = parser.parse_args()
    windows = list(conll04(asked.file))
    reader = FactReader(asked.models, "en", (windows[0].schema,))
    gold: set[tuple[int, Key]] = set()
    found: dict[tuple[int, Key], float] = {}
    for number, window in enumerate(windows):
        text, keys = gold_of(window)
        gold |= {(number, key) for key in keys}
        for one in reader.read(text, [(0, len(text))]):
            found[number, (one.subject, one.relation, one.object)] = one.confidence
    for threshold in THRESHOLDS:
        print(_score(gold, [key for key, sure in found.items() if sure >= threshold], threshold))


def _score(gold: set[tuple[int, Key]], found: Sequence[tuple[int, Key]], threshold: float) -> str:
    right = len(gold.intersection(found))
    precision, recall = right / max(len(found), 1), right / max(len(gold), 1)
    f1 = 2 * right / max(len(found) + len(gold), 1)
    return f"threshold {threshold}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f} over {len(gold)} relations"


if __name__ == "__main__":
    main()
