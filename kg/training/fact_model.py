"""The model of facts: ``python -m kg.training.fact_model --work FOLDER``.

A branch (``kg.models.facts``) of the network, which begins with the encoder's layers, learns which spans are ends of
facts, which relation holds between two of them, how and by whom it is said. The encoder itself stays as it is.
Every tenth gold article is unseen, another tenth is for development; those annotated or invented for this project
(``facts.news.jsonl``, ``facts.written.jsonl``) and the corpora of ``relation_data`` are all learned from.
"""

from __future__ import annotations

import argparse
import collections
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from kg.model import LITERAL, Modality
from kg.models.facts import FactBranch, FactLabels, reachable
from kg.models.weights import load_branch, load_network, save_branch
from kg.ontology import load
from kg.parse.pieces import Pieces
from kg.parse.reader import batches
from kg.training.fact_data import FactArticle, Window, gold_articles, news_articles, written_articles
from kg.training.fact_rounds import ATOMS, REWORDINGS, SEED, rewordings, rounds
from kg.training.fact_scores import evaluate
from kg.training.frozen import Frozen, Wording
from kg.training.relation_data import conll04, redocred, text2kg
from kg.training.workers import add_gradients, own, together

HERE = Path(__file__).parent
WARM_UP = 100  # steps
CANDIDATES = 0.3  # spans for each atom that are paired while learning, besides the right ones
WEIGHTS = {"spans": 0.5, "relations": 1.0, "modalities": 0.5, "speakers": 0.5, "antecedents": 0.5, "cues": 0.2}


def losses(branch: FactBranch, atoms: Tensor, window: Window, meanings: Tensor) -> dict[str, Tensor]:
    """The loss of each task that the window says something to."""
    labels, head = branch.labels, branch.head
    spans, scores = head.spans(atoms, torch.tensor(window.sentence))
    places = [(first, last) for first, last in spans.tolist()]
    if not any(LITERAL in kinds for kinds in window.types.values()) and window.full:
        scores[:, labels.types.index(LITERAL)] = -1e4  # its annotators did not mark dates and numbers
    right = _right(labels.types, [window.types.get(place) for place in places])
    lost = _lost(scores, right)
    if not window.full:
        near = [any(one[0] < last and first < one[1] for one in window.types) for first, last in places]
        lost = lost[torch.tensor(near)]
    result = {"spans": lost.sum() / (len(window.types) + 1)}
    likely = (-scores.log_softmax(-1)[:, 0]).topk(min(len(places), int(CANDIDATES * len(atoms)) + 1)).indices.tolist()
    chosen = sorted({places[index] for index in likely} | (window.types.keys() & set(places)))
    known = [row for row, place in enumerate(chosen) if place in window.entities]
    if known:
        entities = [window.entities.get(place) for place in chosen]
        right = torch.tensor([[entities[row] == other for other in entities] for row in known])
        scores = head.antecedents(atoms, torch.tensor(chosen))[known]
        right &= scores[:, 1:] > -1e4
        right = torch.cat([~right.any(1, keepdim=True), right], 1)
        result["antecedents"] = _lost(scores, right).mean()
    pairs = reachable(chosen, [window.sentence[first] for first, _ in chosen])
    if not pairs:
        return result
    with torch.autocast("cpu", torch.bfloat16):
        vectors, cues = (one.float() for one in head.pairs(atoms, torch.tensor(chosen), torch.tensor(pairs)))
    links = [window.links.get((chosen[s], chosen[o])) for s, o in pairs]
    names = ["", *(relation.name for relation in window.schema)]
    right = _right(names, [link.relations if link else None for link in links])
    relations = head.relations(vectors, meanings)
    result["relations"] = _lost(relations, right).sum() / (
        sum(link is not None and "" not in link.relations for link in links) + 1
    )
    told = [(row, labels.modalities.index(link.modality)) for row, link in enumerate(links) if link and link.modality]
    if told:
        rows, wanted = (list(column) for column in zip(*told, strict=True))
        modalities = head.modalities(vectors[rows])
        result["modalities"] = functional.cross_entropy(modalities, torch.tensor(wanted))
        telling = torch.zeros(len(rows), 1 + len(atoms))
        for row, place in enumerate(link.cue for link in links if link and link.modality):
            first, last = (0, 1) if place is None else (1 + at - window.begin for at in place)
            telling[row, max(first, 0) : last] = 1 / max(last - first, 1)  # each of the words alike
        result["cues"] = -(telling * cues[rows].log_softmax(1)).sum() / len(rows)
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


def _lost(scores: Tensor, right: Tensor) -> Tensor:
    """The loss (rows,) of scores (rows, labels) of which any that is right may win."""
    return scores.logsumexp(-1) - scores.masked_fill(~right, -1e4).logsumexp(-1)


