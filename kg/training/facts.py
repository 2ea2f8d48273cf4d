"""How good the facts are: ``python -m kg.training.facts`` builds graphs of annotated articles and runs score.py.

python -m kg.training.facts                  the seed article
python -m kg.training.facts --set unseen     every tenth annotated article, which no rule was tuned on
python -m kg.training.facts --set dev        the other nine tenths, which the rules were tuned on
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kg.extract import extract
from kg.model import Article
from kg.ontology import load
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
        if (number % 10 == 9) == (which == "unseen"):
            yield gold, texts[gold.stem]


def main() -> None:
    """Build, then print what score.py says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=("seed", "unseen", "dev"), default="seed")
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    options = parser.parse_args()
    ontology, sentences = load(), Parser("vi")
    with tempfile.TemporaryDirectory() as folder:
        pairs = []
        for gold, text in cases(options.shared, options.set):
            article = Article(gold.stem, text, "vi")
            paths = [Path(folder, f"{gold.stem}.{ending}") for ending in ("ttl", "txt")]
            parsed = sentences.parse(article)
            with Store.memory() as store, paths[0].open("wb") as file:
                store.set_ontology(ontology)
                store.replace(article, parsed, extract(article, parsed, ontology), "evaluation")
                store.export("turtle", file)
            paths[1].write_text(text, encoding="utf8")
            pairs.append("=".join(map(str, (gold, *paths))))
        tool = options.shared / "tools" / "score.py"
        sys.exit(subprocess.run([sys.executable, str(tool), *pairs], check=False).returncode)


if __name__ == "__main__":
    main()
