"""Training by several processes that share each step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import torch
import torch.distributed
from torch import nn
from torch.multiprocessing.spawn import spawn

Item = TypeVar("Item")

WORKERS = 2
PATIENCE = timedelta(hours=1)  # for one that scores while the others wait


def together(train: Callable[..., None], work: Path, *given: Any) -> None:
    """Run ``train(rank, *given)`` in WORKERS processes of one thread each, which meet in the folder ``work``."""
    work.mkdir(parents=True, exist_ok=True)
    (work / "meeting").unlink(missing_ok=True)  # of a run that was stopped
    spawn(_run, (train, work, given), nprocs=WORKERS)  # type: ignore[no-untyped-call]


def _run(rank: int, train: Callable[..., None], work: Path, given: tuple[Any, ...]) -> None:
    torch.set_num_threads(1)
    meeting = f"file://{work.resolve() / 'meeting'}"
    torch.distributed.init_process_group("gloo", init_method=meeting, rank=rank, world_size=WORKERS, timeout=PATIENCE)
    train(rank, *given)
    torch.distributed.destroy_process_group()


def own(step: Sequence[Item]) -> Sequence[Item]:
    """What of a step is for this process; all of it in a process by itself."""
    if not torch.distributed.is_initialized():
        return step
    return step[torch.distributed.get_rank() :: WORKERS]


def add_gradients(learned: Iterable[nn.Parameter]) -> None:
    """The sum of all processes' gradients in the place of each one's own. Nothing happens in a process by itself."""
    if not torch.distributed.is_initialized():
        return
    learned = list(learned)
    flat = torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).reshape(-1) for p in learned])
    torch.distributed.all_reduce(flat)
    for parameter, part in zip(learned, torch.split(flat, [p.numel() for p in learned]), strict=True):
        parameter.grad = part.reshape(parameter.shape)