def _right(labels: Sequence[str], answers: Sequence[Sequence[str] | None]) -> Tensor:
    """Which labels may be right, (answers, labels); no answer means the first."""
    right = torch.zeros(len(answers), len(labels), dtype=torch.bool)
    right[:, 0] = torch.tensor([answer is None for answer in answers])
    for row, answer in enumerate(answers):
        for name in answer or ():
            right[row, labels.index(name)] = True
    return right


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
    rank: int = 0,
) -> None:
    """Learn ``count`` steps, the windows of which all processes share; the head learns five times as fast as the
    layers. Saved every 400 steps by the first process (``rank`` 0), and gone on from there."""
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
        windows = own(sorted(drawn, key=lambda window: len(window.atoms)))
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * min(step / WARM_UP, 1.0) * max(0.02, 1 - step / count)
        lengths = [len(window.atoms) for window in windows]
        alike = [[windows[index] for index in chosen] for chosen in batches(range(len(windows)), lengths)]
        with torch.autocast("cpu", torch.bfloat16):  # once, so that no weight is rounded anew for each batch
            vectors = [atoms for chosen in alike for atoms in _vectors(branch, frozen, chosen)]
        total = torch.zeros((), requires_grad=True)  # of a process that has no window of a step, too
        for atoms, window in zip(vectors, windows, strict=True):
            for name, loss in losses(branch, atoms, window, frozen.meanings(window.schema)).items():
                total = total + WEIGHTS[name] * loss * len(window.atoms) / ATOMS
                sums[name].append(loss.item())
        total.backward()  # type: ignore[no-untyped-call]
        add_gradients(branch.parameters())
        nn.utils.clip_grad_norm_(branch.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if rank:
            continue
        if step % 50 == 0:
            shown = " ".join(f"{name} {sum(values) / len(values):.3f}" for name, values in sums.items())
            print(f"step {step} {time.monotonic() - start:.0f} s {shown}", file=sys.stderr, flush=True)
            sums.clear()
        if step % 400 == 0 or step == count:
            state = {"branch": branch.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
            torch.save(state, saved.with_suffix(".new"))
            saved.with_suffix(".new").replace(saved)
            print(f"step {step} dev {evaluate(branch, frozen, dev, schema)}", file=sys.stderr, flush=True)


def _vectors(branch: FactBranch, frozen: Frozen, windows: Sequence[Window]) -> Iterator[Tensor]:
    batch = frozen.batch(windows)
    atoms = branch.atoms(frozen.states(batch), batch)
    return iter(torch.split(atoms, [len(window.atoms) for window in windows]))


def _train(rank: int, asked: argparse.Namespace) -> None:
    torch.manual_seed(SEED + rank)
    network = load_network(asked.models)
    news, data = asked.shared / "data/text/vi_news.jsonl", asked.shared / "data"
    gold = gold_articles(asked.shared / "gold/train", news)
    learned = [article for number, article in enumerate(gold) if number % 10 not in (4, 9)]
    learned += [*news_articles(HERE, news), *written_articles(HERE)]
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
    frozen = Frozen(network, Pieces(asked.models / "tokenizer.json"))
    if asked.start:
        branch = load_branch(asked.start)
    else:
        types = {kind for article in learned for kind in article.types.values()}
        branch = FactBranch(network.sizes, FactLabels(("", *sorted(types), LITERAL), tuple(Modality)))
        branch.layers.load_state_dict(network.encoder.layers.state_dict())
        known = [*schemas, *sorted({window.schema for corpus in corpora.values() for window in corpus})]
        branch.head.standard.measure(torch.cat([frozen.meanings(words) for words in known]))
    steps = rounds(learned, corpora, schemas)
    train(branch, frozen, steps, gold[4::10], schemas[0], asked.work, count=asked.steps, rate=asked.rate, rank=rank)
    if asked.out and not rank:
        save_branch(asked.out, branch)


def main() -> None:
    """Train, and keep the weights of the branch."""
    reader = argparse.ArgumentParser(prog="python -m kg.training.fact_model", description=__doc__)
    reader.add_argument("--models", type=Path, default=Path("kg/models"), help="of the network it stands on")
    reader.add_argument("--shared", type=Path, default=Path("../shared"))
    reader.add_argument("--work", type=Path, default=Path("outputs/training"))
    reader.add_argument("--steps", type=int, default=4000)
    reader.add_argument("--rate", type=float, default=1.5e-4)
    reader.add_argument("--start", type=Path, help="folder of models whose branch is to learn on")
    reader.add_argument("--out", type=Path, help="the network's folder, to put facts.safetensors into when all is done")
    asked = reader.parse_args()
    together(_train, asked.work, asked)


if __name__ == "__main__":
    main()
