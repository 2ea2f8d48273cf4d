"""Training of the network on all corpora together, by two processes that share each step.

Restartable: what a step draws depends on the seed and its number only, and checkpoints are written every few minutes.
"""

from __future__ import annotations

import collections
import contextlib
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from kg.errors import ModelError
from kg.models.network import Labels, Network, Sizes
from kg.models.weights import read_tensors
from kg.parse.pieces import Pieces
from kg.training.material import Material, labels_of
from kg.training.scores import quick_scores
from kg.training.targets import losses, targets
from kg.training.windows import Corpus, Window, draw
from kg.training.workers import WORKERS, add_gradients, together

PIECES = 1600  # in a step of one worker, about
SIZES = (20, 40, 70, 100)  # tokens in a window
MAX_ATOMS = 200  # in a window
PIECES_OF_ATOM = 1.35  # on average
WEIGHTS = {
    "joins": 1.0,
    "stops": 0.5,
    "upos": 1.0,
    "xpos": 0.3,
    "lemma": 0.5,
    "arc": 1.0,
    "relation": 1.0,
    "names": 1.0,
}
WARM_UP = 150  # steps in which the rate rises; after it, it falls to nearly nothing
SAVE_EVERY = 100
SCORE_EVERY = 400


@dataclass(frozen=True, slots=True)
class Course:
    """How long, how fast and with which chances the network learns."""

    steps: int
    rate: float  # of the encoder; the heads learn five times as fast
    seed: int


def step_windows(corpora: Sequence[Corpus], *, seed: str) -> list[Window]:
    """The windows of one step of one worker, all of about one size, the shortest first."""
    chance = random.Random(seed)
    size = chance.choice(SIZES)
    weights = [corpus.weight for corpus in corpora]
    windows: list[Window] = []
    used = 0
    while used < PIECES:
        window = draw(chance.choices(corpora, weights)[0], size, chance)
        atoms = sum(len(sentence.atoms) for sentence in window)
        if atoms < MAX_ATOMS:
            windows.append(window)
            used += int(PIECES_OF_ATOM * atoms) + 2
    return sorted(windows, key=lambda window: sum(len(sentence.atoms) for sentence in window))


