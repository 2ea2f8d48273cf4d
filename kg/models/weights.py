"""Weights on disk <-> a Network and its branch. Only kg.parse and kg.training use it.

Torch is imported with it, so import it late.

``weights.safetensors`` has each tensor in one of three ways: NAME (half precision); NAME.int8 and NAME.scale (whole
numbers with a scale per row); NAME.q and NAME.scale (blocks of 32 numbers of 4 bits: the low halves of 16 bytes first,
then the high ones). ``config.json`` has the sizes and the labels, ``tokenizer.json`` the pieces.
"""

from __future__ import annotations

import json
import warnings
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
            stored[name + ".int8"], stored[name + ".scale"] = _whole(values.reshape(-1, values.shape[-1]))
        else:
            stored[name] = values.half()
    return stored


def _whole(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Rows as int8, and what one of each row's numbers stands for."""
    scale = (rows.abs().amax(1) / 127).clamp(min=1e-8)
    return (rows / scale[:, None]).round().to(torch.int8), scale


def _save(file: Path, tensors: dict[str, Tensor]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, file)
    file.chmod(0o644)


def _write_config(folder: Path, config: dict[str, Any]) -> None:
    (folder / CONFIG).write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


class Int8Linear(nn.Module):
    """A linear layer that multiplies whole numbers; inputs are scaled row by row, so no row depends on another."""

    most = 127  # the whole numbers of inputs are -127 to 127

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        whole, scale = _whole(linear.weight.detach())
        self.sums, self.bias = whole.sum(1) * scale, linear.bias.detach()
        self._keep(whole, scale)

    def _keep(self, whole: Tensor, scale: Tensor) -> None:
        """The weights (outputs, inputs), and what one of each row's numbers stands for."""
        self.columns, self.scale = whole.t().contiguous(), scale

    def _product(self, rows: Tensor) -> Tensor:
        """Rows of inputs, rounded, times the weights."""
        return torch._int_mm(rows.round_().to(torch.int8), self.columns).float().mul_(self.scale)

    def forward(self, inputs: Tensor) -> Tensor:
        """(..., inputs) -> (..., outputs), float32."""
        rows = inputs.reshape(-1, inputs.shape[-1])
        least, greatest = rows.amin(1, keepdim=True), rows.amax(1, keepdim=True)
        middle, scale = (least + greatest) / 2, ((greatest - least) / (2 * self.most)).clamp(min=1e-8)
        product = self._product((rows - middle).div_(scale)).mul_(scale)
        return product.addcmul_(middle, self.sums).add_(self.bias).reshape(*inputs.shape[:-1], -1)


class Int7Linear(Int8Linear):
    """The same by FBGEMM, for processors that add up products of bytes in 16 bits, where inputs must have 7."""

    most = 63

    def _keep(self, whole: Tensor, scale: Tensor) -> None:
        zero = torch.zeros(len(whole), dtype=torch.long)
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # deprecated, but nothing is instead of it
            weights = torch._make_per_channel_quantized_tensor(whole, scale.double(), zero, 0)
            self.packed = torch.ops.quantized.linear_prepack(weights, None)

    def _product(self, rows: Tensor) -> Tensor:
        multiply = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32
        product: Tensor = multiply(rows, 1.0, self.most + 1, self.packed)
        return product


def quantize(layers: Iterable[nn.Module]) -> None:
    """Layers that multiply whole numbers: three times faster with AVX-512, one and a half times with AVX2."""
    able = torch.backends.cpu.get_cpu_capability()
    kind = Int8Linear if able.startswith("AVX512") else Int7Linear if able == "AVX2" else None
    if kind:
        for layer in layers:
            for name in ("query_key_value", "attended", "inner", "outer"):
                setattr(layer, name, kind(getattr(layer, name)))
