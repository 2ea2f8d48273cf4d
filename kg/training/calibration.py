"""What confidence is worth: ``python -m kg.training.calibration`` compares it with how many facts are right.

python -m kg.training.calibration          how right facts of each tenth of confidence are, on unseen articles
python -m kg.training.calibration --fit    the weights of ``kg.extract.confidence``, from news that is held back
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np
from scipy.optimize import minimize

from kg.extract import LEAST, extract
from kg.extract.confidence import logit
from kg.model import Article, Extraction, Fact, Sentence
from kg.ontology import Ontology, load
from kg.parse import MODELS, Parser
from kg.training.facts import Gold, cases
from kg.training.relation_data import ontologies, sentences_of, triples_of
from kg.training.text2kg import plain, triples
from kg.work import parser

Read = tuple[Gold, Article, tuple[Sentence, ...]]  # what is annotated, the article, and that as parsed
Told = tuple[Mapping[str, float], bool]  # what a fact's chance is made of, and whether it is right
KINDS = {  # of facts: what is known of one, and which weights that leaves
    "cue": (("cue",), (1, 1, 0)),
    "model": (("model",), (1, 0, 1)),
    "both": (("cue", "model"), (1, 1, 1)),
    "rival": (("cue", "rival"), (1, 1, 1)),
}
FITTED = ("held", "ours", "english", "essays")  # sets of ``kg.training.facts``
SENTENCES = 60  # of each ontology of Text2KGBench


class Given(float):
    """A confidence that remembers what it was made of."""

    told: Mapping[str, float]

    def __round__(self, digits: Any = None) -> Any:
        return self


def given(*, ours: bool, **told: float) -> Given:
    """In place of ``chance``."""
    result = Given(max(told.values()))
    result.told = told
    return result


def judged(gold: Gold, found: Extraction, tool: ModuleType) -> Iterator[tuple[Fact, bool]]:
    """Each fact that is right or wrong; score.py's tolerance for what is optional."""
    forms = {e["id"]: {tool.norm(name) for name in (e["name"], *e["aliases"])} for e in gold["entities"]}
    names = {e.key: {tool.norm(name) for name in (e.name, *e.aliases)} for e in found.entities}
    best = tool.align(names, forms)

    def hit(fact: Fact, other: Mapping[str, Any]) -> bool:
        ends, wanted = (best[fact.subject], best[fact.object]), (other["s"], other["o"])
        turned = fact.relation in tool.SYMMETRIC and ends == wanted[::-1]
        return fact.relation in (other["p"], *other["p_alt"]) and (ends == wanted or turned)

    for fact in found.facts:
        hits = [other for other in gold["facts"] if hit(fact, other)]
        if not hits or any(not other["optional"] for other in hits):
            yield fact, bool(hits)


def read(shared: Path, sets: Sequence[str], models: Path, ontology: Ontology) -> list[Read]:
    """The articles of some sets, parsed."""
    schemas = ontology.relation_texts()
    result = []
    for gold, text in (case for which in sets for case in cases(shared, which)):
        article = Article(gold["id"], text, gold["lang"])
        result.append((gold, article, parser(article.lang, models, schemas).parse(article)))
    return result


def told_in_news(articles: Sequence[Read], ontology: Ontology, tool: ModuleType) -> Iterator[Told]:
    """All facts of annotated news, with what their chances are made of."""
    for gold, article, sentences in articles:
        for fact, right in judged(gold, extract(article, sentences, ontology, least=0.0), tool):
            if isinstance(fact.confidence, Given):
                yield fact.confidence.told, right


def told_by_words(shared: Path, models: Path) -> Iterator[Told]:
    """The same of sentences of Text2KGBench that the model has not learned from."""
    for file, ontology in ontologies(shared / "data" / "text2kg"):
        reader = Parser("en", models, schemas=ontology.relation_texts())
        for row in itertools.islice(sentences_of(file, learned=False), SENTENCES):
            article = Article("sentence", row["sent"], "en")
            found = extract(article, reader.parse(article), ontology, least=0.0)
            wanted = {plain(triple) for triple in triples_of(row)}
            for fact, triple in zip(found.facts, triples(found, ontology), strict=True):
                if isinstance(fact.confidence, Given):
                    yield fact.confidence.told, plain(triple) in wanted


def fit(name: str, facts: Sequence[Told]) -> None:
    """Print the weights with which chances are likeliest (Platt 1999)."""
    print(f"{name} = {{")
    for kind, (known, used) in KINDS.items():
        rows = [(told, right) for told, right in facts if set(told) == set(known)]
        features = (
            np.array([(1, logit(told.get("cue", 0.0)), logit(told.get(known[-1], 0.0))) for told, _ in rows]) * used
        )
        signs = np.array([1 if right else -1 for _, right in rows])

        def loss(weights: Any, features: Any = features, signs: Any = signs) -> Any:
            return np.logaddexp(0, -signs * (features @ weights)).sum() + 0.05 * (weights**2).sum()

        weights = minimize(loss, np.zeros(3)).x * used
        shown = ", ".join(f"{weight:.2f}" for weight in weights)
        print(f'    "{kind}": ({shown}),  # {len(rows)} facts, {(signs > 0).mean():.2f} right')
    print("}")


def report(articles: Sequence[Read], ontology: Ontology, tool: ModuleType) -> None:
    """Print how right facts of each tenth of confidence are, and the mean difference: expected calibration error."""
    facts = [
        (fact.confidence, right)
        for gold, article, sentences in articles
        for fact, right in judged(gold, extract(article, sentences, ontology, least=LEAST), tool)
    ]
    error = 0.0
    for low in np.arange(0, 1, 0.1):
        inside = [(sure, right) for sure, right in facts if low <= sure < low + 0.1 or (low == 0.9 and sure == 1)]
        if inside:
            sure, right = (float(np.mean(column)) for column in zip(*inside, strict=True))
            error += abs(sure - right) * len(inside) / len(facts)
            print(f"confidence {sure:.2f}: {right:.2f} right of {len(inside)}")
    print(f"calibration error {error:.3f} over {len(facts)} facts")


def main() -> None:
    """Report on unseen articles, or fit on those that are held back."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--fit", action="store_true")
    options.add_argument("--models", type=Path, default=MODELS)
    options.add_argument("--shared", type=Path, default=Path("../shared"))
    asked = options.parse_args()
    spec = importlib.util.spec_from_file_location("score", asked.shared / "tools" / "score.py")
    if spec is None or spec.loader is None:
        options.error(f"no score.py in {asked.shared}")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    ontology = load()
    articles = read(asked.shared, FITTED if asked.fit else ("unseen",), asked.models, ontology)
    if not asked.fit:
        report(articles, ontology, tool)
        return
    with mock.patch("kg.extract.facts.chance", given):
        fit("OURS", list(told_in_news(articles, ontology, tool)))
        fit("OTHERS", list(told_by_words(asked.shared, asked.models)))


if __name__ == "__main__":
    main()
