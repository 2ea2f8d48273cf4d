"""Processes that share a step learn what one by itself would."""

from __future__ import annotations

from pathlib import Path

import torch

from kg.training.workers import WORKERS, add_gradients, own, together

ROWS = torch.arange(1.0, 11.0).reshape(5, 2)


def _learn(rank: int, folder: Path, workers: int) -> None:
    torch.manual_seed(7)  # all begin with the same weights
    layer, unused = torch.nn.Linear(2, 1), torch.nn.Parameter(torch.ones(3))
    (layer(torch.stack(own(list(ROWS)))) ** 2).sum().backward()
    add_gradients([*layer.parameters(), unused])
    torch.save(layer.weight.grad, folder / f"{rank} of {workers}.pt")


def test_gradients_are_those_of_the_whole_step(tmp_path: Path) -> None:
    together(_learn, tmp_path, tmp_path, WORKERS)
    _learn(0, tmp_path, 1)
    alone = torch.load(tmp_path / "0 of 1.pt")
    for rank in range(WORKERS):
        assert torch.allclose(torch.load(tmp_path / f"{rank} of {WORKERS}.pt"), alone)
