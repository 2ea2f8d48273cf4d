"""Weights on disk <-> a Network and its branch. Only kg.parse and kg.training use it.

Torch is imported with it, so import it late.

``weights.safetensors`` has each tensor in one of three ways: NAME (half precision); NAME.int8 and NAME.scale (whole
numbers with a scale per row); NAME.q and NAME.scale (blocks of 32 numbers of 4 bits: the low halves of 16 bytes first,
then the high ones). ``config.json`` has the sizes and the labels, ``tokenizer.json`` the pieces.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from kg.models.facts import FactBranch, FactLabels
from kg.models.network import Labels, Network, Sizes

CONFIG, FACTS = "config.json", "facts.safetensors"
_LARGE = 100_000  # numbers from which a matrix is stored as int8


def read_tensors(file: Path) -> dict[str, Tensor]:
    """All tensors of a file in float32."""
    stored = load_file(file)
    result = {}
    for name, values in stored.items():
        if name.endswith(".q"):
            halves = values.to(torch.int16)
            numbers = torch.cat([halves & 15, halves >> 4], 1).float() - 8
            result[name[:-2]] = numbers * stored[name[:-2] + ".scale"].float()[:, None]
        elif name.endswith(".int8"):
            result[name[:-5]] = values.float() * stored[name[:-5] + ".scale"].float()[:, None]
        elif not name.endswith(".scale"):
            result[name] = values.float()
    return result


def load_network(folder: Path) -> Network:
    """The network of a folder, in float32, ready to be used."""
    config = _config(folder)
    with torch.device("meta"):
        network = Network(Sizes(**config["sizes"]), Labels(**_tuples(config["labels"])))
    _fill(network, folder / "weights.safetensors")
    return network


def load_branch(folder: Path) -> FactBranch:
    """The branch that reads facts of a folder, in float32, ready to be used."""
    config = _config(folder)
    with torch.device("meta"):
        branch = FactBranch(Sizes(**config["sizes"]), FactLabels(**_tuples(config["facts"])))
    _fill(branch, folder / FACTS)
    return branch


def _config(folder: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    return result


def _tuples(labels: dict[str, Any]) -> dict[str, Any]:
    return {key: value if isinstance(value, dict) else tuple(value) for key, value in labels.items()}


def _fill(module: nn.Module, file: Path) -> None:
    shapes = module.state_dict()
    tensors = read_tensors(file)
    module.load_state_dict({name: values.reshape(shapes[name].shape) for name, values in tensors.items()}, assign=True)
    module.train(False)


def save_network(folder: Path, network: Network, *, words: dict[str, Tensor]) -> None:
    """Write ``config.json`` and ``weights.safetensors``; ``words`` are the 4-bit blocks of the pieces' vectors."""
    learned = {name: values for name, values in network.state_dict().items() if name != "encoder.words.weight"}
    _save(folder / "weights.safetensors", words | _small(learned))
    _write_config(folder, {"sizes": asdict(network.sizes), "labels": asdict(network.labels)})


def save_branch(folder: Path, branch: FactBranch) -> None:
    """Write ``facts.safetensors`` beside a network, and what the branch tells apart into its ``config.json``."""
    _save(folder / FACTS, _small(branch.state_dict()))
    _write_config(folder, _config(folder) | {"facts": asdict(branch.labels)})


def _small(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Large matrices as int8, all else in half precision."""
    stored = {}
    for name, values in tensors.items():
        if values.dim() > 1 and values.numel() > _LARGE:
            rows = values.reshape(-1, values.shape[-1])
            scale = (rows.abs().amax(1) / 127).clamp(min=1e-8)
            stored[name + ".int8"] = (rows / scale[:, None]).round().to(torch.int8)
            stored[name + ".scale"] = scale
        else:
            stored[name] = values.half()
    return stored


def _save(file: Path, tensors: dict[str, Tensor]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, file)
    file.chmod(0o644)


def _write_config(folder: Path, config: dict[str, Any]) -> None:
    (folder / CONFIG).write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


class Int8Linear(nn.Module):
    """A linear layer that multiplies whole numbers; inputs are scaled row by row, so no row depends on another."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        rows = linear.weight.detach()
        self.scale = (rows.abs().amax(1) / 127).clamp(min=1e-8)
        self.columns = (rows / self.scale[:, None]).round().to(torch.int8).t().contiguous()
        self.bias = linear.bias.detach()

    def forward(self, inputs: Tensor) -> Tensor:
        """(..., inputs) -> (..., outputs), float32."""
        rows = inputs.reshape(-1, inputs.shape[-1])
        scale = (rows.abs().amax(1, keepdim=True) / 127).clamp(min=1e-8)
        product = torch._int_mm((rows / scale).round_().to(torch.int8), self.columns).float()
        return product.mul_(scale).mul_(self.scale).add_(self.bias).reshape(*inputs.shape[:-1], -1)


def quantize(layers: Iterable[nn.Module]) -> None:
    """Layers in int8, three times faster; they stay as they are on processors too old for it."""
    if torch.backends.cpu.get_cpu_capability().startswith("AVX512"):
        for layer in layers:
            for name in ("query_key_value", "attended", "inner", "outer"):
                setattr(layer, name, Int8Linear(getattr(layer, name)))
