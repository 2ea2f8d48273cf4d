"""Reads the shipped encoder: 4-bit weights -> a model that Stanza can call. Only kg.parse and kg.training use it.

It stands here because the format belongs to the files beside it; torch is imported when it is called, not before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ENCODER = "kg-encoder"  # the name by which the .pt files ask for the encoder


class Encoder:
    """The encoder as Stanza calls it, remembering its output, because each processor asks for the same sentences.

    Each row is computed alone, so that its numbers do not depend on the batch.
    """

    _hf_peft_config_loaded = False  # Stanza asks

    def __init__(self, model: Any, *, layers: Sequence[int]) -> None:
        self.model = model
        self.layers = layers
        self.config = model.config
        self.named_parameters = model.named_parameters
        self._known: dict[tuple[int, ...], Any] = {}

    def forget(self) -> None:
        """Free the remembered output."""
        self._known.clear()

    def __call__(self, ids: Any, *, attention_mask: Any, output_hidden_states: bool) -> SimpleNamespace:
        """``hidden_states``: four times the mean of our layers, (rows, pieces, width): Stanza adds up three of four."""
        import torch

        rows = []
        with torch.no_grad():
            for row, length in zip(ids.tolist(), attention_mask.sum(1).tolist(), strict=True):
                key = tuple(row[:length])
                if key not in self._known:
                    states = self.model(torch.tensor([key]), output_hidden_states=True).hidden_states
                    self._known[key] = sum(states[layer][0] for layer in self.layers) / len(self.layers)
                rows.append(self._known[key])
            mean = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        return SimpleNamespace(hidden_states=(mean, mean, mean, mean))


def load_encoder(folder: Path) -> tuple[Encoder, Any]:
    """The encoder of a folder, in float32, and its tokenizer."""
    import numpy as np
    import torch
    from safetensors.numpy import load_file
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    sizes = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    layers = sizes.pop("mean_of_layers")
    with torch.device("meta"):
        model = BertModel(BertConfig(**sizes), add_pooling_layer=False)
    stored = load_file(folder / "encoder.safetensors")
    weights = {}
    for name, parameter in model.state_dict().items():
        numbers = stored.get(name)
        if numbers is None:  # blocks of 32 numbers of 4 bits: low halves of the bytes first, then the high ones
            halves = stored[name + ".q"]
            numbers = np.concatenate([halves & 15, halves >> 4], 1).astype(np.float32) - 8
            numbers *= stored[name + ".scale"].astype(np.float32)[:, None]
        weights[name] = torch.from_numpy(numbers.reshape(parameter.shape))
    model.load_state_dict(weights, assign=True)
    positions = torch.arange(sizes["max_position_embeddings"])[None]
    model.embeddings.register_buffer("position_ids", positions, persistent=False)
    model.embeddings.register_buffer("token_type_ids", torch.zeros_like(positions), persistent=False)
    names = ("bos", "eos", "cls", "sep", "pad", "unk", "mask")
    specials = zip(names, ("<s>", "</s>", "<s>", "</s>", "<pad>", "<unk>", "<mask>"), strict=True)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        model_max_length=sizes["max_position_embeddings"],
        **{f"{name}_token": special for name, special in specials},
    )
    model.train(False)
    return Encoder(model, layers=layers), tokenizer