def begin(labels: Labels, start: Path, *, seed: int) -> Network:
    """A network with the encoder's published weights, whose vectors of pieces stay as they are, and fresh heads."""
    torch.manual_seed(seed)
    tensors = read_tensors(start / "encoder.safetensors")
    width = tensors["encoder.positions.weight"].shape[1]
    network = Network(Sizes(pieces=tensors["encoder.words.weight"].numel() // width), labels)
    for parameter in (network.tree.arc, network.tree.relation):
        torch.nn.init.normal_(parameter, std=0.02)
    shapes = network.state_dict()
    tensors = {name: values.reshape(shapes[name].shape) for name, values in tensors.items()}
    network.load_state_dict(tensors, strict=False)
    network.encoder.words.weight.requires_grad = False
    return network


class Learner:
    """A network that learns, with the running average of its weights."""

    def __init__(self, network: Network, course: Course) -> None:
        self.network, self.course, self.step = network, course, 0
        self.trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self.average = [parameter.detach().clone() for parameter in self.trained]
        encoder = [parameter for parameter in network.encoder.parameters() if parameter.requires_grad]
        heads = [parameter for name, parameter in network.named_parameters() if not name.startswith("encoder.")]
        groups = [{"params": encoder, "rate": course.rate}, {"params": heads, "rate": 5 * course.rate}]
        self.optimizer = torch.optim.AdamW(groups, lr=course.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)

    def load(self, file: Path) -> None:
        """Go on from a checkpoint. Raises ModelError if it is of another run."""
        saved = torch.load(file, weights_only=False)
        if saved["labels"] != self.network.labels or saved["steps"] != self.course.steps:
            raise ModelError(f"{file} is of a run with other corpora, languages or steps: delete it to begin anew")
        self.network.load_state_dict(saved["network"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.average, self.step = saved["average"], saved["step"]

    def save(self, file: Path) -> None:
        """Write a checkpoint, whole or not at all."""
        state = {"network": self.network.state_dict(), "optimizer": self.optimizer.state_dict()}
        course = {"labels": self.network.labels, "steps": self.course.steps}
        torch.save({**state, **course, "average": self.average, "step": self.step}, file.with_suffix(".new"))
        file.with_suffix(".new").replace(file)

    def learn(self, loss: Tensor) -> None:
        """One step, with the mean of all workers' gradients."""
        share = min((self.step + 1) / WARM_UP, 1.0) * max(0.02, 1 - self.step / self.course.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = share * group["rate"]
        (loss / WORKERS).backward()  # type: ignore[no-untyped-call]
        add_gradients(self.trained)
        torch.nn.utils.clip_grad_norm_(self.trained, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        decay = min(0.995, self.step / (self.step + 9))
        torch._foreach_lerp_(self.average, [parameter.detach() for parameter in self.trained], 1 - decay)

    @contextlib.contextmanager
    def averaged(self) -> Iterator[Network]:
        """The network with its average weights, not learning."""
        self._swap()
        self.network.train(False)
        yield self.network
        self.network.train()
        self._swap()

    @torch.no_grad()
    def _swap(self) -> None:
        for one, other in zip(self.trained, self.average, strict=True):
            kept = one.clone()
            one.copy_(other)
            other.copy_(kept)


def learn(read: Callable[[], Material], course: Course, *, start: Path, work: Path) -> None:
    """Train by WORKERS processes, each of which reads the material.

    ``work`` gets ``checkpoint.pt``, from which a run that was stopped goes on, and, at the end, ``trained.pt`` (an
    average of late weights).
    """
    together(_train, work, read, course, start, work)


def _train(rank: int, read: Callable[[], Material], course: Course, start: Path, work: Path) -> None:
    material = read()
    labels = labels_of(material.corpora)
    pieces, checkpoint = Pieces(start / "tokenizer.json"), work / "checkpoint.pt"
    learner = Learner(begin(labels, start, seed=course.seed), course)
    if checkpoint.exists():
        learner.load(checkpoint)
    clock, sums = time.monotonic(), collections.defaultdict[str, list[float]](list)
    while learner.step < course.steps:
        learner.network.train()
        torch.manual_seed(course.seed + WORKERS * learner.step + rank)
        windows = step_windows(material.corpora, seed=f"{course.seed} {learner.step} {rank}")
        with torch.autocast("cpu", torch.bfloat16):
            parts = losses(learner.network, targets(windows, labels, pieces))
        learner.learn(torch.stack([WEIGHTS[name] * part.float() for name, part in parts.items()]).sum())
        for name, part in parts.items():
            sums[name].append(part.item())
        if rank == 0 and learner.step % SAVE_EVERY == 0:
            shown = " ".join(f"{name} {sum(values) / len(values):.3f}" for name, values in sums.items())
            _say(f"step {learner.step} {time.monotonic() - clock:.0f} s {shown}")
            sums.clear()
            learner.save(checkpoint)
        if learner.step % SCORE_EVERY == 0 or learner.step == course.steps:
            _score(learner, material, pieces, labels.languages[rank::WORKERS])
    if rank == 0:
        with learner.averaged() as network:
            saved = {"network": network.state_dict(), "sizes": asdict(network.sizes), "labels": labels}
            torch.save(saved, work / "trained.pt")
        checkpoint.unlink(missing_ok=True)


def _score(learner: Learner, material: Material, pieces: Pieces, languages: Sequence[str]) -> None:
    """Each worker scores the languages that are its own."""
    with learner.averaged() as network:
        for name, windows in sorted(material.dev.items()):
            if name.startswith(tuple(languages)):
                _say(f"step {learner.step} {name} {quick_scores(network, windows, pieces)}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
