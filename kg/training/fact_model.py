"""The model of facts: ``python -m kg.training.fact_model --network trained.pt --work FOLDER``. Not shipped yet.

A head (``kg.models.facts``) on the network's encoder, both fine-tuned on annotated articles: which spans are ends of
facts, which relation holds between two of them, how and by whom it is said. Every tenth gold article is unseen, another
tenth is for development; those annotated for this project (``facts.news.jsonl``) are all learned from.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from kg.model import Modality
from kg.models.facts import FactHead, FactLabels, reachable
from kg.models.network import Network, Sizes, batch_of, means
from kg.parse.atoms import Span
from kg.parse.pieces import Pieces
from kg.training.fact_data import SYMMETRIC, FactArticle, Link, gold_articles, news_articles

HERE = Path(__file__).parent
MAX_ATOMS = 150  # in a window of consecutive sentences, unless one has more
ATOMS = 900  # in a step, about
WARM_UP = 60  # steps
CANDIDATES = 0.3  # spans for each atom that are paired while learning, besides the right ones
LEAST_SPAN, LEAST_PAIR = 0.15, 0.01  # chances from which spans and facts are kept
THRESHOLDS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6)
WEIGHTS = {"spans": 0.5, "relations": 1.0, "modalities": 0.5, "speakers": 0.5}
SEED = 5


class FactModel(nn.Module):
    """The encoder of a network, and the head of facts on its own mix of layers."""

    def __init__(self, network: Network, labels: FactLabels) -> None:
        super().__init__()
        self.encoder, self.labels = network.encoder, labels
        self.mix = nn.Parameter(torch.zeros(network.sizes.layers + 1))
        self.head = FactHead(network.sizes.width, labels)
        self.encoder.words.weight.requires_grad = False

    def atoms(self, windows: Sequence[Window], pieces: Pieces) -> tuple[Tensor, ...]:
        """The vectors of the atoms of each window, (atoms, width)."""
        rows = [(pieces(window.atoms), window.glued) for window in windows]
        batch = batch_of(rows, begin=pieces.begin, end=pieces.end)
        there = batch.atom_of_piece >= 0
        states = torch.stack([layer[there].float() for layer in self.encoder(batch)])
        with torch.autocast("cpu", enabled=False):  # see Network
            mixed = torch.einsum("l,lpd->pd", self.mix.softmax(-1), states)
        vectors = means(mixed, batch.atom_of_piece[there], batch.atoms)
        return torch.split(vectors, [len(window.atoms) for window in windows])


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive sentences of an article. Spans count from the window's first atom."""

    atoms: tuple[str, ...]
    glued: tuple[bool, ...]
    sentence: tuple[int, ...]  # of each atom
    types: Mapping[Span, str]
    entities: Mapping[Span, str]
    links: Mapping[tuple[Span, Span], Link]
    begin: int  # the article's atom that is the window's first


def windows_of(article: FactArticle, *, first: int = MAX_ATOMS) -> Iterator[Window]:
    """An article in windows; ``first`` is the size of the first one, so that windows can be cut elsewhere each time."""
    at, size = 0, first
    while at < len(article.sentences):
        last = at + 1
        begin = article.sentences[at][0]
        while last < len(article.sentences) and article.sentences[last][1] - begin <= size:
            last += 1
        yield _window(article, at, last)
        at, size = last, MAX_ATOMS


def _window(article: FactArticle, first: int, last: int) -> Window:
    begin, end = article.sentences[first][0], article.sentences[last - 1][1]
    places = article.atoms[begin:end]

    def moved(span: Span) -> Span:
        return span[0] - begin, span[1] - begin

    def inside(*spans: Span) -> bool:
        return all(begin <= span[0] and span[1] <= end for span in spans)

    return Window(
        tuple(article.text[slice(*place)] for place in places),
        (False, *(one[1] == other[0] for one, other in itertools.pairwise(places))),
        tuple(number for number in range(first, last) for _ in range(*article.sentences[number])),
        {moved(span): kind for span, kind in article.types.items() if inside(span)},
        {moved(span): entity for span, entity in article.entities.items() if inside(span)},
        {
            (moved(link.subject), moved(link.object)): link
            for link in article.links
            if inside(link.subject, link.object)
        },
        begin,
    )


