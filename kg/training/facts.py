"""How good the facts are: ``python -m kg.training.facts`` builds graphs of annotated articles and runs score.py.

python -m kg.training.facts                  the seed article
python -m kg.training.facts --set unseen     every tenth annotated article, which no rule was tuned on
python -m kg.training.facts --set held       another tenth, which the model has not learned from, but confidence has
python -m kg.training.facts --set dev        the other nine tenths, which the rules were tuned on
                            --without model  ... or cues, to see what each is good for
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from kg.extract import LEAST, extract
from kg.model import Article, Sentence
from kg.ontology import Ontology, load
from kg.parse import Parser
from kg.store import Store

Case = tuple[Path, str]  # a gold file, and the text of its article


def cases(shared: Path, which: str) -> Iterator[Case]:
    """The gold files of a set with their texts, in the order of their ids."""
    if which == "seed":
        yield shared / "gold" / "altman-a16z.json", (shared / "seed" / "altman-a16z.vi.txt").read_text(encoding="utf8")
        return
    lines = (shared / "data" / "text" / "vi_news.jsonl").read_text(encoding="utf8").splitlines()
    texts = {str(row["id"]): row["text"] for row in map(json.loads, lines)}
    for number, gold in enumerate(sorted((shared / "gold" / "train").glob("*.json"))):
        sets = {9: ("unseen",), 4: ("held", "dev")}
        if which in sets.get(number % 10, ("dev",)):
            yield gold, texts[gold.stem]


def without(part: str, sentences: Sequence[Sentence], ontology: Ontology) -> tuple[list[Sentence], Ontology]:
    """What extraction gets to see in an ablation: no proposals of the model, or no cue that is ever sure."""
    if part == "model":
        return [replace(sentence, proposals=()) for sentence in sentences], ontology
    if part == "cues":
        return list(sentences), replace(ontology, cues=tuple(replace(cue, confidence=0.0) for cue in ontology.cues))
    return list(sentences), ontology


def main() -> None:
    """Build, then print what score.py says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=("seed", "unseen", "held", "dev"), default="seed")
    parser.add_argument("--without", choices=("model", "cues"), default="")
    parser.add_argument("--min-confidence", type=float, default=LEAST)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    options = parser.parse_args()
    ontology = load()
    reader = Parser("vi", options.models, schemas=ontology.relation_texts())
    with tempfile.TemporaryDirectory() as folder:
        pairs = []
        for gold, text in cases(options.shared, options.set):
            article = Article(gold.stem, text, "vi")
            paths = [Path(folder, f"{gold.stem}.{ending}") for ending in ("ttl", "txt")]
            parsed = reader.parse(article)
            found = extract(article, *without(options.without, parsed, ontology), least=options.min_confidence)
            with Store.memory() as store, paths[0].open("wb") as file:
                store.set_ontology(ontology)
                store.replace(article, parsed, found, "evaluation")
                store.export("turtle", file)
            paths[1].write_text(text, encoding="utf8")
            pairs.append("=".join(map(str, (gold, *paths))))
        tool = options.shared / "tools" / "score.py"
        sys.exit(subprocess.run([sys.executable, str(tool), *pairs], check=False).returncode)


if __name__ == "__main__":
    main()
