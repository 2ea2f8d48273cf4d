"""How good the facts are: ``python -m kg.training.facts`` builds graphs of annotated articles and runs score.py.

python -m kg.training.facts                  the seed article
python -m kg.training.facts --set unseen     every tenth annotated article, which no rule was tuned on
python -m kg.training.facts --set held       another tenth, which the model has not learned from, but confidence has
python -m kg.training.facts --set ours       news annotated for this project, held back in the same way
python -m kg.training.facts --set english    invented English articles; essays: Vietnamese ones that reason; held back
python -m kg.training.facts --set dev        the other nine tenths, which the rules were tuned on
                            --without model  ... or cues, to see what each is good for
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kg.extract import LEAST, extract
from kg.model import Article, Sentence
from kg.ontology import Ontology, load
from kg.parse import MODELS
from kg.store import Store
from kg.training.fact_data import in_words, stand_off
from kg.training.name_data import news_texts
from kg.work import parser as parser_of

Gold = Mapping[str, Any]  # what a gold file says
SETS = ("seed", "unseen", "held", "ours", "english", "essays", "dev")
HERE = Path(__file__).parent


def cases(shared: Path, which: str) -> Iterator[tuple[Gold, str]]:
    """The articles of a set: what is annotated, and the text; in the order of their ids."""
    if which == "seed":
        text = (shared / "seed" / "altman-a16z.vi.txt").read_text(encoding="utf8")
        yield json.loads((shared / "gold" / "altman-a16z.json").read_text(encoding="utf8")), text
        return
    texts = news_texts(shared / "data" / "text" / "vi_news.jsonl")
    if which in ("ours", "english", "essays"):
        for row in stand_off(HERE / "facts.held.jsonl"):
            text = row.get("text") or texts[row["id"]]
            if which == ("ours" if "text" not in row else "english" if row["lang"] == "en" else "essays"):
                yield in_words(row, text), text
        return
    for number, file in enumerate(sorted((shared / "gold" / "train").glob("*.json"))):
        sets = {9: ("unseen",), 4: ("held", "dev")}
        if which in sets.get(number % 10, ("dev",)):
            yield json.loads(file.read_text(encoding="utf8")), texts[file.stem]


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
    parser.add_argument("--set", choices=SETS, default="seed")
    parser.add_argument("--without", choices=("model", "cues"), default="")
    parser.add_argument("--min-confidence", type=float, default=LEAST)
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    options = parser.parse_args()
    ontology = load()
    with tempfile.TemporaryDirectory() as folder:
        pairs = []
        for gold, text in cases(options.shared, options.set):
            article = Article(gold["id"], text, gold["lang"])
            paths = [Path(folder, f"{article.id}.{ending}") for ending in ("json", "ttl", "txt")]
            parsed = parser_of(article.lang, options.models, ontology.relation_texts()).parse(article)
            found = extract(article, *without(options.without, parsed, ontology), least=options.min_confidence)
            with Store.memory() as store, paths[1].open("wb") as file:
                store.set_ontology(ontology)
                store.replace(article, parsed, found, "evaluation")
                store.export("turtle", file)
            paths[0].write_text(json.dumps(gold), encoding="utf8")
            paths[2].write_text(text, encoding="utf8")
            pairs.append("=".join(map(str, paths)))
        tool = options.shared / "tools" / "score.py"
        sys.exit(subprocess.run([sys.executable, str(tool), *pairs], check=False).returncode)


if __name__ == "__main__":
    main()
