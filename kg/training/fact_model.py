"""The model of facts: ``python -m kg.training.fact_model --work FOLDER``.

A branch (``kg.models.facts``) of the network, which begins with the encoder's layers, learns which spans are ends of
facts, which relation holds between two of them, how and by whom it is said. The encoder itself stays as it is.
Every tenth gold article is unseen, another tenth is for development; those annotated for this project
(``facts.news.jsonl``) and the corpora of ``relation_data`` are all learned from.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import itertools
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from kg.model import LITERAL, Modality, RelationText
from kg.models.facts import FactBranch, FactLabels, Guess, Schema, reachable, read_facts
from kg.models.network import Batch, Network, batch_of
from kg.models.weights import load_network, save_branch
from kg.ontology import Frame, Ontology, load
from kg.parse.atoms import Span
from kg.parse.facts import MAX_ATOMS, Meanings
from kg.parse.pieces import Pieces
from kg.parse.reader import batches
from kg.training.fact_data import SYMMETRIC, FactArticle, Window, gold_articles, news_articles, windows_of
from kg.training.relation_data import conll04, redocred, text2kg

HERE = Path(__file__).parent
ATOMS = 900  # in a step, about
WARM_UP = 100  # steps
CUTS = 2  # ways in which an article is cut into windows
CANDIDATES = 0.3  # spans for each atom that are paired while learning, besides the right ones
THRESHOLDS = (0.02, 0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
WEIGHTS = {"spans": 0.5, "relations": 1.0, "modalities": 0.5, "speakers": 0.5}
SHARES = {"redocred": 0.25, "text2kg": 0.4, "conll04": 1.0}  # of each corpus in a round of training
REWORDINGS = 24  # of our relations
RENAMED = 0.3  # of the windows of news
SEED = 5

Wording = tuple[RelationText, ...]  # all relations of an ontology, in words


class Frozen:
    """What of the encoder does not learn: windows -> vectors of their pieces, relations -> what they mean."""

    def __init__(self, network: Network, pieces: Pieces) -> None:
        self.encoder, self.pieces = network.encoder.train(False), pieces
        self._read_meanings = Meanings(self.encoder, pieces)
        self._meanings: dict[RelationText, Tensor] = {}

    def batch(self, windows: Sequence[Window]) -> Batch:
        """The windows as the encoder reads them."""
        rows = [(self.pieces(window.atoms), window.glued) for window in windows]
        return batch_of(rows, begin=self.pieces.begin, end=self.pieces.end)

    def states(self, batch: Batch) -> Tensor:
        """Vectors of the pieces, (windows, longest, width)."""
        with _not_learning():
            states: Tensor = self.encoder(batch, 0)[-1]
            return states

    def meanings(self, schema: Wording) -> Tensor:
        """Vectors of what relations mean, and of what they admit, (relations, 3 * width)."""
        new = [text for text in schema if text not in self._meanings]
        if new:
            with _not_learning():
                self._meanings.update(zip(new, self._read_meanings(new), strict=True))
        return torch.stack([self._meanings[text] for text in schema])


@contextlib.contextmanager
def _not_learning() -> Iterator[None]:
    """How layers that do not learn are run, for others that do."""
    with torch.inference_mode(False), torch.no_grad():
        yield


def losses(branch: FactBranch, atoms: Tensor, window: Window, meanings: Tensor) -> dict[str, Tensor]:
    """The loss of each task that the window says something to."""
    labels, head = branch.labels, branch.head
    spans, scores = head.spans(atoms, torch.tensor(window.sentence))
    places = [(first, last) for first, last in spans.tolist()]
    if not any(LITERAL in kinds for kinds in window.types.values()) and window.full:
        scores[:, labels.types.index(LITERAL)] = -1e4  # its annotators did not mark dates and numbers
    right = _right(labels.types, [window.types.get(place) for place in places])
    lost = scores.logsumexp(-1) - scores.masked_fill(~right, -1e4).logsumexp(-1)
    if not window.full:
        near = [any(one[0] < last and first < one[1] for one in window.types) for first, last in places]
        lost = lost[torch.tensor(near)]
    result = {"spans": lost.sum() / (len(window.types) + 1)}
    likely = (-scores.log_softmax(-1)[:, 0]).topk(min(len(places), int(CANDIDATES * len(atoms)) + 1)).indices.tolist()
    chosen = sorted({places[index] for index in likely} | (window.types.keys() & set(places)))
    pairs = reachable(chosen, [window.sentence[first] for first, _ in chosen])
    if not pairs:
        return result
    vectors = head.pairs(atoms, torch.tensor(chosen), torch.tensor(pairs))
    links = [window.links.get((chosen[s], chosen[o])) for s, o in pairs]
    names = ["", *(relation.name for relation in window.schema)]
    right = _right(names, [link.relations if link else None for link in links])
    relations = head.relations(vectors, meanings)
    lost = relations.logsumexp(-1) - relations.masked_fill(~right, -1e4).logsumexp(-1)
    result["relations"] = lost.sum() / (sum(link is not None and "" not in link.relations for link in links) + 1)
    told = [(row, labels.modalities.index(link.modality)) for row, link in enumerate(links) if link and link.modality]
    if told:
        rows, wanted = (list(column) for column in zip(*told, strict=True))
        modalities = head.modalities(vectors[rows])
        result["modalities"] = functional.cross_entropy(modalities, torch.tensor(wanted))
    number = {None: 0} | {(first + window.begin, last + window.begin): n for n, (first, last) in enumerate(chosen, 1)}
    sayers = [
        (row, number[link.speaker])
        for row, link in enumerate(links)
        if link and link.known_speaker and link.speaker in number
    ]
    if sayers:
        rows, wanted = (list(column) for column in zip(*sayers, strict=True))
        who = head.speakers(atoms, torch.tensor(chosen), vectors[rows])
        result["speakers"] = functional.cross_entropy(who, torch.tensor(wanted))
    return result


Key = tuple[str, str, str]  # subject, relation, object


def evaluate(branch: FactBranch, frozen: Frozen, articles: Sequence[FactArticle], schema: Wording) -> str:
    """F1 of the facts at the best threshold, as if spans were resolved to entities without error; and of the spans."""
    branch.train(False)
    sure, spans = [], [0, 0, 0]
    for article in articles:
        facts: dict[Key, float] = {}
        for window in windows_of(article, schema):
            found, guesses = _read(branch, frozen, window)
            counts = len(found.keys() & window.types.keys()), len(found), len(window.types)
            spans = [one + other for one, other in zip(spans, counts, strict=True)]
            for guess in guesses:
                ends = [_entity(span, window) for span in (guess.subject, guess.object)]
                if ends[0] != ends[1]:
                    s, o = sorted(ends) if guess.relation in SYMMETRIC else ends
                    facts[s, guess.relation, o] = max(guess.confidence, facts.get((s, guess.relation, o), 0.0))
        sure.append(facts)
    branch.train()
    best = max(_score(articles, sure, threshold) for threshold in THRESHOLDS)
    return f"{best[1]}; spans P {spans[0] / max(spans[1], 1):.3f} R {spans[0] / max(spans[2], 1):.3f}"


@torch.inference_mode()
def _read(branch: FactBranch, frozen: Frozen, window: Window) -> tuple[dict[Span, str], list[Guess]]:
    batch = frozen.batch([window])
    atoms = branch.atoms(frozen.states(batch), batch)
    names = tuple(relation.name for relation in window.schema)
    return read_facts(branch, atoms, window.sentence, [Schema(names, frozen.meanings(window.schema))])


def _score(articles: Sequence[FactArticle], sure: Sequence[dict[Key, float]], threshold: float) -> tuple[float, str]:
    right = built = found = needed = 0
    for article, facts in zip(articles, sure, strict=True):
        keys = {key for key, confidence in facts.items() if confidence >= threshold}
        acceptable = {key for answers in article.required for key in answers}
        good = keys & acceptable
        right += len(good)
        built += len(good | (keys - article.optional))
        found += sum(not keys.isdisjoint(answers) for answers in article.required)
        needed += len(article.required)
    precision, recall = right / max(built, 1), found / max(needed, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f1, f"threshold {threshold}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"


def _entity(span: Span, window: Window) -> str:
    """The entity of the annotated span that is most like a span, at least half of both; else one of its own."""
    ranked = [
        ((min(span[1], other[1]) - max(span[0], other[0])) / (max(span[1], other[1]) - min(span[0], other[0])), entity)
        for other, entity in window.entities.items()
    ]
    share, best = max(ranked, default=(0.0, ""))
    return best if share >= 0.5 else f"?{span[0] + window.begin}-{span[1]}"


def _right(labels: Sequence[str], answers: Sequence[Sequence[str] | None]) -> Tensor:
    """Which labels may be right, (answers, labels); no answer means the first."""
    right = torch.zeros(len(answers), len(labels), dtype=torch.bool)
    right[:, 0] = torch.tensor([answer is None for answer in answers])
    for row, answer in enumerate(answers):
        for name in answer or ():
            right[row, labels.index(name)] = True
    return right


Corpora = Mapping[str, Sequence[Window]]


def rewordings(ontology: Ontology, count: int) -> list[Wording]:
    """The relations as ``relation_texts`` has them, then ``count`` times in other words: so that none is known by one
    wording only, but by what it means."""
    (schema,) = ontology.relation_texts()
    chance = random.Random(SEED)
    return [schema, *(tuple(_reworded(ontology, text, chance) for text in schema) for _ in range(count))]


def _reworded(ontology: Ontology, text: RelationText, chance: random.Random) -> RelationText:
    """A relation by a label, a definition or a few cue words of one language, with or without what it admits."""
    relation, lang = ontology.relations[text.name], chance.choice(("vi", "en"))
    label, definition = (
        next((one.text for one in some if one.lang == lang), "") for some in (relation.labels, relation.definitions)
    )
    verbs = [cue for cue in ontology.cues if cue.relation == text.name and cue.frame is Frame.VERB and not cue.inverse]
    forms = sorted({cue.form for cue in verbs if cue.lang == lang})
    few = ", ".join(chance.sample(forms, min(len(forms), chance.randint(1, 4))))
    words = chance.choice((few, definition, f"{label}: {few}" if few else "", label)) or label or text.meaning
    ends = (text.subjects, text.objects) if chance.random() < 0.5 else ("", "")
    return RelationText(text.name, words, *ends)


class Renaming:
    """Other names of one class and length in the places of names: what is said counts, not who is known for what."""

    def __init__(self, windows: Sequence[Window]) -> None:
        found = collections.defaultdict[tuple[str, int], set[tuple[str, ...]]](set)
        for window in windows:
            for span, kinds in _names(window):
                found[kinds, span[1] - span[0]].add(window.atoms[slice(*span)])
        self._names = {key: sorted(names) for key, names in found.items()}

    def __call__(self, window: Window, chance: random.Random) -> Window:
        """The window with about half of its names exchanged, each the same way wherever it stands."""
        atoms = list(window.atoms)
        others: dict[tuple[str, ...], tuple[str, ...]] = {}
        for span, kinds in _names(window):
            name = window.atoms[slice(*span)]
            if name not in others:
                others[name] = chance.choice(self._names[kinds, len(name)]) if chance.random() < 0.5 else name
            atoms[slice(*span)] = others[name]
        return replace(window, atoms=tuple(atoms))


def _names(window: Window) -> Iterator[tuple[Span, str]]:
    """The spans that are names, without those within or across others, and their classes."""
    end = 0
    for span in sorted(window.types, key=lambda span: (span[0], -span[1])):
        words = window.atoms[slice(*span)]
        if span[0] >= end and words[0][0].isupper() and words[-1][0].isupper():
            end = span[1]
            yield span, " ".join(window.types[span])


def rounds(news: Sequence[FactArticle], corpora: Corpora, schemas: Sequence[Wording]) -> Iterator[list[Window]]:
    """Windows in steps of about ATOMS, round after round: all news, cut anew each time, and a share of the others.

    ``schemas``: the same relations in other words each time; half of the news is read with the first.
    """
    chance = random.Random(SEED)
    cuts = [
        [w for a in news for w in windows_of(a, schemas[0], first=chance.randint(MAX_ATOMS // 3, MAX_ATOMS))]
        for _ in range(CUTS)
    ]
    rename = Renaming([window for cut in cuts for window in cut])
    for number in itertools.count():
        windows = [
            replace(window, schema=chance.choice(schemas[1:])) if schemas[1:] and chance.random() < 0.5 else window
            for window in cuts[number % CUTS]
        ]
        windows = [rename(window, chance) if chance.random() < RENAMED else window for window in windows]
        for name, corpus in corpora.items():
            windows += chance.sample(corpus, int(SHARES[name] * len(corpus)))
        chance.shuffle(windows)
        step: list[Window] = []
        for window in windows:
            step.append(window)
            if sum(len(one.atoms) for one in step) >= ATOMS:
                yield step
                step = []


def train(
    branch: FactBranch,
    frozen: Frozen,
    steps: Iterator[list[Window]],
    dev: Sequence[FactArticle],
    schema: Wording,
    work: Path,
    *,
    count: int,
    rate: float,
) -> None:
    """Learn ``count`` steps; the head learns five times as fast as the layers. Saved every 200 steps, and gone on from
    there."""
    heads = [branch.mix, *branch.head.parameters()]
    groups = [{"params": list(branch.layers.parameters()), "rate": rate}, {"params": heads, "rate": 5 * rate}]
    optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    saved, done = work / "facts.pt", 0
    if saved.exists():
        state = torch.load(saved, weights_only=False)
        branch.load_state_dict(state["branch"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["step"]
    start, sums = time.monotonic(), collections.defaultdict[str, list[float]](list)
    branch.train()
    for step, drawn in zip(range(1, count + 1), steps, strict=False):
        if step <= done:
            continue
        windows = sorted(drawn, key=lambda window: len(window.atoms))
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * min(step / WARM_UP, 1.0) * max(0.02, 1 - step / count)
        lengths = [len(window.atoms) for window in windows]
        alike = [[windows[index] for index in chosen] for chosen in batches(range(len(windows)), lengths)]
        vectors = [atoms for chosen in alike for atoms in _vectors(branch, frozen, chosen)]
        total = torch.zeros(())
        for atoms, window in zip(vectors, windows, strict=True):
            for name, loss in losses(branch, atoms, window, frozen.meanings(window.schema)).items():
                total = total + WEIGHTS[name] * loss * len(window.atoms) / ATOMS
                sums[name].append(loss.item())
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(branch.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if step % 50 == 0:
            shown = " ".join(f"{name} {sum(values) / len(values):.3f}" for name, values in sums.items())
            print(f"step {step} {time.monotonic() - start:.0f} s {shown}", file=sys.stderr, flush=True)
            sums.clear()
        if step % 200 == 0 or step == count:
            state = {"branch": branch.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
            torch.save(state, saved.with_suffix(".new"))
            saved.with_suffix(".new").replace(saved)
            print(f"step {step} dev {evaluate(branch, frozen, dev, schema)}", file=sys.stderr, flush=True)


def _vectors(branch: FactBranch, frozen: Frozen, windows: Sequence[Window]) -> Iterator[Tensor]:
    batch = frozen.batch(windows)
    atoms = branch.atoms(frozen.states(batch), batch)
    return iter(torch.split(atoms, [len(window.atoms) for window in windows]))


def main() -> None:
    """Train, and keep the weights of the branch."""
    reader = argparse.ArgumentParser(prog="python -m kg.training.fact_model", description=__doc__)
    reader.add_argument("--models", type=Path, default=Path("kg/models"), help="of the network it stands on")
    reader.add_argument("--shared", type=Path, default=Path("../shared"))
    reader.add_argument("--work", type=Path, default=Path("outputs/training"))
    reader.add_argument("--steps", type=int, default=4000)
    reader.add_argument("--rate", type=float, default=1.5e-4)
    reader.add_argument("--threads", type=int, default=1)
    reader.add_argument("--start", type=Path, help="facts.pt to go on from")
    reader.add_argument("--out", type=Path, help="the network's folder, to put facts.safetensors into when all is done")
    asked = reader.parse_args()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(SEED)
    network = load_network(asked.models)
    news, data = asked.shared / "data/text/vi_news.jsonl", asked.shared / "data"
    gold = gold_articles(asked.shared / "gold/train", news)
    learned = [article for number, article in enumerate(gold) if number % 10 not in (4, 9)]
    learned += news_articles(HERE, news)
    corpora = {
        "redocred": [
            window
            for part in ("dev", "test")
            for window in redocred(data / f"re/en_redocred-{part}.json", HERE / "properties.tsv")
        ],
        "text2kg": list(text2kg(data / "text2kg")),
        "conll04": list(conll04(data / "re/en_conll04-train.txt")),
    }
    schemas = rewordings(load(), REWORDINGS)
    schema = schemas[0]
    types = {kind for article in learned for kind in article.types.values()}
    branch = FactBranch(network.sizes, FactLabels(("", *sorted(types), LITERAL), tuple(Modality)))
    branch.layers.load_state_dict(network.encoder.layers.state_dict())
    if asked.start:
        branch.load_state_dict(torch.load(asked.start, weights_only=False)["branch"])
    asked.work.mkdir(parents=True, exist_ok=True)
    frozen = Frozen(network, Pieces(asked.models / "tokenizer.json"))
    if not asked.start:
        known = [*schemas, *sorted({window.schema for corpus in corpora.values() for window in corpus})]
        branch.head.standard.measure(torch.cat([frozen.meanings(words) for words in known]))
    train(
        branch,
        frozen,
        rounds(learned, corpora, schemas),
        gold[4::10],
        schema,
        asked.work,
        count=asked.steps,
        rate=asked.rate,
    )
    if asked.out:
        save_branch(asked.out, branch)


if __name__ == "__main__":
    main()