def losses(model: FactModel, atoms: Tensor, window: Window) -> dict[str, Tensor]:
    """The loss of each task that the window says something to."""
    labels, head = model.labels, model.head
    spans, scores = head.spans(atoms, torch.tensor(window.sentence))
    places = [(first, last) for first, last in spans.tolist()]
    kinds = torch.tensor([labels.types.index(window.types.get(place, "")) for place in places])
    result = {"spans": functional.cross_entropy(scores, kinds, reduction="sum") / (len(window.types) + 1)}
    likely = (-scores.log_softmax(-1)[:, 0]).topk(min(len(places), int(CANDIDATES * len(atoms)) + 1)).indices.tolist()
    chosen = sorted({places[index] for index in likely} | (window.types.keys() & set(places)))
    pairs = reachable(chosen, [window.sentence[first] for first, _ in chosen])
    if not pairs:
        return result
    vectors = head.pairs(atoms, torch.tensor(chosen), torch.tensor(pairs))
    links = [window.links.get((chosen[s], chosen[o])) for s, o in pairs]
    right = torch.tensor([[name in (link.relations if link else ("",)) for name in labels.relations] for link in links])
    relations = head.relations(head.dropout(vectors))
    lost = relations.logsumexp(-1) - relations.masked_fill(~right, -1e4).logsumexp(-1)
    result["relations"] = lost.sum() / (sum(link is not None and "" not in link.relations for link in links) + 1)
    told = [(row, labels.modalities.index(link.modality)) for row, link in enumerate(links) if link and link.modality]
    if told:
        rows, wanted = (list(column) for column in zip(*told, strict=True))
        modalities = head.modalities(head.dropout(vectors[rows]))
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


@dataclass(frozen=True, order=True, slots=True)
class Guess:
    """A fact that the model finds in a window."""

    confidence: float
    subject: Span
    relation: str
    object: Span
    modality: str
    speaker: Span | None


@torch.inference_mode()
def predict(model: FactModel, atoms: Tensor, window: Window) -> tuple[dict[Span, str], list[Guess]]:
    """The spans that may be ends of facts with their classes, and the facts between them."""
    labels, head = model.labels, model.head
    spans, scores = head.spans(atoms, torch.tensor(window.sentence))
    chances = scores.softmax(-1)
    likely = (1 - chances[:, 0] > LEAST_SPAN).nonzero()[:, 0].tolist()
    found = {
        (int(spans[index, 0]), int(spans[index, 1])): labels.types[1 + int(chances[index, 1:].argmax())]
        for index in sorted(likely, key=lambda index: float(chances[index, 0]))[: len(atoms) // 2 + 1]
    }
    chosen = sorted(found)
    pairs = reachable(chosen, [window.sentence[first] for first, _ in chosen])
    if not pairs:
        return found, []
    ends = torch.tensor(chosen)
    vectors = head.pairs(atoms, ends, torch.tensor(pairs))
    best = head.relations(vectors).softmax(-1)[:, 1:].max(-1)
    modalities = head.modalities(vectors).argmax(-1).tolist()
    speakers = head.speakers(atoms, ends, vectors).argmax(-1).tolist()
    return found, [
        Guess(
            round(float(best.values[row]), 3),
            chosen[s],
            labels.relations[1 + int(best.indices[row])],
            chosen[o],
            labels.modalities[modalities[row]],
            chosen[speakers[row] - 1] if speakers[row] else None,
        )
        for row, (s, o) in enumerate(pairs)
        if best.values[row] > LEAST_PAIR
    ]


Key = tuple[str, str, str]  # subject, relation, object


def evaluate(model: FactModel, articles: Sequence[FactArticle], pieces: Pieces) -> str:
    """F1 of the facts at the best threshold, as if spans were resolved to entities without error."""
    model.train(False)
    sure = [_sure(model, article, pieces) for article in articles]
    model.train()
    best = (0.0, "nothing found")
    for threshold in THRESHOLDS:
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
        best = max(best, (f1, f"threshold {threshold}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"))
    return best[1]


def _sure(model: FactModel, article: FactArticle, pieces: Pieces) -> dict[Key, float]:
    """The facts of an article between entities, each as sure as its surest place."""
    facts: dict[Key, float] = {}
    for window in windows_of(article):
        with torch.inference_mode():
            (atoms,) = model.atoms([window], pieces)
        for guess in predict(model, atoms, window)[1]:
            ends = [_entity(span, window) for span in (guess.subject, guess.object)]
            if ends[0] != ends[1]:
                s, o = sorted(ends) if guess.relation in SYMMETRIC else ends
                facts[s, guess.relation, o] = max(guess.confidence, facts.get((s, guess.relation, o), 0.0))
    return facts


def _entity(span: Span, window: Window) -> str:
    """The entity of the annotated span that is most like a span, at least half of both; else one of its own."""
    ranked = [
        ((min(span[1], other[1]) - max(span[0], other[0])) / (max(span[1], other[1]) - min(span[0], other[0])), entity)
        for other, entity in window.entities.items()
    ]
    share, best = max(ranked, default=(0.0, ""))
    return best if share >= 0.5 else f"?{span[0] + window.begin}-{span[1]}"


def train(
    model: FactModel,
    articles: Sequence[FactArticle],
    dev: Sequence[FactArticle],
    pieces: Pieces,
    *,
    steps: int,
    rate: float,
    atoms_of_step: int = ATOMS,
) -> None:
    """Fine-tune encoder and head together; the head learns five times as fast."""
    encoder = [parameter for parameter in model.encoder.parameters() if parameter.requires_grad]
    heads = [model.mix, *model.head.parameters()]
    groups = [{"params": encoder, "rate": rate}, {"params": heads, "rate": 5 * rate}]
    optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    chance, queue = random.Random(SEED), list[Window]()
    start, sums = time.monotonic(), collections.defaultdict[str, list[float]](list)
    model.train()
    for step in range(1, steps + 1):
        windows: list[Window] = []
        while sum(len(window.atoms) for window in windows) < atoms_of_step:
            if not queue:
                sizes = [chance.randint(MAX_ATOMS // 2, MAX_ATOMS) for _ in articles]
                queue = [
                    w for article, size in zip(articles, sizes, strict=True) for w in windows_of(article, first=size)
                ]
                chance.shuffle(queue)
            windows.append(queue.pop())
        windows.sort(key=lambda window: len(window.atoms))
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * min(step / WARM_UP, 1.0) * max(0.02, 1 - step / steps)
        halves = (windows[: len(windows) // 2], windows[len(windows) // 2 :])
        with torch.autocast("cpu", torch.bfloat16):
            vectors = [atoms for half in halves if half for atoms in model.atoms(half, pieces)]
        total = torch.zeros(())
        for atoms, window in zip(vectors, windows, strict=True):
            for name, loss in losses(model, atoms.float(), window).items():
                total = total + WEIGHTS[name] * loss / len(windows)
                sums[name].append(loss.item())
        total.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([*encoder, *heads], 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if step % 50 == 0:
            shown = " ".join(f"{name} {sum(values) / len(values):.3f}" for name, values in sums.items())
            print(f"step {step} {time.monotonic() - start:.0f} s {shown}", file=sys.stderr, flush=True)
            sums.clear()
        if step % 300 == 0 or step == steps:
            print(f"step {step} dev {evaluate(model, dev, pieces)}", file=sys.stderr, flush=True)


def labels_of(articles: Sequence[FactArticle]) -> FactLabels:
    """The labels that occur, sorted, each list led by what stands for nothing."""
    types = {kind for article in articles for kind in article.types.values()}
    relations = {name for article in articles for link in article.links for name in link.relations}
    return FactLabels(("", *sorted(types)), tuple(sorted({"", *relations})), tuple(Modality))


def main() -> None:
    """Train, and keep the weights of encoder and head."""
    reader = argparse.ArgumentParser(prog="python -m kg.training.fact_model", description=__doc__)
    reader.add_argument("--network", type=Path, required=True, help="trained.pt of the step network")
    reader.add_argument("--tokenizer", type=Path, default=Path("kg/models/tokenizer.json"))
    reader.add_argument("--shared", type=Path, default=Path("../shared"))
    reader.add_argument("--work", type=Path, default=Path("outputs/training"))
    reader.add_argument("--steps", type=int, default=3000)
    reader.add_argument("--rate", type=float, default=8e-5)
    asked = reader.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    saved = torch.load(asked.network, weights_only=False)
    network = Network(Sizes(**saved["sizes"]), saved["labels"])
    network.load_state_dict(saved["network"])
    news = asked.shared / "data/text/vi_news.jsonl"
    gold = gold_articles(asked.shared / "gold/train", news)
    learned = [article for number, article in enumerate(gold) if number % 10 not in (4, 9)]
    learned += news_articles(HERE, news)
    model = FactModel(network, labels_of(learned))
    train(model, learned, gold[4::10], Pieces(asked.tokenizer), steps=asked.steps, rate=asked.rate)
    asked.work.mkdir(parents=True, exist_ok=True)
    torch.save({"model": model.state_dict(), "labels": model.labels}, asked.work / "facts.pt")


if __name__ == "__main__":
    main()
